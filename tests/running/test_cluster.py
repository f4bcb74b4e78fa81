"""Runs over dask: the journal of a local run, whatever becomes of workers and scheduler."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from threading import Thread
from time import monotonic, sleep

import pytest

from conformance.distributed import cluster as module
from conformance.distributed.cluster import cluster
from conformance.errors import IncompleteError, JournalError, UsageError
from conformance.journal import Record, read_journal

pytest.importorskip("distributed")

SELECTION = "conv2d_transpose/tutorial/*"
TRIALS = 30
Process = subprocess.Popen[str]


def start(output: Path, *words: str) -> Process:
    command = [sys.executable, "-m", "conformance", "run", SELECTION, *words, "--output", str(output), "--quiet"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def finish(output: Path, *words: str) -> tuple[int, str]:
    process = start(output, *words)
    text, _ = process.communicate(timeout=120)
    return process.returncode, text


def records(output: Path) -> list[Record]:
    return [replace(each, seconds=None, elapsed=None) for each in read_journal(output / "journal.jsonl").records]


def wait_for_records(output: Path, count: int) -> None:
    deadline = monotonic() + 60
    while monotonic() < deadline:
        try:
            if len(read_journal(output / "journal.jsonl").records) >= count:
                return
        except JournalError:
            pass
        sleep(0.05)
    raise AssertionError("the run did not come so far")


@contextmanager
def dask(*words: str) -> Iterator[Process]:
    command = [sys.executable, "-m", "dask", *words]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


class Cluster:
    """A scheduler and its workers, in processes that a test can kill."""

    def __init__(self, stack: ExitStack, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        words = ("--host", "127.0.0.1", "--port", str(self.port), "--dashboard-address", "127.0.0.1:0")
        self.scheduler = stack.enter_context(dask("scheduler", *words))
        self.workers: list[Process] = []
        self._stack, self._folder = stack, folder

    @property
    def executor(self) -> tuple[str, str]:
        return "--executor", f"dask://127.0.0.1:{self.port}"

    def add_worker(self, *words: str) -> Process:
        where = ("--local-directory", str(self._folder), "--no-dashboard", "--no-nanny", "--nthreads", "1")
        worker = self._stack.enter_context(dask("worker", f"tcp://127.0.0.1:{self.port}", *where, *words))
        self.workers.append(worker)
        return worker

    def address_of_a_worker(self) -> str:
        from distributed import Client

        with Client(f"tcp://127.0.0.1:{self.port}") as client:
            return str(next(iter(client.scheduler_info()["workers"]))).removeprefix("tcp://")


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Cluster]:
    with ExitStack() as stack:
        made = Cluster(stack, tmp_path / "dask")
        made.add_worker()
        made.add_worker()
        yield made


def test_a_cluster_s_journal_is_that_of_a_local_run(
    two: Cluster, tmp_path: Path, stand_in: Callable[[str], str]
) -> None:
    names = ["reference", *map(stand_in, ("OffByOne", "Aborts", "FailsToStart"))]
    lanes = [word for lane in names for word in ("--lane", lane)]
    assert finish(tmp_path / "local", *lanes)[0] == 3
    assert finish(tmp_path / "dask", *lanes, *two.executor)[0] == 3
    assert records(tmp_path / "dask") == records(tmp_path / "local")
    local, clustered = (read_journal(tmp_path / name / "journal.jsonl") for name in ("local", "dask"))
    assert (clustered.lanes, clustered.trials) == (local.lanes, local.trials)
    assert local.footer is not None
    assert clustered.footer == replace(local.footer, finished=clustered.footer.finished if clustered.footer else "")


def test_a_lost_worker_s_trials_are_asked_again(two: Cluster, tmp_path: Path, stand_in: Callable[[str], str]) -> None:
    lanes = [word for name in ("Slow", "Sound") for word in ("--lane", stand_in(name))]
    process = start(tmp_path / "out", *lanes, *two.executor)
    wait_for_records(tmp_path / "out", 1)
    two.workers[0].kill()
    text, _ = process.communicate(timeout=120)
    assert process.returncode == 0, text
    assert len(records(tmp_path / "out")) == 2 * TRIALS


def test_a_dying_scheduler_leaves_a_journal_to_go_on_with(
    two: Cluster, tmp_path: Path, stand_in: Callable[[str], str]
) -> None:
    lanes = ("--lane", stand_in("Sound"), "--lane", stand_in("Hangs"))
    process = start(tmp_path, *lanes, *two.executor)
    wait_for_records(tmp_path, 1)
    two.scheduler.kill()
    text, _ = process.communicate(timeout=60)
    assert process.returncode == 3, text
    footer = read_journal(tmp_path / "journal.jsonl").footer
    assert footer is not None
    assert footer.incomplete[0] == f"the scheduler at tcp://127.0.0.1:{two.port} is gone"
    assert footer.interrupted
    assert finish(tmp_path, *lanes, "--timeout", "0.5", "--resume")[0] == 1
    assert len(records(tmp_path)) == 2 * TRIALS


def test_an_interrupted_run_says_so_and_leaves_no_lane_on_the_workers(
    two: Cluster, tmp_path: Path, stand_in: Callable[[str], str]
) -> None:
    process = start(tmp_path, "--lane", stand_in("Sound"), "--lane", stand_in("Hangs"), *two.executor)
    wait_for_records(tmp_path, 1)
    process.send_signal(signal.SIGINT)
    text, _ = process.communicate(timeout=60)
    assert process.returncode == 3, text
    footer = read_journal(tmp_path / "journal.jsonl").footer
    assert footer is not None
    assert footer.incomplete == ("interrupted; the same command with --resume goes on where it stopped",)
    deadline = monotonic() + 20
    while any(children(worker.pid) for worker in two.workers) and monotonic() < deadline:
        sleep(0.1)
    assert [children(worker.pid) for worker in two.workers] == [[], []]


def children(process: int) -> list[int]:
    """Those of a cluster's worker, without its warden, which ends with it."""
    threads = Path(f"/proc/{process}/task").iterdir()
    started = [word for thread in threads for word in (thread / "children").read_text("utf-8").split()]
    return [int(word) for word in started if b"watch.py" not in Path(f"/proc/{word}/cmdline").read_bytes()]


def test_lanes_go_to_workers_that_declare_their_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker that declares nothing knows no flag of XLA's: a record of its would be told to be of another run."""
    monkeypatch.setenv("XLA_FLAGS", "--here")
    with ExitStack() as stack:
        made = Cluster(stack, tmp_path / "dask")
        made.add_worker("--resources", "reference=1")
        monkeypatch.delenv("XLA_FLAGS")
        made.add_worker()
        monkeypatch.setenv("XLA_FLAGS", "--here")
        sleep(3)
        assert finish(tmp_path / "out", "--lane", "reference", *made.executor)[0] == 0


def test_records_from_another_environment_are_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with ExitStack() as stack:
        made = Cluster(stack, tmp_path / "dask")
        monkeypatch.setenv("XLA_FLAGS", "--there")
        made.add_worker()
        monkeypatch.delenv("XLA_FLAGS")
        status, text = finish(tmp_path / "out", "--lane", "reference", *made.executor)
    assert status == 3, text
    footer = read_journal(tmp_path / "out" / "journal.jsonl").footer
    assert footer is not None
    assert "XLA_FLAGS" in footer.incomplete[0]
    assert footer.incomplete[0].endswith("install and set the same everywhere")


def test_a_cluster_is_made_where_no_address_is_given(tmp_path: Path) -> None:
    assert finish(tmp_path, "--lane", "reference", "--executor", "dask")[0] == 0
    assert len(records(tmp_path)) == TRIALS


def test_a_scheduler_that_does_not_answer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ANSWER_SECONDS", 0.2)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(IncompleteError, match=rf"^no scheduler answers at {address}: .*`dask scheduler` starts one$"):
        cluster(address, 2).__enter__()


@contextmanager
def listening(says: bytes | None) -> Iterator[str]:
    """The address of a socket that says this to whoever comes, and closes at once where that is empty."""
    held: list[socket.socket] = []

    def serve() -> None:
        with suppress(OSError):
            while True:
                connection, _ = server.accept()
                held.append(connection)
                if says:
                    connection.sendall(says)
                elif says is not None:
                    connection.close()

    with socket.create_server(("127.0.0.1", 0)) as server:
        Thread(target=serve, daemon=True).start()
        yield f"127.0.0.1:{server.getsockname()[1]}"
        for connection in held:
            connection.close()


@pytest.mark.parametrize(
    ("says", "told"),
    [
        (b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", "what answers does not speak dask's protocol"),
        (bytes(range(1, 255)), "what answers does not speak dask's protocol"),
        # dask tries again after a connection that was closed, and may find no time to say so.
        (b"", "(CommClosedError: |nothing answers within 5 s)"),
        (None, "nothing answers within 5 s"),
    ],
    ids=["HTTP", "noise", "closes at once", "silence"],
)
def test_an_address_where_no_scheduler_is_ends_a_run_within_10_seconds(says: bytes | None, told: str) -> None:
    with listening(says) as address:
        begun = monotonic()
        with pytest.raises(IncompleteError) as caught:
            cluster(f"tcp://{address}", 2).__enter__()
        assert monotonic() - begun < 10
    assert re.match(
        f"no scheduler answers at tcp://{address}: {told}.*; `dask scheduler` starts one$", str(caught.value)
    )


def test_a_worker_is_no_scheduler(two: Cluster, tmp_path: Path) -> None:
    assert finish(tmp_path / "ready", "--lane", "reference", *two.executor)[0] == 0
    told = finish(tmp_path / "wrong", "--lane", "reference", "--executor", f"dask://{two.address_of_a_worker()}")
    assert told[0] == 3
    assert "what answers there is a Worker" in told[1]


def test_without_dask_it_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UsageError, match=r"needs dask.distributed; pip install 'nn-conformance\[dask\]' installs it"):
        cluster(None, 2).__enter__()


def test_a_local_run_does_without_dask() -> None:
    program = "import sys, conformance.cli.run; sys.exit('distributed' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], env=dict(os.environ)).returncode == 0
