"""The covering array as text and as JSON.

Knows: how a line is worded. Must not know: how combinations are counted (`array.py`).
"""

from collections.abc import Iterable, Iterator, Mapping
from textwrap import wrap
from typing import Any

from conformance.operators.convolution.covering.array import Array, arrays
from conformance.suite.case import Trial

# Of a line, as in all files of the repository.
WIDTH = 120


def array_lines(trials: Iterable[Trial]) -> Iterator[str]:
    """The classes of each operator and how many axes of the trials' calls are of them, what is illegal and why, what is
    missing.
    """
    found = arrays(trials)
    for name, array in found.items():
        yield f"Classes of {name}, and how many axes of calls are of each"
        for relation in array.classes.relations:
            counted = ", ".join(
                f"{of} {count}" for (in_relation, of), count in array.counts.items() if in_relation == relation.name
            )
            marked = " (in triples)" if relation.in_triples else ""
            yield from wrap(f"{relation.name}{marked}: {counted}", WIDTH, initial_indent="  ", subsequent_indent="    ")
        yield "  illegal, because"
        for each in array.classes.excluded:
            excluded = (f"{relation} {' or '.join(names)}" for relation, names in each.rule.excluded.items())
            text = f"{each.rule.sentence}: {' with '.join(excluded)} ({each.pairs} pairs, {each.triples} triples)"
            yield from wrap(text, WIDTH, initial_indent="    ", subsequent_indent="      ")
        yield ""
    yield "Combinations of classes"
    for name, array in found.items():
        (pairs, legal_pairs), (triples, legal_triples) = array.numbers
        yield (
            f"  {name}: {pairs:,} of {legal_pairs:,} legal pairs of classes are witnessed, "
            f"{triples:,} of {legal_triples:,} legal triples"
        )
    for name, array in found.items():
        for combination in array.missing:
            yield f"  missing: {name} {' with '.join(f'{relation} {named}' for relation, named in combination)}"


def array_entries(trials: Iterable[Trial]) -> Mapping[str, Any]:
    """The same as a program reads it, operator by operator."""
    return {name: _entry(array) for name, array in arrays(trials).items()}


def _entry(array: Array) -> dict[str, Any]:
    (pairs, legal_pairs), (triples, legal_triples) = array.numbers
    return {
        "classes": [
            {"relation": relation, "class": name, "axes": count} for (relation, name), count in array.counts.items()
        ],
        "pairs": {"witnessed": pairs, "legal": legal_pairs},
        "triples": {"witnessed": triples, "legal": legal_triples},
        "illegal": [
            {
                "reason": each.rule.sentence,
                "classes": {relation: list(names) for relation, names in each.rule.excluded.items()},
                "pairs": each.pairs,
                "triples": each.triples,
            }
            for each in array.classes.excluded
        ],
        "missing": [[list(each) for each in combination] for combination in array.missing],
    }
