"""Runs whose output goes nowhere: a disk that is full, a reader that has left."""

import os
import resource
import subprocess
import sys
from pathlib import Path

from conformance.running.journal import read_journal

ROOT = Path(__file__).resolve().parents[2]
SELECTION = "conv2d_transpose/tutorial/example-*"
TRIALS = 19


def command(output: Path, *options: str) -> list[str]:
    words = ["run", SELECTION, "--lane", "reference", "--output", str(output), *options]
    return [sys.executable, "-m", "conformance", *words]


def limit_files() -> None:
    """Files of this process end where the trials' lines do, and some records."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (24_000, 24_000))


def test_a_full_disk_ends_a_run_that_goes_on_once_there_is_room(tmp_path: Path) -> None:
    full = subprocess.run(
        command(tmp_path, "--quiet"), capture_output=True, text=True, timeout=60, preexec_fn=limit_files, check=False
    )
    assert full.returncode == 3, full.stderr
    assert "journal.jsonl: cannot be written: File too large; what it holds stays" in full.stderr
    assert "Traceback" not in full.stderr
    held = read_journal(tmp_path / "journal.jsonl")
    assert len(held.records) < TRIALS
    again = subprocess.run(
        command(tmp_path, "--quiet", "--resume"), capture_output=True, text=True, timeout=60, check=False
    )
    assert again.returncode == 0, again.stderr
    assert len(read_journal(tmp_path / "journal.jsonl").records) == TRIALS


def test_a_reader_that_leaves_costs_no_traceback(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        left = subprocess.run(command(tmp_path), stdout=writing, stderr=subprocess.PIPE, timeout=60, check=False)
    finally:
        os.close(writing)
    assert b"Traceback" not in left.stderr
    assert b"BrokenPipeError" not in left.stderr
    assert len(read_journal(tmp_path / "journal.jsonl").records) == TRIALS
