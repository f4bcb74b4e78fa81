"""Notation that all planners of resizes share, and the plan in the reference's own words.

Knows: calls and their numbers, what a framework's words mean as rules. Must not know: frameworks, arrays.
"""

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, TypeAlias

from conformance.adapters.plan import Argument, Invoke, Plan, Reshape, written
from conformance.operators.resize.call import ResizeCall, RightResize
from reference.resize.geometry import HALF, Resize, ResizeAxis, ResizeRule, rows_of

Keywords: TypeAlias = tuple[tuple[str, Argument], ...]
Quirk: TypeAlias = Literal["none", "table", "corners", "copies"]

OTHER_WORDS = "other words, which mean the same weights for these lengths"


@dataclass(frozen=True, slots=True)
class ResizePhrase:
    """One thing that a framework can say beside the value and the lengths, and what it means."""

    function: str
    keywords: Keywords
    rule: ResizeRule

    def text(self, *before: str) -> str:
        """As a user writes it, without the value and what it becomes; `before` are arguments that come first."""
        given = (f"{name}={written(argument)}" for name, argument in self.keywords)
        return f"{self.function}({', '.join([*before, *given])})"


@dataclass(frozen=True, slots=True)
class ResizeSpelling:
    """One way to say a resize in a framework's own words, as its meaning is measured along one axis."""

    name: str
    """what is said beside the value and the lengths"""
    rule: ResizeRule
    """what the suite holds that it means"""
    plan: Callable[[ResizeAxis], Plan]
    """on a matrix (images, elements), which leaves (images, outputs)"""
    scaled: Literal["lengths", "given", "recomputed"] = "lengths"
    """whether lengths are said, or a scale, and what the suite holds that coordinates are scaled by"""
    quirk: Quirk = "none"
    """what the suite holds of it that no rule says: weights from a table of 1024 steps; half pixels scaled as the
    corners; a result as long as the value that is a copy, whatever the scale
    """


def on_images(axis: ResizeAxis, invoke: Invoke, shape: tuple[int, ...]) -> Plan:
    """The call of a matrix (images, elements) under another shape; the result has as many axes."""
    return Plan((Reshape("value", shape), invoke, Reshape("result", (axis.input, axis.output))))


def spelled_in_rows(words: ResizePhrase, more: Keywords = ()) -> ResizeSpelling:
    """The words for images of one row and one channel, which is last; cubic weights come from a table there, unless
    they are stretched.
    """

    def plan(axis: ResizeAxis) -> Plan:
        keywords: Keywords = (("size", (1, axis.output)), *words.keywords, *more)
        return on_images(axis, Invoke(words.function, (("", "value"),), keywords), (axis.input, 1, axis.input, 1))

    tabled = words.rule.method == "cubic" and not words.rule.antialias
    return ResizeSpelling(words.text(), words.rule, plan, quirk="table" if tabled else "none")


def geometry_of(call: ResizeCall) -> Resize | None:
    """What planners translate: the geometry of a right call, or of one whose cotangent or dtype alone does not fit it;
    None where its other arguments have none.
    """
    return call.geometry if isinstance(call, RightResize) else call.around


def choose(
    geometry: Resize, vocabulary: Sequence[ResizePhrase], *, scaled: bool = False
) -> tuple[ResizePhrase, tuple[str, ...]] | None:
    """The words that mean the call's rule, else those that mean the same weights for its lengths, with a note; None
    where none do.

    scaled: whether the words take the call's scales, too; otherwise they scale by the ratio of the lengths.
    """
    axes = [
        axis if scaled else ResizeAxis(axis.input, axis.output, Fraction(axis.output, axis.input))
        for axis in geometry.axes
    ]
    for words in vocabulary:
        if words.rule == geometry.rule and axes == list(geometry.axes):
            return words, ()
    # Those with the call's coordinates first. Of one element all rules have the same weights, and some sum several of
    # them, which rounds where others copy.
    for words in sorted(vocabulary, key=lambda words: words.rule.coordinates != geometry.rule.coordinates):
        # Weights say everything: rules and scales of a method that give the same ones mean the same.
        if words.rule.method == geometry.rule.method and all(rows_of(mine, words.rule) == rows_of(axis, geometry.rule)
               for mine, axis in zip(axes, geometry.axes, strict=True)):  # fmt: skip
            return words, (OTHER_WORDS,)
    return None


def is_float32(number: float) -> bool:
    """Whether float32 has it."""
    return bool(struct.unpack("f", struct.pack("f", number))[0] == number)


def translated(geometry: Resize) -> list[tuple[float, float]] | None:
    """Of each axis the scale s and the translation t with which coordinates are (j + 1/2 - t) / s - 1/2, as
    `scale_and_translate` of JAX and TensorFlow has them; None where all outputs lie at one coordinate, which no scale
    says.
    """
    found = list[tuple[float, float]]()
    for axis in geometry.axes:
        step = axis.step(geometry.rule)
        if step == 0 or (geometry.rule.coordinates == "pytorch_half_pixel" and axis.output == 1):
            return None
        shift = HALF - (axis.coordinate(0, geometry.rule) + HALF) / step
        found.append((float(1 / step), float(shift)))
    return found


def is_within(geometry: Resize) -> bool:
    """Whether all coordinates lie within the elements' squares, beyond which `scale_and_translate` gives 0."""
    return all(
        -HALF <= axis.coordinate(output, geometry.rule) <= axis.input - HALF
        for axis in geometry.axes
        for output in (0, axis.output - 1)
    )


def divides_by_sums(rule: ResizeRule) -> bool:
    """Whether the weights are those of `scale_and_translate`: Keys' with -0.5, without what lies beyond the border."""
    if rule.method == "linear":
        return rule.exclude_outside or not rule.antialias
    return rule.method == "cubic" and rule.exclude_outside and rule.cubic_coeff_a == -HALF


def reference_resize_plan(call: ResizeCall) -> Plan:
    """The plan of a call, right or wrong: as it stands."""
    layout = (("data_format", call.data_format),) if call.data_format is not None else ()
    keywords = (*call.words().items(), *layout)
    if call.direction == "forward":
        return Plan((Invoke(f"reference.resize.{call.operator}", (("", "value"),), keywords),))
    operands = (("value", "value"), ("cotangent", "cotangent"))
    named = (("operator", call.operator), *keywords)
    return Plan((Invoke("reference.resize.vector_jacobian_product", operands, named),))
