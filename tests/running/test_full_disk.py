"""A disk that is full, and a standard output that nobody reads: the journal comes first."""

import resource
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.errors import IncompleteError
from conformance.journal import Header, JournalWriter, Record, read_journal

SELECTION = "conv2d_transpose/tutorial/example-*"
TRIALS = 19
LIMITED = """\
import resource, sys
from conformance.cli.main import main
resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))
sys.argv = ["conformance", *sys.argv[1:]]
main()
"""
HEADER = Header("0.1.0", "0", "", (), {}, {}, ("a",), (), 1)


def words(output: Path, *options: str) -> list[str]:
    return ["run", SELECTION, "--lane", "reference", "--output", str(output), *options]


def run(output: Path, *options: str, limit: int | None = None) -> subprocess.CompletedProcess[str]:
    program = ["-m", "conformance"] if limit is None else ["-c", LIMITED.format(limit=limit)]
    command = [sys.executable, *program, *words(output, *options)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def records(output: Path) -> list[Record]:
    return [replace(each, seconds=None, elapsed=None) for each in read_journal(output / "journal.jsonl").records]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> list[Record]:
    """The records of a run that met no full disk."""
    output = tmp_path_factory.mktemp("whole")
    assert run(output).returncode == 0
    return records(output)


@pytest.mark.parametrize("limit", [600, 9_000, 25_000])
def test_a_run_that_meets_a_full_disk_says_so_and_is_gone_on_with(
    tmp_path: Path, whole: list[Record], limit: int
) -> None:
    full = run(tmp_path, limit=limit)
    assert full.returncode == 3
    assert full.stderr.splitlines()[-1] == (
        f"conformance: {tmp_path / 'journal.jsonl'}: cannot be written: File too large; what it holds stays: once "
        "there is room, the same command with --resume goes on"
    )
    assert "Traceback" not in full.stderr
    assert (tmp_path / "journal.jsonl").read_bytes()[-1:] in (b"", b"\n")
    resumed = run(tmp_path, "--resume")
    assert resumed.returncode == 0, resumed.stderr
    assert records(tmp_path) == whole


def test_reports_that_cannot_be_written_leave_the_journal_whole(tmp_path: Path) -> None:
    (tmp_path / "report.md").mkdir()
    done = run(tmp_path)
    assert done.returncode == 3
    journal = tmp_path / "journal.jsonl"
    assert done.stderr.splitlines()[-1] == (
        f"conformance: {tmp_path / 'report.md'}: cannot be written: Is a directory; the journal holds the whole run: "
        f"`conformance report {journal}` writes a report of it elsewhere"
    )
    assert read_journal(journal).footer is not None


def test_a_writer_that_failed_once_writes_nothing_behind_it(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with JournalWriter(path) as writer:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
        try:
            with pytest.raises(IncompleteError, match="cannot be written: File too large"):
                writer.write(HEADER)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        with pytest.raises(IncompleteError, match="cannot be written: File too large"):
            writer.write(HEADER)
    assert path.read_bytes() == b""


@pytest.mark.parametrize("streams", ["", "2>&1"])
def test_a_pipe_that_is_closed_costs_neither_record_nor_exit_status(tmp_path: Path, streams: str) -> None:
    command = f'"$0" -m conformance "$@" {streams} | true; exit ${{PIPESTATUS[0]}}'
    done = subprocess.run(
        ["bash", "-c", command, sys.executable, *words(tmp_path)], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
    journal = read_journal(tmp_path / "journal.jsonl")
    assert len(journal.records) == TRIALS
    assert journal.footer is not None
    assert journal.footer.complete


def test_a_full_standard_output_is_told_and_costs_nothing(tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "conformance", *words(tmp_path, "--quiet")]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
    assert done.returncode == 0
    assert done.stderr == "conformance: standard output: No space left on device\n"
    assert len(read_journal(tmp_path / "journal.jsonl").records) == TRIALS
