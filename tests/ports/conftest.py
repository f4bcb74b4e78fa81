"""Ports with one mistake each, and the program, in a process of its own and in this one."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from conformance.cli.main import main

ROOT = Path(__file__).resolve().parents[2]

Process = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


@pytest.fixture
def lane_of() -> Callable[[str], str]:
    """The lane of tests/ports/port.py with a mistake."""
    return lambda mistake: f"exec:{sys.executable} {ROOT / 'tests/ports/port.py'} {mistake}"


@pytest.fixture
def program() -> Process:
    """Run `conformance` in a process of its own."""

    def run(*words: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "conformance", *words]
        environment = {**os.environ, "COLUMNS": "160"}
        return subprocess.run(command, capture_output=True, text=True, timeout=300, cwd=cwd, env=environment)

    return run


@pytest.fixture
def inside(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Process:
    """Run `conformance` in this process, which need not start."""
    monkeypatch.syspath_prepend(ROOT)
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        monkeypatch.setattr(sys, "argv", ["conformance", *words])
        with pytest.raises(SystemExit) as left:
            main()
        assert isinstance(left.value.code, int)
        return subprocess.CompletedProcess(words, left.value.code, *capsys.readouterr())

    return run
