"""Calls of operators that take one value with spatial axes, whatever they make of it; and how its shape may be given.

Knows: shapes, layouts, directions. Must not know: any kind.
"""

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from conformance.operators.kind import Parameters, Unusable, frozen
from conformance.suite.case import CallFault, SpelledCall
from conformance.suite.dtypes import FORMATS
from reference.errors import ArgumentError, Faults
from reference.family import Direction, Operator
from reference.spelling import channels_last

PARAMETRIC = ("batch", "size", "channels")
"""the parameters that stand for a value's shape"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpelledUnary(SpelledCall):
    """A call of a value alone, as its author spelled it; shapes follow data_format."""

    operator: str
    value_shape: tuple[int, ...]
    output_shape: tuple[int, ...]
    """of the operator's result; empty where a wrong call has none"""
    data_format: str | None = None
    dtype: str = "float32"
    direction: Direction = "forward"
    """the result, or its vector-Jacobian product with a cotangent for the value"""
    cotangent_given: tuple[int, ...] | None = None
    """the shape of a cotangent that is wrong on purpose, or of one for a call that has no result"""

    @property
    @abstractmethod
    def definition(self) -> Operator:
        """The operator that the call names."""

    @property
    def last(self) -> bool:
        """Whether value and result have their channels last; raises DataFormatError for a format that is none."""
        return channels_last(self.data_format, self.definition.rank)

    @property
    def operands(self) -> Mapping[str, tuple[int, ...]]:
        """The shapes of the arrays that the call takes, by name, in order."""
        if self.direction == "forward":
            return {"value": self.value_shape}
        cotangent = self.output_shape if self.cotangent_given is None else self.cotangent_given
        return {"value": self.value_shape, "cotangent": cotangent}

    @property
    def result_shape(self) -> tuple[int, ...]:
        """The shape of what is asked for: the operator's result, or the value's where its gradient is."""
        return self.output_shape if self.direction == "forward" else self.value_shape


class RightUnary(Protocol):
    """A right call of one value, as far as a wrong one has it, too."""

    @property
    def output_shape(self) -> tuple[int, ...]: ...

    @property
    def geometry(self) -> Any: ...


_Right = TypeVar("_Right", bound=RightUnary)
_Wrong = TypeVar("_Wrong")


def call_of(
    geometry: Callable[[], _Right], check: Callable[[_Right], None], wrong: Callable[..., _Wrong]
) -> _Right | _Wrong:
    """The call that the first makes, if the second lets its dtype and cotangent pass; otherwise the wrong one, with the
    fault, and with the shape and geometry that it has but for that.
    """
    right = None
    try:
        right = geometry()
        check(right)
    except ArgumentError as error:
        output, around = ((), None) if right is None else (right.output_shape, right.geometry)
        return wrong(output_shape=output, fault=CallFault.of(error), around=around)
    return right


def check_gradient(call: SpelledUnary, operator: str) -> None:
    """Raise Unusable for a gradient that cannot be asked; `operator` is what such a call is, such as `a pooling`."""
    if call.direction not in ("forward", "value_gradient"):
        raise Unusable(f"direction {call.direction}: {operator} has no such operand")
    if call.cotangent_given is not None and call.direction == "forward":
        raise Unusable("cotangent_shape needs direction value_gradient: only that takes a cotangent")
    if call.direction != "forward" and not call.output_shape and call.cotangent_given is None:
        raise Unusable("a wrong call has no result: its gradient needs cotangent_shape")
    if call.direction != "forward" and FORMATS[call.dtype].kind == "integer":
        raise Unusable(f"direction {call.direction} with dtype {call.dtype}: integers have no derivative")


def value_shape(operator: Operator, given: Parameters) -> tuple[int, ...]:
    """The value's shape, from `value` or from PARAMETRIC; raises Unusable for a size of other axes."""
    if "value" in given:
        return tuple(given["value"])
    size = given["size"]
    lengths = (size,) * operator.rank if isinstance(size, int) else tuple(size)
    if len(lengths) != operator.rank:
        raise Unusable(f"size is {size}; {operator.name} has {operator.rank} spatial axes")
    if channels_last(given.get("data_format"), operator.rank):
        return (given["batch"], *lengths, given["channels"])
    return (given["batch"], given["channels"], *lengths)


def padding_of_axes(operator: Operator, given: Parameters) -> Any:
    """The padding as a call spells it: beside `size`, as many pairs as spatial axes are those'."""
    padding = frozen(given["padding"])
    return padding if "value" in given else expanded_padding(padding, given.get("data_format"), operator.rank)


def expanded_padding(padding: Any, data_format: str | None, rank: int) -> Any:
    """The padding of a call: as many pairs as spatial axes are those', and all others have none."""
    if isinstance(padding, str) or len(padding) != rank:
        return padding
    none = (0, 0)
    return (none, *padding, none) if channels_last(data_format, rank) else (none, none, *padding)


def check_given(given: Parameters, others: tuple[str, ...]) -> None:
    """Raise Unusable unless the value's shape is given in one form, and the other parameters are."""
    parametric = [name for name in PARAMETRIC if name in given]
    faults = Faults(Unusable)
    with faults:
        if "value" in given and parametric:
            raise Unusable(f"value and {parametric[0]} both say what the value's shape is; give one form")
    wanted = (*(() if "value" in given else PARAMETRIC if parametric else ("value",)), *others)
    missing = [name for name in wanted if name not in given]
    with faults:
        if missing:
            gives = f"a case gives value, or {', '.join(PARAMETRIC)}{', and ' * bool(others)}{', '.join(others)}"
            raise Unusable(f"{', '.join(missing)} missing; {gives}")
    faults.check()
