"""Who ends processes whose owner has no time to: one small process beside each that starts others.

Knows: pipes, processes. Must not know: lanes, frames. Next stage: `conformance.workers.watch`, which is executed.

The warden reads a pipe that its owner alone writes to. The pipe ends with the owner, whatever that dies of (SIGKILL,
SIGQUIT, a full memory), and then the warden kills what the owner has started. Nobody waits for it when it starts.
"""

import os
import subprocess
import sys
import threading
from contextlib import suppress

from conformance.workers import watch
from conformance.workers.watch import MARK


class Warden:
    """That of this process, as the owner sees it; may be used from any thread."""

    def __init__(self) -> None:
        self._owner = os.urandom(8).hex()
        self._count = 0
        self._lock = threading.Lock()
        reading, self._pipe = os.pipe()
        with suppress(OSError):  # without it processes still end with a run that ends by itself
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", watch.__file__, self._owner],
                stdin=reading,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={name: value for name, value in os.environ.items() if name != MARK},
                start_new_session=True,
            )
            self._process.returncode = (
                0  # nobody waits for it, since it ends after its owner; so nobody is to be warned
            )
        os.close(reading)

    def mark(self) -> dict[str, str]:
        """The variable for a process that is about to be started, and for none but it."""
        with self._lock:
            self._count += 1
            return {MARK: f"{self._owner}-{self._count}"}

    def watch(self, group: int) -> None:
        """Kill this group too when the owner ends."""
        self._tell(f"+{group}\n")

    def forget(self, group: int) -> None:
        """The group is gone: its number may be another's."""
        self._tell(f"-{group}\n")

    def _tell(self, line: str) -> None:
        with suppress(OSError):  # somebody has killed it
            os.write(self._pipe, line.encode())


_WARDENS: dict[int, Warden] = {}
_STARTING = threading.Lock()


def warden() -> Warden:
    """That of this process, started when it is first asked for; a fork gets its own."""
    with _STARTING:
        if os.getpid() not in _WARDENS:
            _WARDENS[os.getpid()] = Warden()
        return _WARDENS[os.getpid()]
