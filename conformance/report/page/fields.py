"""What trials can be filtered by: the words of a query and of the page's selects.

Knows: a trial's entry. Must not know: how a page draws or matches (`templates/scripts/query.js` does).
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from conformance.journal import TrialEntry

Column = dict[str, Any]


def columns(trials: Iterable[TrialEntry]) -> list[Column]:
    """Per field its name, its distinct values as text, the numbers in each, and per trial the value's number."""
    entries = list(trials)
    found = [_column(name, [told(entry) for entry in entries]) for name, told in _FIELDS.items()]
    return [column for column in found if column["values"] != [""]]


def chapter(trial: TrialEntry) -> str:
    """What precedes a trial's own name: operator and case file."""
    return "/".join(trial.id.partition("[")[0].split("/")[:-1])


def _column(name: str, told: list[str]) -> Column:
    values = {value: place for place, value in enumerate(dict.fromkeys(told))}
    return {
        "name": name,
        "values": list(values),
        "numbers": [_numbers(value) for value in values],
        "rows": [values[value] for value in told],
    }


def _numbers(value: str) -> list[int]:
    """The whole numbers of `2x3`, for comparisons; none of other text."""
    parts = value.split("x")
    return [int(part) for part in parts] if all(part.isdecimal() for part in parts) else []


def _axes(name: str) -> Callable[[TrialEntry], str]:
    """One number where all axes have the same."""

    def told(trial: TrialEntry) -> str:
        numbers = [str(axis[name]) for axis in trial.axes]
        return numbers[0] if len(set(numbers)) == 1 else "x".join(numbers)

    return told


def _output(trial: TrialEntry) -> str:
    """A forward convolution's axes are those of its adjoint: what they call input is its output."""
    return _axes("output" if "transpose" in trial.operator else "input")(trial)


def _argument(name: str) -> Callable[[TrialEntry], str]:
    def told(trial: TrialEntry) -> str:
        found = trial.arguments.get(name)
        return "" if found is None else str(found)

    return told


def _padding(trial: TrialEntry) -> str:
    found = trial.arguments.get("padding")
    return found if isinstance(found, str) else "" if found is None else "explicit"


_FIELDS: Mapping[str, Callable[[TrialEntry], str]] = {
    "operator": lambda trial: trial.operator,
    "chapter": chapter,
    "dtype": _argument("dtype"),
    "padding": _padding,
    "stride": _axes("stride"),
    "kernel": _axes("kernel"),
    "dilation": _axes("dilation"),
    "output": _output,
    "layout": lambda trial: str(trial.arguments.get("data_format") or "default"),
    "direction": _argument("direction"),
    "groups": _argument("groups"),
    "bias": _argument("bias"),
    "inputs": lambda trial: trial.inputs,
    "expects": lambda trial: trial.expectation,
    "K": lambda trial: str(trial.products or ""),
}
