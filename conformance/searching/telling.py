"""What was found, as files: cases that `run` takes, a script per cause, and the text of an issue for each.

Knows: causes and their smallest calls. Must not know: how they were found.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.adapters.lane import parse_lane
from conformance.files import write_whole
from conformance.journal import LaneEntry, Record
from conformance.report import wording
from conformance.searching.draft import STEM, Draft, plain
from conformance.searching.showing import short_script_of, told
from conformance.suite.case import Refusal, Trial

CASES = f"{STEM}.yaml"


@dataclass(frozen=True, slots=True)
class FoundCause:
    """A cause: the smallest call that shows it in a lane."""

    draft: Draft
    trial: Trial
    record: Record
    calls: int = 1
    """how many of those asked showed it"""
    others: Mapping[str, str] | None = None
    """of other lanes, the outcome of the same call"""

    @property
    def title(self) -> str:
        """One line."""
        about = self.record.diagnosis[0] if self.record.diagnosis else self.record.detail
        gradient = "" if self.trial.call.direction == "forward" else f", {self.trial.call.direction}"
        return f"{self.trial.call.operator}{gradient} in {self.record.lane}: {self.record.outcome}, {about}"


def case_lines(found: Iterable[FoundCause]) -> Iterator[str]:
    """A case file of one operator after another; JSON's flow style is YAML."""
    by_operator: dict[str, list[FoundCause]] = {}
    for each in found:
        by_operator.setdefault(each.draft.operator, []).append(each)
    yield f"operators: {json.dumps(list(by_operator))}"
    yield "cases:"
    for operator, of_operator in by_operator.items():
        for each in {each.draft.name: each for each in of_operator}.values():
            yield from entry_lines(each.draft.name, operator, each.title, plain(each.draft), each.trial)


def entry_lines(
    name: str, operator: str, why: str, parameters: Mapping[str, Any], trial: Trial | None = None
) -> Iterator[str]:
    """One case of a file of several operators."""
    yield f"  - name: {name}"
    yield f"    operators: [{operator}]"
    yield f"    why: {json.dumps(wording.printable(wording.one_line(why)))}"
    for key, written in parameters.items():
        yield f"    {key}: {written if isinstance(written, str) else json.dumps(written)}"
    if trial is not None and isinstance(trial.expectation, Refusal):
        yield f"    expect: {{refusal: {trial.expectation.reason}}}"


def issue_text(found: FoundCause, entry: LaneEntry, script: str | None) -> str:
    """The text of an issue for the tracker of who wrote what answers."""
    versions = wording.pairs(entry.versions) if entry.versions else f"{entry.framework} {entry.version}"
    lines = [
        f"# {wording.clipped(wording.printable(wording.one_line(found.title)), 110)}",
        "",
        f"Versions: {versions}. Lane: `{found.record.lane}`.",
        "",
        "```",
        *map(wording.printable, told(found.trial, found.record)),
        "```",
    ]
    if found.others:
        lines += [
            "",
            "The same call elsewhere: " + ", ".join(f"`{name}` {how}" for name, how in found.others.items()) + ".",
        ]
    if script is not None:
        lines += ["", "It prints what is expected and observed, and exits with 1 while they differ:", ""]
        lines += ["```python", script.rstrip(), "```"]
    lines += [
        "",
        "Expected is what the operator's definition says, computed on these numbers exactly; found by nn-conformance.",
    ]
    return "\n".join(lines) + "\n"


def write_findings(
    folder: Path, found: Sequence[FoundCause], entries: Sequence[LaneEntry], verb: str, threads: int
) -> list[str]:
    """Write the case file, scripts and issues into the folder; the names of what was written."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    if found:
        write_whole(folder / CASES, "\n".join(case_lines(found)) + "\n")
        written.append(CASES)
    lanes = {entry.lane: entry for entry in entries}
    for number, each in enumerate(found, start=1):
        stem = f"{number:02}-{each.draft.operator}-{each.record.outcome}"
        script = short_script_of(each.trial, each.record, parse_lane(each.record.lane), verb, threads)
        if script is not None:
            write_whole(folder / f"{stem}.py", script)
            written.append(f"{stem}.py")
        write_whole(folder / f"{stem}.md", issue_text(each, lanes[each.record.lane], script))
        written.append(f"{stem}.md")
    return written
