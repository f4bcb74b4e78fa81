"""Process: what a call can do to the process that makes it, and to its standard output.

Knows: the call as it was given. Most harm only large batches, so that the next trial shows whether a worker recovers.
Those marked `alone` must run in a worker and nowhere else.
"""

import os
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

from conformance.operators.convolution.mutants.fault import Disturb, Fault, wrong
from conformance.operators.convolution.mutants.problem import GivenCall, Problem, write

# Few calls of the corpus have as many images, and some have: a mutant that is wrong for them alone can be caught.
LARGE_BATCH = 16
# Seconds; longer than any time limit, so that the worker is ended first.
LONG = 3600.0
# None that Python ends with by itself, which are 1 and 2.
EXIT_STATUS = 3
Harm = Callable[[], Any]


def _fault(name: str, summary: str, outcomes: str, **stages: Any) -> Fault:
    return wrong(name, summary, "", outcomes, **{"alone": True, **stages}, undiagnosed="there is no answer")


def _when(condition: Callable[[GivenCall], bool], harm: Harm) -> Disturb:
    def disturb(asked: GivenCall) -> None:
        if condition(asked):
            harm()

    return disturb


def _large(name: str, summary: str, outcomes: str, harm: Harm, **stages: Any) -> Fault:
    def is_large(asked: GivenCall) -> bool:
        return asked.value.ndim == asked.operator.rank + 2 and len(asked.value) >= LARGE_BATCH

    return _fault(name, f"Large batches {summary}.", outcomes, disturb=_when(is_large, harm), **stages)


def _raising(error: Exception) -> Harm:
    def harm() -> None:
        raise error

    return harm


def _kernel_beyond_input(asked: GivenCall) -> bool:
    """Kernel > input on one axis, kernel 2 with stride 2 on the other, as XLA's simplifier does not survive it."""
    if asked.value.ndim != 4 or asked.filter.ndim != 4 or asked.keywords.data_format not in (None, "NHWC"):
        return False
    lengths, kernels = asked.value.shape[1:3], asked.filter.shape[:2]
    beyond = [kernel > length for kernel, length in zip(kernels, lengths, strict=True)]
    return any(beyond[axis] and kernels[1 - axis] == 2 for axis in (0, 1))


def _raising_inside(problem: Problem) -> Problem:
    if len(problem.value) >= LARGE_BATCH:
        raise RuntimeError("an exception of the framework")
    return problem


def _exit_leaving_a_child() -> None:
    if os.fork():
        os._exit(EXIT_STATUS)
    time.sleep(LONG)


def _hang_deaf() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    time.sleep(LONG)


FAULTS = (
    _fault("raises", "The framework raises on large batches.", "refused", alone=False, edit=_raising_inside),
    _large("raises-outside", "make the adapter raise", "errored", _raising(RuntimeError("outside")), alone=False),
    _fault("returns-nothing", "Large batches have no result.", "errored",
           write=lambda result, problem: write(result, problem) if len(result) < LARGE_BATCH else None),
    _large("exits-leaving-a-child", "end the process, and a child of it lives on with its pipes", "crashed timed_out",
           _exit_leaving_a_child),
    _large("exhausts-memory", "find no memory", "errored", _raising(MemoryError("for the columns")), alone=False),
    _large("exits", "end the process with status 3", "crashed", lambda: os._exit(EXIT_STATUS)),
    _large("exits-cleanly", "end the process with status 0", "crashed", lambda: os._exit(0)),
    _large("exits-through-python", "end the process by SystemExit", "crashed", lambda: sys.exit(EXIT_STATUS)),
    _large("aborts", "abort the process", "crashed", os.abort),
    _large("segfaults", "fault", "crashed", lambda: os.kill(os.getpid(), signal.SIGSEGV)),
    _large("closes-the-pipe", "close every descriptor", "crashed", lambda: os.closerange(3, 256)),
    _large("hangs", "take an hour", "timed_out", lambda: time.sleep(LONG)),
    _large("hangs-deaf", "take an hour and ignore SIGTERM", "timed_out", _hang_deaf),
    _fault("aborts-beyond-input",
           "A kernel larger than the input beside a kernel of 2 aborts the process, as XLA does.", "crashed",
           disturb=_when(_kernel_beyond_input, os.abort)),
    _fault("aborts-on-output-of-three", "An output_shape without batch aborts the process.", "crashed",
           known_bug="https://github.com/tensorflow/tensorflow/issues/125511",
           disturb=_when(lambda asked: len(asked.keywords.output_shape) == asked.operator.rank + 1, os.abort)),
    _fault("aborts-on-scalar-filter", "A filter without axes aborts the process.", "crashed",
           known_bug="https://github.com/tensorflow/tensorflow/issues/125506",
           disturb=_when(lambda asked: asked.filter.ndim == 0, os.abort)),
)  # fmt: skip
