"""Records that are not as expected, by cause: what one fault made of many is said once, with its smallest call.

Knows: findings. Must not know: formats. A cause is a guess from outside: the same framework, outcome, direction and
kind of operator, and the same explanation but for its numbers; or the same waiver.
"""

import re
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from math import prod
from typing import Any, TypeVar

from conformance.judging.verdict import Waived
from conformance.operators.registry import kind_of, operators
from conformance.report import wording
from conformance.report.findings import Finding, counted

# Characters of a message that tell two causes apart; what follows are the numbers and traces of one call.
TELLING = 160
# Numbers, lists of numbers, addresses: what differs between two calls that fail for one reason.
_OF_ONE_CALL = re.compile(r"\[[\d\s,.-]*\]|\([\d\s,.-]*\)|0x[0-9a-f]+|\d[\d.,]*(?:e[+-]?\d+)?")


_Entry = TypeVar("_Entry")
_Key = TypeVar("_Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Cause:
    """What many records have in common, with all of them."""

    framework: str
    """as its lanes say it; of a waiver the first one's"""
    waived: Waived | None
    findings: tuple[Finding, ...]
    smallest: Finding
    """of the smallest call"""

    @property
    def text(self) -> str:
        """The waiver's reason, what the smallest answer behaves like, or what was observed."""
        if self.waived is not None:
            return self.waived.reason
        record = self.smallest.record
        return record.diagnosis[0] if record.diagnosis else record.detail

    @property
    def category(self) -> str:
        """The waiver's; empty where nothing is waived."""
        return self.waived.category if self.waived else ""

    @property
    def reason(self) -> str:
        """The waiver's; empty where nothing is waived."""
        return self.waived.reason if self.waived else ""

    @property
    def url(self) -> str | None:
        """Where the waiver says more."""
        return self.waived.url if self.waived else None

    @property
    def lanes(self) -> tuple[tuple[str, int], ...]:
        """Each lane with its number of records."""
        return counted(finding.record.lane for finding in self.findings)

    @property
    def scope(self) -> str:
        """Which calls: `conv1d, conv2d; forward; float32`."""
        facts = [finding.trial.all_facts() for finding in self.findings]
        told = (dict.fromkeys(str(each[name]) for each in facts) for name in ("operator", "direction", "dtype"))
        return "; ".join(", ".join(names) for names in told)


def causes(findings: Iterable[Finding], frameworks: Mapping[str, str]) -> tuple[Cause, ...]:
    """The findings by cause, the most frequent first.

    frameworks: of each lane, what its worker says it is
    """
    groups = grouped(findings, lambda finding: finding.record.waived or _key(finding, frameworks))
    found = [
        Cause(frameworks[group[0].record.lane], group[0].record.waived, tuple(group), min(group, key=_size))
        for group in groups.values()
    ]
    return tuple(sorted(found, key=lambda cause: -len(cause.findings)))


def grouped(entries: Iterable[_Entry], key: Callable[[_Entry], _Key]) -> dict[_Key, list[_Entry]]:
    """The entries by key, both in order of first appearance."""
    groups: dict[_Key, list[_Entry]] = {}
    for entry in entries:
        groups.setdefault(key(entry), []).append(entry)
    return groups


def _key(finding: Finding, frameworks: Mapping[str, str]) -> Hashable:
    record, trial = finding.record, finding.trial
    told = record.diagnosis[0] if record.diagnosis else record.detail.partition(";")[0]
    kind = kind_of(trial.operator) if trial.operator in operators() else trial.operator
    text = _OF_ONE_CALL.sub("#", wording.one_line(told))[:TELLING]
    return frameworks[record.lane], record.outcome, kind, trial.all_facts()["direction"], text


def _size(finding: Finding) -> tuple[int, int, str]:
    """Of the call: the elements of what its arguments give as lengths, then the length of its name."""
    trial = finding.trial
    return sum(map(_elements, trial.arguments.values())), len(trial.id), trial.id


def _elements(argument: Any) -> int:
    listed = isinstance(argument, list | tuple) and all(isinstance(each, int) for each in argument)
    return prod(argument) if listed else 0
