"""Several calls in one exchange: how their arrays are named in one frame, and which trials go together.

Knows: names, sizes. Must not know: what is expected, how an exchange is made (`conformance.running.process`).

Compiling a module costs far more than a tiny call in it, so an adapter that compiles may be asked many at once. What
comes of each stays its own: where the module fails, or takes the process with it, every trial is asked again alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from numpy.typing import NDArray

from conformance.suite.case import Trial

Operands: TypeAlias = Mapping[str, NDArray[Any]]

MOST_TENSORS_TOGETHER = 1024
MOST_MULTIPLY_ADDS = 2**20
"""of a call that is asked with others; a larger one costs more than its compilation"""


def batches(trials: Sequence[Trial], together: int) -> Iterator[list[Trial]]:
    """The trials in their order, neighbours together as far as they are small and right calls, the others alone."""
    batch: list[Trial] = []
    for trial in trials:
        if not _goes_together(trial):
            yield from ([batch] if batch else [])
            yield [trial]
            batch = []
            continue
        batch.append(trial)
        if len(batch) >= max(together, 1):
            yield batch
            batch = []
    if batch:
        yield batch


def operands_together(asked: Sequence[Operands]) -> dict[str, NDArray[Any]]:
    """All operands under one roof, named by the number of their call."""
    return {f"{number}/{name}": array for number, each in enumerate(asked) for name, array in each.items()}


def operands_apart(arrays: Operands, count: int) -> list[dict[str, NDArray[Any]]]:
    """What `operands_together` put together."""
    apart: list[dict[str, NDArray[Any]]] = [{} for _ in range(count)]
    for name, array in arrays.items():
        number, _, operand = name.partition("/")
        apart[int(number)][operand] = array
    return apart


def _goes_together(trial: Trial) -> bool:
    geometry = trial.call.geometry
    return trial.calls == 1 and geometry is not None and geometry.multiply_adds <= MOST_MULTIPLY_ADDS
