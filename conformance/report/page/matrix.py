"""The matrix of trials and lanes as compact columns: one letter for an outcome, one number for an error.

Knows: a document's findings. Must not know: HTML. `templates/scripts/matrix.js` draws it; `details` tells records.
"""

from typing import Any

from conformance.journal import Record
from conformance.report.document import Report, TrialStory
from conformance.report.page.fields import columns
from conformance.report.summary import OUTCOMES, standing

STANDINGS = ("as expected", "nonconforming", "waived", "unsupported")
NOT_ASKED = "-"
# A letter stands for an outcome: a number with its comma would take twice the room, once for each record.
_FIRST = ord("a")
_SAID = {True: "n", False: "c", None: NOT_ASKED}
"""natively, composed, or nobody says"""


def matrix(document: Report) -> dict[str, Any]:
    """Everything that finding, filtering and sorting rows needs."""
    stories = answered(document)
    records = [{answer.record.lane: answer.record for answer in story.answers} for story in stories]
    return {
        "ids": [story.trial.id for story in stories],
        "fields": columns([story.trial for story in stories]),
        "outcomes": OUTCOMES,
        "standings": STANDINGS,
        "lanes": [
            _lane(lane.lane, [each.get(lane.lane) for each in records], document.spellings.get(lane.lane))
            for lane in document.summary.lanes
        ],
        "seconds": [shortened(sum(record.seconds or 0.0 for record in each.values())) for each in records],
    }


def answered(document: Report) -> tuple[TrialStory, ...]:
    """The trials that have a record: the rows."""
    return tuple(story for story in document.stories if story.answers)


def _lane(lane: str, records: list[Record | None], spelling: str | None) -> dict[str, Any]:
    return {
        "name": lane,
        **({} if spelling is None else {"spelling": spelling}),
        "outcomes": "".join(_letter(None if each is None else OUTCOMES.index(each.outcome)) for each in records),
        "standings": "".join(_letter(None if each is None else STANDINGS.index(standing(each))) for each in records),
        "said": "".join(NOT_ASKED if each is None else _SAID[each.native] for each in records),
        "errors": [_error(each) for each in records],
        "flags": {
            flag: [place for place, each in enumerate(records) if each is not None and flag in each.flags]
            for flag in dict.fromkeys(flag for each in records if each is not None for flag in each.flags)
        },
    }


def _letter(place: int | None) -> str:
    return NOT_ASKED if place is None else chr(_FIRST + place)


def _error(record: Record | None) -> float | int:
    """Largest error over its bound, in three digits; -1 where there is none."""
    if record is None or record.metrics is None or record.metrics.worst_error_over_bound is None:
        return -1
    return shortened(record.metrics.worst_error_over_bound)


def shortened(number: float) -> float | int:
    """Three significant digits, whole where it is whole."""
    short = float(f"{number:.3g}")
    return int(short) if short.is_integer() and abs(short) < 1e15 else short
