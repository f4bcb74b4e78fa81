"""Records that are not as expected, by cause: what one fault made of many is said once, with its smallest call.

Knows: findings. Must not know: formats. A cause is a guess from outside: the same framework, direction and kind of
operator, and an explanation in common, but for its numbers, the one that fits the most records first; where nothing
explains an answer, the same outcome and message; or the same waiver.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, TypeVar

from conformance.judging.explanation import by_explanation, explanations, generally
from conformance.judging.verdict import Waived
from conformance.operators.registry import kind_of, operators
from conformance.report.findings import Finding, counted

REFUSED = "refused"
"""the outcome"""
_Entry = TypeVar("_Entry")
_Key = TypeVar("_Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Cause:
    """What many records have in common, with all of them."""

    framework: str
    """as its lanes say it; of a waiver the first one's"""
    text: str
    """the waiver's reason, what the smallest answer behaves like, or what was observed"""
    findings: tuple[Finding, ...]
    smallest: Finding
    """of the smallest call"""

    @property
    def waived(self) -> Waived | None:
        """The waiver, of which there is one for all."""
        return self.smallest.record.waived

    @property
    def category(self) -> str:
        """The waiver's; empty where nothing is waived."""
        return self.waived.category if self.waived else ""

    @property
    def gap(self) -> bool:
        """Whether it is that right calls cannot be had: a caller notices, as nobody does of a wrong answer."""
        return self.category == "unsupported" or (not self.waived and {name for name, _ in self.outcomes} == {REFUSED})

    @property
    def rank(self) -> int:
        """Bugs come before choices, which are waived for good, and those before gaps."""
        return 2 if self.gap else int(self.category == "permanent")

    @property
    def url(self) -> str | None:
        """Where the waiver says more."""
        return self.waived.url if self.waived else None

    @property
    def lanes(self) -> tuple[tuple[str, int], ...]:
        """Each lane with its number of records."""
        return counted(finding.record.lane for finding in self.findings)

    @property
    def outcomes(self) -> tuple[tuple[str, int], ...]:
        """Each outcome with its number of records."""
        return counted(finding.record.outcome for finding in self.findings)

    @property
    def scope(self) -> str:
        """Which calls: `conv1d, conv2d; forward; float32`."""
        facts = [finding.trial.all_facts() for finding in self.findings]
        told = (dict.fromkeys(str(each[name]) for each in facts) for name in ("operator", "direction", "dtype"))
        return "; ".join(", ".join(names) for names in told)


def causes(findings: Iterable[Finding], frameworks: Mapping[str, str]) -> tuple[Cause, ...]:
    """The findings by cause, bugs before gaps, and the most frequent first.

    frameworks: of each lane, what its worker says it is
    """
    found = []
    for of_waiver in grouped(findings, lambda finding: finding.record.waived).values():
        if of_waiver[0].record.waived is not None:
            found.append(_cause(of_waiver, frameworks))
            continue
        for about in grouped(of_waiver, lambda finding: _about(finding, frameworks)).values():
            told = [finding for finding in about if finding.record.diagnosis]
            for common, group in by_explanation(told, lambda finding: explanations(finding.record)):
                found.append(_cause(group, frameworks, common))
            silent = (finding for finding in about if not finding.record.diagnosis)
            groups = grouped(silent, lambda finding: (finding.record.outcome, generally(finding.record.detail)))
            found += [_cause(group, frameworks) for group in groups.values()]
    return tuple(sorted(found, key=lambda cause: (cause.rank, -len(cause.findings))))


def _cause(group: Sequence[Finding], frameworks: Mapping[str, str], common: str | None = None) -> Cause:
    smallest = min(group, key=_size)
    record = smallest.record
    if record.waived is not None:
        through = f" (known of {record.waived.through}, on which the lane runs)" if record.waived.through else ""
        text = f"{record.waived.reason}{through}"
    else:
        text = next((each for each in record.diagnosis if generally(each) == common), record.detail)
    return Cause(frameworks[group[0].record.lane], text, tuple(group), smallest)


def grouped(entries: Iterable[_Entry], key: Callable[[_Entry], _Key]) -> dict[_Key, list[_Entry]]:
    """The entries by key, both in order of first appearance."""
    groups: dict[_Key, list[_Entry]] = {}
    for entry in entries:
        groups.setdefault(key(entry), []).append(entry)
    return groups


def _about(finding: Finding, frameworks: Mapping[str, str]) -> Hashable:
    operator = finding.trial.operator
    kind = kind_of(operator) if operator in operators() else operator
    return frameworks[finding.record.lane], kind, finding.trial.all_facts()["direction"]


def _size(finding: Finding) -> tuple[int, int, str]:
    """Of the call: the elements of what its arguments give as lengths, then the length of its name."""
    trial = finding.trial
    return sum(map(_elements, trial.arguments.values())), len(trial.id), trial.id


def _elements(argument: Any) -> int:
    listed = isinstance(argument, list | tuple) and all(isinstance(each, int) for each in argument)
    return prod(argument) if listed else 0
