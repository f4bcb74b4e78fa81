"""A program at a terminal of its own: what somebody sees who types a command, and what becomes of Ctrl-C.

The terminal is a pseudo-terminal of a given width, and the program leads its foreground group, so that Ctrl-C reaches
the program and all that it started, as at a real one.
"""

import fcntl
import os
import pty
import re
import select
import shlex
import struct
import subprocess
import sys
import termios
from collections.abc import Callable
from pathlib import Path
from time import monotonic

ROOT = Path(__file__).resolve().parents[2]
LONGEST_SECONDS = 240.0
GLANCE_SECONDS = 0.1
CTRL_C = b"\x03"
# What a program sends to move, colour and clear.
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[()][A-Z0-9]|\x1b[=>]")
# Makes the terminal at standard input the process' own, then becomes the program.
_AT_A_TERMINAL = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"
)


class Terminal:
    """One command at a terminal, from its start to its end."""

    def __init__(self, command: str, folder: Path, columns: int = 100) -> None:
        """`conformance ...` as somebody types it; a # begins a comment."""
        words = shlex.split(command, comments=True)
        assert words[0] == "conformance", words
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        unset = ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "CI", "GITHUB_ACTIONS")
        environment = {name: value for name, value in os.environ.items() if name not in unset}
        self._process = subprocess.Popen(
            [sys.executable, "-c", _AT_A_TERMINAL, sys.executable, "-m", "conformance", *words[1:]],
            stdin=slave, stdout=slave, stderr=slave, cwd=folder, start_new_session=True,
            env={**environment, "PYTHONPATH": str(ROOT), "TERM": "xterm-256color"},
        )  # fmt: skip
        os.close(slave)
        self._read = bytearray()
        self._deadline = monotonic() + LONGEST_SECONDS

    def press(self, keys: bytes) -> None:
        """Type keys."""
        os.write(self._master, keys)

    def wait_until(self, ready: Callable[[], bool]) -> None:
        """Until something is so, which is looked at again and again; fails where the program ends before."""
        while not ready():
            assert self._take(GLANCE_SECONDS), self.text

    def end(self) -> int:
        """The exit status, once the program has ended."""
        while self._take():
            pass
        os.close(self._master)
        return self._process.wait(timeout=LONGEST_SECONDS)

    @property
    def text(self) -> str:
        """All that was written, without control sequences."""
        return _CONTROL.sub("", self._read.decode(errors="replace")).replace("\r\n", "\n")

    @property
    def flowed(self) -> str:
        """The same with all white space as single spaces: lines are broken where the terminal ends."""
        return " ".join(self.text.split())

    def _take(self, most: float = LONGEST_SECONDS) -> bool:
        """Read what there is, or wait for so many seconds; whether there may be more."""
        left = self._deadline - monotonic()
        if not select.select([self._master], [], [], max(0.0, min(most, left)))[0]:
            if left > most:
                return True
            self._process.kill()
            raise AssertionError(f"not ended within {LONGEST_SECONDS:g} s: {self.text[-2000:]}")
        try:
            read = os.read(self._master, 65536)
        except OSError:  # Linux says so where nobody holds the other end any more
            return False
        self._read += read
        return bool(read)


def seen(command: str, folder: Path, columns: int = 100) -> tuple[int, Terminal]:
    """The command's exit status and its terminal, once it has ended."""
    terminal = Terminal(command, folder, columns)
    return terminal.end(), terminal
