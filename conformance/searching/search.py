"""Draw, ask, follow what is rare, and make each failure as small as it gets.

Knows: drawing, asking, reducing. Must not know: command lines, files.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from time import monotonic

from conformance.journal import Record
from conformance.judging.explanation import generally
from conformance.searching.asking import Asker, Symptom, WaivedCauses, failing
from conformance.searching.draft import Draft
from conformance.searching.drawing import Drawer
from conformance.searching.reducing import reduced, size
from conformance.searching.telling import FoundCause
from conformance.suite.case import Trial
from conformance.suite.lattice import coverage

# Calls asked on the way to the smallest one of a cause; many causes are found in some minutes.
MOST_ASKED_A_CAUSE = 250
# Symptoms that are followed; a lane that shows more is wrong nearly everywhere.
MOST_CAUSES = 100


@dataclass
class Searched:
    """What a search asked and found."""

    found: list[FoundCause] = field(default_factory=list)
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


@dataclass
class _Failure:
    """The smallest call so far that shows a symptom, as it was drawn."""

    draft: Draft
    record: Record
    calls: int


class Search:
    """One search, until its time or its calls are spent, or somebody interrupts it."""

    def __init__(self, asker: Asker, drawer: Drawer, known: WaivedCauses, listen: Callable[[str], None]) -> None:
        self._asker, self._drawer, self._known, self._listen = asker, drawer, known, listen
        self.searched = Searched()
        self._failures: dict[Symptom, _Failure] = {}
        self._seen: Counter[tuple[str, ...]] = Counter()

    def run(self, seconds: float, calls: int | None, *, first: bool = False) -> Searched:
        """What was found, each cause by its smallest call; `first`: nothing is drawn once there is one."""
        until = monotonic() + seconds
        try:
            while monotonic() < until and (calls is None or len(self.searched.trials) < calls):
                left = self._asker.together if calls is None else calls - len(self.searched.trials)
                drafts = self._drawer.draw(min(self._asker.together, left))
                if not drafts:
                    break
                self._ask(drafts)
                if first and self._failures:
                    break
        except KeyboardInterrupt:
            self.searched.interrupted = True
        # Each failure's smallest call; one that turns out to be another's, or waived, is left out. Once somebody has
        # interrupted it, failures are told as they were drawn.
        for symptom, failure in self._failures.items():
            try:
                found = self._drawn(failure) if self.searched.interrupted else self._reduced(symptom, failure)
            except KeyboardInterrupt:
                self.searched.interrupted = True
                found = self._drawn(failure)
            self._add(found)
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
        told = Symptom.of(trial, record).sentences[0] if failed else ""
        # The plan without its numbers: which functions were called, with which arguments.
        form = "\n".join(map(generally, record.plan))
        shown = (record.lane, trial.call.operator, trial.call.direction, form, record.outcome, told)
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
        failure = self._failures.get(key)
        if failure is None:
            if len(self._failures) < MOST_CAUSES:
                self._failures[key] = _Failure(draft, record, 1)
                about = f"{trial.call.operator} {trial.call.direction}: {record.outcome}: {symptom.sentences[0]}"
                self._listen(f"{record.lane}: {about}")
            return
        failure.calls += 1
        if size(draft) < size(failure.draft):
            failure.draft, failure.record = draft, record

    def _drawn(self, failure: _Failure) -> FoundCause:
        assert failure.draft.trial is not None
        return FoundCause(failure.draft, failure.draft.trial, failure.record, failure.calls)

    def _reduced(self, symptom: Symptom, failure: _Failure) -> FoundCause:
        lane = failure.record.lane
        self._listen(f"{lane}: reducing a call of {failure.draft.operator}: {symptom.sentences[0]}")
        draft = reduced(failure.draft, failing(self._asker, lane, symptom), MOST_ASKED_A_CAUSE)
        trial = draft.trial
        assert trial is not None
        records = {record.lane: record for of_lane in self._asker.ask([trial]) for record in of_lane.values()}
        if records[lane].conforms or not symptom.shows(Symptom.of(trial, records[lane])):
            # It does not come back: what depends on chance, as memory that was overwritten, is told as it was drawn.
            return self._drawn(failure)
        others = {name: record.outcome for name, record in records.items() if name != lane}
        return FoundCause(draft, trial, records[lane], failure.calls, others)

    def _add(self, found: FoundCause) -> None:
        """Keep it, unless it is excused after all, or the same as one that is kept: then the smaller one stays."""
        symptom, lane = Symptom.of(found.trial, found.record), found.record.lane
        if self._asker.excused(found.trial, found.record) is not None or self._known.knows(symptom):
            self.searched.waived[lane] += found.calls
            return
        for place, each in enumerate(self.searched.found):
            if _alike(Symptom.of(each.trial, each.record), symptom):
                smaller = min(found, each, key=lambda one: size(one.draft))
                self.searched.found[place] = replace(smaller, calls=found.calls + each.calls)
                return
        self.searched.found.append(found)


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
