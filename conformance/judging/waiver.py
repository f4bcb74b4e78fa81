"""One waiver: what it speaks of, and how an entry of a waiver file becomes one.

Knows: lanes' and trials' names, facts of a call, versions. Must not know: files as a whole, what a run has met
(`conformance.judging.waivers`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from conformance.judging.explanation import Explained, explanations, generally
from conformance.judging.verdict import Outcome, Waived
from conformance.judging.versions import LaneVersions, VersionRange, read_ranges
from conformance.operators.facts import absent_facts
from conformance.operators.kind import Facts
from conformance.suite.wildcard import matches

CATEGORIES = ("bug", "unsupported", "permanent")
# Stands for a reason that somebody still has to write; the run is red until then, so that no deviation is excused by
# a machine alone.
PLACEHOLDER = "FILL IN"


class Judged(Explained, Protocol):
    """What a waiver may excuse: a verdict, or the record of one."""

    @property
    def outcome(self) -> str: ...

    @property
    def conforms(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Waiver:
    """One entry of a waiver file."""

    lanes: tuple[str, ...]
    """patterns of lanes"""
    trial: str
    """pattern of trial ids"""
    where: Mapping[str, tuple[Any, ...]]
    """fact of the call -> the values that it may have; `facts` lists them"""
    outcomes: tuple[Outcome, ...]
    waived: Waived
    location: str
    versions: tuple[VersionRange, ...] = ()
    """the versions that it speaks of; all of them without a range"""
    expires: date | None = None
    """the last day on which it excuses, in UTC"""
    sometimes: bool = False
    """whether records that it names may conform too: what they show depends on chance, as on what lies in memory"""
    exceptions: tuple[str, ...] = ()
    """patterns of trial ids that it does not name: calls that hide what is wrong, since they come out right"""
    explanation: str = ""
    """what a record must behave like, or what must have been observed, for the waiver to name it, but for numbers; a
    record that conforms is then not named"""

    def speaks_of(self, lane: str) -> bool:
        """Whether the waiver is about this lane at all, in some version."""
        return any(matches(each, lane) for each in self.lanes)

    def holds_for(self, versions: LaneVersions) -> bool:
        """Whether the waiver is about these versions."""
        return all(each.holds(versions) for each in self.versions)

    def names(self, trial: str, lane: str, known: Callable[[], Facts]) -> bool:
        """Whether the record of this trial in this lane is one that the waiver speaks of, in some version."""
        return self.speaks_of(lane) and self.describes(trial, known)

    def describes(self, trial: str, known: Callable[[], Facts]) -> bool:
        """Whether the trial's id, and the facts of its call where it asks for any, are those of the waiver."""
        if not matches(self.trial, trial) or self.excepts(trial):
            return False
        if not self.where:
            return True
        told = known()
        return all(told[name] in accepted for name, accepted in self.where.items())

    def explains(self, shown: Judged) -> bool:
        """Whether the waiver speaks of what was shown: without an explanation of whatever a trial that it names shows,
        right or wrong.
        """
        return not self.explanation or (not shown.conforms and generally(self.explanation) in explanations(shown))

    def excepts(self, trial: str) -> tuple[str, ...]:
        """The exceptions of which the trial's id is one."""
        return tuple(each for each in self.exceptions if matches(each, trial))

    def has_expired(self, today: date) -> bool:
        """Whether its last day is over."""
        return self.expires is not None and today > self.expires

    @property
    def lacks_reason(self) -> bool:
        """Whether the reason is still the placeholder that `waivers update` writes."""
        return self.waived.reason == PLACEHOLDER


REQUIRED = ("lane", "trial", "class", "outcome", "reason")
OPTIONAL = ("url", "where", "versions", "expires", "sometimes", "except", "explanation")
LISTS = ("lane", "outcome")
"""keys that take a list of texts as well as one"""


def entry_problems(entry: Any) -> list[str]:
    """What is wrong with an entry, one line per problem."""
    if not isinstance(entry, dict):
        return ["a waiver is a mapping"]
    problems = _required_problems(entry)
    problems += [f"unknown key {key!r}; it must be one of {', '.join(REQUIRED + OPTIONAL)}" for key in entry
                 if key not in REQUIRED + OPTIONAL]  # fmt: skip
    if entry.get("class") not in (None, *CATEGORIES):
        problems.append(f"class {entry['class']!r}; it must be one of {', '.join(CATEGORIES)}")
    for outcome in _listed(entry.get("outcome")):
        if outcome not in (None, *map(str, Outcome)):
            problems.append(f"outcome {outcome!r}; it must be one of {', '.join(Outcome)}")
    if "except" in entry and not all(isinstance(each, str) and each for each in _listed(entry["except"])):
        problems.append(f"except {entry['except']!r}; it must be a pattern of trial ids, or a list of such")
    where = entry.get("where", {})
    if not isinstance(where, dict) or any(key not in absent_facts() for key in where):
        problems.append(f"where {where!r}; its keys must be facts of the call: {', '.join(absent_facts())}")
    if "versions" in entry:
        problems += read_ranges(entry["versions"])[1]
    return [*problems, *_option_problems(entry)]


def _required_problems(entry: Mapping[str, Any]) -> list[str]:
    texts = {**entry, **{key: entry[key][0] for key in LISTS if _is_list_of_text(entry.get(key))}}
    problems = []
    for key in REQUIRED:
        written = texts.get(key)
        if written in (None, []) or (isinstance(written, str) and not written.strip()):
            problems.append(f"missing: {key}")
        elif not isinstance(written, str):
            wanted = "a text, or a list of texts" if key in LISTS else "one text: write an entry for each"
            problems.append(f"{key} {written!r}; it must be {wanted}")
    return problems


def _option_problems(entry: Mapping[str, Any]) -> list[str]:
    problems = []
    if "expires" in entry and _day(entry["expires"]) is None:
        problems.append(f"expires {entry['expires']!r}; it must be a day, such as 2027-03-01")
    if not isinstance(entry.get("sometimes", False), bool):
        problems.append(f"sometimes {entry['sometimes']!r}; it must be true or false")
    if not isinstance(text := entry.get("explanation", "#"), str) or not text.strip():
        problems.append(f"explanation {text!r}; it must be a sentence of a diagnosis, or of what was observed")
    return problems


def make_waiver(entry: Mapping[str, Any], location: str) -> Waiver:
    """The waiver of an entry that has no problems."""
    return Waiver(
        _listed(entry["lane"]),
        entry["trial"],
        {name: _listed(accepted) for name, accepted in entry.get("where", {}).items()},
        tuple(map(Outcome, _listed(entry["outcome"]))),
        Waived(entry["class"], entry["reason"].strip(), entry.get("url")),
        location,
        read_ranges(entry["versions"])[0] if "versions" in entry else (),
        _day(entry.get("expires")),
        entry.get("sometimes", False),
        _listed(entry.get("except", [])),
        entry.get("explanation", "").strip(),
    )


def _listed(written: Any) -> tuple[Any, ...]:
    """What stands in a list, or alone."""
    return tuple(written) if isinstance(written, list) else (written,)


def _is_list_of_text(written: Any) -> bool:
    return isinstance(written, list) and bool(written) and all(isinstance(each, str) and each for each in written)


def _day(written: Any) -> date | None:
    if not isinstance(written, str) or len(written) != len("2027-03-01"):
        return None
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None
