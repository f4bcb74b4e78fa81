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

from conformance.mutants.fault import Disturb, Fault, Outcome
from conformance.mutants.problem import Array, Asked, Problem, write

LARGE_BATCH = 16
LONG = 3600.0
EXIT_STATUS = 3
Condition = Callable[[Asked], bool]


def _fault(
    name: str, summary: str, *outcomes: Outcome, known_bug: str | None = None, alone: bool = True, **stages: Any
) -> Fault:
    return Fault(name, summary, "process", outcomes, known_bug=known_bug, alone=alone, **stages)


def _is_large(asked: Asked) -> bool:
    return asked.value.ndim == 4 and len(asked.value) >= LARGE_BATCH


def _kernel_beyond_input(asked: Asked) -> bool:
    """Kernel > input on one axis, kernel 2 with stride 2 on the other, as XLA's simplifier does not survive it."""
    if asked.value.ndim != 4 or asked.filter.ndim != 4 or not asked.keywords.last:
        return False
    lengths, kernels = asked.value.shape[1:3], asked.filter.shape[:2]
    beyond = [kernel > length for kernel, length in zip(kernels, lengths, strict=True)]
    return any(beyond[axis] and kernels[1 - axis] == 2 for axis in (0, 1))


def _output_of_three(asked: Asked) -> bool:
    return len(asked.keywords.output_shape) == 3


def _scalar_filter(asked: Asked) -> bool:
    return asked.filter.ndim == 0


def _when(condition: Condition, harm: Callable[[], None]) -> Disturb:
    def disturb(asked: Asked) -> None:
        if condition(asked):
            harm()

    return disturb


def _raising_inside(problem: Problem) -> Problem:
    if len(problem.value) >= LARGE_BATCH:
        raise RuntimeError("an exception of the framework")
    return problem


def _raise_outside() -> None:
    raise RuntimeError("an exception of the adapter")


def _exhaust_memory() -> None:
    raise MemoryError("no memory for the columns")


def _exit_at_once() -> None:
    os._exit(EXIT_STATUS)


def _exit_cleanly() -> None:
    os._exit(0)


def _exit_through_python() -> None:
    sys.exit(EXIT_STATUS)


def _fault_segment() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def _close_everything() -> None:
    os.closerange(3, 256)


def _exit_leaving_a_child() -> None:
    if os.fork():
        os._exit(EXIT_STATUS)
    time.sleep(LONG)


def _nothing(result: Array, problem: Problem) -> Array:
    return write(result, problem) if len(result) < LARGE_BATCH else None  # type: ignore[return-value]


def _hang() -> None:
    time.sleep(LONG)


def _hang_deaf() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    time.sleep(LONG)


def _chatter(_: Asked) -> None:
    """Through Python and below it."""
    print("computing ...", flush=True)
    os.write(1, b"\x07\x00\x00\x00\x00\x00\x00\x00{debug}\n")


def _complain(_: Asked) -> None:
    """More than a pipe holds, to standard error."""
    os.write(2, b"warning: deprecated\n" * 10_000)


FAULTS = (
    _fault("chatters", "Prints to standard output, which is guarded: right all the same.", disturb=_chatter),
    _fault("complains", "Prints much to standard error: right all the same.", disturb=_complain),
    _fault("raises", "The framework raises on large batches.", "refused", alone=False, edit=_raising_inside),
    _fault(
        "raises-outside",
        "The adapter raises on large batches.",
        "errored",
        alone=False,
        disturb=_when(_is_large, _raise_outside),
    ),
    _fault("returns-nothing", "Large batches have no result.", "errored", write=_nothing),
    _fault(
        "exits-leaving-a-child",
        "Large batches end the process, and a child of it lives on with its pipes.",
        "crashed",
        "timed_out",
        disturb=_when(_is_large, _exit_leaving_a_child),
    ),
    _fault(
        "exhausts-memory",
        "Large batches find no memory.",
        "errored",
        alone=False,
        disturb=_when(_is_large, _exhaust_memory),
    ),
    _fault("exits", "Large batches end the process with status 3.", "crashed", disturb=_when(_is_large, _exit_at_once)),
    _fault(
        "exits-cleanly",
        "Large batches end the process with status 0.",
        "crashed",
        disturb=_when(_is_large, _exit_cleanly),
    ),
    _fault(
        "exits-through-python",
        "Large batches end the process by SystemExit.",
        "crashed",
        disturb=_when(_is_large, _exit_through_python),
    ),
    _fault("aborts", "Large batches abort the process.", "crashed", disturb=_when(_is_large, os.abort)),
    _fault("segfaults", "Large batches fault.", "crashed", disturb=_when(_is_large, _fault_segment)),
    _fault(
        "closes-the-pipe",
        "Large batches close every descriptor.",
        "crashed",
        disturb=_when(_is_large, _close_everything),
    ),
    _fault("hangs", "Large batches take an hour.", "timed_out", disturb=_when(_is_large, _hang)),
    _fault(
        "hangs-deaf",
        "Large batches take an hour and ignore SIGTERM.",
        "timed_out",
        disturb=_when(_is_large, _hang_deaf),
    ),
    _fault(
        "aborts-beyond-input",
        "A kernel larger than the input beside a kernel of 2 aborts the process, as XLA does.",
        "crashed",
        disturb=_when(_kernel_beyond_input, os.abort),
    ),
    _fault(
        "aborts-on-output-of-three",
        "An output_shape of three numbers aborts the process.",
        "crashed",
        known_bug="https://github.com/tensorflow/tensorflow/issues/125511",
        disturb=_when(_output_of_three, os.abort),
    ),
    _fault(
        "aborts-on-scalar-filter",
        "A filter without axes aborts the process.",
        "crashed",
        known_bug="https://github.com/tensorflow/tensorflow/issues/125506",
        disturb=_when(_scalar_filter, os.abort),
    ),
)
