"""A lane's worker process as the parent sees it: started, asked with a deadline, ended.

Knows: pipes, deadlines, signals. Must not know: trials and verdicts (`conformance.running.runner`).

Whatever a worker does (hang, abort, print, answer twice, answer something else) costs the request at hand its reply and
nothing more: the process is killed and the next request gets a new one.
"""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import prod
from pathlib import Path
from time import monotonic
from typing import Any, TypeAlias

from numpy.typing import NDArray

from conformance.adapters.lane import Lane
from conformance.adapters.protocol import CACHE_VARIABLE
from conformance.adapters.reply import POISON, Answer, CannotSay, Crashed, Failed, Misshapen, Reply, TimedOut
from conformance.protocol.frames import (
    MOST_TENSOR_BYTES,
    MOST_TENSORS_TOGETHER,
    EndOfStream,
    FrameError,
    FrameLimits,
    TooLarge,
    frame,
    operands_together,
)
from conformance.protocol.hello import Hello, NoWorker, read_hello
from conformance.protocol.replies import carries, read_reply, seconds_of
from conformance.workers.child import Child, Expired
from conformance.workers.environment import inherited

WARM_UP_SECONDS = 180.0
# In a row; a worker that cannot start costs every trial its outcome, and should not cost each a warm-up too.
MOST_FAILED_STARTS = 3
THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
)
# How long to look for a second reply from a port whose code is not ours.
FOREIGN_PATIENCE = 0.002
# A worker that holds more after a reply is started afresh before the next request.
MOST_WORKER_BYTES = 4 * 2**30
Frame: TypeAlias = tuple[dict[str, Any], dict[str, NDArray[Any]]]
# Bytes; more than this no process holds, and who says so has said nothing.
LARGEST_MEMORY = 2**50
# Bytes of header that a worker or port may send; what it is sent may be longer.
LONGEST_ANSWER_HEADER = 2**20
# Bytes of a result beyond those that the call can have: a wrong shape is read and told in full up to there.
HEADROOM = 2**24
# Bytes of the widest element of a frame: a result of the right shape is read in whatever dtype it comes.
WIDEST = 16
# Bytes that are read where nobody says what the result can be.
UNKNOWN_RESULT = 2**28
MOST_NOTES = 5
# What a worker imports beside the framework, and how it is installed
NEEDED = {"numpy": "numpy", "ml_dtypes": "ml_dtypes", "yaml": "pyyaml"}


def worker_command(lane: Lane) -> tuple[str, ...]:
    """What is executed for a lane: a port's own command, or a worker that finds the adapter where it was named."""
    interpreter, spelling = lane.python or sys.executable, lane.spelling or lane.text
    return lane.command or (interpreter, "-m", "conformance.workers.worker", spelling, str(lane.folder))


def worker_environment(lane: Lane, threads: int = 1, *, poisons: bool = False) -> dict[str, str]:
    """What a lane's process finds in its environment; of THREAD_VARIABLES, frameworks listen to some each.

    `poisons`: its C library fills memory with POISON before it hands it out, unless the user has said otherwise.
    """
    cache = {CACHE_VARIABLE: lane.cache} if lane.cache else {}
    # GNU's takes the complement of the byte; others do not know the name.
    poison = {"MALLOC_PERTURB_": str(POISON ^ 0xFF)} if poisons else {}
    # Another interpreter finds the suite's own folder, and no package of this one's environment.
    path = {"PYTHONPATH": str(Path(__file__).parents[2])} if lane.python else {}
    numbers = {name: str(threads) for name in THREAD_VARIABLES}
    return {**poison, **inherited(lane.environment), **numbers, **cache, **path}


def _of_another(python: str, ending: Crashed) -> NoWorker:
    """Why no worker came up under another interpreter: in one sentence, with what it lacks there."""
    needs = "a worker needs Python 3.11 or newer, NumPy, ml_dtypes and PyYAML there, beside the framework"
    *_, last = [line for line in ending.last_words.splitlines() if line.strip()] or [ending.how]
    lacks = any(f"No module named '{name}" in last for name in NEEDED)
    advice = f": `{python} -m pip install {' '.join(NEEDED.values())}`" if lacks else ""
    return NoWorker(False, f"{python}: {last.strip()}; {needs}{advice}", ending.last_words)


class Worker:
    """At most one live process of one lane."""

    def __init__(self, lane: Lane, threads: int = 1, *, poisons: bool = False) -> None:
        """A worker of the lane whose framework computes with `threads` threads, as far as it listens.

        `poisons`: in memory that is never handed out blank.
        """
        self._command = worker_command(lane)
        self._environment = worker_environment(lane, threads, poisons=poisons)
        self._own = not lane.command
        self._python = lane.python
        self._process: Child | None = None
        self.hello: Hello | None = None
        """of the process that `start` started last"""
        self._seq = 0
        self._failed_starts = 0
        self._interrupted = False
        self.notes: list[str] = []
        """what the processes that were started one after the other said otherwise of themselves, the first few"""

    def start(self) -> Hello | NoWorker:
        """Start a process and wait for its hello."""
        self.kill()
        hello = self._greeting()
        if isinstance(hello, NoWorker):
            self._failed_starts += 1
            self.kill()
            return hello
        changes = self.hello.changes(hello) if self.hello is not None else ""
        note = f"its process was started again and came back as another: {changes}"
        if changes and note not in self.notes and len(self.notes) < MOST_NOTES:
            self.notes.append(note)
        self.hello, self._failed_starts = hello, 0
        return hello

    def _greeting(self) -> Hello | NoWorker:
        try:
            process = self._process = Child(self._command, self._environment)
        except OSError as error:
            return NoWorker(False, f"{self._command[0]} cannot be executed: {error.strerror}")
        if self._interrupted:
            process.kill()
        try:
            header, _ = process.receive(monotonic() + WARM_UP_SECONDS, FrameLimits(LONGEST_ANSWER_HEADER, 0, 0))
            hello = read_hello(header)
            if self._python and isinstance(hello, NoWorker) and hello.missing:
                return replace(hello, message=f"{hello.message}; it has to be installed for {self._python}")
            return hello
        except Expired:
            return NoWorker(False, f"no hello within {WARM_UP_SECONDS:g} s")
        except (EndOfStream, FrameError) as error:
            ending = process.end()
            if self._python and isinstance(error, EndOfStream):
                return _of_another(self._python, ending)
            text = f"{error}; " if isinstance(error, FrameError) else ""
            return NoWorker(False, f"{text}the worker ended before its hello: {ending.how} {ending.last_words}".strip())

    def ask(
        self,
        question: Mapping[str, Any],
        arrays: Mapping[str, NDArray[Any]],
        limit: float,
        most: int = UNKNOWN_RESULT,
    ) -> Reply:
        """The reply to one request, whose header holds `question`, within `limit` seconds.

        At most so many bytes of a result are read; a larger one is told by its shape.
        """
        reply = self._frame(question, arrays, limit, most)
        return read_reply(*reply, self._seq, limit) if isinstance(reply, tuple) else reply

    def ask_together(
        self, plans: Sequence[Any], asked: Sequence[Mapping[str, NDArray[Any]]], limit: float, most: int
    ) -> list[Answer | None]:
        """The answers to several plans in one exchange; None for those that are to be asked alone."""
        reply = self._frame({"together": list(plans)}, operands_together(asked), limit, most)
        header, tensors = reply if isinstance(reply, tuple) else ({}, {})
        answered = header.get("type") == "reply" and carries(header, self._seq)
        results = [tensors.get(str(number)) if answered else None for number in range(len(plans))]
        return [None if result is None else Answer(result, seconds_of(header, limit)) for result in results]

    def ask_at_once(
        self,
        plans: Sequence[Any],
        asked: Sequence[Mapping[str, NDArray[Any]]],
        number: int,
        limit: float,
        most: int,
        size: int,
    ) -> list[Reply]:
        """The replies to calls that are made at the same time, those of a series from `number` on, whose results have
        `size` bytes.
        """
        reply = self._frame(
            {"at_once": list(plans), "call": number, "size": size}, operands_together(asked), limit, most
        )
        if not isinstance(reply, tuple):
            return [reply for _ in plans]
        header, tensors = reply
        names = [str(place) for place in range(len(plans))]
        if header.get("type") != "reply" or not all(name in tensors for name in names):
            return [read_reply(header, {}, self._seq, limit) for _ in plans]
        seen = {key: header.get(key, []) for key in ("disturbed", "aliased")}
        each = [{key: said[place : place + 1] for key, said in seen.items()} for place in range(len(names))]
        return [
            read_reply({**header, **own}, {"result": tensors[name]}, self._seq, limit)
            for name, own in zip(names, each, strict=True)
        ]

    def _frame(
        self, question: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]], limit: float, most: int
    ) -> Reply | Frame:
        """The frame that answers one request, or what became of the worker."""
        # What comes unasked belongs to no request, least of all to this one. Our own worker never speaks unasked, and
        # each look is a call of the system in which other lanes' threads take the interpreter.
        if not self._own and self._process is not None and self._process.has_more(0.0):
            self.kill()
        hello = self.start() if self._process is None and self._failed_starts < MOST_FAILED_STARTS else None
        if isinstance(hello, NoWorker):
            return Failed(f"the worker did not start again: {hello.message}")
        process = self._process
        if process is None:
            return Failed(f"the worker failed to start {MOST_FAILED_STARTS} times in a row; it is not tried again")
        unsaid = self.hello.leaves_out(question) if self.hello is not None else None
        if unsaid is not None:
            return CannotSay(unsaid, undeclared=True)
        self._seq += 1
        return self._exchange(process, frame({"type": "request", "seq": self._seq, **question}, arrays), limit, most)

    def _exchange(
        self, process: Child, request: Sequence[bytes | memoryview], limit: float, most: int
    ) -> Reply | Frame:
        deadline = monotonic() + limit
        try:
            process.send(request, deadline)
            header, tensors = process.receive(deadline, FrameLimits(LONGEST_ANSWER_HEADER, MOST_TENSORS_TOGETHER, most))
        except Expired:
            self.kill()
            return TimedOut(limit)
        except (EndOfStream, BrokenPipeError):
            self._process = None
            return process.end()
        except TooLarge as excess:
            self.kill()
            return _unread(excess, self._seq)
        except FrameError as error:
            self._process = None
            return Failed(f"the worker's reply is not a frame: {error} (the process: {process.end().how})")
        if self._own and header.get("type") == "crashed":
            return process.crash(header["status"])
        # Compilers keep what they compiled, a megabyte a shape: our own worker tells how much it holds.
        memory = header.get("memory")
        if not carries(header, self._seq) or (type(memory) is int and MOST_WORKER_BYTES < memory <= LARGEST_MEMORY):
            self.kill()
        elif not self._own and process.has_more(FOREIGN_PATIENCE):
            self.kill()
            return Failed("the worker sent more than one reply to one request")
        return header, tensors

    def interrupt(self) -> None:
        """Kill the process from another thread, for good; the one that waits for it, or starts it, sees it end."""
        self._interrupted = True
        process = self._process
        if process is not None:
            process.kill()

    def kill(self) -> None:
        """End the process now; the next request starts a new one."""
        process, self._process = self._process, None
        if process is not None:
            process.end()


def most_result_bytes(shape: Sequence[int]) -> int:
    """How much of a result is read for a call whose result has this shape; as in a frame, a length of 0 counts as 1."""
    return min(HEADROOM + WIDEST * prod(max(length, 1) for length in shape), MOST_TENSOR_BYTES)


def _unread(excess: TooLarge, seq: int) -> Reply:
    """What is told of a frame whose tensors are more than the call's result can be; the worker is started afresh."""
    match excess.described:
        case [("result", dtype, shape)] if excess.header.get("type") == "reply" and carries(excess.header, seq):
            told = f"answered {list(shape)} {dtype.name}, {excess.total:,} bytes; at most {excess.most:,} are read"
            return Misshapen(shape, dtype.name, told)
    return Failed(f"the worker's reply was not read: {excess}")
