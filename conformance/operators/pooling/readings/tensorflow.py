"""TensorFlow's call is the definition's own: its reading keeps the words as they are.

Knows: what `conformance.adapters.tensorflow.pooling_words` has of its functions' parameters. The rules are
`reference.pooling.arguments`'; those that only TensorFlow has are here.
"""

from operator import gt
from typing import Any

from conformance.adapters.function import Function, Role
from conformance.adapters.notation import to_channels_last
from conformance.adapters.plan import Argument
from conformance.adapters.tensorflow.pooling_words import ARGMAX, OF_ANY_RANK, PAIRS, POOL
from conformance.adapters.tensorflow.pooling_words import FUNCTIONS as BY_OPERATOR
from conformance.operators.pooling.readings.reading import PoolingReading, read_windows
from conformance.translation.arguments import CallArguments, integers, pairs
from reference.family import DATA_FORMATS
from reference.pooling.family import OPERATORS

FUNCTIONS: tuple[Function, ...] = (*BY_OPERATOR.values(), *OF_ANY_RANK, POOL, ARGMAX)


def read(arguments: CallArguments, dtype: str) -> PoolingReading:
    """The call as it stands; raises CallError for one that the definition or TensorFlow refuses."""
    rank = arguments.value_axes - 2
    if rank not in DATA_FORMATS:
        message = f"the value has {arguments.value_axes} axes; calls of 1, 2 or 3 spatial axes are read"
        raise arguments.wrong("value", message)
    operator = arguments.function.operator or f"{_reduction(arguments)}_pool{rank}d"
    rank = OPERATORS[operator].rank
    # Of indices the kernel has the channels last alone.
    formats = DATA_FORMATS[rank][: 1 if arguments.function is ARGMAX else 2]
    named = arguments.said("data_format")
    if named is not None and named not in formats:
        raise arguments.unexpected("data_format", " or ".join(map(repr, formats)))
    last = named != DATA_FORMATS[rank][1]
    dilations = _numbers(arguments, "dilations", rank, last) if arguments.has("dilations") else None
    strides = _numbers(arguments, "strides", rank, last)
    words: dict[str, Any] = {
        "ksize": _numbers(arguments, "kernel", rank, last),
        "strides": (1,) * rank if strides is None else strides,
        "padding": _padding(arguments, operator, rank, last),
        "dilations": dilations,
    }
    if arguments.function is POOL and any(map(gt, words["strides"], words["ksize"])):
        raise arguments.wrong("strides", "tf.nn.pool takes no stride above the length of the window")
    if dilations is not None and set(dilations) != {1}:
        if set(words["strides"]) != {1}:
            raise arguments.wrong("strides", "tf.nn.pool takes strides of 1 only beside dilations")
        if words["padding"] == "SAME":
            raise arguments.wrong("padding", "tf.nn.pool takes 'VALID' only beside dilations")
    if arguments.function is ARGMAX:
        words["include_batch_in_index"] = arguments.flag("include_batch_in_index")
    return read_windows(arguments, "tensorflow", operator, last=last, dtype=dtype, **words)


def _reduction(arguments: CallArguments) -> str:
    """`max` or `avg`, of a function of any rank."""
    if not arguments.has("reduction"):
        return arguments.function.name.rpartition(".")[2].removesuffix("_pool")
    word = arguments.said("reduction")
    if word not in ("MAX", "AVG"):
        raise arguments.unexpected("reduction", "'MAX' or 'AVG'")
    return str(word).lower()


def _numbers(arguments: CallArguments, role: Role, rank: int, last: bool) -> tuple[int, ...] | None:
    """One number for each spatial axis; None where none is named."""
    given = arguments.said(role)
    if given is None:
        return None
    numbers = integers(given)
    every = arguments.function is not POOL
    if numbers is not None and every and len(numbers) == rank + 2:
        order = (0, *range(1, rank + 1), rank + 1) if last else to_channels_last(rank)
        laid_out = tuple(numbers[axis] for axis in order)
        if (laid_out[0], laid_out[-1]) != (1, 1):
            message = f"{arguments.name(role)} is {given!r}; windows over batch or channels are not read"
            raise arguments.wrong(role, message)
        numbers = laid_out[1:-1]
    elif numbers is not None and every and len(numbers) == 1:
        numbers = numbers * rank
    if numbers is None or len(numbers) != rank or (not every and not isinstance(given, tuple)):
        accepted = f"{rank} integers" if not every else f"an integer, 1, {rank} or {rank + 2} integers"
        raise arguments.unexpected(role, accepted)
    for number in numbers:
        arguments.check_least(role, number)
    return numbers


def _padding(arguments: CallArguments, operator: str, rank: int, last: bool) -> str | tuple[tuple[int, int], ...]:
    given: Argument = arguments.said("padding")
    if given in ("SAME", "VALID"):
        return str(given)
    if operator not in PAIRS or arguments.function is POOL:
        raise arguments.unexpected("padding", f"'SAME' or 'VALID': {arguments.function.name} takes no pairs")
    found = pairs(given, rank + 2)
    if found is None:
        raise arguments.unexpected("padding", f"'SAME', 'VALID' or {rank + 2} pairs (before, after)")
    outer, spatial = ((found[0], found[-1]), found[1:-1]) if last else (found[:2], found[2:])
    if set(outer) != {(0, 0)}:
        raise arguments.wrong("padding", "padding of batch or channels is not read; it must be (0, 0)")
    kernel = _numbers(arguments, "kernel", rank, last)
    assert kernel is not None
    for (before, after), length in zip(spatial, kernel, strict=True):
        if not (0 <= before < length and 0 <= after < length):
            message = (
                f"pads ({before}, {after}) beside a window of {length}; TensorFlow takes pads below the window alone"
            )
            raise arguments.wrong("padding", message)
    return spatial
