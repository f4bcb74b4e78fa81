"""Who is wrong on purpose about operators of other kinds than convolutions: the part `mutants` of a kind's package."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from conformance.adapters.protocol import Adapter
from conformance.mutants.fault import Outcome
from conformance.operators.registry import operators, part


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
    """words of the kind's diagnosis, each of which explains it"""


@cache
def kind_mutants() -> Mapping[str, KindMutant]:
    """Every mutant of MUTANTS of the parts, by name."""
    return {mutant.name: mutant for mutant in _of_parts()}


def operators_of(mutant: KindMutant) -> tuple[str, ...]:
    """The operators whose trials the mutant is asked: those that its adapter declares."""
    return tuple(mutant.adapter().operators)


def _of_parts() -> Iterator[KindMutant]:
    seen: list[Sequence[KindMutant]] = []
    for name in operators():
        module = part(name, "mutants")
        mutants: Sequence[KindMutant] = module.MUTANTS if module is not None else ()
        if not any(mutants is each for each in seen):
            seen.append(mutants)
            yield from mutants
