"""What frameworks' words for a resize mean, measured: the table of equivalents.

Knows: what spellings are taken to mean, weights, workers' answers. Must not know: formats,
other lanes.

A resize is linear, and separable: a matrix of images with a single one in each gives all weights along an axis at once.
They are held against every rule there is, and not only against the one that the suite holds the words to mean.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache, partial
from itertools import product
from math import floor
from typing import TypeAlias

import numpy as np

from conformance.adapters.plan import Plan
from conformance.adapters.planning import dialect_of
from conformance.adapters.reply import Answer, Reply
from conformance.adapters.resize import ResizeSpelling
from conformance.conventions.asking import Array, trouble
from conformance.conventions.lane import Advance, Depth, Measurement
from conformance.conventions.validation import try_wrong_calls, validation_fact
from conformance.journal import ConventionFact
from conformance.operators.resize.calls import right_call
from conformance.operators.resize.diagnosis import TABLE, AxisRendition, matrix_of
from conformance.operators.resize.dialects import DIALECTS
from conformance.operators.resize.expectation import weight_errors
from conformance.operators.resize.readable import onnx_words, sentence
from conformance.suite.dtypes import FORMATS
from conformance.workers.client import Client
from reference.resize.arguments import resize_rule
from reference.resize.family import COORDINATES, NEAREST_MODES, OPERATORS
from reference.resize.geometry import ResizeAxis, ResizeRule, is_near_tie

Rendered: TypeAlias = Callable[[ResizeAxis], AxisRendition | None]
TOPIC = "coordinates and weights"
UNKNOWN = "fits no rule"
# Each with each, shorter and longer; then ratios at which somebody's arithmetic was wrong, or may be.
INPUTS, OUTPUTS = range(1, 10), range(1, 14)
OTHERS = ((26, 64), (64, 26), (20, 6), (26, 11), (33, 99), (100, 30), (7, 49), (41, 123), (26, 37))
SCALES = tuple(map(Fraction, ("0.3", "0.5", "0.7", "1.1", "1.3", "1.5", "1.9", "2", "2.6", "3.3")))
"""of calls that say a scale"""
FLOAT32 = FORMATS["float32"].unit_roundoff
ROUNDINGS = 8
"""of a weight that is right, beside what its coordinate is off: it is computed, divided, multiplied by 1 and stored"""


@dataclass(frozen=True, slots=True)
class ResizeMeaning:
    """What could explain measured weights."""

    text: str
    rule: ResizeRule | None
    """None for what no rule says"""
    rendered: Rendered
    """None where it has no meaning for an axis"""


def quick_facts(_: Client) -> Iterator[Measurement]:
    """None: a few geometries would not tell the rules apart."""
    yield from ()


def measure(client: Client, depth: Depth, advance: Advance) -> Iterator[Measurement]:
    """Everything that can be measured; what may kill the worker comes last."""
    taken = [name for name in client.declared.known_operators() if name in OPERATORS]
    spellings = dialect_of(client.adapter, DIALECTS)
    if spellings is not None:
        for spelling in spellings:
            ask = partial(_asked_in_words, client, spelling)
            yield measured_fact(client.lane.text, spelling, ask, depth.geometries, partial(advance, spelling.name))
    elif "resize1d" in taken:
        for spelling in call_spellings():
            ask = partial(_asked_as_calls, client, spelling.rule)
            yield measured_fact(client.lane.text, spelling, ask, depth.geometries, partial(advance, spelling.name))
    if depth.wrong_calls:
        advance("wrong calls of resizes", 0)
        found = list(try_wrong_calls(lambda said, operands: client.reply(said, operands), taken, ()))  # type: ignore[arg-type]
        yield replace(validation_fact(client.lane.text, found), operator="resizes")


def call_spellings() -> Iterator[ResizeSpelling]:
    """The suite's own words, to lanes that have none."""
    for rule in (
        *(resize_rule("nearest", word, mode) for word in ("half_pixel", "asymmetric") for mode in NEAREST_MODES[::2]),
        *(resize_rule("linear", word) for word in COORDINATES if word != "half_pixel_symmetric"),
        *(resize_rule("cubic", "half_pixel", None, a, excluded) for a, excluded in ((-0.5, True), (-0.75, False))),
        resize_rule("linear", antialias=True),
    ):
        yield ResizeSpelling(sentence(rule), rule, _no_plan)


def axes_of(scaled: str, most: int | None = None) -> list[ResizeAxis]:
    """The geometries of a spelling, or at most so many of them, spread evenly."""
    if scaled == "lengths":
        pairs = (*product(INPUTS, OUTPUTS), *OTHERS)
        axes = [ResizeAxis(length, output, Fraction(output, length)) for length, output in pairs]
    else:
        scales = [(length, scale) for length, scale in product(INPUTS, SCALES) if floor(length * scale)]
        axes = [ResizeAxis(length, floor(length * scale), scale) for length, scale in scales]
    if most is None or most >= len(axes):
        return axes
    return [axes[number * len(axes) // most] for number in range(most)]


def measured_fact(
    lane: str,
    spelling: ResizeSpelling,
    ask: Callable[[ResizeAxis], Reply],
    most: int | None,
    advance: Callable[[int], None],
) -> ConventionFact:
    """What the words mean, beside what the suite holds that they mean."""
    seen, unanswered = list[tuple[ResizeAxis, Array]](), list[str]()
    for axis in axes_of(spelling.scaled, most):
        reply = ask(axis)
        if isinstance(reply, Answer) and reply.array.shape == (axis.input, axis.output):
            seen.append((axis, reply.array.T.astype(np.float64)))
        else:
            unanswered.append(f"{_said(axis)}: {trouble(reply).text}")
        advance(1)
    meant = held(spelling)
    ties = [(axis, weights) for axis, weights in seen if is_near_tie(axis, spelling.rule)]
    plain = [(axis, weights) for axis, weights in seen if not is_near_tie(axis, spelling.rule)]
    found = explanation(plain, spelling.scaled) if plain else None
    differing = [axis for axis, weights in plain if not fits(meant, axis, weights)]
    missed = [axis for axis, weights in ties if not fits(meant, axis, weights)]
    notes = [onnx_words(found.rule)] if found is not None and found.rule is not None else []
    if missed:
        notes.append(
            f"near a tie the other element is read in {len(missed)} of {len(ties)}, the smallest {_said(missed[0])}"
        )
    notes += unanswered[:1]
    example = () if spelling.plan is _no_plan else spelling.plan(ResizeAxis(5, 7, Fraction(7, 5))).source()
    measured = UNKNOWN if found is None else found.text
    return ConventionFact(
        lane, TOPIC, spelling.name, measured if plain else "nothing was answered", meant.text,
        not differing if plain else None, len(plain), "geometries", len(differing), len(unanswered),
        f"{_said(differing[0])}: {measured}" if differing else "", tuple(notes), example, "resizes",
    )  # fmt: skip


def explanation(seen: Sequence[tuple[ResizeAxis, Array]], scaled: str) -> ResizeMeaning | None:
    """The first rule that fits all that was measured; None where none does."""
    # What tells most rules apart first: unequal lengths, the larger ones.
    order = sorted(seen, key=lambda each: -abs(each[0].input - each[0].output))
    for meaning in meanings(scaled):
        if all(fits(meaning, axis, weights) for axis, weights in order):
            return meaning
    return None


def fits(meaning: ResizeMeaning, axis: ResizeAxis, weights: Array) -> bool:
    """Whether these are its weights, as 32 bits compute them."""
    rendition = meaning.rendered(axis)
    if rendition is None:
        return True
    right = matrix_of(rendition)
    if rendition.rule.method == "nearest":
        return bool(np.array_equal(right, weights))
    allowed = FLOAT32 * (ROUNDINGS * np.abs(right) + weight_errors(rendition.axis, rendition.rule))
    return bool(np.all(np.abs(right - weights) <= allowed))


@cache
def meanings(scaled: str) -> tuple[ResizeMeaning, ...]:
    """Every rule, the usual ones first, and what no rule says."""
    words = product(("lengths",) if scaled == "lengths" else ("given", "recomputed"), rules())
    plain = [_meaning(rule, scale) for scale, rule in words]
    tables = [_tabled(each) for each in plain if each.rule and each.rule.method == "cubic" and not each.rule.antialias]
    corners = [_of_corners(resize_rule(method, antialias=True)) for method in ("linear", "cubic")]
    return (*plain, *tables, *corners, *(map(_copying, plain) if scaled != "lengths" else ()))


def held(spelling: ResizeSpelling) -> ResizeMeaning:
    """What the suite holds that the words mean."""
    match spelling.quirk:
        case "table":
            return _tabled(_meaning(spelling.rule, spelling.scaled))
        case "corners":
            return _of_corners(replace(spelling.rule, coordinates="half_pixel"))
        case "copies":
            return _copying(_meaning(spelling.rule, spelling.scaled))
        case "none":
            return _meaning(spelling.rule, spelling.scaled)


def _tabled(meaning: ResizeMeaning) -> ResizeMeaning:
    return replace(
        meaning,
        text=f"{meaning.text}; coordinates rounded to {TABLE}ths",
        rendered=partial(_from_table, meaning.rendered),
    )


def _of_corners(rule: ResizeRule) -> ResizeMeaning:
    text = f"{rule.method}, half pixels scaled as the corners, outside excluded, antialias"
    return ResizeMeaning(text, None, partial(_scaled_as_corners, rule))


def _copying(meaning: ResizeMeaning) -> ResizeMeaning:
    return replace(
        meaning,
        text=f"{meaning.text}; a result as long as the value is a copy",
        rendered=partial(_copied, meaning.rendered),
    )


def rules() -> Iterator[ResizeRule]:
    """All that differ; linear weights are the same whatever is done about the border."""
    yield from (resize_rule("nearest", word, mode) for word, mode in product(COORDINATES, NEAREST_MODES))
    for antialias, word in product((False, True), COORDINATES):
        yield resize_rule("linear", word, antialias=antialias)
        if antialias:
            yield resize_rule("linear", word, exclude_outside=False, antialias=True)
        for a, excluded in product((-0.5, -0.75), (True, False)):
            yield resize_rule("cubic", word, None, a, excluded, antialias)


def _meaning(rule: ResizeRule, scaled: str) -> ResizeMeaning:
    suffix = {"given": "; scaled as given", "recomputed": "; scale recomputed"}.get(scaled, "")
    return ResizeMeaning(sentence(rule) + suffix, rule, partial(_as_ruled, rule, scaled))


def _as_ruled(rule: ResizeRule, scaled: str, axis: ResizeAxis) -> AxisRendition:
    scale = axis.scale if scaled == "given" else Fraction(axis.output, axis.input)
    return AxisRendition(replace(axis, scale=scale), rule)


def _from_table(rendered: Rendered, axis: ResizeAxis) -> AxisRendition | None:
    rendition = rendered(axis)
    return None if rendition is None else replace(rendition, steps=TABLE)


def _copied(rendered: Rendered, axis: ResizeAxis) -> AxisRendition | None:
    rendition = rendered(axis)
    if rendition is None or axis.output != axis.input:
        return rendition
    return replace(rendition, rule=resize_rule("nearest"), axis=replace(axis, scale=Fraction(1)))


def _scaled_as_corners(rule: ResizeRule, axis: ResizeAxis) -> AxisRendition | None:
    if min(axis.input, axis.output) < 2:  # no distance between two corners
        return None
    return AxisRendition(replace(axis, scale=Fraction(axis.output - 1, axis.input - 1)), rule)


def _asked_in_words(client: Client, spelling: ResizeSpelling, axis: ResizeAxis) -> Reply:
    return client.perform(spelling.plan(axis), {"value": np.eye(axis.input, dtype=np.float32)})


def _asked_as_calls(client: Client, rule: ResizeRule, axis: ResizeAxis) -> Reply:
    nearest = rule.method == "nearest"
    call = right_call(
        "resize1d",
        (axis.input, axis.input, 1),
        output_size=axis.output,
        method=rule.method,
        coordinate_transformation_mode=rule.coordinates,
        nearest_mode=rule.nearest_mode if nearest else None,
        cubic_coeff_a=float(rule.cubic_coeff_a) if rule.method == "cubic" else None,
        exclude_outside=None if nearest else rule.exclude_outside,
        antialias=rule.antialias,
    )
    reply = client.reply(call, {"value": np.eye(axis.input, dtype=np.float32)[..., np.newaxis]})
    return replace(reply, array=reply.array[..., 0]) if isinstance(reply, Answer) and reply.array.ndim == 3 else reply


def _no_plan(axis: ResizeAxis) -> Plan:
    raise NotImplementedError


def _said(axis: ResizeAxis) -> str:
    scale = "" if axis.scale == Fraction(axis.output, axis.input) else f", scale {float(axis.scale):g}"
    return f"{axis.input} -> {axis.output}{scale}"
