"""One record, told in full: what was asked, how, and what came back.

Knows: a record and its trial, and the words for them. Must not know: formats. Every format walks the same facts.
"""

import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath

from conformance.journal import VECTORS, Header, Journal, Record, TrialEntry
from conformance.judging.verdict import Difference, Metrics
from conformance.report import wording
from conformance.report.summary import Standing, standing

MOST_LINES = 12
"""of a plan, or of differing elements, where a format tells them line by line"""
# Characters; a traceback of a megabyte is in the journal for those who want it.
LONGEST_FACT = 4000
SCRIPT = "script"
"""label of the command that prints it"""


@dataclass(frozen=True, slots=True)
class Finding:
    """A record with the trial that it answers."""

    record: Record
    trial: TrialEntry
    header: Header
    """of the run"""

    @property
    def explain(self) -> str:
        """The command that prints the stand-alone script of the record."""
        return explain_command(self.header, self.record, self.trial)

    @property
    def standing(self) -> Standing:
        """What the record means."""
        return standing(self.record)

    @property
    def plan(self) -> tuple[str, ...]:
        """One line of Python a step."""
        return self.record.plan

    @property
    def differences(self) -> tuple[Difference, ...]:
        """The first elements that differ."""
        return self.record.metrics.differences if self.record.metrics else ()

    @property
    def said(self) -> str:
        """Whether the call was said natively or composed, for a table's cell."""
        return said(self.record) or wording.ABSENT

    @property
    def why(self) -> str:
        """One line for a table: why the plan is as it is, what was observed, why that is waived."""
        record = self.record
        observed = "" if record.outcome == "agrees" else record.detail
        waived = f"waived as {record.waived.kind}: {record.waived.reason}" if record.waived else ""
        return "; ".join(part for part in (observed, waived, *record.notes) if part)

    def lines(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Label and lines of what is told line by line: the plan and the elements that differ, the first of many, and
        the end of a traceback.
        """
        differences = tuple(
            f"{wording.shape(found.index)} expected {found.expected}, observed {found.observed} ({found.region})"
            for found in self.differences
        )
        trace = tuple((self.record.traceback or "").splitlines())
        ending = ("...", *trace[-MOST_LINES:]) if len(trace) > MOST_LINES else trace
        told = (("plan", _first(self.plan)), ("differs at", _first(differences)), ("traceback", ending))
        return tuple((label, lines) for label, lines in told if lines)

    def facts(self) -> tuple[tuple[str, str], ...]:
        """Label and text, in reading order, without those that have no text."""
        trial, record, waived = self.trial, self.record, self.record.waived
        shape = "" if record.observed_shape is None else wording.shape(record.observed_shape)
        told = (
            ("call", wording.call(trial.operator, trial.arguments)),
            ("inputs", trial.inputs),
            ("expected", trial.expectation),
            ("wrong on purpose", trial.fault),
            ("why asked", trial.why),
            ("case", trial.location),
            ("source", trial.url),
            ("observed", record.detail),
            ("shape, dtype", f"{shape} {record.observed_dtype or ''}".strip()),
            ("diagnosis", "\n".join(record.diagnosis)),
            ("elements", _elements(record.metrics)),
            ("flags", ", ".join(record.flags)),
            ("said", said(record)),
            ("notes", "\n".join(record.notes)),
            ("waived as", waived and waived.kind),
            ("reason", waived and waived.reason),
            ("see", waived and waived.url),
            (SCRIPT, self.explain),
        )
        return tuple((label, wording.clipped(text, LONGEST_FACT)) for label, text in told if text)


@dataclass(frozen=True, slots=True)
class Reason:
    """One sentence that explains many records: why a call is composed, or cannot be said."""

    text: str
    lanes: tuple[tuple[str, int], ...]
    example: str
    """id of the first trial that it explains"""

    @property
    def records(self) -> int:
        """How many it explains, in all lanes."""
        return sum(number for _, number in self.lanes)


def findings(journal: Journal) -> tuple[Finding, ...]:
    """Every record of the journal, in its order."""
    return tuple(Finding(record, journal.trials[record.trial], journal.header) for record in journal.records)


def explain_command(header: Header, record: Record, trial: TrialEntry) -> str:
    """The command that prints the record's stand-alone script, under what the run was given."""
    return shlex.quote(header.spelling(record.lane)).join(explain_around(header, trial))


def explain_around(header: Header, trial: TrialEntry) -> tuple[str, ...]:
    """What stands before and after the lane in the commands that print the scripts of a trial's records.

    A trial of a file that the run selected is looked for in that file; all others are shipped ones. Answers to test
    vectors have no script: for them it is the command that shows the trial, and names no lane.
    """
    if VECTORS in header.flags:
        return (shlex.join(["conformance", "cases", "show", trial.id]),)
    flags = [f"{name}={text}" for name, text in header.flags.items() if name.isupper()]
    file = PurePath(trial.location.rpartition(":")[0])
    source = next((word for word in header.selection if file.is_relative_to(PurePath(word))), None)
    threads = header.flags.get("threads", "1")
    before = [*(["env", *flags] if flags else []), "conformance", "explain", trial.id, "--lane"]
    seed = header.flags.get("seed")
    after = [
        *(["--cases", source] if source is not None else []),
        *(["--threads", threads] if threads != "1" else []),
        *(["--seed", seed] if seed is not None else []),
    ]
    return f"{shlex.join(before)} ", f" {shlex.join(after)}" if after else ""


def why_composed(records: Iterable[Record]) -> tuple[Reason, ...]:
    """A record with several notes counts for each of them."""
    composed = [record for record in records if record.native is False]
    return _explanations((note, record) for record in composed for note in record.notes or ("no reason was noted",))


def why_unsupported(records: Iterable[Record]) -> tuple[Reason, ...]:
    """What cannot be said, by the reason that the lane gave."""
    unsupported = [record for record in records if record.outcome == "unsupported"]
    return _explanations((record.detail or "no reason was given", record) for record in unsupported)


def said(record: Record) -> str:
    """Empty where there is no plan to tell it by."""
    return "" if record.native is None else "natively" if record.native else "composed"


def counted(names: Iterable[str]) -> tuple[tuple[str, int], ...]:
    """Each name with how often it came, in order of first appearance."""
    numbers: dict[str, int] = {}
    for name in names:
        numbers[name] = numbers.get(name, 0) + 1
    return tuple(numbers.items())


def _explanations(told: Iterable[tuple[str, Record]]) -> tuple[Reason, ...]:
    groups: dict[str, list[Record]] = {}
    for text, record in told:
        groups.setdefault(text, []).append(record)
    explanations = [
        Reason(text, counted(record.lane for record in group), group[0].trial) for text, group in groups.items()
    ]
    return tuple(sorted(explanations, key=lambda explanation: -explanation.records))


def _first(lines: tuple[str, ...]) -> tuple[str, ...]:
    left_out = len(lines) - MOST_LINES
    return (*lines[:MOST_LINES], f"and {left_out:,} more") if left_out > 0 else lines


def _elements(metrics: Metrics | None) -> str:
    if metrics is None:
        return ""
    rule = "judged bitwise" if metrics.exact else "judged under the error bound"
    parts = [f"{metrics.wrong:,} of {metrics.compared:,} wrong, {rule}"]
    if metrics.worst_error_over_bound is not None:
        parts.append(f"largest error {wording.in_bounds(metrics.worst_error_over_bound)} x the bound")
    parts.append(f"{wording.percentage(metrics.bitwise_equal)} bitwise equal")
    parts.append(f"max abs {wording.figure(metrics.max_abs)}, max ULP {wording.figure(metrics.max_ulp)} (information)")
    return "; ".join(parts)
