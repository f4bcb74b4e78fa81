"""A run that is stopped from outside: by Ctrl-C, by a CI system, by force."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep

import pytest

from conformance.errors import JournalError
from conformance.journal import Journal, read_journal

HINT = "interrupted; the same command with --resume goes on where it stopped"
SELECTION = "conv2d_transpose/tutorial/example-*"
TRIALS = 19


def start(output: Path, lane: str, *options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "conformance", "run", SELECTION, "--lane", lane, "--output", str(output)]
    return subprocess.Popen([*command, *options], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def wait_for(output: Path, ready: Callable[[Journal], bool]) -> None:
    deadline = monotonic() + 60
    while monotonic() < deadline:
        try:
            if ready(read_journal(output / "journal.jsonl")):
                return
        except JournalError:
            pass
        sleep(0.02)
    raise AssertionError("the run did not come so far")


def children(process: int) -> list[int]:
    """The workers, which the lanes' threads have started, and not the warden, which ends a moment later."""
    threads = Path(f"/proc/{process}/task").iterdir()
    started = [word for thread in threads for word in (thread / "children").read_text("utf-8").split()]
    return [int(word) for word in started if b"watch.py" not in Path(f"/proc/{word}/cmdline").read_bytes()]


def is_alive(process: int) -> bool:
    try:
        return "(zombie)" not in Path(f"/proc/{process}/status").read_text("utf-8")
    except OSError:
        return False


@pytest.mark.parametrize("signal_number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("name", ["Hangs", "HangsAtStart"])
def test_an_interrupted_run_says_so_and_leaves_reports(
    tmp_path: Path, stand_in: Callable[[str], str], name: str, signal_number: int
) -> None:
    process = start(tmp_path, stand_in(name))
    try:
        wait_for(tmp_path, lambda journal: len(journal.trials) == TRIALS and (bool(journal.lanes) or name != "Hangs"))
        sleep(0.3)
        workers = children(process.pid)
        process.send_signal(signal_number)
        output, _ = process.communicate(timeout=20)
    finally:
        process.kill()
    assert workers
    assert process.returncode == 3, output
    footer = read_journal(tmp_path / "journal.jsonl").footer
    assert footer is not None
    assert (footer.complete, HINT in footer.incomplete) == (False, True)
    assert "--resume" in output
    assert HINT in (tmp_path / "report.md").read_text("utf-8")
    assert not any(is_alive(worker) for worker in workers)


def test_a_hang_up_that_is_ignored_stays_ignored(tmp_path: Path, stand_in: Callable[[str], str]) -> None:
    """As `nohup` has it."""
    ignored = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        process = start(tmp_path, stand_in("Slow"))
    finally:
        signal.signal(signal.SIGHUP, ignored)
    wait_for(tmp_path, lambda journal: bool(journal.records))
    process.send_signal(signal.SIGHUP)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0, output


def test_a_run_killed_at_any_moment_is_gone_on_with_to_its_end(tmp_path: Path, stand_in: Callable[[str], str]) -> None:
    lane = stand_in("Slow")
    kills = 0
    for patience in (0.15, 0.4, 0.55, 0.7, 0.85):
        process = start(tmp_path, lane, *(["--resume"] if (tmp_path / "journal.jsonl").exists() else []))
        try:
            process.communicate(timeout=patience)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            kills += 1
    last = start(tmp_path, lane, "--resume") if (tmp_path / "journal.jsonl").exists() else start(tmp_path, lane)
    output, _ = last.communicate(timeout=60)
    assert kills >= 2
    assert last.returncode == 0, output
    journal = read_journal(tmp_path / "journal.jsonl")
    assert len(journal.records) == len(journal.trials) == TRIALS
    assert journal.footer is not None
    assert journal.footer.complete


def test_a_journal_of_which_nothing_was_written_is_begun_anew(tmp_path: Path) -> None:
    (tmp_path / "journal.jsonl").write_bytes(b'{"suite_ver')
    process = start(tmp_path, "reference", "--resume", "--quiet")
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0, output
    assert len(read_journal(tmp_path / "journal.jsonl").records) == TRIALS


@pytest.mark.parametrize("signal_number", [signal.SIGKILL, signal.SIGQUIT])
@pytest.mark.parametrize("name", ["Slow", "Hangs"])
def test_workers_do_not_outlive_a_run_that_is_killed(
    tmp_path: Path, stand_in: Callable[[str], str], name: str, signal_number: int
) -> None:
    process = start(tmp_path, stand_in(name))
    try:
        wait_for(tmp_path, lambda journal: len(journal.records) >= 2 or (bool(journal.lanes) and name == "Hangs"))
        workers = children(process.pid)
    finally:
        os.kill(process.pid, signal_number)
        process.communicate()
    assert workers
    deadline = monotonic() + 10
    while any(is_alive(worker) for worker in workers) and monotonic() < deadline:
        sleep(0.05)
    assert not any(is_alive(worker) for worker in workers)
