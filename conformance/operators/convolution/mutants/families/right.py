"""Right engines: whoever flags one of these is wrong.

Knows: the engines. They differ in the order of their sums, in layout, in the precision of accumulators above what is
required, in where a bias is added, in how complex numbers are multiplied, in the sign of zeros and the layout of
memory, in what they keep between calls and print, all of which a right implementation may choose.
"""

import os
from threading import Lock

import numpy as np

from conformance.operators.convolution.mutants.algorithms import (
    channels_first,
    columns,
    pairwise,
    three_multiplications,
    zero_insertion,
)
from conformance.operators.convolution.mutants.engine import PLAIN, Compute, Engine, Scratch, add_bias, sequential
from conformance.operators.convolution.mutants.families.state import (
    READS,
    by_shapes,
    operand_kept,
    through_shared_scratch,
)
from conformance.operators.convolution.mutants.fault import asked_for, right
from conformance.operators.convolution.mutants.problem import Array, GivenCall, Problem, write


def _with_negative_zeros(result: Array, _: Problem) -> Array:
    return result if result.dtype.kind in "ic" else np.where(result == 0, result.dtype.type(-0.0), result)


def _locked(compute: Compute) -> Compute:
    lock = Lock()

    def one_after_another(problem: Problem, scratch: Scratch) -> Array:
        with lock:
            return compute(problem, scratch)

    return one_after_another


def _own_buffer(problem: Problem, scratch: Scratch) -> Array:
    result = PLAIN(problem, scratch)
    buffer = scratch.setdefault(("sums", *by_shapes(problem)), np.empty_like(result))
    buffer[...] = result
    return buffer.copy()


def _chatter(_: GivenCall) -> None:
    """Through Python and below it."""
    print("computing ...", flush=True)
    os.write(1, b"\x07\x00\x00\x00\x00\x00\x00\x00{debug}\n")


def _complain(_: GivenCall) -> None:
    """More than a pipe holds, to standard error."""
    os.write(2, b"warning: deprecated\n" * 10_000)


FAULTS = (
    right("faithful", "One contraction per tap, added where its pixels meet."),
    right("faithful-backwards", "The taps are summed from the last to the first.", compute=Engine(backwards=True)),
    right("faithful-sequential", "One product is summed after the other.", compute=Engine(sequential)),
    right("faithful-pairwise", "The products of a tap are summed pairwise.", compute=Engine(pairwise)),
    right("faithful-widest", "Sums are taken in 64 bits and rounded once.", compute=Engine(width="widest")),
    right("faithful-channels-first", "The engine's own arrays have the channels first.",
          compute=Engine(channels_first)),
    right("faithful-columns", "One large product, then col2im.", compute=columns),
    right("faithful-zero-insertion", "A forward convolution of x with zeros inserted.", compute=zero_insertion),
    right("faithful-three-multiplications", "Complex products are made of three real ones.",
          compute=Engine(three_multiplications)),
    right("faithful-separate-bias", "A bias is added to what has been rounded to the dtype already.",
          add_bias=lambda result, problem: add_bias(result.astype(problem.value.dtype), problem)),
    right("faithful-negative-zeros", "Every zero is negative.", finish=_with_negative_zeros),
    right("faithful-transposed-memory", "The result is not contiguous.",
          write=lambda result, problem: np.asfortranarray(write(result, problem))),
    right("faithful-keeps-filters-by-content", "Filters are packed once for each content.",
          compute=operand_kept("filter", lambda array: array.tobytes()), where=asked_for(*READS["filter"])),
    right("faithful-own-buffers", "Sums are taken in buffers that are kept, and copied.",
          compute=_locked(_own_buffer)),
    right("faithful-locked-scratch", "Operands are packed into one buffer, by one thread at a time.",
          compute=_locked(through_shared_scratch)),
    right("chatters", "Prints to standard output, which is guarded.", alone=True, disturb=_chatter),
    right("complains", "Prints much to standard error.", alone=True, disturb=_complain),
)  # fmt: skip
