"""A convolution's calls: right ones with their geometry, wrong ones with their fault, and the trials that ask them.

Knows: TensorFlow's words and the reference's integers. Must not know: YAML, arrays, frameworks.
"""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from conformance.suite.case import Call, CallFault, RightCall, RightTrial, SpelledCall, WrongCall
from reference.arguments import channels_last
from reference.family import OPERATORS, Direction, Operator
from reference.geometry import TransposedConvolution


@dataclass(frozen=True, slots=True, kw_only=True)
class SpelledConvolution(SpelledCall):
    """A call of a convolution in TensorFlow's words, exactly as its author spelled it.

    Shapes follow data_format, but for the filter's, which is [*kernel, out, in] always ([*kernel, in, out] of a forward
    convolution).
    """

    operator: str
    value_shape: tuple[int, ...]
    filter_shape: tuple[int, ...]
    output_shape: tuple[int, ...]
    """as the caller names it; of a forward convolution what follows, and empty where nothing does"""
    strides: int | tuple[int, ...] = 1
    padding: str | tuple[tuple[int, int], ...] = "SAME"
    data_format: str | None = None
    dilations: int | tuple[int, ...] | None = None
    dtype: str = "float32"
    groups: int = 1
    bias: bool = False
    """one number is added to each channel of the result"""
    direction: Direction = "forward"
    """the result, or its vector-Jacobian product with a cotangent for one operand"""
    bias_given: tuple[int, ...] | None = None
    """the shape of a bias that is wrong on purpose"""
    cotangent_given: tuple[int, ...] | None = None
    """the shape of a cotangent that is wrong on purpose, or of one for a call that has no result"""
    operand_dtypes: tuple[tuple[str, str], ...] = ()
    """operands whose dtype is another than the call's, on purpose"""

    @property
    def definition(self) -> Operator:
        """The operator that the call names."""
        return OPERATORS[self.operator]

    @property
    def last(self) -> bool:
        """Whether value and result have their channels last; raises DataFormatError for a format that is none."""
        return channels_last(self.data_format, self.definition.rank)

    @property
    def operands(self) -> Mapping[str, tuple[int, ...]]:
        """The shapes of the arrays that the call takes, by name, in order."""
        shapes = {"value": self.value_shape, "filter": self.filter_shape}
        if self.bias:
            shapes["bias"] = self.bias_shape if self.bias_given is None else self.bias_given
        if self.direction != "forward":
            shapes["cotangent"] = self.output_shape if self.cotangent_given is None else self.cotangent_given
        return shapes

    def dtype_of(self, operand: str) -> str:
        """The dtype of an operand: the call's, but for operands that are wrong on purpose."""
        return dict(self.operand_dtypes).get(operand, self.dtype)

    @property
    @abstractmethod
    def planned_geometry(self) -> TransposedConvolution | None:
        """What planners translate: the geometry of a right call, or of one whose operands alone do not fit it; None
        where its other arguments have none.
        """

    @property
    def bias_shape(self) -> tuple[int, ...]:
        """[channels of the operator's result], those that the filter says where a wrong call has no result."""
        geometry = self.planned_geometry
        if geometry is None:
            return (self.filter_shape[-2 if self.definition.transposed else -1],)
        return (geometry.channels_out if self.definition.transposed else geometry.channels_in,)

    @property
    def result_shape(self) -> tuple[int, ...]:
        """The shape of what is asked for: the operator's result, or an operand's where its gradient is."""
        match self.direction:
            case "forward":
                return self.output_shape
            case "value_gradient":
                return self.value_shape
            case "filter_gradient":
                return self.filter_shape
            case "bias_gradient":
                return self.bias_shape

    def arguments(self) -> dict[str, Any]:
        """The arguments under the names that cases use, as the author spelled them; groups, bias, direction and what is
        wrong about single operands only where they are not the default.
        """
        named = {"output_shape": self.output_shape} if self.definition.transposed else {}
        family: dict[str, tuple[Any, Any]] = {
            "groups": (self.groups, 1),
            "bias": (self.bias, False),
            "direction": (self.direction, "forward"),
            "bias_shape": (self.bias_given, None),
            "cotangent_shape": (self.cotangent_given, None),
            "operand_dtypes": (dict(self.operand_dtypes), {}),
        }
        return {
            "value": self.value_shape,
            "filter": self.filter_shape,
            **named,
            "strides": self.strides,
            "padding": self.padding,
            "data_format": self.data_format,
            "dilations": self.dilations,
            "dtype": self.dtype,
            **{name: given for name, (given, default) in family.items() if given != default},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class RightConvolution(SpelledConvolution, RightCall):
    """A call that the definition allows."""

    geometry: TransposedConvolution

    @property
    def planned_geometry(self) -> TransposedConvolution:
        return self.geometry

    @property
    def work(self) -> int:
        return self.geometry.multiply_adds

    @property
    def products(self) -> int | None:
        target = self.definition.target(self.direction)
        return None if target is None else self.geometry.most_terms(target) or None

    @property
    def axes(self) -> tuple[Mapping[str, int], ...]:
        # Not by asdict, which takes seven times as long: each trial is asked several times.
        names = ("input", "kernel", "stride", "dilation", "crop_before", "output", "crop_after")
        return tuple({name: getattr(axis, name) for name in names} for axis in self.geometry.axes)

    @property
    def longest(self) -> int:
        return max((max(axis.input, axis.kernel, axis.output) for axis in self.geometry.axes), default=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongConvolution(SpelledConvolution, WrongCall):
    """A call that the definition refuses."""

    fault: CallFault
    around: TransposedConvolution | None = None
    """the geometry that it has but for operands of shapes or dtypes that do not fit it; None where that is not all"""

    @property
    def planned_geometry(self) -> TransposedConvolution | None:
        return self.around


Convolution: TypeAlias = RightConvolution | WrongConvolution
"""made by `conformance.operators.convolution.calls`"""


@dataclass(frozen=True, slots=True)
class ConvolutionTrial(RightTrial):
    """A trial of a right call of a convolution."""

    call: RightConvolution


def convolution(call: Call) -> Convolution:
    """The call as one of a convolution; raises TypeError for one of another kind."""
    if not isinstance(call, RightConvolution | WrongConvolution):
        raise TypeError(f"{call.operator} is not a convolution")
    return call
