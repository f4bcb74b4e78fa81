"""Trials, the program in this process, and scripts run in processes of their own."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from conformance.adapters.lane import parse_lane
from conformance.cli.explain import Script, explain
from conformance.cli.main import main
from conformance.operators.convolution.call import ConvolutionTrial
from conformance.suite.case import Trial
from conformance.suite.loading import load_file
from tests.corpus import shipped_trials

ROOT = Path(__file__).resolve().parents[2]
GEOMETRY = {
    "batch": 2,
    "size": [3, 4],
    "channels": [3, 2],
    "kernel": [3, 2],
    "strides": [2, 1],
    "padding": "SAME",
    "output": "largest",
}


@pytest.fixture(scope="session")
def shipped() -> dict[str, Trial]:
    """The shipped corpus by id."""
    return {trial.id: trial for trial in shipped_trials()}


@pytest.fixture(scope="session")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., ConvolutionTrial]:
    """A trial of one case file with one case, of GEOMETRY where it has no shapes; its keys are those of a case."""
    path = tmp_path_factory.mktemp("cases") / "made.yaml"

    def made(**keys: Any) -> ConvolutionTrial:
        case = {"name": "made", "why": "a test asks", **({} if "value" in keys else GEOMETRY), **keys}
        path.write_text(yaml.safe_dump({"operator": "conv2d_transpose", "cases": [case]}), encoding="utf-8")
        (only,) = load_file(path)
        assert isinstance(only, ConvolutionTrial), only
        return only

    return made


@pytest.fixture(scope="session")
def script_of() -> Callable[[Trial, str], str]:
    """The text of a trial's script in a lane."""

    def written(trial: Trial, lane: str) -> str:
        explained = explain(trial, parse_lane(lane))
        assert isinstance(explained, Script), explained
        return explained.text

    return written


@pytest.fixture
def perform(tmp_path: Path) -> Callable[[str], subprocess.CompletedProcess[str]]:
    """Run a script in a folder of its own, without the variables that it has to set itself."""

    def run(text: str) -> subprocess.CompletedProcess[str]:
        path = tmp_path / "script.py"
        path.write_text(text, encoding="utf-8")
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LD_LIBRARY_PATH") if name in os.environ}
        environment = {**kept, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, str(path)]
        return subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=tmp_path, env=environment)

    return run


@pytest.fixture
def inside(monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Run `conformance` in this process; its exit status."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")
    monkeypatch.setattr("conformance.cli.run._stop_on_termination", lambda: None)

    def run(*words: str) -> int:
        monkeypatch.setattr(sys, "argv", ["conformance", *words])
        with pytest.raises(SystemExit) as left:
            main()
        assert isinstance(left.value.code, int)
        return left.value.code

    return run
