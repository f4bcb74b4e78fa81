"""What a waiver file has to become: entries that go, entries that say less, entries that it lacks.

Knows: waivers and what journals show. Must not know: files and their text (`conformance.waiving.waiver_text`).
It decides by the file as it is now, not by what the journal says was waived, so that doing it twice does nothing new.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from conformance.judging.explanation import by_explanation, explanations
from conformance.judging.verdict import Outcome
from conformance.judging.waiver import Waiver
from conformance.suite.covering import cover
from conformance.suite.wildcard import matches
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
    explanation: str
    """what its records have in common, where their trials are not all that the pattern matches; else empty"""
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
    right = [each for each in shown if each.conforms]
    if right:
        needing = sum(each.outcome in waiver.outcomes for each in shown if not each.conforms)
        first = f"{right[0].trial} in {right[0].lane}"
        why = (
            f"{needing:,} of its records need it and {len(right):,} conform, the first {first} ({right[0].outcome})"
            if needing
            else f"{first} conforms ({right[0].outcome})"
        )
    elif not any(named.values()) and evidence.complete.intersection(lanes):
        why = "it matches nothing"
    else:
        return None
    return EntryChange(index, why, _pieces(waiver, named, evidence))


def _names(waiver: Waiver, shown: Shown) -> bool:
    return waiver.explains(shown) and waiver.names(shown.trial, shown.lane, lambda: shown.facts)


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
    """One for each cause: of one framework, with one outcome and one explanation in common."""
    lacking: dict[tuple[str, Outcome], list[Shown]] = {}
    for lane, shown in evidence.lanes.items():
        for each in shown:
            if not each.conforms and not each.excused and not _excused(waivers, changes, each, evidence):
                lacking.setdefault((evidence.frameworks[lane], each.outcome), []).append(each)
    found: dict[tuple[Outcome, str, str], list[Shown]] = {}
    for (_, outcome), unexplained in lacking.items():
        for common, group in by_explanation(unexplained, explanations):
            trial = _pattern(group, evidence)
            key = (outcome, trial, "") if trial else (outcome, _beginning(group), common)
            found.setdefault(key, []).extend(group)
    places = {trial: place for place, trial in enumerate(evidence.trials)}
    additions = [
        Addition(tuple(dict.fromkeys(each.lane for each in group)), trial, outcome, common, len(group), group[0])
        for (outcome, trial, common), group in found.items()
    ]
    return tuple(sorted(additions, key=lambda each: (places[each.first.trial], each.trial, each.outcome)))


def _pattern(group: Sequence[Shown], evidence: Evidence) -> str:
    """The one pattern that names these records and no other, in each of their lanes; empty where there is none."""
    needed: dict[str, dict[str, None]] = {}
    for each in group:
        needed.setdefault(each.lane, {})[each.trial] = None
    (first, *others) = needed.values()
    if any(other.keys() != first.keys() for other in others):
        return ""
    patterns = cover(first, evidence.trials, whole_files=needed.keys() <= evidence.complete)
    return patterns[0] if len(patterns) == 1 else ""


def _beginning(group: Sequence[Shown]) -> str:
    """A pattern of all that lies where these trials do: operator, file, or case."""
    first, last = min(each.trial for each in group), max(each.trial for each in group)
    pairs = enumerate(zip(first, last, strict=False))
    common = first[: next((place for place, (one, other) in pairs if one != other), None)]
    case, bracket, _ = common.partition("[")
    return f"{case}[*]" if bracket else f"{case[: case.rfind('/') + 1]}*"


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
