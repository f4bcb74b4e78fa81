"""A pooling's calls: right ones with their geometry, wrong ones with their fault, and the trials that ask them.

Knows: TensorFlow's words and the reference's integers. Must not know: YAML, arrays, frameworks.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from conformance.operators.unary import SpelledUnary
from conformance.suite.case import Call, CallFault, RightCall, RightTrial, WrongCall
from reference.pooling.family import OPERATORS, PoolingOperator
from reference.pooling.geometry import Pooling

Pads: TypeAlias = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpelledPooling(SpelledUnary):
    """A call of a pooling in TensorFlow's words, exactly as its author spelled it."""

    ksize: int | tuple[int, ...] | None = None
    strides: int | tuple[int, ...] | None = None
    padding: str | Pads | None = None
    """these three of all but adaptive poolings, which have an output_size"""
    output_size: int | tuple[int, ...] | None = None
    dilations: int | tuple[int, ...] | None = None
    ceil_mode: bool = False
    count_include_pad: bool = False
    divisor_override: int | None = None
    norm_type: int | None = None
    include_batch_in_index: bool = False

    @property
    def definition(self) -> PoolingOperator:
        """The operator that the call names."""
        return OPERATORS[self.operator]

    @property
    def averages(self) -> bool:
        """Whether each window is averaged."""
        return self.definition.reduction == "average"

    @property
    def operands(self) -> Mapping[str, tuple[int, ...]]:
        """The shapes of the arrays that the call takes, by name, in order."""
        given = {"value": self.value_shape}
        if self.definition.reduction == "unpooled":
            given["indices"] = self.value_shape
        if self.direction != "forward":
            given["cotangent"] = self.output_shape if self.cotangent_given is None else self.cotangent_given
        return given

    def dtype_of(self, operand: str) -> str:
        """That of the call, but for indices."""
        return "int64" if operand == "indices" else self.dtype

    def arguments(self) -> dict[str, Any]:
        """The arguments under the names that cases use, as the author spelled them; those after `dilations` that
        TensorFlow does not have, the direction and a wrong cotangent only where they are not the default.
        """
        others: dict[str, tuple[Any, Any]] = {
            "ceil_mode": (self.ceil_mode, False),
            "count_include_pad": (self.count_include_pad, False),
            "divisor_override": (self.divisor_override, None),
            "norm_type": (self.norm_type, None),
            "include_batch_in_index": (self.include_batch_in_index, False),
            "direction": (self.direction, "forward"),
            "cotangent_shape": (self.cotangent_given, None),
        }
        windows: dict[str, Any] = {"ksize": self.ksize, "strides": self.strides, "padding": self.padding}
        adaptive = self.definition.adaptive
        return {
            "value": self.value_shape,
            **({"output_size": self.output_size} if adaptive else windows),
            "data_format": self.data_format,
            **({} if adaptive else {"dilations": self.dilations}),
            "dtype": self.dtype,
            **{name: given for name, (given, default) in others.items() if given != default},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class RightPooling(SpelledPooling, RightCall):
    """A call that the definition allows."""

    geometry: Pooling

    @property
    def work(self) -> int:
        return self.geometry.work

    @property
    def products(self) -> int | None:
        if self.direction == "forward":
            chosen = self.definition.reduction in ("maximum", "index", "unpooled")
            return None if chosen else self.geometry.most_elements or None
        return self.geometry.most_windows or None

    @property
    def axes(self) -> tuple[Mapping[str, int], ...]:
        # Not by asdict, which takes seven times as long: each trial is asked several times.
        names: tuple[str, ...] = ("input", "kernel", "stride", "dilation", "pad_before", "pad_after", "output")
        if self.definition.adaptive:
            names = ("input", "output")
        return tuple({name: getattr(axis, name) for name in names} for axis in self.geometry.axes)

    @property
    def longest(self) -> int:
        return max(max(axis.input, axis.kernel, axis.output) for axis in self.geometry.axes)


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongPooling(SpelledPooling, WrongCall):
    """A call that the definition refuses."""

    fault: CallFault
    around: Pooling | None = None
    """the geometry that it has but for a cotangent or a dtype that does not fit it; None where that is not all"""


PoolingCall: TypeAlias = RightPooling | WrongPooling
"""made by `conformance.operators.pooling.calls`"""


@dataclass(frozen=True, slots=True)
class PoolingTrial(RightTrial):
    """A trial of a right call of a pooling."""

    call: RightPooling


def pooling(call: Call) -> PoolingCall:
    """The call as one of a pooling; raises TypeError for one of another kind."""
    if not isinstance(call, RightPooling | WrongPooling):
        raise TypeError(f"{call.operator} is not a pooling")
    return call


def right_pooling(call: RightCall) -> RightPooling:
    """The same of a right call."""
    if not isinstance(call, RightPooling):
        raise TypeError(f"{call.operator} is not a pooling")
    return call
