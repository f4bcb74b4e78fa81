"""The plots of the numerics, as SVG that takes its colours from the page: light, dark and print alike.

Knows: Vega-Lite, whose drawings `conformance.report.page.drawing` makes. Must not know: journals. Next stage: the
template `numerics.html.j2`. Every plot tells its series by shape and text as well as by colour.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from markupsafe import Markup

from conformance.report import wording
from conformance.report.page.drawing import NotDrawn, drawn
from conformance.report.page.embedding import visible
from conformance.report.page.numerics import Growth, Numerics, Spread

# In units of the bound; what is smaller or larger is drawn there: a logarithmic axis has no zero, and far beyond the
# bound one wrong lane would leave no room for the others.
SMALLEST_ERROR, LARGEST_ERROR = 1e-4, 100.0
WIDTH, LANE_HEIGHT = 300, 18
_COLOURS = [f"var(--series-{number})" for number in range(1, 9)]
# As many as there are colours, so that series are told apart without them.
_SHAPES = ["circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "triangle-right", "triangle-left"]
_INK, _LINE, _QUIET = "var(--ink)", "var(--line)", "var(--quiet)"

_MODULES = re.compile(r"^(?:\w+\.)+\w+:")
"""of an import string, up to the adapter's own name"""

Spec = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Plot:
    """One drawing with its title and its text for those who do not see it."""

    title: str
    told: str
    svg: Markup


@dataclass(frozen=True, slots=True)
class _Sketch:
    """A plot that is still to be drawn."""

    title: str
    told: str
    spec: Spec


@dataclass(frozen=True, slots=True)
class Plots:
    """All plots by question; empty, with `missing` said, where nothing can draw them."""

    errors: tuple[Plot, ...] = ()
    growth: tuple[Plot, ...] = ()
    bias: tuple[Plot, ...] = ()
    equal: tuple[Plot, ...] = ()
    missing: str = ""


def plots(figures: Numerics) -> Plots:
    """Everything drawn, or why nothing is."""
    figures = _shortened(figures)
    sketches = [
        list(_by_dtype(figures, figures.errors, _error_layers)),
        list(_growth_plots(figures)),
        list(_by_dtype(figures, figures.bias, _bias_layers)),
        list(_equal_plots(figures)),
    ]
    try:
        pictures = iter(drawn([_whole(each.spec) for part in sketches for each in part]))
    except NotDrawn as reason:
        return Plots(missing=str(reason))
    errors, growth, bias, equal = (
        tuple(Plot(each.title, each.told, next(pictures)) for each in part) for part in sketches
    )
    return Plots(errors, growth, bias, equal)


def _shortened(figures: Numerics) -> Numerics:
    """An adapter's own name stands for its import string, where that tells it from all others."""
    own = {lane: _MODULES.sub("…", lane) for lane in figures.lanes}
    names = {lane: name if list(own.values()).count(name) == 1 else lane for lane, name in own.items()}
    return Numerics(
        lanes=tuple(names.values()),
        dtypes=figures.dtypes,
        errors=tuple(replace(each, lane=names[each.lane]) for each in figures.errors),
        growth=tuple(replace(each, lane=names[each.lane]) for each in figures.growth),
        bias=tuple(replace(each, lane=names[each.lane]) for each in figures.bias),
        equal=tuple(replace(each, lane=names[each.lane]) for each in figures.equal),
    )


def _by_dtype(figures: Numerics, spreads: Sequence[Spread], layers: Any) -> Iterator[_Sketch]:
    for dtype in figures.dtypes:
        rows = [asdict(each) for each in spreads if each.dtype == dtype]
        if rows:
            told = "; ".join(f"{row['lane']}: median {row['middle']:.2g}, largest {row['most']:.2g}" for row in rows)
            yield _Sketch(dtype, told, layers(rows, figures.lanes))


def _error_layers(rows: list[dict[str, Any]], lanes: Sequence[str]) -> Spec:
    """From the least to the most error, with the quartiles as a box, and a line where the bound is."""
    for row in rows:
        row.update({name: _within(row[name]) for name in ("least", "lower", "middle", "upper", "most")})
    top = max(1.0, *(row["most"] for row in rows))
    scale = {"type": "log", "domain": [SMALLEST_ERROR, top * 1.5]}
    axis = {"title": "largest error of a record / bound", "format": "~g", "tickCount": 5}
    return _spread(rows, lanes, {"scale": scale, "axis": axis}, 1)


def _within(error: float) -> float:
    return min(max(error, SMALLEST_ERROR), LARGEST_ERROR)


def _bias_layers(rows: list[dict[str, Any]], lanes: Sequence[str]) -> Spec:
    reach = max(0.5, *(abs(row[side]) for row in rows for side in ("least", "most"))) * 1.1
    scale = {"domain": [-reach, reach]}
    return _spread(rows, lanes, {"scale": scale, "axis": {"title": "mean e / (u√n S) of a record", "tickCount": 5}}, 0)


def _spread(rows: list[dict[str, Any]], lanes: Sequence[str], x: Spec, rule: float) -> Spec:
    order = [lane for lane in lanes if any(row["lane"] == lane for row in rows)]
    y = {"field": "lane", "type": "nominal", "sort": order, "title": None}

    def across(field: str) -> Spec:
        return {"field": field, "type": "quantitative", **x}

    return {
        "width": WIDTH,
        "height": {"step": LANE_HEIGHT},
        "data": {"values": rows},
        "layer": [
            {
                "mark": {"type": "rule", "color": "var(--bad)", "strokeDash": [4, 3], "strokeWidth": 1.5},
                "encoding": {"x": {"datum": rule, "type": "quantitative", **x}},
            },
            {
                "mark": {"type": "rule", "color": _COLOURS[0], "strokeWidth": 1.5},
                "encoding": {"y": y, "x": across("least"), "x2": {"field": "most"}},
            },
            {
                "mark": {"type": "bar", "color": _COLOURS[0], "height": 8, "opacity": 0.55, "minBandSize": 1},
                "encoding": {"y": y, "x": across("lower"), "x2": {"field": "upper"}},
            },
            {
                "mark": {"type": "tick", "color": _INK, "thickness": 2, "size": 11},
                "encoding": {"y": y, "x": across("middle")},
            },
            {
                "mark": {"type": "point", "color": _COLOURS[0], "filled": True, "size": 28, "opacity": 1},
                "encoding": {"y": y, "x": across("most")},
            },
        ],
    }


def _growth_plots(figures: Numerics) -> Iterator[_Sketch]:
    top = max((each.most for each in figures.growth), default=1.0)
    # Integers have no errors: with them there would be more series than colours.
    dtypes = [name for name in figures.dtypes if any(each.dtype == name for each in figures.growth)]
    for lane in figures.lanes:
        own = [each for each in figures.growth if each.lane == lane]
        if own:
            largest = max(own, key=lambda each: each.most)
            told = f"the largest error of {lane} is {largest.most:.2g} of its bound, in {largest.dtype}"
            yield _Sketch(lane, told, _growth_spec(own, dtypes, top))


def _growth_spec(own: Sequence[Growth], dtypes: Sequence[str], top: float) -> Spec:
    rows = [{**asdict(each), "most": _within(each.most)} for each in own]
    colour = {"field": "dtype", "type": "nominal", "sort": list(dtypes), "title": None}
    scale = {"type": "log", "domain": [SMALLEST_ERROR, max(_within(top), 1.0) * 1.5]}
    y = {"field": "most", "type": "quantitative", "title": "largest error / bound", "scale": scale}
    x = {
        "field": "products",
        "type": "quantitative",
        "title": "K, products of a sum",
        "scale": {"type": "log", "base": 2},
    }
    shape = {**colour, "scale": {"domain": list(dtypes), "range": _SHAPES[: len(dtypes)]}}
    hue = {
        **colour,
        "scale": {"domain": list(dtypes), "range": _COLOURS[: len(dtypes)]},
        "legend": {"orient": "bottom"},
    }
    places = {
        "x": {**x, "axis": {"format": "~d", "tickCount": 6}},
        "y": {**y, "axis": {"format": "~g", "tickCount": 5}},
    }
    bound = {"datum": 1, "type": "quantitative", "scale": scale}
    return {
        "width": WIDTH - 40,
        "height": 150,
        "data": {"values": rows},
        "layer": [
            {"mark": {"type": "rule", "color": "var(--bad)", "strokeDash": [4, 3]}, "encoding": {"y": bound}},
            {"mark": {"type": "line", "strokeWidth": 1.2, "opacity": 0.7}, "encoding": {**places, "color": hue}},
            {
                "mark": {"type": "point", "filled": True, "size": 36, "opacity": 1},
                "encoding": {**places, "color": hue, "shape": shape},
            },
        ],
    }


def _equal_plots(figures: Numerics) -> Iterator[_Sketch]:
    rows = [{**asdict(each), "label": wording.percentage(each.equal)} for each in figures.equal]
    if not rows:
        return
    order = [lane for lane in figures.lanes if any(row["lane"] == lane for row in rows)]
    places = {
        "y": {"field": "lane", "type": "nominal", "sort": order, "title": None},
        "x": {
            "field": "dtype", "type": "nominal", "sort": list(figures.dtypes), "title": None,
            "axis": {"orient": "top", "labelAngle": 0, "domain": False, "ticks": False},
        },
    }  # fmt: skip
    share = {"field": "equal", "type": "quantitative", "legend": None}
    spec = {
        "width": {"step": 84},
        "height": {"step": 24},
        "data": {"values": rows},
        "layer": [
            {
                "mark": {"type": "rect", "color": _COLOURS[0], "stroke": "var(--page)", "strokeWidth": 2},
                "encoding": {**places, "fillOpacity": {**share, "scale": {"domain": [0, 1], "range": [0.04, 0.5]}}},
            },
            {
                "mark": {"type": "text", "color": _INK, "fontSize": 12},
                "encoding": {**places, "text": {"field": "label"}},
            },
        ],
    }
    told = "; ".join(f"{row['lane']} {row['dtype']}: {row['label']}" for row in rows)
    yield _Sketch("all lanes", told, spec)


def _whole(spec: Spec) -> Spec:
    """The specification in the page's own style; control characters of foreign names are spelled out."""
    config = {
        "font": "inherit",
        "background": None,
        "view": {"stroke": None},
        "axis": {
            "labelColor": _QUIET, "titleColor": _QUIET, "gridColor": _LINE, "domainColor": _LINE, "tickColor": _LINE,
            "labelFontSize": 11, "titleFontSize": 11, "titleFontWeight": "normal", "labelLimit": 180,
        },
        "axisY": {"labelColor": _INK},
        "legend": {"labelColor": _INK, "labelFontSize": 11, "symbolSize": 50},
    }  # fmt: skip
    styled: Spec = visible({"$schema": "https://vega.github.io/schema/vega-lite/v5.json", "config": config, **spec})
    return styled
