"""A fault: one way to be wrong, and what the suite should say of it.

Knows: the stages of a mutant's call, each of which a fault may replace. Must not know: judging.
The table is `table.py`; who runs it, `adapter.py`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias, cast

from conformance.mutants.kinds import Outcome
from conformance.operators.convolution.mutants.engine import PLAIN, Compute, add_bias, store
from conformance.operators.convolution.mutants.problem import Array, GivenCall, Problem, read, write
from reference.family import Direction, Operator

Disturb: TypeAlias = Callable[[GivenCall], None]
"""what happens in the process before the framework is called"""
Read: TypeAlias = Callable[[GivenCall], Problem]
Edit: TypeAlias = Callable[[Problem], Problem]
Finish: TypeAlias = Callable[[Array, Problem], Array]
"""a result whose channels are last, edited"""
Condition: TypeAlias = Callable[[Problem], bool]
"""of a problem, whose arrays may have shapes and dtypes and no content"""
Due: TypeAlias = Callable[[Operator, Direction], bool]
"""whether the cases owe the fault a trial that catches it, in this operator and direction"""


@dataclass(frozen=True, slots=True)
class Fault:
    """One deliberately wrong adapter; a right one has no outcomes."""

    name: str
    summary: str
    """what it does, as a sentence"""
    outcomes: tuple[Outcome, ...]
    """what the suite may say where the fault applies; never anything else, but what the case expects"""
    diagnosis: tuple[str, ...] = ()
    """edits by their names in `conformance.operators.convolution.diagnosis`, each of which explains it"""
    undiagnosed: str = ""
    """why no single answer can name it, where no edit explains it"""
    known_bug: str | None = None
    """where it happened"""
    where: Condition = lambda problem: True
    """where it applies; elsewhere the answers are right"""
    due: Due | None = None
    """of a fault that has to be caught in every operator and direction that it can be seen in; otherwise anywhere"""
    chapter: str = ""
    """whose trials are made for it, and are asked first"""
    alone: bool = False
    """it harms its process, or waits: only a worker may run it"""
    declares: Mapping[str, str] = field(default_factory=dict)
    """flags of its description: `operands` and `algorithm`, in the words of `conformance.judging.arithmetic`"""
    disturb: Disturb = lambda asked: None
    read: Read = read
    edit: Edit = lambda problem: problem
    compute: Compute = PLAIN
    add_bias: Finish = add_bias
    """to a result in the accumulator's dtype"""
    store: Finish = store
    finish: Finish = lambda result, problem: result
    write: Finish = write


def wrong(name: str, summary: str, diagnosis: str = "", outcomes: str = "differs", **parts: Any) -> Fault:
    """A fault whose words and outcomes are written in a row."""
    return Fault(name, summary, cast("tuple[Outcome, ...]", tuple(outcomes.split())), tuple(diagnosis.split()), **parts)


def right(name: str, summary: str, **parts: Any) -> Fault:
    """An engine that nobody may flag."""
    return Fault(name, summary, (), **parts)


def in_direction(direction: Direction, *faults: Fault) -> tuple[Fault, ...]:
    """Faults of one gradient alone, as of an implementation that writes its gradients apart."""
    words = direction.replace("_", "-")
    return tuple(
        replace(
            fault,
            name=f"{words}-{fault.name}",
            summary=f"Of the {direction.removesuffix('_gradient')}'s gradient alone: {fault.summary}",
            where=both(asked_for(direction), fault.where),
        )
        for fault in faults
    )


def asked_for(*directions: str) -> Condition:
    """Whether one of these directions is asked for."""
    return lambda problem: problem.direction in directions


def both(first: Condition, second: Condition) -> Condition:
    """Whether both hold."""
    return lambda problem: first(problem) and second(problem)


def forward_convolution(problem: Problem) -> bool:
    """Whether the result of a forward convolution is asked for."""
    return problem.direction == "forward" and not problem.transposed


def transposed_result(problem: Problem) -> bool:
    """Whether the result of a transposed convolution is asked for, whose caller names its lengths."""
    return problem.direction == "forward" and problem.transposed


GRADIENT = asked_for("value_gradient", "filter_gradient", "bias_gradient")
