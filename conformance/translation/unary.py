"""A call of one value as it was read: the call that is judged, and the notation between it and the given one.

Knows: calls, notation, generators by their names. Must not know: any kind, the frameworks themselves.
"""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, TypeVar

from numpy.typing import NDArray

from conformance.adapters.lane import load_adapter, parse_lane
from conformance.adapters.notation import to_channels_first, to_channels_last
from conformance.adapters.plan import Plan, Transpose, Unsupported
from conformance.adapters.protocol import Adapter, plan_call
from conformance.operators.kind import Operands, Unusable
from conformance.operators.registry import signature
from conformance.operators.unary import SpelledUnary
from conformance.suite.case import Call, FromReference, Generated, RightCall, RightTrial, WrongCall
from conformance.translation.arguments import CallArguments
from conformance.translation.code import CallError
from conformance.translation.notation import Notation, Shape, simplified, undone
from conformance.translation.written import written_plan
from reference.errors import ArgumentError

# Whose words a trial of the corpus is shown in: the first that say it, and nothing around or after it
SPOKEN = ("tensorflow", "torch", "jax", "reference")


@dataclass(frozen=True, slots=True)
class UnaryReading:
    """A call as it was read."""

    INPUTS: ClassVar[tuple[str, ...]] = ("mix", "normal")
    """the generators of what proves something: numbers whose sums are exact, and real ones"""

    text: str
    lane: str
    """who is asked to run it as it was given"""
    plan: Plan
    """the call as it was given, for that lane"""
    judged: RightCall
    given: Mapping[str, Shape]
    """the shapes of the given call's operands, by name, in order"""
    value: Notation = ()
    """what makes the value of the call that is judged of the given one, and its indices, where it has any"""
    result: Notation = ()
    """what makes the given call's result of that of the call that is judged"""
    remarks: tuple[str, ...] = ()
    """what a reader of the call may not expect of it"""

    def trials(self) -> Sequence[RightTrial]:
        kind, found = signature(self.judged.operator), []
        for name in self.INPUTS:
            inputs, expectation = Generated(name), FromReference()
            try:
                kind.check(self.judged, inputs, expectation)
            except Unusable:
                continue
            id = f"translate/{self.text}"
            found.append(kind.RIGHT_TRIAL(id, self.judged, inputs, expectation, "", None, "command line"))
        return found

    def given_operands(self, operands: Operands) -> Operands:
        shapes = {**self.judged.operands, **self.given}
        return {
            name: undone(tuple(step for step in self.value if step.operand == name), shapes[name], array)
            for name, array in operands.items()
        }

    def as_judged(self, result: NDArray[Any]) -> NDArray[Any]:
        shape = self.judged.result_shape
        try:
            return undone(self.result, shape, result)
        except (ValueError, IndexError):  # of another rank or size
            return result

    def write(self, adapter: Adapter) -> Plan | Unsupported:
        plan = plan_call(adapter, self.judged)
        if isinstance(plan, Unsupported):
            return plan
        return simplified(Plan((*self.value, *plan.steps, *self.result), plan.notes))

    def remarks_on(self, lane: str, plan: Plan | Unsupported) -> tuple[str, ...]:
        return ()

    def operands_in(self, plan: Plan) -> Mapping[str, str]:
        return {}

    @property
    def data_format(self) -> str:
        """Of the given value, where the operator has spatial axes."""
        assert isinstance(self.judged, SpelledUnary)
        last, first = self.judged.definition.data_formats
        return first if self.value or not self.judged.last else last

    @abstractmethod
    def lines(self) -> Sequence[str]: ...

    @abstractmethod
    def document(self) -> Mapping[str, Any]: ...


_Reading = TypeVar("_Reading", bound=UnaryReading)


def trial_reading(call: Call, dtype: str | None, reading: type[_Reading]) -> _Reading:
    """The reading of a call that is there already, in the words of the first framework that says it natively, in
    another dtype where one is named. Raises CallError for one that is wrong on purpose.
    """
    if isinstance(call, WrongCall):
        raise CallError(f"the call is wrong ({call.fault.reason}): {call.fault.message}")
    asked: Any = call  # a dataclass of its kind
    if dtype is not None:
        asked = replace(asked, dtype=dtype)
    name, plan = spoken_plan(asked)
    return reading(written_plan(plan, asked.operands), name, plan, asked, asked.operands)


def refused(arguments: CallArguments, error: ArgumentError, roles: Mapping[str, Any]) -> CallError:
    """The error of a call that the definition refuses, at the argument whose fault it is.

    roles: what an argument says, where the reason of a refusal has another name
    """
    role = roles.get(error.reason, error.reason)
    return arguments.wrong(role if arguments.has(role) else None, str(error))


def check_nothing_added(arguments: CallArguments, operator: str) -> None:
    """Raise CallError where something is added to the result; `operator` is what the call is, such as `a pooling`."""
    if arguments.has_bias:
        raise arguments.wrong(None, f"something is added to the result, which is not part of {operator}")


def turned(rank: int) -> tuple[Notation, Notation]:
    """What puts the channels of a given value last, and those of the result first."""
    return (Transpose("value", to_channels_last(rank)),), (Transpose("result", to_channels_first(rank)),)


def spoken_plan(call: RightCall) -> tuple[str, Plan]:
    """The first lane whose framework says the call natively, with nothing to explain, and its plan."""
    for name in SPOKEN:
        plan = load_adapter(parse_lane(name)).plan(call)
        if isinstance(plan, Plan) and plan.native and not plan.notes:
            break
    assert isinstance(plan, Plan)  # the reference says every call
    return name, plan
