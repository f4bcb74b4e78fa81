"""A lane's worker process as the parent sees it: started, asked with a deadline, ended.

Knows: pipes, deadlines, signals. Must not know: trials and verdicts (`conformance.running.runner`).

Whatever a worker does (hang, abort, print, answer twice, answer something else) costs the request at hand its reply and
nothing more: the process is killed and the next request gets a new one.
"""

import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from numpy.typing import NDArray

from conformance.adapters.lane import Lane
from conformance.adapters.reply import Answer, CannotSay, Crashed, Failed, Refused, Reply, TimedOut
from conformance.running.wire import EndOfStream, FrameError, frame, read_frame

WARM_UP_SECONDS = 180.0
MOST_FAILED_STARTS = 3
"""in a row; a worker that cannot start costs every trial its outcome, and should not cost each a warm-up too"""
KEPT_STDERR = 4000
THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
)
FOREIGN_PATIENCE = 0.002
"""how long to look for a second reply from a port whose code is not ours"""


@dataclass(frozen=True, slots=True)
class Hello:
    """What answers behind the lane."""

    framework: str
    version: str
    versions: Mapping[str, str] = field(default_factory=dict)
    flags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NoWorker:
    """Why no worker came up."""

    missing: bool
    """the framework is not installed; otherwise something failed"""
    message: str


class Worker:
    """At most one live process of one lane."""

    def __init__(self, lane: Lane, threads: int = 1) -> None:
        """A worker of the lane whose framework computes with `threads` threads, as far as it listens."""
        self._command = lane.command or (sys.executable, "-m", "conformance.running.worker", lane.text)
        self._environment = {**os.environ, **{name: str(threads) for name in THREAD_VARIABLES}}
        self._patience = FOREIGN_PATIENCE if lane.command else 0.0
        self._process: _Process | None = None
        self._seq = 0
        self._failed_starts = 0
        self._interrupted = False

    def start(self) -> Hello | NoWorker:
        """Start a process and wait for its hello."""
        hello = self._start()
        self._failed_starts = 0 if isinstance(hello, Hello) else self._failed_starts + 1
        return hello

    def _start(self) -> Hello | NoWorker:
        self.kill()
        try:
            process = self._process = _Process(self._command, self._environment)
        except OSError as error:
            return NoWorker(False, f"{self._command[0]} cannot be executed: {error.strerror}")
        if self._interrupted:
            process.kill()
        try:
            header, _ = process.receive(monotonic() + WARM_UP_SECONDS)
            hello = _hello(header)
        except _Expired:
            hello = NoWorker(False, f"no hello within {WARM_UP_SECONDS:g} s")
        except (EndOfStream, FrameError) as error:
            ending = process.end()
            text = f"{error}; " if isinstance(error, FrameError) else ""
            hello = NoWorker(
                False, f"{text}the worker ended before its hello: {ending.how} {ending.last_words}".strip()
            )
        if isinstance(hello, NoWorker):
            self._process = None
            process.end()
        return hello

    def ask(self, question: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]], limit: float) -> Reply:
        """The reply to one request, whose header holds `question`, within `limit` seconds."""
        if self._process is None:
            if self._failed_starts >= MOST_FAILED_STARTS:
                return Failed(f"the worker failed to start {MOST_FAILED_STARTS} times in a row; it is not tried again")
            hello = self.start()
            if isinstance(hello, NoWorker):
                return Failed(f"the worker did not start again: {hello.message}")
        process = self._process
        assert process is not None
        self._seq += 1
        deadline = monotonic() + limit
        try:
            process.send(frame({"type": "request", "seq": self._seq, **question}, arrays), deadline)
            header, tensors = process.receive(deadline)
        except _Expired:
            self.kill()
            return TimedOut(limit)
        except (EndOfStream, BrokenPipeError):
            self._process = None
            return process.end()
        except FrameError as error:
            self.kill()
            return Failed(f"the worker's reply is no frame: {error}")
        reply = _reply(header, tensors, self._seq)
        if header.get("seq") != self._seq or process.has_more(self._patience):
            self.kill()
            if header.get("seq") == self._seq:
                return Failed("the worker sent more than one reply to one request")
        return reply

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


def _hello(header: Mapping[str, Any]) -> Hello | NoWorker:
    match header:
        case {"type": "hello", "framework": str(framework), "version": str(version)}:
            return Hello(framework, version, header.get("versions", {}), header.get("flags", {}))
        case {"type": "missing" | "failed" as kind, "message": str(message)}:
            return NoWorker(kind == "missing", message)
        case _:
            return NoWorker(False, f"the first frame is no hello: {str(header)[:200]}")


def _reply(header: Mapping[str, Any], tensors: Mapping[str, NDArray[Any]], seq: int) -> Reply:
    if header.get("seq") != seq:
        return Failed(f"the reply is to request {header.get('seq')!r}; asked was {seq}")
    match header:
        case {"type": "reply"} if "result" in tensors:
            return Answer(tensors["result"], _seconds(header))
        case {"type": "refusal", "error": str(error), "message": str(message)}:
            return Refused(error, message)
        case {"type": "unsupported", "reason": str(reason)}:
            return CannotSay(reason)
        case {"type": "error", "message": str(message)}:
            return Failed(message)
        case _:
            return Failed(f"a reply that is neither result, refusal nor error: {str(dict(header))[:200]}")


def _seconds(header: Mapping[str, Any]) -> float:
    seconds = header.get("seconds", 0.0)
    return float(seconds) if isinstance(seconds, int | float) else 0.0


class _Expired(Exception):
    """The deadline passed."""


class _Process:
    """The process and its three pipes."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self._popen = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            env=environment,
            start_new_session=True,
        )
        assert self._popen.stdin is not None
        assert self._popen.stdout is not None
        assert self._popen.stderr is not None
        self._stdin, self._stdout = self._popen.stdin.fileno(), self._popen.stdout.fileno()
        os.set_blocking(self._stdin, False)
        self._last_words = _LastWords(self._popen.stderr.fileno())

    def send(self, parts: Sequence[bytes | memoryview], deadline: float) -> None:
        for part in parts:
            rest = memoryview(part).cast("B")
            while rest:
                _wait(self._stdin, select.POLLOUT, deadline)
                rest = rest[os.write(self._stdin, rest) :]

    def receive(self, deadline: float) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
        return read_frame(lambda count: self._read(count, deadline))

    def has_more(self, patience: float) -> bool:
        """Whether something comes to be read within `patience` seconds, though nothing was asked."""
        poll = select.poll()
        poll.register(self._stdout, select.POLLIN)
        return any(event & select.POLLIN for _, event in poll.poll(patience * 1000))

    def kill(self) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._popen.pid, signal.SIGKILL)

    def end(self) -> Crashed:
        """Kill the process and everything it started; what it had died of before, if it had."""
        before = self._exited()
        self.kill()
        status = self._popen.wait()
        last_words = self._last_words.text()
        for stream in (self._popen.stdin, self._popen.stdout, self._popen.stderr):
            with suppress(OSError):
                stream.close()  # type: ignore[union-attr]
        return Crashed(_how(status if before is None else before), last_words)

    def _exited(self) -> int | None:
        """The exit status; a process whose pipes have just closed gets a moment to be gone."""
        try:
            return self._popen.wait(timeout=5.0) if not _is_open(self._stdout) else self._popen.poll()
        except subprocess.TimeoutExpired:
            return None

    def _read(self, count: int, deadline: float) -> bytes:
        chunks: list[bytes] = []
        while count > 0:
            _wait(self._stdout, select.POLLIN, deadline)
            chunk = os.read(self._stdout, min(count, 2**20))
            if not chunk:
                break
            chunks.append(chunk)
            count -= len(chunk)
        return b"".join(chunks)


class _LastWords:
    """Reads a standard error to its end in a thread of its own, and keeps the last of it."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._kept = b""
        self._thread = threading.Thread(target=self._drain, daemon=True)
        self._thread.start()

    def text(self) -> str:
        self._thread.join(timeout=1.0)
        return self._kept.decode(errors="replace").strip()

    def _drain(self) -> None:
        with suppress(OSError):
            while chunk := os.read(self._descriptor, 65536):
                self._kept = (self._kept + chunk)[-KEPT_STDERR:]


def _wait(descriptor: int, event: int, deadline: float) -> None:
    poll = select.poll()
    poll.register(descriptor, event)
    remaining = deadline - monotonic()
    if remaining <= 0 or not poll.poll(remaining * 1000):
        raise _Expired


def _is_open(descriptor: int) -> bool:
    """Whether the other end of a pipe that we read is still held by somebody."""
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return not any(event & select.POLLHUP for _, event in poll.poll(0))


def _how(status: int) -> str:
    if status >= 0:
        return f"exit status {status}"
    try:
        return signal.Signals(-status).name
    except ValueError:
        return f"signal {-status}"
