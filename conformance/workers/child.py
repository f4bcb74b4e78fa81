"""A child process and its pipes, with deadlines.

Knows: processes, pipes, signals, frames. Must not know: requests and replies (`conformance.workers.process`).
"""

import os
import select
import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from time import monotonic, sleep
from typing import IO, Any

from numpy.typing import NDArray

from conformance.adapters.reply import Crashed
from conformance.protocol.frames import FrameLimits, read_frame
from conformance.workers.warden import warden
from conformance.workers.watch import MARK, kill_marked

KEPT_STDERR = 4000
GLANCE_SECONDS = 0.5
"""how often a wait looks whether the process is still there"""
EXIT_GLANCE_SECONDS = 0.002
# For a process whose output has ended to be gone.
LAST_SECONDS = 5.0
# For the standard error of a process that is gone to end.
LAST_WORDS_SECONDS = 1.0
# Whether an exit status can be looked at without reaping the process: macOS has it from Python 3.13 on.
PEEKS = hasattr(os, "waitid")
MOST_READ = 2**20
"""bytes at once"""
# Bytes that are read where fewer are wanted: what a pipe holds, so that a small frame takes one read.
READ_AHEAD = 2**16
# Bytes of small parts that are written at once: a write of each would cost more than the copy.
JOINED = 2**16


class Expired(Exception):
    """The deadline passed."""

    came = b""
    """what had been read until then"""


class Child:
    """The process and its three pipes; each is closed by the one that reads or writes it, and by nobody else.

    It does not outlive this process, whatever that dies of.
    """

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self._warden = warden()
        mark = self._warden.mark()
        self._mark = mark[MARK]
        self._popen = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            env={**environment, **mark},
            start_new_session=True,
        )
        self._warden.watch(self._popen.pid)
        self._reaping = threading.Lock()
        self._ending: Crashed | None = None
        os.set_blocking(self._stdin, False)
        os.set_blocking(self._stdout, False)
        self._ahead = b""
        """what has been read and not yet been asked for"""
        assert self._popen.stderr is not None
        self._last_words = _LastWords(self._popen.stderr)

    @property
    def _stdin(self) -> int:
        """Its number, asked for anew each time: that of a stream which was closed is another stream's by now."""
        assert self._popen.stdin is not None
        return self._popen.stdin.fileno()

    @property
    def _stdout(self) -> int:
        assert self._popen.stdout is not None
        return self._popen.stdout.fileno()

    def send(self, parts: Sequence[bytes | memoryview], deadline: float) -> None:
        """Write the parts. Raises Expired at the deadline, BrokenPipeError where nobody reads any more."""
        if sum(map(len, parts)) <= JOINED:
            parts = [b"".join(parts)]
        for part in parts:
            rest = memoryview(part).cast("B")
            while rest:
                try:
                    rest = rest[os.write(self._stdin, rest) :]
                except BlockingIOError:
                    self._wait(self._stdin, select.POLLOUT, deadline)

    def receive(self, deadline: float, limits: FrameLimits) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
        return read_frame(lambda count: self.read(count, deadline), limits)

    def has_more(self, patience: float) -> bool:
        """Whether something comes to be read within `patience` seconds, though nothing was asked."""
        poll = select.poll()
        poll.register(self._stdout, select.POLLIN)
        return bool(self._ahead) or any(event & select.POLLIN for _, event in poll.poll(patience * 1000))

    def close_input(self, deadline: float) -> int | None:
        """End its input, and wait for it to exit; its exit status, or None where it still runs at the deadline."""
        assert self._popen.stdin is not None
        with suppress(OSError):
            self._popen.stdin.close()
        return self._exit_status(deadline - monotonic())

    def kill(self) -> None:
        """Kill the process and all that is still in its group; may be called from any thread, and again."""
        with self._reaping, suppress(ProcessLookupError, PermissionError):
            if self._popen.returncode is None or not PEEKS:  # until it is reaped, its number is nobody else's
                os.killpg(self._popen.pid, signal.SIGKILL)

    def crash(self, status: int) -> Crashed:
        """What a copy of the process died of that it had made for its calls, while it lives on itself."""
        return Crashed(_how(status), self._last_words.take())

    def end(self) -> Crashed:
        """Kill the process and everything it started; what it had died of before, if it had. May be called again."""
        if self._ending is not None:
            return self._ending
        # A process whose output has just been closed gets a moment to be gone.
        before = self._exit_status(0.0 if _is_open(self._stdout) else LAST_SECONDS)
        self.kill()
        self._warden.forget(self._popen.pid)
        with self._reaping:
            status = self._popen.wait()
        kill_marked(self._mark)
        last_words = self._last_words.end()
        for stream in (self._popen.stdin, self._popen.stdout):
            with suppress(OSError):
                stream.close()  # type: ignore[union-attr]
        self._ending = Crashed(_how(status if before is None else before), last_words)
        return self._ending

    def _wait(self, descriptor: int, event: int, deadline: float) -> bool:
        """Wait until the pipe is ready; False once the process is gone, though a child of its may hold the pipe open.

        Raises Expired at the deadline.
        """
        while not _ready(descriptor, event, min(GLANCE_SECONDS, deadline - monotonic())):
            if self._exit_status(0.0) is not None:
                return _ready(descriptor, event, 0.0)
            if monotonic() >= deadline:
                raise Expired
        return True

    def _exit_status(self, patience: float) -> int | None:
        """The exit status, None where it still runs after so many seconds.

        The process is looked at and not reaped: as long as it is not, its number is nobody else's, and `kill` can use
        it for what the process has started.
        """
        if not PEEKS:
            return self._popen.poll()
        until = monotonic() + patience
        while True:
            try:
                found = os.waitid(os.P_PID, self._popen.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG)
            except ChildProcessError:
                return self._popen.returncode
            if found is not None:
                return found.si_status if found.si_code == os.CLD_EXITED else -found.si_status
            if monotonic() >= until:
                return None
            sleep(EXIT_GLANCE_SECONDS)

    def read(self, count: int, deadline: float) -> bytearray:
        """So many bytes, or fewer where its output ends. Raises Expired at the deadline.

        The memory is reserved at once and touched as bytes come: a promise of many costs nothing.
        """
        buffer = bytearray(count)
        filled = min(count, len(self._ahead))
        buffer[:filled], self._ahead = self._ahead[:filled], self._ahead[filled:]
        try:
            while filled < count:
                try:
                    if count - filled >= READ_AHEAD:
                        with memoryview(buffer)[filled : filled + MOST_READ] as rest:
                            came = os.readv(self._stdout, [rest])
                    else:
                        chunk = os.read(self._stdout, READ_AHEAD)
                        came = min(len(chunk), count - filled)
                        buffer[filled : filled + came], self._ahead = chunk[:came], chunk[came:]
                except BlockingIOError:
                    if self._wait(self._stdout, select.POLLIN, deadline):
                        continue
                    break
                if not came:
                    break
                filled += came
        except Expired as expired:
            expired.came = bytes(memoryview(buffer)[:filled])
            raise
        del buffer[filled:]
        return buffer


class _LastWords:
    """Reads a standard error to its end in a thread of its own, which closes it, and keeps the last of it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._kept = b""
        self._keeping = threading.Lock()
        self._over = False
        self._thread = threading.Thread(target=self._drain, daemon=True)
        self._thread.start()

    def end(self) -> str:
        """What came last. A child that left the process group may hold the other end: it is not waited for."""
        self._thread.join(timeout=LAST_WORDS_SECONDS)
        self._over = True
        return self._kept.decode(errors="replace").strip()

    def take(self) -> str:
        """What has come until now and was not taken before."""
        until = monotonic() + LAST_WORDS_SECONDS
        with suppress(OSError, ValueError):  # the stream ends meanwhile
            while _ready(self._stream.fileno(), select.POLLIN, 0.0) and monotonic() < until:
                sleep(EXIT_GLANCE_SECONDS)
        with self._keeping:
            kept, self._kept = self._kept, b""
        return kept.decode(errors="replace").strip()

    def _drain(self) -> None:
        with self._stream, suppress(OSError):
            while not self._over:
                if _ready(self._stream.fileno(), select.POLLIN, GLANCE_SECONDS):
                    with self._keeping:
                        chunk = os.read(self._stream.fileno(), 65536)
                        self._kept = (self._kept + chunk)[-KEPT_STDERR:]
                    if not chunk:
                        return


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
