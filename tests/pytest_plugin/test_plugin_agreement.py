"""`conformance run` and the plugin say the same of every trial."""

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

import pytest

from conformance.journal import read_journal
from conformance.operators.registry import operators
from conformance.report.summary import Standing, standing

CHAPTERS = (
    *("*/refusals/*rank*", "*/refusals/*dtype*", "*/refusals/adaptive-cotangent*", "pad/refusals/*"),
    *("*/combinations/*padding=VALID*bfloat16*", "conv2d_transpose/special_values/*float32*"),
)
"""every operator, direction and dtype; the rest is more of the same"""
TORCH_CHAPTERS = ("conv1d/refusals/*", "conv1d_transpose/refusals/*")
"""a waiver of the first holds on every processor"""
LANES = ("reference", "conformance.mutants:Mutant:flipped-kernel")
TEST_OUTCOMES: dict[Standing, str] = {
    "as expected": "passed",
    "nonconforming": "failed",
    "waived": "xfailed",
    "unsupported": "skipped",
}
Told = dict[tuple[str, str], tuple[str, str]]


class Listening:
    """Keeps what pytest reports of each trial in each lane: outcome of the suite and of the test."""

    def __init__(self) -> None:
        self.told: Told = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        known = dict(report.user_properties)
        if report.when == "call":
            outcome = "xfailed" if hasattr(report, "wasxfail") else report.outcome
            self.told[str(known["trial"]), str(known["lane"])] = (str(known["outcome"]), outcome)


@pytest.fixture
def told_by_pytest(pytester: pytest.Pytester) -> Callable[..., Told]:
    def ask(patterns: Sequence[str], *lanes: str) -> Told:
        listening = Listening()
        words = [word for lane in lanes for word in ("--conformance-lane", lane)]
        words += [f"--conformance-corpus={pattern}" for pattern in patterns]
        pytester.inline_run(*words, "-q", "--tb=no", plugins=[listening])
        return listening.told

    return ask


def told_by_the_program(folder: Path, patterns: Sequence[str], *lanes: str) -> Told:
    words = [word for lane in lanes for word in ("--lane", lane)]
    command = [sys.executable, "-m", "conformance", "run", *patterns, *words, "--output", str(folder), "--quiet"]
    subprocess.run(command, capture_output=True, check=False, env={**os.environ, "COLUMNS": "100"})
    return {
        (record.trial, record.lane): (record.outcome, TEST_OUTCOMES[standing(record)])
        for record in read_journal(folder / "journal.jsonl").records
    }


def test_on_chapters_of_every_operator(told_by_pytest: Callable[..., Told], tmp_path: Path) -> None:
    told = told_by_pytest(CHAPTERS, *LANES)
    assert told == told_by_the_program(tmp_path / "out", CHAPTERS, *LANES)
    assert {trial.partition("/")[0] for trial, _ in told} == set(operators())
    # A convolution's mutant is not asked other kinds of operators.
    assert {outcome for _, outcome in told.values()} == {"passed", "failed", "skipped"}


@pytest.mark.frameworks
@pytest.mark.skipif(find_spec("torch") is None, reason="torch is not installed")  # not imported: others are, elsewhere
def test_where_calls_are_waived_and_cannot_be_said(told_by_pytest: Callable[..., Told], tmp_path: Path) -> None:
    told = told_by_pytest(TORCH_CHAPTERS, "torch")
    assert told == told_by_the_program(tmp_path / "out", TORCH_CHAPTERS, "torch")
    assert {outcome for _, outcome in told.values()} == {"passed", "skipped", "xfailed"}
