"""What trials can be filtered by: the words of a query and of the page's selects.

Knows: a trial's entry and its facts, whatever they are. Must not know: how a page draws or matches
(`templates/scripts/query.js` does), kinds of operators.
"""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from conformance.journal import TrialEntry

Column = dict[str, Any]


def columns(trials: Iterable[TrialEntry]) -> list[Column]:
    """Per field its name, its distinct values as text, the numbers in each, and the value's number of each trial, as
    [number, how often] of neighbours: trials come case by case.
    """
    known = [
        {"chapter": chapter(trial), **trial.all_facts(), "expects": trial.expectation, "K": trial.products}
        for trial in trials
    ]
    # A yes is `True`; what is not so, or is not there, is nothing.
    texts = [{name: str(each) for name, each in of.items() if each is not None and each is not False} for of in known]
    found = []
    for name in dict.fromkeys(name for of in texts for name in of):
        of_trials = [of.get(name, "") for of in texts]
        values = {value: place for place, value in enumerate(dict.fromkeys(of_trials))}
        # The whole numbers of `2x3`, for comparisons; none of other text.
        parts = [value.split("x") for value in values]
        numbers = [[int(part) for part in each] if all(part.isdecimal() for part in each) else [] for each in parts]
        rows = [[values[value], len(list(same))] for value, same in groupby(of_trials)]
        found.append({"name": name, "values": list(values), "numbers": numbers, "rows": rows})
    return found


def chapter(trial: TrialEntry) -> str:
    """What precedes a trial's own name: operator and case file."""
    return "/".join(trial.id.partition("[")[0].split("/")[:-1])
