"""A child process and its pipes: what is whose."""

import os
import sys
import threading
from time import monotonic, sleep

from conformance.protocol.frames import FrameLimits, frame
from conformance.workers.child import Child

LEAVES_A_CHILD = """\
import os, time
ready, go = os.pipe()
if os.fork() == 0:
    os.setsid()                      # out of the group that is killed
    os.write(go, b"!")
    for _ in range(40):              # and it goes on writing to the standard error that it inherited
        os.write(2, b"noise")
        time.sleep(0.05)
    os._exit(0)
os.read(ready, 1)
time.sleep(0.2)
os._exit(3)
"""
FRAME = b"".join(bytes(part) for part in frame({"type": "hello"}))
ANSWERS = f"import os, time; time.sleep(0.3); os.write(1, {FRAME!r}); time.sleep(10)"


def test_what_a_dead_process_left_behind_takes_nothing_of_the_processes_after_it() -> None:
    """Their pipes get the numbers that the dead process' pipes had."""
    for _ in range(3):
        dead = Child([sys.executable, "-c", LEAVES_A_CHILD], os.environ)
        dead.close_input(monotonic() + 10)
        assert dead.end().how == "exit status 3"
        after = [Child([sys.executable, "-c", ANSWERS], os.environ) for _ in range(2)]
        try:
            for child in after:
                header, _ = child.receive(monotonic() + 10, FrameLimits())
                assert header == {"type": "hello"}
        finally:
            for child in after:
                child.end()


def test_a_standard_error_that_a_left_behind_child_holds_is_let_go() -> None:
    Child([sys.executable, "-c", ""], os.environ).end()  # starts the warden, which stays
    threads, opened = threading.active_count(), len(os.listdir("/proc/self/fd"))
    for _ in range(3):
        child = Child([sys.executable, "-c", LEAVES_A_CHILD], os.environ)
        child.close_input(monotonic() + 10)
        assert child.end().last_words.startswith("noise")
    deadline = monotonic() + 5
    while (threading.active_count(), len(os.listdir("/proc/self/fd"))) > (threads, opened) and monotonic() < deadline:
        sleep(0.05)
    assert (threading.active_count(), len(os.listdir("/proc/self/fd"))) <= (threads, opened)


def test_the_end_may_be_asked_for_again_and_a_number_that_is_free_is_not_killed() -> None:
    child = Child([sys.executable, "-c", "raise SystemExit(7)"], os.environ)
    assert child.close_input(monotonic() + 10) == 7
    assert child.end().how == child.end().how == "exit status 7"
    child.kill()


def test_a_promise_of_many_bytes_costs_none() -> None:
    child = Child([sys.executable, "-c", "import os; os.write(1, b'few')"], os.environ)
    before = _held()
    came = child.read(2**31, monotonic() + 20)
    child.end()
    assert bytes(came) == b"few"
    assert _held() - before < 2**24


def _held() -> int:
    with open("/proc/self/statm", encoding="ascii") as stream:
        return int(stream.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
