"""Case files, lanes and trials as nodes of pytest's collection tree.

A test's node id is `FILE::TRIAL`, or `FILE::LANE::TRIAL` where several lanes are asked; `CORPUS` stands for the file
of shipped trials. Knows: pytest's nodes, an examiner. Must not know: options.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from conformance.errors import ConformanceError, harmless, spelled
from conformance.pytest_plugin.examiner import Examiner
from conformance.pytest_plugin.failure import failure
from conformance.suite.case import Trial

CORPUS = "conformance-corpus"
"""stands for the file in the node ids of shipped trials"""


class CaseFile(pytest.File):
    """One case file; each problem of it is a line of its collection error."""

    def __init__(self, *, examiner: Examiner, load: Callable[[Path], Sequence[Trial]], **keywords: Any) -> None:
        super().__init__(**keywords)
        self._examiner = examiner
        self._load = load

    def collect(self) -> Iterator[pytest.Item | pytest.Collector]:
        trials = self._load(self.path)
        return in_lanes(self, self._examiner, trials, shipped=False)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None) -> Any:
        if isinstance(excinfo.value, ConformanceError):
            return harmless(str(excinfo.value))
        return super().repr_failure(excinfo)


class Corpus(pytest.Collector):
    """The chosen trials of the shipped corpus."""

    def __init__(self, *, examiner: Examiner, trials: Sequence[Trial], **keywords: Any) -> None:
        super().__init__(**keywords)
        self._examiner = examiner
        self._trials = trials

    def collect(self) -> Iterator[pytest.Item | pytest.Collector]:
        return in_lanes(self, self._examiner, self._trials, shipped=True)


class LaneNode(pytest.Collector):
    """One of several lanes, with the trials of one file."""

    def __init__(self, *, examiner: Examiner, trials: Sequence[Trial], shipped: bool, **keywords: Any) -> None:
        super().__init__(**keywords)
        self._examiner = examiner
        self._trials = trials
        self._shipped = shipped

    def collect(self) -> Iterator[pytest.Item | pytest.Collector]:
        return _items(self, self._examiner, self.name, self._trials, shipped=self._shipped)


class TrialItem(pytest.Item):
    """One trial in one lane."""

    def __init__(self, *, examiner: Examiner, trial: Trial, lane: str, shipped: bool, **keywords: Any) -> None:
        super().__init__(**keywords)
        self._examiner = examiner
        self._trial = trial
        self._lane = lane
        self._file, _, line = trial.location.rpartition(":")
        self._line = int(line)
        self._shipped = shipped
        self.user_properties += [("lane", lane), ("trial", trial.id)]

    def setup(self) -> None:
        entry = self._examiner.start(self._lane)
        if entry.status != "ready":
            pytest.fail(f"lane {self._lane} did not start: {spelled(entry.message)}", pytrace=False)

    def runtest(self) -> None:
        answered = self._examiner.ask(self._trial, self._lane, None if self._shipped else self._file)
        record = answered.finding.record
        self.user_properties += [
            ("outcome", record.outcome), ("standing", answered.finding.standing), ("flags", ",".join(record.flags))
        ]  # fmt: skip
        match answered.finding.standing:
            case "as expected" if answered.problem is None:
                return
            case "as expected" | "waived" if answered.problem is not None:
                pytest.fail(answered.problem, pytrace=False)
            case "unsupported":
                pytest.skip(spelled(record.detail))
            case "waived" if record.waived is not None:
                # --runxfail makes this return: known deviations are failures then
                reason = spelled(record.waived.reason)
                pytest.xfail(f"waived as {record.waived.category}: {reason} ({record.outcome})")
        texts = (failure(answered.finding), answered.problem)
        pytest.fail("\n".join(part for part in texts if part), pytrace=False)

    def reportinfo(self) -> tuple[str, int, str]:
        return self._file, self._line - 1, self.name


def in_lanes(
    parent: pytest.Collector, examiner: Examiner, trials: Sequence[Trial], *, shipped: bool
) -> Iterator[pytest.Item | pytest.Collector]:
    """The trials in the only lane, or a node for each of several."""
    if len(examiner.lanes) == 1:
        yield from _items(parent, examiner, examiner.lanes[0], trials, shipped=shipped)
        return
    for lane in examiner.lanes:
        yield LaneNode.from_parent(parent, name=lane, examiner=examiner, trials=trials, shipped=shipped)


def _items(
    parent: pytest.Collector, examiner: Examiner, lane: str, trials: Sequence[Trial], *, shipped: bool
) -> Iterator[TrialItem]:
    for trial in trials:
        # A node's id as text is one that pytest reads as it reads those of --lf: what stands in brackets is parameters.
        nodeid = f"{parent.nodeid}::{trial.id}"
        yield TrialItem.from_parent(
            parent, name=trial.id, nodeid=nodeid, examiner=examiner, trial=trial, lane=lane, shipped=shipped
        )
