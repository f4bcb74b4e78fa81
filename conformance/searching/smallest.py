"""The smallest call that fails as one record does.

Knows: lanes, reducing. Must not know: searches, command lines.
"""

from dataclasses import dataclass, replace

from conformance.journal import Record
from conformance.searching.asking import Asker, Symptom, failing
from conformance.searching.draft import Draft
from conformance.searching.reducing import MOST_ASKED, reduced
from conformance.suite.case import Trial


@dataclass(frozen=True, slots=True)
class Smallest:
    """What became of a record."""

    asked: Record
    """of the trial as it stands"""
    trial: Trial
    """the smallest that fails for the same cause; the trial itself where no smaller one was found"""
    record: Record
    """its own"""
    draft: Draft | None
    """its parameters; None where it is the trial itself"""


def smallest(asker: Asker, trial: Trial, most: int = MOST_ASKED) -> Smallest:
    """Ask the one lane the trial, and where that fails make it as small as it gets."""
    lane = asker.lanes[0]
    (records,) = asker.ask([trial])
    asked = next(iter(records.values()))
    if asked.conforms or asked.outcome == "unsupported":
        return Smallest(asked, trial, asked, None)
    # Numbers of another seed or, where the trial's own ones are needed, those written out.
    draft = Draft.of(trial)
    own = Draft.of(replace(trial, calls=1, at_once=1)).written_out_of(trial)
    possible = [each for each in (draft, own) if each is not None and each.trial is not None]
    place = failing(asker, lane, Symptom.of(trial, asked))(possible)
    start = None if place is None else possible[place]
    if start is None:
        return Smallest(asked, trial, asked, None)
    found = reduced(start, failing(asker, lane, Symptom.of(trial, asked)), most)
    assert found.trial is not None
    (records,) = asker.ask([found.trial])
    return Smallest(asked, found.trial, next(iter(records.values())), found)
