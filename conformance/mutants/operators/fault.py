"""A fault of any operator: one way to be wrong, and what the suite should say of it.

Knows: the stages of a mutant's call, each of which a fault may replace. Must not know: judging; outcomes are
spelled as `conformance.judging.verdict.Outcome` spells them, since a mutant runs in a worker.
The table is `conformance.mutants.operators.faults`; who runs it, `conformance.mutants.operators.adapter`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from conformance.mutants.fault import Outcome
from conformance.mutants.operators.engine import PLAIN, Compute, add_bias, store
from conformance.mutants.operators.problem import Array, Asked, Problem, read, write
from reference.family import Direction, Operator

Family: TypeAlias = Literal[
    "faithful",
    "value gradient",
    "filter gradient",
    "bias gradient",
    "gradients",
    "groups",
    "bias",
    "axes",
    "forward convolution",
    "dtype",
    "layout",
    "result",
    "earlier calls",
    "special values",
    "sizes",
    "state",
    "wrong calls",
]

Read: TypeAlias = Callable[[Asked], Problem]
Edit: TypeAlias = Callable[[Problem], Problem]
Finish: TypeAlias = Callable[[Array, Problem], Array]
"""a result whose channels are last, edited"""
Condition: TypeAlias = Callable[[Problem], bool]
"""whether a fault has anything to spoil"""
Due: TypeAlias = Callable[[Operator, Direction], bool]
"""whether the cases owe the fault a trial that catches it, in this operator and direction"""


@dataclass(frozen=True, slots=True)
class Reach:
    """Where a fault that few calls can trigger must be caught."""

    applies: Condition
    """asked of a problem whose arrays have shapes and no content"""
    due: Due
    chapter: str = "sizes"
    """whose trials are made for it, and are asked first"""


@dataclass(frozen=True, slots=True)
class FamilyFault:
    """One deliberately wrong adapter; a right one has no outcomes.

    Wherever the fault does not apply, the answers are right.
    """

    name: str
    summary: str
    """what it does, as a sentence"""
    family: Family
    outcomes: tuple[Outcome, ...]
    """what the suite may say where the fault applies; never anything else, but what the case expects"""
    known_bug: str | None = None
    """where it happened"""
    read: Read = read
    edit: Edit = lambda problem: problem
    compute: Compute = PLAIN
    add_bias: Finish = add_bias
    """to a result in the accumulator's dtype"""
    store: Finish = store
    finish: Finish = lambda result, problem: result
    write: Finish = write
    diagnosis: tuple[str, ...] = ()
    """edits by their names in `conformance.judging.diagnosis`, each of which explains it"""
    undiagnosed: str = ""
    """why no single answer can name it, where no edit explains it"""
    reach: Reach | None = None
    """of a fault that has to be caught in every operator and direction that it can be seen in; otherwise anywhere"""
    alone: bool = False
    """never: none of them harms its process"""
    declares: Mapping[str, str] = field(default_factory=dict)
    """flags of its description: `operands` and `algorithm`, in the words of `conformance.judging.arithmetic`"""


def edit_where(condition: Condition, change: Edit) -> Edit:
    """The change, where the condition holds."""
    return lambda problem: change(problem) if condition(problem) else problem


def finish_where(condition: Condition, change: Finish) -> Finish:
    """The change, where the condition holds."""
    return lambda result, problem: change(result, problem) if condition(problem) else result


def asked_for(*directions: str) -> Condition:
    """Whether one of these directions is asked for."""
    return lambda problem: problem.direction in directions


def forward_convolution(problem: Problem) -> bool:
    """Whether the result of a forward convolution is asked for."""
    return problem.direction == "forward" and not problem.transposed
