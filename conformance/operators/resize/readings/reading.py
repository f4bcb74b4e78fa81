"""A call of a resize as it was read: what it means in words, and how the namesakes of its method differ from it.

Knows: rules and calls. Must not know: how one framework's call is read (`tensorflow.py`, its neighbours).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from conformance.adapters.jax.resize import VOCABULARY as OF_JAX
from conformance.adapters.notation import to_channels_last
from conformance.adapters.plan import Plan, Unsupported
from conformance.adapters.resize import ResizePhrase
from conformance.adapters.tensorflow.resize import VOCABULARY as OF_TENSORFLOW
from conformance.adapters.torch.resize import vocabulary
from conformance.operators.resize.call import RightResize, resize
from conformance.operators.resize.calls import right_call
from conformance.operators.resize.readable import onnx_words, sentence
from conformance.suite.case import Call
from conformance.translation.arguments import CallArguments
from conformance.translation.unary import UnaryReading, check_nothing_added, refused, trial_reading, turned
from reference.errors import ArgumentError
from reference.resize.geometry import ResizeAxis, ResizeRule, rows_of

NAMESAKES: Mapping[str, Callable[[int], Sequence[ResizePhrase]]] = {
    "tensorflow": lambda rank: OF_TENSORFLOW,
    "torch": vocabulary,
    "jax": lambda rank: OF_JAX,
}
"""by the name of an adapter, what it says of a number of spatial axes; of each method the usual words first"""
# Of the argument at fault, where the reason of a refusal has another name
_ROLES = {"size": "value", "coordinates": "method"}


@dataclass(frozen=True, slots=True)
class ResizeReading(UnaryReading):
    """A call of a resize as it was read."""

    judged: RightResize

    def remarks_on(self, lane: str, plan: Plan | Unsupported) -> tuple[str, ...]:
        """Of the words that are called as this method is, and mean another resize."""
        call, rule = self.judged, self.judged.geometry.rule
        known = NAMESAKES[lane](call.definition.rank) if lane in NAMESAKES and lane != self.lane else ()
        namesakes = [each for each in known if (each.rule.method, each.rule.antialias) == (rule.method, rule.antialias)]
        if not namesakes:
            return ()
        words, reads = namesakes[0], 0
        for axis in call.geometry.axes:
            theirs = ResizeAxis(axis.input, axis.output, Fraction(axis.output, axis.input))
            pairs = zip(rows_of(theirs, words.rule), rows_of(axis, rule), strict=True)
            reads = max(reads, sum(one != other for one, other in pairs))
        if not reads:
            return ()
        said = "; ".join(differences(rule, words.rule)) or "its coordinates are scaled by the ratio of the lengths"
        others = "read other elements" if rule.method == "nearest" else "have other weights"
        return (f"{words.text()} is another resize: {said}; up to {reads} outputs of an axis {others}",)

    def lines(self) -> Sequence[str]:
        call = self.judged
        facts = [call.operator, call.dtype, self.data_format]
        facts += [call.direction.replace("_", " ")] if call.direction != "forward" else []
        axes = zip(call.definition.spatial_names, call.geometry.axes, strict=True)
        return [
            ", ".join(facts),
            sentence(call.geometry.rule),
            onnx_words(call.geometry.rule),
            *(f"{name}: {axis.input} -> {axis.output}, scale {_scale(axis)}" for name, axis in axes),
        ]

    def document(self) -> Mapping[str, Any]:
        call = self.judged
        return {
            "operator": call.operator,
            "dtype": call.dtype,
            "data_format": self.data_format,
            "direction": call.direction,
            "rule": sentence(call.geometry.rule),
            "onnx": onnx_words(call.geometry.rule),
            "axes": [
                {"name": name, **axis} for name, axis in zip(call.definition.spatial_names, call.axes, strict=True)
            ],
        }


def differences(asked: ResizeRule, other: ResizeRule) -> list[str]:
    """What the other rule has, and what is asked."""
    found = []
    if other.coordinates != asked.coordinates:
        found.append(f"its coordinates are those of {other.coordinates}, not of {asked.coordinates}")
    if other.method == "nearest" and other.nearest_mode != asked.nearest_mode:
        found.append(f"it rounds by {other.nearest_mode}, not by {asked.nearest_mode}")
    if other.method == "cubic" and other.cubic_coeff_a != asked.cubic_coeff_a:
        found.append(f"its cubic_coeff_a is {float(other.cubic_coeff_a):g}, not {float(asked.cubic_coeff_a):g}")
    if other.method == "cubic" and other.exclude_outside != asked.exclude_outside:
        done = {True: "dropped, and the others divided by their sum", False: "those of the border's element"}
        found.append(f"its weights beyond the border are {done[other.exclude_outside]}")
    return found


def read_lengths(
    arguments: CallArguments,
    lane: str,
    value: tuple[int, ...],
    rule: ResizeRule,
    *,
    last: bool,
    dtype: str,
    plan: Plan | None = None,
    remarks: tuple[str, ...] = (),
    **sizes: Any,
) -> ResizeReading:
    """The reading of a call that means a rule; raises CallError where the definition refuses it.

    value: in the given call's layout. last: whether that has the channels last. sizes: output_size, or scales.
    """
    rank = len(value) - 2
    laid_out = value if last else tuple(value[axis] for axis in to_channels_last(rank))
    nearest = rule.method == "nearest"
    words: dict[str, Any] = {
        "method": rule.method,
        "coordinate_transformation_mode": rule.coordinates,
        "nearest_mode": rule.nearest_mode if nearest else None,
        "cubic_coeff_a": float(rule.cubic_coeff_a) if rule.method == "cubic" else None,
        "exclude_outside": None if nearest else rule.exclude_outside,
        "antialias": rule.antialias,
    }
    try:
        call = right_call(f"resize{rank}d", laid_out, dtype=dtype, **words, **sizes)
    except ArgumentError as error:
        raise refused(arguments, error, _ROLES) from error
    check_nothing_added(arguments, "a resize")
    plan = plan or arguments.plan
    around = ((), ()) if last else turned(rank)
    return ResizeReading(arguments.call.shown, lane, plan, call, {"value": value}, *around, remarks)


def read_trial(call: Call, dtype: str | None = None) -> ResizeReading:
    """The reading of a trial's call, in another dtype where one is named; raises CallError for a wrong one."""
    return trial_reading(resize(call), dtype, ResizeReading)


def _scale(axis: ResizeAxis) -> str:
    return f"{float(axis.scale):g}" if axis.scale.denominator in (1, 2, 4, 5, 10) else str(axis.scale)
