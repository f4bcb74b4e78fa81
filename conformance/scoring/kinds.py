"""Who is wrong on purpose about operators of other kinds than convolutions: the part `mutants` of a kind's package."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from conformance.adapters.protocol import Adapter
from conformance.mutants.fault import Outcome
from conformance.operators.registry import parts


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
    """sentences of the kind's `diagnose`, each of which explains it"""


@cache
def kind_mutants() -> Mapping[str, KindMutant]:
    """Every mutant of MUTANTS of the parts, by name."""
    return {mutant.name: mutant for module in parts("mutants") for mutant in module.MUTANTS}
