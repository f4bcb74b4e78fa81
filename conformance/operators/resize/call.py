"""A resize's calls: right ones with their geometry, wrong ones with their fault, and the trials that ask them.

Knows: the words of the reference, and its numbers. Must not know: YAML, arrays, frameworks.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Any, TypeAlias

from conformance.operators.unary import SpelledUnary
from conformance.suite.case import Call, CallFault, RightCall, RightTrial, WrongCall
from reference.family import Operator
from reference.resize.family import OPERATORS
from reference.resize.geometry import Resize


@dataclass(frozen=True, slots=True, kw_only=True)
class SpelledResize(SpelledUnary):
    """A call of a resize, exactly as its author spelled it; the words are those of `reference.resize`."""

    output_size: int | tuple[int, ...] | None = None
    scales: float | tuple[float, ...] | None = None
    recompute_scale_factor: bool = False
    method: str = "linear"
    coordinate_transformation_mode: str = "half_pixel"
    nearest_mode: str | None = None
    cubic_coeff_a: float | None = None
    exclude_outside: bool | None = None
    antialias: bool = False

    @property
    def definition(self) -> Operator:
        """The operator that the call names."""
        return OPERATORS[self.operator]

    def words(self) -> dict[str, Any]:
        """What is said beside the value, its layout and dtype, where it is not the default."""
        others: dict[str, tuple[Any, Any]] = {
            "output_size": (self.output_size, None),
            "scales": (self.scales, None),
            "recompute_scale_factor": (self.recompute_scale_factor, False),
            "coordinate_transformation_mode": (self.coordinate_transformation_mode, "half_pixel"),
            "nearest_mode": (self.nearest_mode, None),
            "cubic_coeff_a": (self.cubic_coeff_a, None),
            "exclude_outside": (self.exclude_outside, None),
            "antialias": (self.antialias, False),
        }
        return {"method": self.method, **{name: given for name, (given, default) in others.items() if given != default}}

    def arguments(self) -> dict[str, Any]:
        """The arguments under the names that cases use, as the author spelled them; but for the value, the method,
        data_format and dtype only where they are not the default.
        """
        others: dict[str, tuple[Any, Any]] = {
            "direction": (self.direction, "forward"),
            "cotangent_shape": (self.cotangent_given, None),
        }
        return {
            "value": self.value_shape,
            **self.words(),
            "data_format": self.data_format,
            "dtype": self.dtype,
            **{name: given for name, (given, default) in others.items() if given != default},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class RightResize(SpelledResize, RightCall):
    """A call that the definition allows."""

    geometry: Resize

    @property
    def work(self) -> int:
        return self.geometry.work

    @property
    def products(self) -> int | None:
        if self.method == "nearest" and self.direction == "forward":
            return None
        matrices = self.geometry.rows() if self.direction == "forward" else self.geometry.columns()
        return prod(max(map(len, rows), default=0) for rows in matrices) or None

    @property
    def axes(self) -> tuple[Mapping[str, int], ...]:
        return tuple(
            {
                "input": axis.input,
                "output": axis.output,
                "scale_numerator": axis.scale.numerator,
                "scale_denominator": axis.scale.denominator,
            }
            for axis in self.geometry.axes
        )

    @property
    def longest(self) -> int:
        return max(max(axis.input, axis.output) for axis in self.geometry.axes)


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongResize(SpelledResize, WrongCall):
    """A call that the definition refuses."""

    fault: CallFault
    around: Resize | None = None
    """the geometry that it has but for a cotangent or a dtype that does not fit it; None where that is not all"""


ResizeCall: TypeAlias = RightResize | WrongResize
"""made by `conformance.operators.resize.calls`"""


@dataclass(frozen=True, slots=True)
class ResizeTrial(RightTrial):
    """A trial of a right call of a resize."""

    call: RightResize


def resize(call: Call) -> ResizeCall:
    """The call as one of a resize; raises TypeError for one of another kind."""
    if not isinstance(call, RightResize | WrongResize):
        raise TypeError(f"{call.operator} is not a resize")
    return call


def right_resize(call: RightCall) -> RightResize:
    """The same of a right call."""
    if not isinstance(call, RightResize):
        raise TypeError(f"{call.operator} is not a resize")
    return call
