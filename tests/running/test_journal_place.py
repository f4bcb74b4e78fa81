"""Who writes a journal, and what becomes of the one that was there before."""

import fcntl
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from time import monotonic, sleep

import pytest

from conformance.errors import UsageError
from conformance.journal import Hold, JournalWriter, keep_earlier

HOLDER = """\
import time
from pathlib import Path
from conformance.journal import Hold
with Hold(Path({path!r}), ["conformance", "run", "op/*"]):
    print("held", flush=True)
    time.sleep(60)
"""
RUN = ["run", "conv2d_transpose/tutorial/example-*", "--quiet"]


@contextmanager
def another(path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that holds the journal."""
    program = [sys.executable, "-c", HOLDER.format(path=str(path))]
    process = subprocess.Popen(program, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "held\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def start(output: Path, *options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "conformance", *RUN, "--output", str(output), *options]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_a_journal_has_one_writer_and_says_who(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    with another(path) as process, pytest.raises(UsageError) as raised:
        Hold(path, [])
    message, who = str(raised.value), f"process {process.pid} on {os.uname().nodename} since 2"
    assert message.startswith(f"{path}: another run writes here: {who}")
    assert message.endswith(": conformance run 'op/*'; wait for its end, or name another folder with --output")


def test_a_lock_dies_with_its_process(tmp_path: Path) -> None:
    path, lock = tmp_path / "journal.jsonl", tmp_path / "journal.lock"
    with another(path) as process:
        process.kill()
        process.wait()
        assert lock.exists()
        with Hold(path, []):
            assert json.loads(lock.read_text("utf-8"))["process"] == os.getpid()
    assert not lock.exists()


def test_a_lock_that_its_holder_has_just_removed_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, flock = tmp_path / "journal.jsonl", fcntl.flock
    calls: list[int] = []

    def late(descriptor: int, operation: int) -> None:
        calls.append(descriptor)
        if len(calls) == 1:
            (tmp_path / "journal.lock").unlink()
        flock(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", late)
    with Hold(path, []):
        assert len(calls) == 2
        with pytest.raises(UsageError, match="another run writes here"):
            Hold(path, [])


@pytest.mark.parametrize("content", [b"", b"[]", b"[" * 100_000, b"\xff", b'{"command": 1}'])
def test_a_holder_that_does_not_say_who_it_is_holds_all_the_same(tmp_path: Path, content: bytes) -> None:
    path, lock = tmp_path / "journal.jsonl", tmp_path / "journal.lock"
    with Hold(path, []):
        lock.write_bytes(content)
        with pytest.raises(UsageError, match=f"a process that has just begun \\({lock} does not say which\\)"):
            Hold(path, [])


def test_a_file_system_without_locks_is_written_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_locks(descriptor: int, operation: int) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(fcntl, "flock", no_locks)
    with Hold(tmp_path / "journal.jsonl", []):
        assert (tmp_path / "journal.lock").exists()


def test_what_an_earlier_run_left_is_kept_under_the_time_of_its_end(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    for content in ("first\n", "second\n"):
        path.write_text(content, encoding="utf-8")
        os.utime(path, (1_767_323_045, 1_767_323_045))  # 2026-01-02 03:04:05 UTC
        keep_earlier(path)
    assert not path.exists()
    assert (tmp_path / "journal.20260102T030405Z.jsonl").read_text("utf-8") == "first\n"
    assert (tmp_path / "journal.20260102T030405Z-2.jsonl").read_text("utf-8") == "second\n"


@pytest.mark.parametrize("content", [None, b"", b'{"kind": "head'])
def test_what_holds_no_whole_line_is_not_kept(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "journal.jsonl"
    if content is not None:
        path.write_bytes(content)
    assert keep_earlier(path) is None


@pytest.mark.parametrize(
    ("name", "opens"), [("journal.jsonl", JournalWriter), ("journal.lock", partial(Hold, command=[]))]
)
def test_a_fifo_is_refused_and_not_waited_for(tmp_path: Path, name: str, opens: Callable[[Path], object]) -> None:
    os.mkfifo(tmp_path / name)
    with pytest.raises(OSError, match="is a FIFO; expected a regular file"):
        opens(tmp_path / "journal.jsonl")


@pytest.mark.parametrize("options", [(), ("--resume",)])
def test_the_second_of_two_runs_in_one_folder_ends_with_2_and_leaves_the_first_alone(
    tmp_path: Path, stand_in: Callable[[str], str], options: tuple[str, ...]
) -> None:
    path, lane = tmp_path / "journal.jsonl", ("--lane", stand_in("Slow"))
    first = start(tmp_path, *lane)
    try:
        deadline = monotonic() + 60
        while not (path.exists() and b'"kind":"lane"' in path.read_bytes()) and monotonic() < deadline:
            sleep(0.01)
        first.send_signal(signal.SIGSTOP)  # it is at work as long as the second needs
        _, errors = (second := start(tmp_path, *lane, *options)).communicate(timeout=60)
        first.send_signal(signal.SIGCONT)
        output, _ = first.communicate(timeout=60)
    finally:
        first.kill()
    assert second.returncode == 2
    assert errors.startswith(f"conformance: {path}: another run writes here: process {first.pid} on ")
    assert first.returncode == 0, output
    assert path.read_bytes().count(b'"kind":"record"') == 19


def test_a_run_in_the_folder_of_a_finished_one_keeps_its_journal_and_says_so(tmp_path: Path) -> None:
    start(tmp_path, "--lane", "reference").communicate(timeout=60)
    before = (tmp_path / "journal.jsonl").read_bytes()
    again = start(tmp_path, "--lane", "reference")
    _, errors = again.communicate(timeout=60)
    (kept,) = tmp_path.glob("journal.*Z.jsonl")
    assert again.returncode == 0
    assert errors == f"note: {tmp_path / 'journal.jsonl'} was there already, and is kept as {kept}\n"
    assert kept.read_bytes() == before


def test_of_earlier_journals_the_newest_complete_ones_stay_where_that_is_asked(tmp_path: Path) -> None:
    start(tmp_path, "--lane", "reference").communicate(timeout=60)
    whole = (tmp_path / "journal.jsonl").read_bytes()
    stopped = whole[: whole.rfind(b"\n", 0, -1) + 1]
    times = ("20260101T000000Z", "20260101T000000Z-10", "20260101T000000Z-9", "20260102T000000Z")
    paths = [tmp_path / f"journal.{time}.jsonl" for time in times]
    for path, content in zip(paths, (whole, whole, stopped, stopped), strict=True):
        path.write_bytes(content)
    others = [tmp_path / "journal.mine.jsonl", tmp_path / "judge.20260101T000000Z.jsonl"]
    for path in others:
        path.write_bytes(whole)
    (tmp_path / "journal.jsonl").unlink()
    _, errors = start(tmp_path, "--lane", "reference", "--keep-earlier", "1").communicate(timeout=60)
    assert [path.exists() for path in paths] == [False, True, False, False]
    assert all(path.exists() for path in others)
    assert errors == "".join(
        f"note: {path}, of an earlier run, is removed; --keep-earlier says how many stay\n"
        for path in (paths[0], paths[2], paths[3])
    )


def test_a_run_that_is_not_complete_removes_no_earlier_journal(tmp_path: Path) -> None:
    earlier = tmp_path / "journal.20260101T000000Z.jsonl"
    start(tmp_path, "--lane", "reference").communicate(timeout=60)
    (tmp_path / "journal.jsonl").rename(earlier)
    stopped = start(tmp_path, "--lane", "exec:/nonexistent", "--keep-earlier", "0")
    stopped.communicate(timeout=60)
    assert stopped.returncode == 3
    assert earlier.exists()
    start(tmp_path, "--lane", "reference", "--keep-earlier", "0").communicate(timeout=60)
    assert sorted(path.name for path in tmp_path.glob("journal*")) == ["journal.jsonl"]
