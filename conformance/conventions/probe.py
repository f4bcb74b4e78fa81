"""One call that shows the whole index maps of two axes: a batch with a one at every input, and a kernel of codes.

Knows: layouts, workers' replies. Must not know: formulas (`conformance.conventions.sweep` holds them against maps).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from conformance.adapters.dialects.dialect import AxisWords, Phrasing, Said
from conformance.adapters.reply import Answer, CannotSay, Crashed, Failed, Misshapen, Refused, Reply, TimedOut
from conformance.conventions.axis_map import AxisMap

Array: TypeAlias = NDArray[Any]
Ask: TypeAlias = Callable[[Said, Mapping[str, Array]], Reply]
"""what is said and the operands, to what becomes of them"""

VALUE_AXES, FILTER_AXES = "NHWC", "HWOI"
"""the order in which arrays are made and read here"""


class Layouts(Protocol):
    """In which order a lane takes the axes of its operands."""

    @property
    def value_layout(self) -> str: ...

    @property
    def filter_layout(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Trouble:
    """No map came back."""

    kind: str
    """refused, aborts, or garbled: answered with something that no map explains"""
    text: str


Observation: TypeAlias = AxisMap | Trouble


def laid_out(array: Array, made: str, wanted: str) -> Array:
    """The array with its axes in the order wanted."""
    return np.ascontiguousarray(np.transpose(array, [made.index(axis) for axis in wanted]))


def observe(
    ask: Ask, layouts: Layouts, phrasing: Phrasing, height: AxisWords, width: AxisWords
) -> tuple[AxisMap, AxisMap] | Trouble:
    """The maps of both axes, from one call."""
    value: Array = np.zeros((height.length, width.length, height.length, width.length, 1), np.float32)
    for row in range(height.length):
        for column in range(width.length):
            value[row, column, row, column] = 1
    value = value.reshape(-1, height.length, width.length, 1)
    codes = np.arange(1.0, height.kernel * width.kernel + 1, dtype=np.float32)
    filter: Array = codes.reshape(height.kernel, width.kernel, 1, 1)
    operands = {
        "value": laid_out(value, VALUE_AXES, layouts.value_layout),
        "filter": laid_out(filter, FILTER_AXES, layouts.filter_layout),
    }
    reply = ask(phrasing.plan(height, width), operands)
    if not isinstance(reply, Answer):
        return trouble(reply)
    if reply.array.ndim != 4:
        return Trouble("garbled", f"a result of shape {list(reply.array.shape)}")
    return _read(laid_out(reply.array, layouts.value_layout, VALUE_AXES), height, width)


def predicted_answer(value: Array, filter: Array, height: AxisMap, width: AxisMap) -> Array:
    """What the maps make of a value (n, h, w, in) and a filter (kh, kw, out, in): (n, *outputs, out)."""
    rows = _incidence(height, value.shape[1], filter.shape[0])
    columns = _incidence(width, value.shape[2], filter.shape[1])
    operands = (each.astype(np.float64) for each in (value, filter))
    answer: Array = np.einsum("pjt,qlu,njli,tuoi->npqo", rows, columns, *operands, optimize=True)
    return answer


def _incidence(axis: AxisMap, length: int, kernel: int) -> Array:
    """1 where (output, input, tap) is a product."""
    found = np.zeros((axis.output, length, kernel))
    for j, t, p in axis.products:
        found[p, j, t] = 1
    return found


def trouble(reply: Reply) -> Trouble:
    """What became of a call without an answer."""
    match reply:
        case Refused(error, message):
            return Trouble("refused", f"{error}: {_plainly(message)}")
        case Crashed(how, _):
            return Trouble("aborts", f"aborts the process ({how})")
        case TimedOut(limit):
            return Trouble("aborts", f"does not return within {limit:g} s")
        case CannotSay(reason):
            return Trouble("refused", reason)
        case Failed(message) | Misshapen(_, _, message):
            return Trouble("garbled", message[:200])
        case Answer(array, _):
            return Trouble("garbled", f"an answer of shape {list(array.shape)}")


def _plainly(message: str) -> str:
    """The beginning of an exception's text, on one line, without the names of TensorFlow's graph nodes."""
    return re.sub(r"\{\{.*?\}\} ?", "", " ".join(message.split()))[:160]


def _read(answer: Array, height: AxisWords, width: AxisWords) -> tuple[AxisMap, AxisMap] | Trouble:
    """Every nonzero element names a tap by its code; where and in which image it stands are the rest of a product."""
    if answer.shape[0] != height.length * width.length or answer.shape[3] != 1:
        return Trouble("garbled", f"a result of shape {list(answer.shape)}")
    image, row, column, _ = np.nonzero(answer)
    numbers = answer[image, row, column, 0]
    if not np.isin(numbers, np.arange(1, height.kernel * width.kernel + 1)).all():  # NaN and infinities neither
        return Trouble("garbled", "outputs that no single weight explains")
    codes = numbers.real.astype(int) - 1
    rows = _products(image // width.length, codes // width.kernel, row)
    columns = _products(image % width.length, codes % width.kernel, column)
    if len(rows) * len(columns) != len(codes):
        return Trouble("garbled", "height and width are not independent of one another")
    return AxisMap(answer.shape[1], rows), AxisMap(answer.shape[2], columns)


def _products(inputs: Array, taps: Array, outputs: Array) -> frozenset[tuple[int, int, int]]:
    return frozenset(zip(inputs.tolist(), taps.tolist(), outputs.tolist(), strict=True))
