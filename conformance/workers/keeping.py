"""What a caller keeps from call to call, in the worker: operands in the same memory, and results that came before.

Knows: adapters, plans, arrays. Must not know: frames, what is expected. A caller that updates its weights in place asks
again with the same addresses and other content, and goes on reading the results that it was given. Before each call of
a series, memory of the size of a result is filled with POISON and freed, so that an element that nobody writes shows.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from threading import Barrier
from time import perf_counter
from typing import Any, TypeAlias
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from conformance.adapters.plan import Plan
from conformance.adapters.protocol import Adapter
from conformance.adapters.reply import POISON

Arrays: TypeAlias = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Computed:
    """What an adapter made of a call."""

    result: NDArray[Any]
    seconds: float
    disturbed: tuple[str, ...]
    """what of the caller's changed meanwhile, in words"""
    aliased: tuple[str, ...] = ()
    """whose memory the result lies in, in words"""


# Blocks: NumPy keeps seven small ones of a size for later arrays, and hands out the last one first. Of large ones the
# first is given back to the system, which from then on keeps blocks of its size.
POISONED, LARGE, POISONED_LARGE = 8, 2**17, 2


def alone(adapter: Adapter, plan: Plan, arrays: Arrays, *, spoils: bool = False) -> Computed:
    """One call; raises whatever the adapter raises. An answer that is not an array yet is materialised.

    `spoils`: the operands, which are nobody else's, are overwritten before that, as by a caller who has gone on.
    """
    before = {name: _fingerprint(array) for name, array in arrays.items()}
    started = perf_counter()
    given = adapter.execute(plan, arrays)
    if not spoils:
        given = materialised(given)
    seconds = perf_counter() - started
    changed = tuple(f"the operand {name}" for name, array in arrays.items() if _fingerprint(array) != before[name])
    if not isinstance(given, np.ndarray):
        for array in arrays.values():
            array.reshape(-1).view(np.uint8).fill(POISON)
    return Computed(materialised(given), seconds, changed)


def materialised(given: Any) -> NDArray[Any]:
    """The array of what an adapter returned: it may be lazy (`__array__`), or a future (`result()`, `wait()`)."""
    for name in ("result", "wait"):
        wait = None if hasattr(given, "__array__") else getattr(given, name, None)
        given = wait() if callable(wait) else given
    return np.asarray(given)


def poison(size: int) -> None:
    """Leave POISON in freed memory that an array of so many bytes is likely to be given next."""
    blocks = [np.full(size, POISON, np.uint8) for _ in range(POISONED if size < LARGE else POISONED_LARGE)]
    del blocks


class Keeping:
    """A series of calls of the same shapes, in one process."""

    def __init__(self) -> None:
        self._operands: list[dict[str, NDArray[Any]]] = []
        self._results: list[tuple[str, NDArray[Any], int]] = []

    def at_once(
        self, adapter: Adapter, asked: Sequence[tuple[Plan, Arrays]], number: int, size: int = 0
    ) -> list[Computed]:
        """Calls of a series from `number` on, made at the same time by as many threads. `size`: bytes of a result.

        Raises whatever the adapter raises.
        """
        if number == 1 or not self._operands:  # a process that died in a series begins anew
            self._operands, self._results = [{} for _ in asked], []
        kept = [self._in_place(place, arrays) for place, (_, arrays) in enumerate(asked)]
        plans = [plan for plan, _ in asked]
        poison(size)
        single = len(asked) == 1
        computed = [alone(adapter, plans[0], kept[0], spoils=True)] if single else _in_threads(adapter, plans, kept)
        changed = [name for name, result, before in self._results if _fingerprint(result) != before]
        theirs = [(f"the operand {name}", array) for operands in kept for name, array in operands.items()]
        theirs += [(name, result) for name, result, _ in self._results]
        for place, each in enumerate(computed):
            self._results.append((f"the result of call {number + place}", each.result, _fingerprint(each.result)))
        return [
            replace(
                each,
                disturbed=(*each.disturbed, *changed),
                # By their bounds: an exact answer may take exponential time, and views of one array may be no results.
                aliased=tuple(name for name, array in theirs if np.may_share_memory(array, each.result)),
            )
            for each in computed
        ]

    def _in_place(self, place: int, arrays: Arrays) -> dict[str, NDArray[Any]]:
        """The content in the arrays of the first call, at the addresses that they have had since."""
        kept = self._operands[place]
        for name, array in arrays.items():
            if name not in kept:
                kept[name] = array.copy()
            kept[name][...] = array
        return kept


def _in_threads(adapter: Adapter, plans: Sequence[Plan], operands: Sequence[Arrays]) -> list[Computed]:
    together = Barrier(len(plans))

    def compute(plan: Plan, arrays: Arrays) -> Computed:
        together.wait()
        return alone(adapter, plan, arrays)

    with ThreadPoolExecutor(len(plans)) as pool:
        return list(pool.map(compute, plans, operands))


def _fingerprint(array: NDArray[Any]) -> int:
    return crc32(np.ascontiguousarray(array).view(np.uint8).data) if array.size else 0
