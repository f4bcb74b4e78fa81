"""Journals made in code: what each lane showed, trial by trial."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from conformance.journal import (
    Entry,
    Footer,
    Header,
    Journal,
    JournalWriter,
    LaneEntry,
    content_hash,
    read_journal,
)
from conformance.journal.records import record, trial_entry
from conformance.judging.verdict import Outcome, Verdict, Waived
from conformance.judging.waivers import WaiverBook, read_waivers
from conformance.operators.convolution.call import ConvolutionTrial
from conformance.operators.convolution.calls import right_call
from conformance.suite.case import FromReference, Generated, Trial

CORPUS = [f"op/file/{case}[k={k},dtype={dtype}]" for case in ("one", "two") for k in (1, 2, 3) for dtype in ("a", "b")]
CONFORMS = {Outcome.AGREES, Outcome.UNSUPPORTED}
Shown = Mapping[str, Sequence[Outcome]]


def make_trial(name: str) -> Trial:
    dtype = "float16" if "dtype=a" in name else "float32"
    call = right_call("conv2d_transpose", ((1, 1, 1, 1),) * 3, dtype=dtype)
    return ConvolutionTrial(name, call, Generated("mix"), FromReference(), "a test asks", None, "made.yaml:1")


TRIALS = [make_trial(name) for name in CORPUS]


def verdict(outcome: Outcome) -> Verdict:
    return Verdict(outcome, outcome in CONFORMS, f"it {outcome}, \x1b[1m: #")


def write_journal(
    folder: Path, shown: Shown, excused: Mapping[tuple[str, str], Waived | None] | None = None, **changes: Any
) -> Journal:
    """The journal of a run of the whole corpus, or of what the changes say."""
    known = excused or {}
    keys = {"selection": (), "command": ("conformance", "run"), "complete": True, **changes}
    header = Header(
        "0",
        content_hash(map(trial_entry, TRIALS)),
        "",
        keys["command"],
        {},
        {},
        tuple(shown),
        keys["selection"],
        len(TRIALS),
    )
    entries: list[Entry] = [header, *map(trial_entry, TRIALS)]
    entries += [LaneEntry(lane, "ready", lane, "2.21.0", {"engine": "7"}) for lane in shown]
    entries += [
        record(trial, lane, None, verdict(outcome), known.get((trial.id, lane)), 0.1)
        for lane, outcomes in shown.items()
        for trial, outcome in zip(TRIALS, outcomes, strict=False)
    ]
    asked = {lane: len(outcomes) for lane, outcomes in shown.items()}
    entries.append(Footer("", keys["complete"], (), (), asked=asked))
    with JournalWriter(folder / "journal.jsonl") as writer:
        for entry in entries:
            writer.write(entry)
    return read_journal(folder / "journal.jsonl")


def replay(path: Path, shown: Shown) -> tuple[dict[tuple[str, str], Waived | None], list[str]]:
    """What the waivers of a file excuse in such a run, and the problems that it ends with."""
    book = WaiverBook(read_waivers([path]))
    for lane in shown:
        book.answers(lane, "2.21.0", {"engine": "7"})
    excused = {
        (trial.id, lane): book.excuse(trial, lane, verdict(outcome))
        for lane, outcomes in shown.items()
        for trial, outcome in zip(TRIALS, outcomes, strict=False)
    }
    return excused, book.problems([lane for lane, outcomes in shown.items() if len(outcomes) == len(TRIALS)])


@pytest.fixture
def journal(tmp_path: Path) -> Callable[..., Journal]:
    return lambda shown, **changes: write_journal(tmp_path, shown, **changes)
