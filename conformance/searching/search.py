"""Draw, ask, follow what is rare, and make each failure as small as it gets.

Knows: drawing, asking, reducing. Must not know: command lines, files.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from time import monotonic

from conformance.journal import Record
from conformance.report.causes import generally
from conformance.searching.asking import Asker, Known, Symptom, failing
from conformance.searching.draft import Draft
from conformance.searching.drawing import Drawer
from conformance.searching.reducing import reduced
from conformance.searching.telling import Found
from conformance.suite.case import RightCall, Trial
from conformance.suite.lattice import coverage

# Calls asked on the way to the smallest one of a cause; many causes are found in some minutes.
MOST_ASKED_A_CAUSE = 250
# Failures of one symptom that are kept for reducing: the smallest so far.
MOST_CAUSES = 100


@dataclass
class Searched:
    """What a search asked and found."""

    found: list[Found] = field(default_factory=list)
    trials: list[Trial] = field(default_factory=list)
    """every call that was asked"""
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(lane, outcome) -> records"""
    waived: Counter[str] = field(default_factory=Counter)
    """lane -> failures that a waiver excuses, by itself or by its cause"""
    rare: int = 0
    """calls that showed a plan, an outcome or an explanation for the first time"""
    same_bits: Counter[bool] = field(default_factory=Counter)
    """of calls that several lanes answered rightly: whether with the same bits"""
    interrupted: bool = False

    def space(self) -> dict[str, dict[str, dict[str, int]]]:
        """Of each operator that was asked: parameter -> class -> calls; directions, dtypes and inputs among them."""
        space: dict[str, dict[str, dict[str, int]]] = {}
        for operator in dict.fromkeys(trial.call.operator for trial in self.trials):
            theirs = [trial for trial in self.trials if trial.call.operator == operator]
            counted: dict[str, dict[str, int]] = {
                "direction": dict(Counter(trial.call.direction for trial in theirs)),
                "dtype": dict(Counter(trial.call.dtype for trial in theirs)),
                "inputs": dict(Counter(getattr(trial.inputs, "generator", "literal") for trial in theirs)),
            }
            (lattice,) = [each for each in coverage(theirs) if each.operator == operator]
            for row in lattice.rows:
                counted.setdefault(row.parameter, {})[row.value] = sum(row.counts.values())
            space[operator] = counted
        return space


class Search:
    """One search, until its time or its calls are spent, or somebody interrupts it."""

    def __init__(self, asker: Asker, drawer: Drawer, known: Known, listen: Callable[[str], None]) -> None:
        self._asker, self._drawer, self._known, self._listen = asker, drawer, known, listen
        self.searched = Searched()
        self._failures: dict[Symptom, tuple[Draft, Record, int]] = {}
        self._seen: Counter[tuple[str, ...]] = Counter()
        self._explained: dict[tuple[str, str, str, str], list[Symptom]] = {}

    def run(self, seconds: float, calls: int | None) -> Searched:
        """What was found, each cause by its smallest call."""
        until = monotonic() + seconds
        try:
            while monotonic() < until and (calls is None or len(self.searched.trials) < calls):
                left = self._asker.together if calls is None else min(
                    self._asker.together, calls - len(self.searched.trials)
                )  # fmt: skip
                drafts = self._drawer.draw(left)
                if not drafts:
                    break
                self._ask(drafts)
        except KeyboardInterrupt:
            self.searched.interrupted = True
        self._reduce_all()
        return self.searched

    def _ask(self, drafts: list[Draft]) -> None:
        made = {draft.trial.id: draft for draft in drafts if draft.trial is not None}
        trials = [draft.trial for draft in made.values() if draft.trial is not None]
        answers = self._asker.ask(trials)
        self.searched.trials += trials
        for draft, trial in zip(made.values(), trials, strict=True):
            records = [of_lane[trial.id] for of_lane in answers]
            novel = False
            for record in records:
                self.searched.outcomes[record.lane, record.outcome] += 1
                novel |= self._note(draft, trial, record)
            digests = {record.digest for record in records if record.outcome == "agrees"}
            if sum(record.outcome == "agrees" for record in records) > 1:
                self.searched.same_bits[len(digests) == 1] += 1
            if novel:
                self.searched.rare += 1
                self._drawer.remember(draft)

    def _note(self, draft: Draft, trial: Trial, record: Record) -> bool:
        """Keep a failure that nothing excuses; whether the record shows something for the first time."""
        failed = not record.conforms and record.outcome != "unsupported"
        told = generally(record.diagnosis[0] if record.diagnosis else record.detail) if failed else ""
        shown = (record.lane, trial.call.operator, trial.call.direction, _form(record), record.outcome, told)
        self._seen[shown] += 1
        if failed:
            self._keep(draft, trial, record)
        return self._seen[shown] == 1

    def _keep(self, draft: Draft, trial: Trial, record: Record) -> None:
        symptom = Symptom.of(trial, record)
        if self._asker.excused(trial, record) is not None or self._known.knows(symptom):
            self.searched.waived[record.lane] += 1
            return
        key = next((each for each in self._failures if _alike(each, symptom)), symptom)
        best, of, count = self._failures.get(key, (draft, record, 0))
        if not count:
            if len(self._failures) >= MOST_CAUSES:
                return
            self._listen(f"{record.lane}: {trial.call.operator} {trial.call.direction}: {record.outcome}: {symptom.sentences[0]}")
        elif draft.elements < best.elements:
            best, of = draft, record
        self._failures[key] = best, of, count + 1

    def _reduce_all(self) -> None:
        """Each failure's smallest call; one that turns out to be another's, or waived, is left out."""
        try:
            for symptom, (draft, record, count) in self._failures.items():
                self._listen(f"reducing {draft.operator} in {record.lane}: {symptom.sentences[0]}")
                self._reduce(symptom, draft, record, count)
        except KeyboardInterrupt:
            self.searched.interrupted = True
            # What is not reduced yet is told as it was drawn.
            there = {found.record.lane + found.title for found in self.searched.found}
            for draft, record, count in list(self._failures.values())[len(self.searched.found) :]:
                assert draft.trial is not None
                found = Found(draft, draft.trial, record, count)
                if record.lane + found.title not in there:
                    self.searched.found.append(found)

    def _reduce(self, symptom: Symptom, draft: Draft, record: Record, count: int) -> None:
        found = draft
        if not self.searched.interrupted:
            found = reduced(draft, failing(self._asker, record.lane, symptom), MOST_ASKED_A_CAUSE)
        trial = found.trial
        assert trial is not None
        if not self.searched.interrupted:
            answers = self._asker.ask([trial])
            by_lane = {of_lane[trial.id].lane: of_lane[trial.id] for of_lane in answers}
            # A failure that does not come back is told as it was drawn: what depends on chance is a finding, too.
            again = by_lane[record.lane]
            if again.conforms:
                found, trial = draft, draft.trial or trial
            else:
                record = again
            others = {lane: each.outcome for lane, each in by_lane.items() if lane != record.lane}
        else:
            others = {}
        smallest = Symptom.of(trial, record)
        if self._asker.excused(trial, record) is not None or self._known.knows(smallest):
            self.searched.waived[record.lane] += count
            return
        for place, each in enumerate(self.searched.found):
            if each.record.lane == record.lane and (
                each.draft.name == found.name or _alike(Symptom.of(each.trial, each.record), smallest)
            ):
                smaller = found.elements < each.draft.elements
                kept = Found(found, trial, record, each.calls + count, others) if smaller else replace(each, calls=each.calls + count)
                self.searched.found[place] = kept
                return
        self.searched.found.append(Found(found, trial, record, count, others))


def _form(record: Record) -> str:
    """The plan without its numbers: which functions were called, with which arguments."""
    return "\n".join(map(generally, record.plan))


def _alike(one: Symptom, other: Symptom) -> bool:
    """Whether two failures of one lane, kind and direction have the same outcome and explain one another."""
    same = (one.lane, one.kind, one.direction, one.outcome) == (other.lane, other.kind, other.direction, other.outcome)
    return same and (one.shows(other) or other.shows(one))


def totals(searched: Searched) -> Mapping[str, Counter[str]]:
    """Calls by operator and direction."""
    found: dict[str, Counter[str]] = {}
    for trial in searched.trials:
        found.setdefault(trial.call.operator, Counter())[trial.call.direction] += 1
    return found


def right_calls(searched: Searched) -> int:
    """How many of the calls have a result."""
    return sum(isinstance(trial.call, RightCall) for trial in searched.trials)
