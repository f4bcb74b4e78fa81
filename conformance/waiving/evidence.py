"""What journals show, as far as waivers ask: each record once, each lane's versions, what ran in full.

Knows: journals. Must not know: waiver files. Next stage: `conformance.waiving.renewal`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from conformance.errors import JournalError
from conformance.journal import Journal, TrialEntry
from conformance.judging.verdict import Outcome
from conformance.judging.versions import LaneVersions
from conformance.operators.facts import absent_facts
from conformance.operators.kind import Facts
from conformance.suite.wildcard import matches


@dataclass(frozen=True, slots=True)
class Shown:
    """One record."""

    trial: str
    lane: str
    outcome: Outcome
    conforms: bool
    excused: bool
    """by some waiver, when it was judged"""
    detail: str
    diagnosis: tuple[str, ...]
    facts: Facts


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one or more journals show."""

    trials: tuple[str, ...]
    """every id, in the journals' order"""
    lanes: Mapping[str, tuple[Shown, ...]]
    """in the order of the trials"""
    versions: Mapping[str, LaneVersions]
    frameworks: Mapping[str, str]
    """of each lane"""
    complete: frozenset[str]
    """lanes in which the whole corpus ran: what is not met there is met nowhere"""
    unfinished: tuple[str, ...]
    """journals that end early"""


def gather(journals: Sequence[Journal], lanes: Sequence[str] = ()) -> Evidence:
    """What the journals show in the lanes that match one of the patterns, in all of them without a pattern.

    Raises JournalError for journals that say different things of one record, or ask different things under one id.
    """
    trials = _trials(journals)
    known = {name: entry_facts(entry) for name, entry in trials.items()}
    shown: dict[str, dict[str, Shown]] = {}
    problems = []
    for journal in journals:
        for record in journal.records:
            if lanes and not any(matches(each, record.lane) for each in lanes):
                continue
            if record.trial in shown.setdefault(record.lane, {}):
                problems.append(f"{journal.path}: {record.trial} in {record.lane} is in another journal too")
            shown[record.lane][record.trial] = Shown(
                record.trial,
                record.lane,
                Outcome(record.outcome),
                record.conforms,
                record.waived is not None,
                record.detail,
                record.diagnosis,
                known[record.trial],
            )
    if problems:
        raise JournalError("\n".join([*problems, "give the shards of one run, or runs of different lanes or trials"]))
    # Of a lane in several journals the last entry counts, as it does within one.
    answering = {lane: entry for journal in journals for lane, entry in journal.lanes.items()}
    return Evidence(
        trials=tuple(trials),
        lanes={lane: tuple(found[trial] for trial in trials if trial in found) for lane, found in shown.items()},
        versions={
            lane: LaneVersions(answering[lane].version, {**answering[lane].flags, **answering[lane].versions})
            if lane in answering
            else LaneVersions()
            for lane in shown
        },
        frameworks={lane: answering[lane].framework if lane in answering else lane for lane in shown},
        complete=frozenset(lane for journal in journals for lane in _complete(journal) if lane in shown),
        unfinished=tuple(
            str(journal.path) for journal in journals if journal.footer is None or not journal.footer.complete
        ),
    )


def entry_facts(entry: TrialEntry) -> Facts:
    """What a waiver's `where` may ask about a trial, from the journal's entry of it."""
    return {**absent_facts(), **entry.all_facts()}


def _trials(journals: Sequence[Journal]) -> dict[str, TrialEntry]:
    trials: dict[str, TrialEntry] = {}
    problems = []
    for journal in journals:
        for entry in journal.trials.values():
            other = trials.setdefault(entry.id, entry)
            if other.question() != entry.question():
                problems.append(f"{journal.path}: {entry.id} is another question than in the journals before it")
        problems += [
            f"{journal.path}: no entry of the trial {record.trial}, which a record names"
            for record in journal.records
            if record.trial not in journal.trials
        ]
    if problems:
        raise JournalError("\n".join(problems))
    return trials


def _complete(journal: Journal) -> Iterable[str]:
    header = journal.header
    if header.selection or header.shard or len(journal.trials) != header.trials:
        return []
    counts = dict.fromkeys(header.lanes, 0)
    for record in journal.records:
        counts[record.lane] = counts.get(record.lane, 0) + 1
    return [lane for lane, number in counts.items() if number == header.trials > 0]
