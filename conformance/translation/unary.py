"""A call of one value as it was read: the call that is judged, and the notation between it and the given one.

Knows: calls, notation, generators by their names. Must not know: any kind, the frameworks themselves.
"""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from numpy.typing import NDArray

from conformance.adapters.lane import load_adapter, parse_lane
from conformance.adapters.plan import Plan, Unsupported
from conformance.adapters.protocol import Adapter, plan_call
from conformance.operators.kind import Operands, Unusable
from conformance.operators.registry import signature
from conformance.suite.case import FromReference, Generated, RightCall, RightTrial
from conformance.translation.notation import Notation, Shape, simplified, undone

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
    """what makes the value of the call that is judged of the given one"""
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
        return {name: undone(self.value if name == "value" else (), shapes[name], array) for name, array in
                operands.items()}  # fmt: skip

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

    @abstractmethod
    def lines(self) -> Sequence[str]: ...

    @abstractmethod
    def document(self) -> Mapping[str, Any]: ...


def spoken_plan(call: RightCall) -> tuple[str, Plan]:
    """The first lane whose framework says the call natively, with nothing to explain, and its plan."""
    for name in SPOKEN:
        plan = load_adapter(parse_lane(name)).plan(call)
        if isinstance(plan, Plan) and plan.native and not plan.notes:
            break
    assert isinstance(plan, Plan)  # the reference says every call
    return name, plan
