"""A child process and its pipes, with deadlines.

Knows: processes, pipes, signals, frames. Must not know: requests and replies (`conformance.running.process`).
"""

import os
import select
import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from time import monotonic
from typing import Any

from numpy.typing import NDArray

from conformance.adapters.reply import Crashed
from conformance.running.together import MOST_TENSORS_TOGETHER
from conformance.running.wire import read_frame

KEPT_STDERR = 4000
GLANCE_SECONDS = 0.5
"""how often a wait looks whether the process is still there"""


class Expired(Exception):
    """The deadline passed."""

    came = b""
    """what had been read until then"""


class Child:
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
                self._wait(self._stdin, select.POLLOUT, deadline)
                rest = rest[os.write(self._stdin, rest) :]

    def receive(self, deadline: float) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
        return read_frame(lambda count: self.read(count, deadline), MOST_TENSORS_TOGETHER)

    def has_more(self, patience: float) -> bool:
        """Whether something comes to be read within `patience` seconds, though nothing was asked."""
        poll = select.poll()
        poll.register(self._stdout, select.POLLIN)
        return any(event & select.POLLIN for _, event in poll.poll(patience * 1000))

    def close_input(self, deadline: float) -> int | None:
        """End its input, and wait for it to exit; its exit status, or None where it still runs at the deadline."""
        assert self._popen.stdin is not None
        with suppress(OSError):
            self._popen.stdin.close()
        try:
            return self._popen.wait(timeout=max(deadline - monotonic(), 0.0))
        except subprocess.TimeoutExpired:
            return None

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

    def _wait(self, descriptor: int, event: int, deadline: float) -> bool:
        """Wait until the pipe is ready; False once the process is gone, though a child of its may hold the pipe open.

        Raises Expired at the deadline.
        """
        while not _ready(descriptor, event, min(GLANCE_SECONDS, deadline - monotonic())):
            if self._popen.poll() is not None:
                return _ready(descriptor, event, 0.0)
            if monotonic() >= deadline:
                raise Expired
        return True

    def _exited(self) -> int | None:
        """The exit status; a process whose pipes have just closed gets a moment to be gone."""
        try:
            return self._popen.wait(timeout=5.0) if not _is_open(self._stdout) else self._popen.poll()
        except subprocess.TimeoutExpired:
            return None

    def read(self, count: int, deadline: float) -> bytes:
        """So many bytes, or fewer where its output ends. Raises Expired at the deadline."""
        chunks: list[bytes] = []
        while count > 0:
            try:
                if not self._wait(self._stdout, select.POLLIN, deadline):
                    break
            except Expired as expired:
                expired.came = b"".join(chunks)
                raise
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


def _ready(descriptor: int, event: int, seconds: float) -> bool:
    poll = select.poll()
    poll.register(descriptor, event)
    return bool(poll.poll(max(seconds, 0.0) * 1000))


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
