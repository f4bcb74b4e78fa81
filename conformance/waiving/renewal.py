"""What a waiver file has to become: entries that go, entries that say less, entries that it lacks.

Knows: waivers and what journals show. Must not know: files and their text (`conformance.waiving.waiver_text`).
It decides by the file as it is now, not by what the journal says was waived, so that doing it twice does nothing new.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from conformance.judging.verdict import Outcome
from conformance.judging.waiver import Waiver
from conformance.suite.wildcard import matches
from conformance.waiving.covering import cover
from conformance.waiving.evidence import Evidence, Shown


@dataclass(frozen=True, slots=True)
class Piece:
    """What an entry says of lanes and trials after it was narrowed."""

    lanes: tuple[str, ...]
    trial: str


@dataclass(frozen=True, slots=True)
class EntryChange:
    """An entry that has to say less; without pieces it goes."""

    index: int
    why: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Addition:
    """An entry that the file lacks."""

    lanes: tuple[str, ...]
    trial: str
    outcome: Outcome
    records: int
    first: Shown


@dataclass(frozen=True, slots=True)
class Renewal:
    """Everything that is to be done to one file."""

    changes: tuple[EntryChange, ...]
    additions: tuple[Addition, ...]


def renew(waivers: Sequence[Waiver], evidence: Evidence) -> Renewal:
    """Compare the waivers with what was shown. An entry that has expired still keeps its records from a new one."""
    changes = tuple(change for index, each in enumerate(waivers) if (change := _change(index, each, evidence)))
    return Renewal(changes, _additions(waivers, {change.index: change for change in changes}, evidence))


def _change(index: int, waiver: Waiver, evidence: Evidence) -> EntryChange | None:
    """None for an entry that a run would not complain of."""
    lanes = [
        lane for lane, versions in evidence.versions.items() if waiver.speaks_of(lane) and waiver.holds_for(versions)
    ]
    named = {
        lane: [
            each for each in evidence.lanes[lane] if each.outcome is not Outcome.UNSUPPORTED and _names(waiver, each)
        ]
        for lane in lanes
    }
    shown = [] if waiver.sometimes else [each for found in named.values() for each in found]
    conforming = next((each for each in shown if each.conforms), None)
    if conforming is not None:
        why = f"{conforming.trial} in {conforming.lane} conforms ({conforming.outcome})"
    elif not any(named.values()) and evidence.complete.intersection(lanes):
        why = "it matches nothing"
    else:
        return None
    return EntryChange(index, why, _pieces(waiver, named, evidence))


def _names(waiver: Waiver, shown: Shown) -> bool:
    return waiver.names(shown.trial, shown.lane, lambda: shown.facts)


def _pieces(waiver: Waiver, named: Mapping[str, Sequence[Shown]], evidence: Evidence) -> tuple[Piece, ...]:
    """The waiver lane by lane: as it was where no journal speaks, only what is needed where one does."""
    narrowed = {lane: _patterns(waiver, lane, found, evidence) for lane, found in named.items()}
    lanes_of: dict[str, dict[str, None]] = {}
    for written in waiver.lanes:
        met = [lane for lane in narrowed if matches(written, lane)]
        if len({narrowed[lane] for lane in met}) > 1:
            said = [(lane, narrowed[lane]) for lane in met]
        else:
            said = [(written, narrowed[met[0]] if met else (waiver.trial,))]
        for lane, trials in said:
            for trial in trials:
                lanes_of.setdefault(trial, {})[lane] = None
    return tuple(Piece(tuple(lanes), trial) for trial, lanes in lanes_of.items())


def _patterns(waiver: Waiver, lane: str, named: Sequence[Shown], evidence: Evidence) -> tuple[str, ...]:
    if not any(each.conforms for each in named):
        return (waiver.trial,) if named or lane not in evidence.complete else ()
    needed = {each.trial for each in named if not each.conforms and each.outcome in waiver.outcomes}
    asked = {each.trial: each for each in evidence.lanes[lane]}
    corpus = [
        trial
        for trial in evidence.trials
        if trial not in asked or all(asked[trial].facts[name] in accepted for name, accepted in waiver.where.items())
    ]
    return cover(needed, corpus, whole_files=lane in evidence.complete)


def _additions(
    waivers: Sequence[Waiver], changes: Mapping[int, EntryChange], evidence: Evidence
) -> tuple[Addition, ...]:
    lacking: dict[tuple[Outcome, str], dict[str, list[Shown]]] = {}
    for lane, shown in evidence.lanes.items():
        unexplained: dict[Outcome, dict[str, Shown]] = {}
        for each in shown:
            if not each.conforms and not each.excused and not _excused(waivers, changes, each, evidence):
                unexplained.setdefault(each.outcome, {})[each.trial] = each
        for outcome, found in unexplained.items():
            for trial in cover(found, evidence.trials, whole_files=lane in evidence.complete):
                matched = [found[name] for name in found if matches(trial, name)]
                lacking.setdefault((outcome, trial), {})[lane] = matched
    places = {trial: place for place, trial in enumerate(evidence.trials)}
    additions = []
    for (outcome, trial), found_in in lacking.items():
        matched = [each for records in found_in.values() for each in records]
        additions.append(Addition(tuple(found_in), trial, outcome, len(matched), matched[0]))
    return tuple(sorted(additions, key=lambda each: (places[each.first.trial], each.trial, each.outcome)))


def _excused(waivers: Sequence[Waiver], changes: Mapping[int, EntryChange], shown: Shown, evidence: Evidence) -> bool:
    """Whether an entry of the file, as it will be, speaks of this outcome of this record."""
    versions = evidence.versions[shown.lane]
    return any(
        shown.outcome in waiver.outcomes
        and waiver.holds_for(versions)
        and _names(waiver, shown)
        and (
            index not in changes
            or any(
                matches(piece.trial, shown.trial) and any(matches(lane, shown.lane) for lane in piece.lanes)
                for piece in changes[index].pieces
            )
        )
        for index, waiver in enumerate(waivers)
    )
