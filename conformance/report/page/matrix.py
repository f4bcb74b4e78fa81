"""The matrix of trials and lanes as compact columns: one letter for an outcome, one number for an error.

Knows: a document's findings. Must not know: HTML. `templates/scripts/matrix.js` draws it; `details` tells records.
"""

from typing import Any

from conformance.journal import Record, TrialEntry
from conformance.report.document import Report
from conformance.report.page.fields import columns
from conformance.report.summary import OUTCOMES, standing

STANDINGS = ("as expected", "nonconforming", "waived", "unsupported")
NOT_ASKED = "-"
_FIRST = ord("a")


def matrix(document: Report) -> dict[str, Any]:
    """Everything that finding, filtering and sorting rows needs."""
    trials = trials_told(document)
    lanes = [lane.lane for lane in document.summary.lanes]
    outcomes = _outcomes(document)
    records = {(found.record.trial, found.record.lane): found.record for found in document.findings}
    return {
        "ids": [trial.id for trial in trials],
        "fields": columns(trials),
        "outcomes": outcomes,
        "standings": STANDINGS,
        "lanes": [_lane(lane, [records.get((trial.id, lane)) for trial in trials], outcomes) for lane in lanes],
        "seconds": [_seconds(records, trial.id, lanes) for trial in trials],
    }


def trials_told(document: Report) -> tuple[TrialEntry, ...]:
    """The trials that have a record, in the journal's order."""
    told: dict[str, TrialEntry] = {}
    for found in document.findings:
        told.setdefault(found.record.trial, found.trial or _lost(found.record.trial))
    return tuple(told.values())


def _lost(name: str) -> TrialEntry:
    """For a trial that the journal lost: its id is all that is known."""
    return TrialEntry(name, "", {}, "", "", "the journal does not tell this trial", None, "", (), None)


def _outcomes(document: Report) -> list[str]:
    seen = dict.fromkeys(found.record.outcome for found in document.findings)
    return list(dict.fromkeys([*OUTCOMES, *seen]))


def _lane(lane: str, records: list[Record | None], outcomes: list[str]) -> dict[str, Any]:
    return {
        "name": lane,
        "outcomes": "".join(_letter(None if each is None else outcomes.index(each.outcome)) for each in records),
        "standings": "".join(_letter(None if each is None else STANDINGS.index(standing(each))) for each in records),
        "said": "".join(_said(each) for each in records),
        "errors": [_error(each) for each in records],
        "flags": {
            flag: [place for place, each in enumerate(records) if each is not None and flag in each.flags]
            for flag in dict.fromkeys(flag for each in records if each is not None for flag in each.flags)
        },
    }


def _letter(place: int | None) -> str:
    return NOT_ASKED if place is None else chr(_FIRST + place)


def _said(record: Record | None) -> str:
    if record is None or record.native is None:
        return NOT_ASKED
    return "n" if record.native else "c"


def _error(record: Record | None) -> float | int:
    """Largest error over its bound, in three digits; -1 where there is none."""
    if record is None or record.metrics is None or record.metrics.worst_error_over_bound is None:
        return -1
    return shortened(record.metrics.worst_error_over_bound)


def shortened(number: float) -> float | int:
    """Three significant digits, whole where it is whole."""
    short = float(f"{number:.3g}")
    return int(short) if short.is_integer() and abs(short) < 1e15 else short


def _seconds(records: dict[tuple[str, str], Record], trial: str, lanes: list[str]) -> float | int:
    told = (records.get((trial, lane)) for lane in lanes)
    return shortened(sum(each.seconds or 0.0 for each in told if each is not None))
