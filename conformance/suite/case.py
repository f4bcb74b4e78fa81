"""The nouns of the suite: call, inputs, expectation, trial.

Knows: what an author can ask. Must not know: YAML (`conformance.suite.loading` makes these), arrays, frameworks.
All are frozen: they cross thread and process boundaries.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self, TypeAlias

from reference.arguments import channels_last
from reference.family import OPERATORS, Direction, Operator
from reference.geometry import TransposedConvolution

Nested: TypeAlias = float | tuple["Nested", ...]
"""Numbers nested as deeply as an array has axes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpelledCall(ABC):
    """One call of an operator in TensorFlow's words, exactly as its author spelled it.

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
    def gradient(self) -> str:
        """The operand for which the result is differentiated; empty where the result itself is asked for."""
        return "" if self.direction == "forward" else self.direction.removesuffix("_gradient")

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
class RightCall(SpelledCall):
    """A call that the definition allows."""

    geometry: TransposedConvolution

    @property
    def planned_geometry(self) -> TransposedConvolution:
        return self.geometry


@dataclass(frozen=True, slots=True)
class Fault:
    """Why the definition refuses a call: a reason of the closed list, and the reference's message."""

    reason: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongCall(SpelledCall):
    """A call that the definition refuses."""

    fault: Fault
    around: TransposedConvolution | None = None
    """the geometry that it has but for operands of shapes or dtypes that do not fit it; None where that is not all"""

    @property
    def planned_geometry(self) -> TransposedConvolution | None:
        return self.around


Call: TypeAlias = RightCall | WrongCall
"""made by `conformance.suite.calls`"""


@dataclass(frozen=True, slots=True)
class Generated:
    """Inputs from a named generator, seeded by the trial's id."""

    generator: str


@dataclass(frozen=True, slots=True)
class Literal:
    """Inputs written in the case, in the layouts of the call."""

    value: Nested
    filter: Nested
    bias: Nested | None = None
    cotangent: Nested | None = None


@dataclass(frozen=True, slots=True)
class FromReference:
    """The reference's result is the expected one."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """Values recorded in the case, in the layout of the call; the reference is held to them."""

    values: Nested


@dataclass(frozen=True, slots=True)
class Checksum:
    """The digest of the expected values; the reference is held to it."""

    digest: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """The call is wrong, and an implementation must say so. `reason` is of `reference.errors.REASONS`."""

    reason: str


Inputs: TypeAlias = Generated | Literal
Expectation: TypeAlias = FromReference | Recorded | Checksum | Refusal


@dataclass(frozen=True, slots=True)
class Trial:
    """One concrete question with a stable id, `operator/file/case[swept parameter=value,...]`: a RightTrial or a
    WrongTrial.
    """

    id: str
    call: Call
    inputs: Inputs
    expectation: Expectation
    why: str
    url: str | None
    location: str
    """file:line of the case"""
    calls: int = 1
    """how often one process is asked it, each time with other content"""
    at_once: int = 1
    """how many of these calls are made at the same time"""

    def each_call(self) -> tuple[Self, ...]:
        """Its calls in their order, each a trial with content of its own; the first has that of the trial's id."""
        alone = replace(self, calls=1, at_once=1)
        return (alone, *(replace(alone, id=f"{self.id}#{number}") for number in range(2, self.calls + 1)))

    def arguments(self) -> dict[str, Any]:
        """Those of the call, and how often it is made where that is more than once."""
        given = {"calls": self.calls, "at_once": self.at_once}
        return {**self.call.arguments(), **{name: number for name, number in given.items() if number != 1}}


@dataclass(frozen=True, slots=True)
class RightTrial(Trial):
    """A trial whose call has a result."""

    call: RightCall
    expectation: FromReference | Recorded | Checksum


@dataclass(frozen=True, slots=True)
class WrongTrial(Trial):
    """A trial whose call an implementation must refuse."""

    call: WrongCall
    expectation: Refusal
