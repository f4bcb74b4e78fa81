"""What a lane is asked first about it."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.smoke.questions import SmallCall, SmallWrongCall
from conformance.suite.case import CallFault
from conformance.suite.dtypes import FORMATS
from conformance.workers.declared import Declared
from tests.operators.running_maximum.call import RightMaximum, WrongMaximum
from tests.operators.running_maximum.function import running_maximum


def subjects(declared: Declared) -> Iterator[str]:
    """Of a running maximum only the dtype is left open."""
    if declared.takes("running_maximum", "forward"):
        yield from declared.known_dtypes()


def beside(declared: Declared, first: str) -> Iterator[tuple[str, str]]:
    return ((dtype, dtype) for dtype in declared.known_dtypes())


def first(dtype: str) -> SmallCall:
    return _asked(dtype, [7], 1, "the maximum of 7")


def again(dtype: str) -> tuple[SmallCall, ...]:
    return _asked(dtype, [3], 1), _asked(dtype, [5], 1)


def ordered(dtype: str) -> SmallCall:
    return _asked(dtype, [3, 1, 2], 1)


def whole(dtype: str) -> tuple[str, SmallCall]:
    return "takes maxima", _asked(dtype, [1, 5, 2, 3, 4], 2, "5 elements, window 2")


def wrong(dtype: str) -> SmallWrongCall:
    fault = CallFault("size", "window is 0; it must be at least 1")
    call = WrongMaximum(operator="running_maximum", length=1, window=0, dtype=dtype, fault=fault)
    return SmallWrongCall(call, {"value": np.ones(1, FORMATS[dtype].numpy)})


def empty(dtype: str) -> None:
    return None


def large(dtype: str) -> SmallCall:
    return _asked(dtype, np.arange(2**20 // FORMATS[dtype].numpy.itemsize) % 251, 3)


def other_meaning(asked: SmallCall, result: NDArray[Any]) -> None:
    return None


def _asked(dtype: str, numbers: Any, window: int, words: str = "") -> SmallCall:
    value = np.asarray(numbers, FORMATS[dtype].numpy)
    call = RightMaximum(operator="running_maximum", length=len(value), window=window, dtype=dtype)
    return SmallCall(call, {"value": value}, running_maximum(value, window), words)
