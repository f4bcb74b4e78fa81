"""Resizes in MLX's words: the layer `mlx.nn.Upsample`, which takes scales alone.

Knows: MLX's argument meanings, as rules. Must not know: mlx.

What rounding takes from a scaled length is taken from both ends alike. nearest has two rules: where the result is the
longer one, half pixels rounded; elsewhere corners, rounded down.
"""

from collections.abc import Iterator

from conformance.adapters.plan import Argument, Invoke, Plan, Unsupported
from conformance.adapters.resize import Keywords, ResizePhrase, choose, geometry_of, on_images
from conformance.adapters.toolkit import Said, planned
from conformance.operators.resize.call import ResizeCall, WrongResize
from reference.resize.arguments import resize_rule
from reference.resize.geometry import Resize, ResizeAxis, ResizeRule

LAYER = "mlx.nn.Upsample"


def mlx_resize_plan(call: ResizeCall) -> Plan | Unsupported:
    """The plan of a call, right or wrong."""
    geometry = geometry_of(call)
    if isinstance(call, WrongResize) and geometry is None:
        return _wrong(call)
    assert geometry is not None
    scales = tuple(float(axis.scale) for axis in geometry.axes)
    lengths = [int(scale * axis.input) for scale, axis in zip(scales, geometry.axes, strict=True)]
    if lengths != [axis.output for axis in geometry.axes]:
        return Unsupported(f"{LAYER} takes scales alone, and rounds what they make of these lengths to others")
    # nearest computes its coordinates from the lengths.
    scaled = geometry.rule.method != "nearest"
    chosen = choose(geometry, [ResizePhrase(LAYER, *said) for said in _words(geometry)], scaled=scaled)
    if chosen is None:
        return Unsupported("mlx has no mode with these coordinates, weights and borders")
    words, notes = chosen
    return planned(
        call, Said(invoke=_invoke((("scale_factor", scales), *words.keywords)), notes=notes), "channels_last",
        turned=False,
    )  # fmt: skip


def _words(geometry: Resize) -> Iterator[tuple[Keywords, ResizeRule]]:
    """What can be said of these lengths, and what it means."""
    if all(axis.output > axis.input for axis in geometry.axes):
        yield (("mode", "nearest"),), resize_rule("nearest")
    if all(axis.output <= axis.input for axis in geometry.axes):
        yield (("mode", "nearest"),), resize_rule("nearest", "asymmetric", "floor")
    yield from ((words.keywords, words.rule) for words in RULES)


def _weighted() -> Iterator[ResizePhrase]:
    for mode, numbers in (("linear", ()), ("cubic", (None, -0.75, False))):
        keywords: Keywords = (("mode", mode),)
        yield ResizePhrase(LAYER, keywords, resize_rule(mode, "half_pixel_symmetric", *numbers))
        yield ResizePhrase(LAYER, (*keywords, ("align_corners", True)), resize_rule(mode, "align_corners", *numbers))
        stretched = resize_rule(mode, "half_pixel_symmetric", antialias=True)
        yield ResizePhrase(LAYER, (*keywords, ("antialias", True)), stretched)


RULES = tuple(_weighted())
"""what is said of weights that are summed, and what it means"""


def of_scale(keywords: Keywords, axis: ResizeAxis) -> Plan:
    """The layer on a matrix (images, elements), given a scale: on images of height 1."""
    invoke = _invoke((("scale_factor", (1.0, float(axis.scale))), *keywords))
    return on_images(axis, invoke, (axis.input, 1, axis.input, 1))


def _invoke(keywords: Keywords) -> Invoke:
    return Invoke(LAYER, (), keywords, (Invoke("layer", (("", "value"),), ()),), leaves="layer")


def _wrong(call: WrongResize) -> Plan | Unsupported:
    """The same wrong words under MLX's names, where MLX has a name for them."""
    if call.fault.reason in ("data_format", "coordinates"):
        return Unsupported(f"{LAYER} has no such word: its arguments cannot say this mistake")
    if call.fault.reason == "rank":
        return Unsupported(f"{LAYER} takes the number of axes from the value")
    if call.nearest_mode or call.cubic_coeff_a or call.exclude_outside is not None:
        return Unsupported(f"{LAYER} has no such argument")
    if (call.output_size is not None or call.scales is None) and call.fault.reason != "method":
        return Unsupported(f"{LAYER} takes scales alone")
    scales: Argument = 2.0 if call.scales is None else call.scales
    antialias: Keywords = (("antialias", True),) if call.antialias else ()
    invoke = _invoke((("scale_factor", scales), ("mode", call.method), *antialias))
    return planned(call, Said(invoke=invoke), "channels_last", turned=False)
