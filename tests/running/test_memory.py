"""What a run's own process keeps of the memory that it has freed."""

import ctypes
import subprocess
import sys

import pytest

from conformance.running.memory import give_back_freed_memory

# Arrays that are freed while small objects, made after each, stay: of such an arena nothing can be given back. The
# first array raises glibc's threshold, as the first large array of a run does.
FREED = """
import sys
import numpy as np
from pathlib import Path
from conformance.running.memory import give_back_freed_memory

def resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

if sys.argv[1] == "give back":
    give_back_freed_memory()
np.ones(2**21)
before = resident()
arrays, small = [], []
for _ in range(100):
    arrays.append(np.ones(2**17))
    small.append(np.ones(100))
arrays.clear()
print((resident() - before) / 2**20)
"""


def kept_megabytes(how: str) -> float:
    done = subprocess.run([sys.executable, "-c", FREED, how], capture_output=True, text=True, check=True)
    return float(done.stdout)


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "mallopt"), reason="the C library is not glibc")
def test_arrays_that_were_freed_go_back_to_the_system() -> None:
    assert kept_megabytes("keep") > 50
    assert kept_megabytes("give back") < 10


def test_another_c_library_is_left_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda name: object())
    give_back_freed_memory()
