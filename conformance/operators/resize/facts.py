"""The named facts of a resize's call: the one table for waivers, coverage, journals and the page's queries.

Knows: arguments as they are written, axes as integers. Must not know: who asks. A wrong call has no axes: what would
follow from them is false, or None where it is not a yes or no.
"""

from collections.abc import Callable, Iterator
from fractions import Fraction

from conformance.operators import spatial
from conformance.operators.kind import Fact, FactValue, PlainCall
from reference.resize.arguments import resize_rule
from reference.resize.geometry import ResizeAxis, ResizeRule, coordinate_bits, is_near_tie


def axes_of(call: PlainCall) -> list[ResizeAxis]:
    """The axes of a right call; none of a wrong one."""
    return [
        ResizeAxis(axis["input"], axis["output"], Fraction(axis["scale_numerator"], axis["scale_denominator"]))
        for axis in call.axes
    ]


def rule_of(call: PlainCall) -> ResizeRule:
    """The rule of a right call."""
    given = call.arguments
    return resize_rule(
        given["method"],
        given.get("coordinate_transformation_mode", "half_pixel"),
        given.get("nearest_mode"),
        given.get("cubic_coeff_a"),
        given.get("exclude_outside"),
        given.get("antialias", False),
    )


def _ruled(of: Callable[[ResizeRule], FactValue | None]) -> Callable[[PlainCall], FactValue | None]:
    """What follows from the rule of a right call."""
    return lambda call: of(rule_of(call)) if call.axes else None


def _lengths(call: PlainCall) -> str | None:
    """Whether the axes become longer or shorter, or both happen."""
    if not call.axes:
        return None
    axes = axes_of(call)
    longer, shorter = (any(axis.output > axis.input for axis in axes), any(axis.output < axis.input for axis in axes))
    return "both" if longer and shorter else "longer" if longer else "shorter" if shorter else "alike"


def _whole_ratios(call: PlainCall) -> bool:
    """Whether each length is a multiple of the other: most mistakes come out right there."""
    return bool(call.axes) and all(
        max(axis.input, axis.output) % min(axis.input, axis.output) == 0 for axis in axes_of(call)
    )


def _scale(call: PlainCall) -> str:
    """From what coordinates are scaled."""
    if call.arguments.get("scales") is None:
        return "lengths"
    return "recomputed" if call.arguments.get("recompute_scale_factor") else "given"


def _coordinate_bits(call: PlainCall) -> int | None:
    """How many binary digits after the point the coordinates need; None where one needs infinitely many."""
    found = [coordinate_bits(axis, rule_of(call)) for axis in axes_of(call)]
    known = [bits for bits in found if bits is not None]
    return max(known) if known and len(known) == len(found) else None


def _stretched(call: PlainCall) -> bool:
    """Whether antialias changes anything but the words."""
    return bool(call.axes) and any(axis.stretch(rule_of(call)) > 1 for axis in axes_of(call))


def _beyond(call: PlainCall) -> Iterator[bool]:
    """Of each output along each axis, whether it lies before the first element or after the last one."""
    for axis in axes_of(call):
        for output in range(axis.output):
            yield not 0 <= axis.coordinate(output, rule_of(call)) <= axis.input - 1


FACTS = (
    *spatial.LAYOUT_FACTS,
    Fact("method", lambda call: str(call.arguments["method"])),
    Fact("coordinates", _ruled(lambda rule: rule.coordinates)),
    Fact("nearest_mode", _ruled(lambda rule: rule.nearest_mode if rule.method == "nearest" else None)),
    Fact("cubic_coeff_a", _ruled(lambda rule: str(float(rule.cubic_coeff_a)) if rule.method == "cubic" else None)),
    Fact("exclude_outside", _ruled(lambda rule: rule.method != "nearest" and rule.exclude_outside), False),
    Fact("antialias", lambda call: bool(call.arguments.get("antialias", False)), False),
    Fact("stretched", _stretched, False),
    Fact("scale", _scale),
    Fact("lengths", _lengths),
    Fact("whole_ratios", _whole_ratios, False),
    Fact("coordinate_bits", _coordinate_bits),
    # Whether a coordinate is rounded so near to a tie that arithmetic in 32 bits cannot tell which element is meant.
    Fact("near_tie", lambda call: any(is_near_tie(axis, rule_of(call)) for axis in axes_of(call)), False),
    # Whether an output lies beyond the outermost elements, where nobody but the border is near.
    Fact("beyond_border", lambda call: any(_beyond(call)), False),
    Fact("input", spatial.each("input")),
    Fact("output", spatial.each("output")),
    Fact("batch", spatial.batch),
    Fact("channels_in", spatial.channels),
    Fact("empty", spatial.empty, False),
)
