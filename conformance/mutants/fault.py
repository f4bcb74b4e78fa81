"""A fault: one way to be wrong, and what the suite should say of it.

Knows: the stages of a mutant's call, each of which a fault may replace. Must not know: judging; outcomes are
spelled as `conformance.judging.verdict.Outcome` spells them, since a mutant runs in a worker.
The table is `conformance.mutants.faults`; who runs it, `conformance.mutants.adapter`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from conformance.mutants.engine import PLAIN, Compute
from conformance.mutants.problem import Array, Asked, Problem, read, write

Family: TypeAlias = Literal[
    "faithful",
    "structure",
    "padding",
    "layout",
    "batch",
    "channels",
    "memory",
    "precision",
    "dtype",
    "nonfinite",
    "arguments",
    "process",
]
Outcome: TypeAlias = Literal[
    "differs", "wrong_shape", "wrong_dtype", "refused", "accepted", "crashed", "timed_out", "errored"
]

Disturb: TypeAlias = Callable[[Asked], None]
"""what happens in the process before the framework is called"""
Read: TypeAlias = Callable[[Asked], Problem]
Edit: TypeAlias = Callable[[Problem], Problem]
Finish: TypeAlias = Callable[[Array, Problem], Array]
"""the result (batch, height, width, out), edited"""
Write: TypeAlias = Callable[[Array, Problem], Array]


@dataclass(frozen=True, slots=True)
class Fault:
    """One deliberately wrong adapter; a right one has no outcomes.

    Wherever the fault does not apply, the answers are right.
    """

    name: str
    summary: str
    """what it does, as a sentence"""
    family: Family
    outcomes: tuple[Outcome, ...]
    """what the suite may say where the fault applies; never anything else, but what the case expects"""
    diagnosis: tuple[str, ...] = ()
    """edits of the specification, by their names in `conformance.judging.diagnosis`, each of which explains it"""
    known_bug: str | None = None
    """where it happened"""
    dtypes: tuple[str, ...] = ()
    """the dtypes to which it can apply; all when empty"""
    alone: bool = False
    """it harms its process, or waits: only a worker may run it"""
    declares: Mapping[str, str] = field(default_factory=dict)
    """flags of its description: `operands` and `algorithm`, in the words of `conformance.judging.arithmetic`"""
    disturb: Disturb = lambda asked: None
    read: Read = read
    edit: Edit = lambda problem: problem
    compute: Compute = PLAIN
    finish: Finish = lambda result, problem: result
    write: Write = write
