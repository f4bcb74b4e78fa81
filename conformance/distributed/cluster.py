"""A run whose trials are asked by the workers of a dask cluster, or of one that is made for it on this machine.

Knows: dask.distributed, which it alone imports, and batches. Must not know: sessions and verdicts
(`conformance.distributed.batches` does a batch, wherever it is done).

A batch whose worker is lost is done again by another; its records come whole or not at all, and each once.
"""

import asyncio
import logging
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from functools import partial
from queue import Empty, Queue
from time import monotonic
from typing import Any
from uuid import uuid4

from conformance.adapters.lane import Lane, load_adapter
from conformance.distributed.batches import Batch, Done, do, end, site
from conformance.errors import IncompleteError, UsageError, brief
from conformance.journal import LaneEntry
from conformance.running.grading import measured_dtypes
from conformance.running.progress import Executor, Progress

# Trials; few enough for a lost one to cost seconds, and many enough for the way there to cost little.
BATCH = 25
# For a scheduler to say that it is one: a client waits without a limit for what accepts a connection and is silent.
ANSWER_SECONDS = 5.0
CONNECT_SECONDS = 10.0
# Seconds without a worker that could go on, after which nobody waits any longer.
PATIENCE = 30.0
GLANCE_SECONDS = 0.2
GPU = "GPU"
"""the resource that dask workers with an accelerator declare"""


@contextmanager
def cluster(address: str | None, most_workers: int) -> Iterator[Executor]:
    """An executor over the scheduler at the address (tcp://HOST:PORT), or over up to so many workers made for it.

    Raises UsageError where dask.distributed is not installed, and IncompleteError where no scheduler answers.
    """
    try:
        import distributed
    except ImportError as error:
        raise UsageError(
            "--executor dask needs dask.distributed; pip install 'nn-conformance[dask]' installs it"
        ) from error
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what becomes of workers, this module tells
    with _client(distributed, address, most_workers) as client:
        yield partial(ClusterExecution, client)


@contextmanager
def _client(distributed: Any, address: str | None, most_workers: int) -> Iterator[Any]:
    if address is None:
        # Without a limit of memory: dask would pause or kill workers by a measure of its own, and the suite watches the
        # process of each lane itself.
        embedded = distributed.LocalCluster(
            n_workers=most_workers, threads_per_worker=1, dashboard_address=None, memory_limit=0
        )
        with embedded, distributed.Client(embedded) as client:
            yield client
        return
    # What speaks another protocol may raise anything: its first 8 bytes are read as a length.
    try:
        asyncio.run(asyncio.wait_for(_check_scheduler(distributed, address), ANSWER_SECONDS))
        client = distributed.Client(address, timeout=CONNECT_SECONDS)
    except Exception as error:
        raise IncompleteError(
            f"no scheduler answers at {address}: {_found(error)}; `dask scheduler` starts one"
        ) from error
    try:
        yield client
    finally:
        with suppress(Exception):
            client.close(timeout=GLANCE_SECONDS)


async def _check_scheduler(distributed: Any, address: str) -> None:
    """Ask who is there: a client waits without a limit for what accepts a connection and says nothing.

    Whoever calls this waits for ANSWER_SECONDS. dask's own limit is longer, or it would be left to chance which of the
    two ends the wait, and with which words.
    """
    async with distributed.rpc(address, timeout=2 * ANSWER_SECONDS) as there:
        kind = (await there.identity())["type"]
    if kind != "Scheduler":
        raise ConnectionError(f"what answers there is a {kind}")


def _found(error: Exception) -> str:
    match error:
        case TimeoutError():
            return f"nothing answers within {ANSWER_SECONDS:g} s"
        case MemoryError() | ValueError() | TypeError() | KeyError():
            return f"what answers does not speak dask's protocol ({brief(error)})"
        case _:
            return brief(error)


class _Lost(Exception):
    """The cluster can do no more."""


class ClusterExecution:
    """The shares of all lanes, in batches on a cluster's workers."""

    def __init__(self, client: Any, progress: Progress) -> None:
        """Raises UsageError for a lane whose adapter cannot be loaded."""
        for lane in progress.assignment.lanes:
            if not lane.command:
                load_adapter(lane)
        self._client = client
        self._progress = progress
        self._run = uuid4().hex
        self._where = client.scheduler.address
        self._came: Queue[Any] = Queue()
        self._open: dict[Any, Lane] = {}
        self._entries: dict[str, LaneEntry] = {}
        self._fallen: set[str] = set()
        self._looked = self._able = monotonic()

    @property
    def finished(self) -> Collection[str]:
        """The lanes whose share is done."""
        unfinished = {lane.text for lane in self._open.values()} | self._fallen
        return [lane.text for lane in self._progress.assignment.lanes if lane.text not in unfinished]

    def work(self) -> bool:
        """Do all shares to their end; True where `--resume` would go on."""
        try:
            with self._connected():
                for lane in self._progress.assignment.lanes:
                    resources = needs(lane, self._declared()) or None
                    for batch in self._batches(lane):
                        # Not pure: dask answers a pure call that it had before from its memory.
                        future = self._client.submit(do, batch, pure=False, resources=resources)
                        self._open[future] = lane
                        future.add_done_callback(self._came.put)
            while self._open:
                self._take_next()
        except KeyboardInterrupt:
            return True
        except _Lost as lost:
            self._progress.incomplete.append(str(lost))
            return True
        finally:
            with suppress(Exception):  # nobody waits for what is still open, and no session is left on the workers
                self._client.cancel(list(self._open))
                self._client.run(end, self._run, on_error="ignore")
        return False

    def _batches(self, lane: Lane) -> Iterator[Batch]:
        """The lane's share; its last batch measures, and is there though nothing be left to ask."""
        assignment = self._progress.assignment
        of_lane = partial(Batch, self._run, lane, assignment.timeout, assignment.threads, thorough=assignment.thorough)
        pending = self._progress.pending(lane.text)
        grades = measured_dtypes(assignment.trials) if assignment.measures else None
        parts = [tuple(pending[first : first + BATCH]) for first in range(0, len(pending), BATCH)] or [()]
        yield from (of_lane(part) for part in parts[:-1])
        yield of_lane(parts[-1], grades)

    def _take_next(self) -> None:
        try:
            future = self._came.get(timeout=GLANCE_SECONDS)
        except Empty:
            self._look_around()
            return
        lane = self._open.get(future)
        if lane is None:  # given up meanwhile
            return
        with self._connected():
            done = _result(future)
            future.release()  # not left to its finalizer, in which Python would swallow a KeyboardInterrupt
        del self._open[future]
        if isinstance(done, Done):
            self._keep(lane, done)
        else:
            self._fall(lane, f"lane {lane.text}: {done}")

    def _keep(self, lane: Lane, done: Done) -> None:
        problem = self._difference(lane, done)
        if problem is not None:
            self._fall(lane, f"lane {lane.text}: {problem}")
            return
        if lane.text not in self._entries:
            self._entries[lane.text] = done.lane
            self._progress.announce(done.lane)
        if done.lane.status != "ready":
            self._fall(lane, f"lane {lane.text} did not start: {done.lane.message}")
        for trial, record in done.records:
            self._progress.keep(trial, record)
        for each in done.measurements:
            self._progress.note(each)
        self._progress.notes.extend(note for note in done.notes if note not in self._progress.notes)

    def _difference(self, lane: Lane, done: Done) -> str | None:
        """Why the batch's records are not of this run: something else answered than here, or than before."""
        here = site()
        if done.site != here:
            return f"on {done.place} there is {done.site}, here {here}: install and set the same everywhere"
        before = self._entries.get(lane.text)
        if before is None or before == done.lane:
            return None
        hint = (
            f"workers that declare the resource {lane.name} are asked alone (`dask worker --resources {lane.name}=1`)"
        )
        return f"on {done.place} answers {_told(done.lane)}, elsewhere {_told(before)}; {hint}"

    def _fall(self, lane: Lane, reason: str) -> None:
        """Give the lane up; the others go on."""
        self._fallen.add(lane.text)
        self._progress.incomplete.append(reason)
        dropped = [future for future, other in self._open.items() if other.text == lane.text]
        for future in dropped:
            del self._open[future]
        with self._connected():
            self._client.cancel(dropped)

    @contextmanager
    def _connected(self) -> Iterator[None]:
        """What is asked of the scheduler: raises _Lost where it does not answer any more."""
        try:
            yield
        except (OSError, asyncio.CancelledError, CancelledError) as error:
            raise _Lost(f"the scheduler at {self._where} is gone") from error

    def _look_around(self) -> None:
        """Raises _Lost where nothing more can come."""
        if self._client.status not in ("running", "connecting"):
            raise _Lost(f"the scheduler at {self._where} is gone")
        if monotonic() - self._looked < 1.0:
            return
        self._looked = monotonic()
        with self._connected():
            declared = self._declared()
            missing = misses({lane.text: needs(lane, declared) for lane in self._open.values()}, self._workers())
        if missing is None:
            self._able = self._looked
        elif self._looked - self._able > PATIENCE:
            raise _Lost(f"the scheduler at {self._where} has had no worker for {missing} for {PATIENCE:g} s")

    def _workers(self) -> Sequence[Mapping[str, float]]:
        """The resources of each worker."""
        workers = self._client.scheduler_info()["workers"]
        return [worker.get("resources", {}) for worker in workers.values()]

    def _declared(self) -> Collection[str]:
        return {name for resources in self._workers() for name in resources}


def _told(entry: LaneEntry) -> str:
    if entry.status != "ready":
        return f"nothing ({entry.status}: {entry.message})"
    flags = " ".join(f"{name}={flag}" for name, flag in sorted({**entry.versions, **entry.flags}.items()))
    return f"{entry.framework} {entry.version} ({flags})"


def _result(future: Any) -> Done | str:
    """What became of a batch, or why nothing did."""
    if future.status != "error":
        done: Done = future.result()
        return done
    error = future.exception()
    if type(error).__name__ == "KilledWorker":
        return f"its trials were lost with their workers, again and again: {error}"
    return f"the harness failed: {type(error).__name__}: {error}"


def needs(lane: Lane, declared: Collection[str]) -> dict[str, int]:
    """The resources that a batch of the lane takes, of those that any worker declares.

    GPU for a lane on a device other than the processor, and the framework's name. What no worker declares says nothing:
    then every worker may be asked.
    """
    on_device = lane.device is not None and not lane.device.startswith("cpu")
    wanted = [GPU] if on_device else []
    return {name: 1 for name in [*wanted, lane.name] if name in declared}


def misses(needed: Mapping[str, Mapping[str, int]], workers: Iterable[Mapping[str, float]]) -> str | None:
    """The lanes (lane -> what it needs) that none of the workers (what each declares) could ask; None without any."""
    offers = list(workers)
    unmet = [
        lane
        for lane, resources in needed.items()
        if not any(all(offer.get(name, 0) >= count for name, count in resources.items()) for offer in offers)
    ]
    return ", ".join(unmet) or None
