"""What a run says, before its tables: of each framework a few sentences, and where in the operators its faults lie.

Knows: findings, causes and figures of lanes. Must not know: formats. The modes of a framework are folded: who wants a
mode apart looks at the tables of lanes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from conformance.journal import TrialEntry
from conformance.report import wording
from conformance.report.causes import Cause, grouped
from conformance.report.findings import Finding, Reason
from conformance.report.summary import REFERENCE, LaneSummary, judged_sentence

ENDED = ("crashed", "timed_out")
ALL = "all"
"""the feature of every call"""
WRONG_CALLS = "wrong calls"
"""the feature of calls that have to be refused"""


@dataclass(frozen=True, slots=True)
class FrameworkStory:
    """One framework in all of its modes."""

    framework: str
    """with its version"""
    lanes: tuple[str, ...]
    judged: int
    bugs: tuple[Cause, ...]
    """of which no waiver speaks, the most frequent first"""
    known: tuple[Cause, ...]
    """waived as bugs"""
    crashes: tuple[Cause, ...]
    """that end the process or take too long, waived or not"""
    gaps: int
    """reasons for which right calls are refused or cannot be said"""
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """Calls of one operator with one feature, in all lanes but the reference's."""

    judged: int = 0
    wrong: int = 0
    """nonconforming"""
    known: int = 0
    """waived"""

    @property
    def faults(self) -> int:
        """What is not as expected, waived or not."""
        return self.wrong + self.known

    @property
    def share(self) -> float:
        """Of what was judged, what is not as expected."""
        return self.faults / self.judged if self.judged else 0.0

    @property
    def text(self) -> str:
        """`3 ✗ 2 ≈ of 40`, what was judged where all is as expected, nothing where nothing was judged."""
        marks = [f"{number:,} {mark}" for number, mark in ((self.wrong, "✗"), (self.known, "≈")) if number]
        return f"{' '.join(marks)} of {self.judged:,}" if marks else f"{self.judged:,}" if self.judged else ""


@dataclass(frozen=True, slots=True)
class HeatTable:
    """Operators by features of their calls."""

    features: tuple[str, ...]
    """those that most records have first"""
    rows: tuple[tuple[str, Mapping[str, Cell]], ...]
    """operator -> feature -> cell; a feature that was not judged has none"""

    def shown(self, most: int) -> tuple[str, ...]:
        """Where there are more features than fit: those that show something wrong, then waived, then the most frequent
        ones, all in their order.
        """

        def importance(name: str) -> tuple[bool, bool, bool]:
            cells = [each[name] for _, each in self.rows if name in each]
            wrong, faulty = (any(getattr(cell, what) for cell in cells) for what in ("wrong", "faults"))
            return name != ALL, not wrong, not faulty

        chosen = set(sorted(self.features, key=importance)[:most])
        return tuple(name for name in self.features if name in chosen)

    def faults(self) -> "HeatTable":
        """The operators and features that show something wrong or waived alone, the worst first."""
        rows = [(operator, cells) for operator, cells in self.rows if cells[ALL].share]
        numbers = {name: sum(cells[name].faults for _, cells in rows if name in cells) for name in self.features}
        shown = sorted(
            (name for name in self.features if numbers[name]), key=lambda name: (name != ALL, -numbers[name])
        )
        return HeatTable(tuple(shown), tuple(sorted(rows, key=lambda each: -each[1][ALL].faults)))


def stories(
    lanes: Sequence[LaneSummary], found: Sequence[Cause], known: Sequence[Cause], unsupported: Sequence[Reason]
) -> tuple[FrameworkStory, ...]:
    """Of each framework that judged something or was asked for, but for the reference."""
    folded = grouped(
        (lane for lane in lanes if lane.lane != REFERENCE and lane.status == "ready"),
        lambda lane: f"{lane.framework} {lane.version}".strip(),
    )
    return tuple(_story(framework, each, found, known, unsupported) for framework, each in folded.items())


def _story(
    framework: str,
    lanes: Sequence[LaneSummary],
    found: Sequence[Cause],
    known: Sequence[Cause],
    unsupported: Sequence[Reason],
) -> FrameworkStory:
    names = tuple(lane.lane for lane in lanes)
    mine = [cause for cause in found if _is_of(cause, names)]
    waived = [cause for cause in known if _is_of(cause, names)]
    crashes = tuple(cause for cause in (*mine, *waived) if ends(cause))
    bugs = tuple(cause for cause in mine if not ends(cause))
    waived = [cause for cause in waived if not ends(cause)]
    known_bugs = tuple(cause for cause in waived if cause.category == "bug")
    refused = len([cause for cause in waived if cause.category == "unsupported"])
    unsaid = len([reason for reason in unsupported if any(lane in names for lane, _ in reason.lanes)])
    chosen = [cause for cause in waived if cause.category == "permanent"]
    sentences = [
        f"{judged_sentence(lanes)}.",
        *_of_causes(
            [cause for cause in bugs if not cause.gap],
            names,
            "bug",
            "wrong answers that come without an error, and no waiver says why",
        ),
        *_of_causes(
            [cause for cause in bugs if cause.gap], names, "bug", "right calls are refused, and no waiver says why"
        ),
        *_of_causes(known_bugs, names, "known bug", "wrong answers that come without an error, for reasons on record"),
        *_of_causes(crashes, names, "crash", "the process ends or the call does not, and the caller's work is lost"),
        *_gap_sentence(refused, unsaid),
        *_of_causes(chosen, names, "other choice", "it answers by its own rules, on purpose"),
    ]
    judged = sum(lane.judged for lane in lanes)
    if len(sentences) == 1 and judged:
        sentences.append("Nothing wrong was found, and nothing that it could not be asked.")
    return FrameworkStory(framework, names, judged, bugs, known_bugs, crashes, refused + unsaid, tuple(sentences))


def ends(cause: Cause) -> bool:
    """Whether it ends the process, or takes too long."""
    return any(name in ENDED for name, _ in cause.outcomes)


def _is_of(cause: Cause, lanes: Sequence[str]) -> bool:
    return any(lane in lanes for lane, _ in cause.lanes)


def _of_causes(found: Sequence[Cause], lanes: Sequence[str], noun: str, meaning: str) -> list[str]:
    """How many, in how many records of these lanes, what that means, and the first of them."""
    if not found:
        return []
    records = sum(number for cause in found for lane, number in cause.lanes if lane in lanes)
    number = wording.count(len(found), noun, "crashes" if noun == "crash" else None)
    first = wording.clipped(wording.one_line(found[0].text).removesuffix("."), 160)
    end = "" if first.endswith("…") else "."
    return [f"{number} in {wording.count(records, 'record')}: {meaning}. First: {first}{end}"]


def _gap_sentence(refused: int, unsaid: int) -> list[str]:
    """What a caller cannot have."""
    parts = [
        *([f"right calls are refused for {wording.count(refused, 'reason')}"] if refused else []),
        *([f"calls cannot be said for {wording.count(unsaid, 'reason')}"] if unsaid else []),
    ]
    if not parts:
        return []
    number = wording.count(refused + unsaid, "gap")
    return [f"{number}: {', and '.join(parts)}; a caller gets an error or has to call something else."]


def features(trial: TrialEntry) -> tuple[str, ...]:
    """What a call has that a plain one has not: facts that are so, its direction, that it is wrong."""
    facts = trial.all_facts()
    if trial.refusal is not None or trial.fault is not None:
        return (ALL, WRONG_CALLS)
    direction = str(facts["direction"])
    named = [name.replace("_", " ") for name, fact in facts.items() if fact is True]
    return (ALL, str(facts["dtype"]), *([] if direction == "forward" else [direction]), *named)


def heat_table(answers: Iterable[Finding]) -> HeatTable:
    """Where what was judged lies, and what of it was not as expected. Linear in the records."""
    counts: dict[tuple[str, str], list[int]] = {}
    known: dict[str, tuple[str, ...]] = {}
    for answer in answers:
        record, standing = answer.record, answer.standing
        if record.lane == REFERENCE or standing == "unsupported":
            continue
        if record.trial not in known:
            known[record.trial] = features(answer.trial)
        for name in known[record.trial]:
            cell = counts.setdefault((answer.trial.operator, name), [0, 0, 0])
            cell[0] += 1
            cell[1] += standing == "nonconforming"
            cell[2] += standing == "waived"
    of_feature: dict[str, int] = {}
    rows: dict[str, dict[str, Cell]] = {}
    for (operator, name), (judged, wrong, waived) in counts.items():
        of_feature[name] = of_feature.get(name, 0) + judged
        rows.setdefault(operator, {})[name] = Cell(judged, wrong, waived)
    ordered = sorted(of_feature, key=lambda name: (name != ALL, -of_feature[name], name))
    return HeatTable(tuple(ordered), tuple(sorted(rows.items())))
