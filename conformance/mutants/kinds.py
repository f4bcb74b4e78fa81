"""Who is wrong on purpose: the part `mutants` of each kind's package, and how a lane names one of them.

Knows: adapters, and what a mutant may be. Must not know: any kind, judging; outcomes are spelled as
`conformance.judging.verdict.Outcome` spells them, since a mutant runs in a worker.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from typing import Literal, Protocol, TypeAlias

from conformance.adapters.protocol import Adapter
from conformance.operators.registry import parts

Outcome: TypeAlias = Literal[
    "differs", "wrong_shape", "wrong_dtype", "refused", "accepted", "crashed", "timed_out", "errored"
]


@dataclass(frozen=True, slots=True)
class KindMutant:
    """One deliberately wrong adapter of a kind's operators, or a right one that may never be flagged."""

    name: str
    summary: str
    """what it does, as a sentence"""
    outcomes: tuple[Outcome, ...]
    """what the suite may say where it is wrong; none of a right one"""
    adapter: Callable[[], Adapter]
    diagnosis: tuple[str, ...] = ()
    """what the kind's diagnosis may say of it: sentences, or what else the kind's part `scoring` finds there"""
    family: str = ""
    """what goes wrong, in a word or two"""
    alone: bool = False
    """it harms its process, or waits: only a worker may run it"""


class Mutants(Protocol):
    """The module `mutants` of a kind's package; it may have RENAMED, the name of each mutant by one that it had."""

    MUTANTS: tuple[KindMutant, ...]


@cache
def mutants() -> Mapping[str, KindMutant]:
    """Every mutant by its name, kind by kind."""
    return {mutant.name: mutant for module in parts("mutants") for mutant in module.MUTANTS}


@cache
def renamed() -> Mapping[str, str]:
    """The name of each mutant by one that it had."""
    return {old: new for module in parts("mutants") for old, new in getattr(module, "RENAMED", {}).items()}


def mutant_adapter(modes: tuple[str, ...] = ("faithful",), device: str | None = None) -> Adapter:
    """The adapter of the mutant of this name; raises ValueError for several names, for an unknown one, and a device."""
    if len(modes) != 1:
        raise ValueError(f"a mutant has one fault, not {'+'.join(modes)}")
    if device is not None:
        raise ValueError(f"a mutant runs on no device, not {device!r}")
    name = renamed().get(modes[0], modes[0])
    if name not in mutants():
        near = get_close_matches(name, mutants(), 3)
        hint = f"near are {', '.join(near)}" if near else "`conformance.mutants.mutants()` has them all"
        raise ValueError(f"no fault is called {name!r}; {hint}")
    return mutants()[name].adapter()
