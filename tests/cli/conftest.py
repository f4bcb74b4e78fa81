"""The program, as a process of its own and in this one."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from conformance.cli.main import main

ROOT = Path(__file__).resolve().parents[2]

Process = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def program() -> Process:
    """Run `conformance` in a process of its own, with the checkout importable."""

    def run(*words: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "120"}
        command = [sys.executable, "-m", "conformance", *words]
        return subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=cwd, env=environment)

    return run


@pytest.fixture
def inside(monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Run `conformance` in this process, where a test can replace parts of it; its exit status."""
    monkeypatch.syspath_prepend(ROOT)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")

    def run(*words: str) -> int:
        monkeypatch.setattr(sys, "argv", ["conformance", *words])
        with pytest.raises(SystemExit) as left:
            main()
        assert isinstance(left.value.code, int)
        return left.value.code

    return run
