"""The warden's own process: waits for its owner's end, then kills what the owner has started and left behind.

Knows: process groups, /proc, one environment variable. Must not know: who the owner is (`conformance.workers.warden`).
Executed as a file, so it imports what is quick to import, and nothing of the suite.

Every process that the suite starts carries a mark, an environment variable that no other has, and hands it on to what
it starts. On Linux that is how those are found that have left the group (`setsid`, daemons) and whose parents are gone.
"""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from time import monotonic, sleep

MARK = "CONFORMANCE_PROCESS"
"""the variable; its value names the owner, and after a hyphen the process"""
# Of killing what has a mark: who forks faster than it is killed is not chased forever.
MOST_SECONDS = 2.0
# In which a process that was forked just before its owner's end has its own environment.
EXEC_SECONDS = 0.2


def kill_marked(mark: str) -> None:
    """Kill every process whose mark is this one, or begins with it and a hyphen: on Linux, and nobody elsewhere.

    One that has cleared its environment, or hides it (another user's, a set-user-ID program's), is not found.
    """
    until = monotonic() + MOST_SECONDS
    killed: set[int] = set()
    while (found := set(_marked(mark)) - killed) and monotonic() < until:
        for process in found:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(process, signal.SIGKILL)
        killed |= found  # a process that dies may be listed for a while; one that it forked meanwhile is new


def _marked(mark: str) -> Iterator[int]:
    wanted = f"\0{MARK}={mark}".encode()
    try:
        processes = [int(name) for name in os.listdir("/proc") if name.isdecimal()]
    except OSError:
        return
    for process in processes:
        with suppress(OSError):
            if process == os.getpid() or os.stat(f"/proc/{process}").st_uid != os.getuid():
                continue
            with open(f"/proc/{process}/environ", "rb") as stream:
                _, found, rest = (b"\0" + stream.read()).partition(wanted)
            if found and rest[:1] in (b"\0", b"-"):
                yield process


def _main(owner: str) -> None:
    groups: set[int] = set()
    with suppress(OSError, ValueError):
        for line in sys.stdin.buffer:
            change = groups.add if line[:1] == b"+" else groups.discard
            change(int(line[1:]))
    for group in groups:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)
    kill_marked(owner)
    sleep(EXEC_SECONDS)
    kill_marked(owner)


if __name__ == "__main__":
    _main(sys.argv[1])
