"""The program, as a process of its own and in this one."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

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
