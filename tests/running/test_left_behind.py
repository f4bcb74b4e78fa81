"""What a port leaves behind ends with the port, and what a run leaves behind ends with the run."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from time import monotonic, sleep

import pytest

from conformance.workers.child import Child
from conformance.workers.watch import MARK

if not sys.platform.startswith("linux"):
    pytest.skip("processes that have left their group are found on Linux alone", allow_module_level=True)

WAYS = {
    "in the group": "pass",
    "in a session of its own": "os.setsid()",
    "a daemon": "os.setsid(); os.fork() and os._exit(0); os.chdir('/'); os.closerange(0, 3)",
    # It writes its number once it runs: a process has no environment in the middle of exec.
    "another program": "os.setsid(); os.execvp('sh', ['sh', '-c', 'echo $$ >> {where}; sleep 600; :'])",
}
LEAVES = """\
import os, time
left = os.fork()
if left == 0:
    {way}
    open({where!r}, "a").write(f"{{os.getpid()}}\\n")
    time.sleep(600)
time.sleep({seconds})
"""


def leaver(way: str, where: Path, seconds: float) -> list[str]:
    """A port's command: it leaves a process behind, which writes its number there, and ends after so long."""
    return [sys.executable, "-c", LEAVES.format(way=way.format(where=where), where=str(where), seconds=seconds)]


def left_behind(where: Path) -> int:
    deadline = monotonic() + 20
    while not (where.exists() and where.read_text().strip()):
        assert monotonic() < deadline, "nothing was left behind"
        sleep(0.02)
    return int(where.read_text())


def ends(process: int, seconds: float = 10.0) -> bool:
    deadline = monotonic() + seconds
    while monotonic() < deadline:
        try:
            if "(zombie)" in Path(f"/proc/{process}/status").read_text("utf-8"):
                return True
        except OSError:
            return True
        sleep(0.02)
    return False


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("seconds", [0.3, 600.0], ids=["it has ended", "it is killed"])
def test_what_a_port_leaves_behind_ends_with_it(tmp_path: Path, way: str, seconds: float) -> None:
    child = Child(leaver(WAYS[way], tmp_path / "pid", seconds), os.environ)
    left = left_behind(tmp_path / "pid")
    if seconds < 1:
        child.close_input(monotonic() + 10)
    child.end()
    assert ends(left)


def test_what_other_ports_have_started_is_not_touched(tmp_path: Path) -> None:
    first, second = (
        Child(leaver(WAYS["a daemon"], tmp_path / name, 600.0), os.environ) for name in ("first", "second")
    )
    lefts = [left_behind(tmp_path / name) for name in ("first", "second")]
    first.end()
    assert ends(lefts[0])
    assert not ends(lefts[1], 0.2)
    second.end()
    assert ends(lefts[1])


OWNER = """\
import os, sys, time
from conformance.workers.child import Child
child = Child({command!r}, os.environ)
print(child._popen.pid, flush=True)
time.sleep(600)
"""


@pytest.mark.parametrize("way", WAYS)
def test_what_a_port_leaves_behind_ends_with_a_run_that_is_killed(tmp_path: Path, way: str) -> None:
    program = OWNER.format(command=leaver(WAYS[way], tmp_path / "pid", 600.0))
    owner = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert owner.stdout is not None
    port = int(owner.stdout.readline())
    left = left_behind(tmp_path / "pid")
    owner.send_signal(signal.SIGKILL)
    owner.communicate()
    assert ends(port)
    assert ends(left)


def test_a_mark_is_one_process_alone() -> None:
    says = [sys.executable, "-c", f"import os; os.write(1, os.environ[{MARK!r}].encode())"]
    children = [Child(says, {**os.environ, MARK: "an outer run's"}) for _ in range(2)]
    marks = [bytes(child.read(100, monotonic() + 10)) for child in children]
    for child in children:
        child.end()
    assert len(set(marks)) == 2
    assert b"an outer run's" not in marks
