"""The questions of `conformance smoke`, about any subject: operator, direction, dtype and layout.

Knows: small right and wrong calls. Must not know: the order of steps (`conformance.smoke.steps`).
"""

from collections.abc import Iterator
from math import isqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.operators.index_map.call import RightIndexMap, WrongIndexMap
from conformance.operators.index_map.diagnosis import explain
from conformance.operators.index_map.subject import DIRECTIONS, IN_ORDER, IndexMapSubject, is_defined, subjects
from conformance.operators.kind import Operands
from conformance.operators.subject import said_beside
from conformance.smoke.questions import SmallCall, SmallWrongCall
from conformance.suite.dtypes import FORMATS
from conformance.workers.declared import Declared
from reference.index_map.operators import Mapped

__all__ = ["again", "beside", "empty", "first", "large", "ordered", "other_meaning", "subjects", "whole", "wrong"]

# Bytes
LARGE = 2**20
# Of one element, and what leaves every element where it is
SAME: dict[str, Any] = {
    "paddings": ((0, 0),) * 4, "block_size": 1, "ksize": 1, "strides": 1, "padding": "VALID",
}  # fmt: skip


def beside(declared: Declared, first: IndexMapSubject) -> Iterator[tuple[str, IndexMapSubject]]:
    """What is declared, said without the operator and direction that the first subject has."""
    found = said_beside(IN_ORDER, declared, first, DIRECTIONS)
    return ((words, subject) for words, subject in found if is_defined(subject))


def first(subject: IndexMapSubject) -> SmallCall:
    """A copy of one element."""
    return _one(subject, 15)


def again(subject: IndexMapSubject) -> tuple[SmallCall, ...]:
    """The same, twice."""
    return _one(subject, 6), _one(subject, 77)


def ordered(subject: IndexMapSubject) -> SmallCall:
    """A value of elements that all differ, and stay where they are."""
    return _counted(subject, (2, 2, 3, 2))


def whole(subject: IndexMapSubject) -> tuple[str, SmallCall]:
    """Uneven pads, blocks of two, patches that overlap; no two elements are alike, and sums are of two."""
    return "maps", _mapped(subject, batch=1)


def empty(subject: IndexMapSubject) -> SmallCall:
    """The same with no image."""
    return _mapped(subject, batch=0)


def large(subject: IndexMapSubject) -> SmallCall:
    """A tensor of 1 MiB, whose elements stay where they are."""
    side = isqrt(LARGE // FORMATS[subject.dtype].numpy.itemsize)
    return _counted(subject, (1, side, side, 1), 251)


def wrong(subject: IndexMapSubject) -> SmallWrongCall:
    """A call that the definition refuses: a reflection of more than there is, blocks and windows of nothing."""
    value = subject.value_shape(1, 2, 2, 4)
    call = subject.any_call(
        value,
        **{
            **SAME, "paddings": ((0, 0), (2, 0), (0, 0), (0, 0)), "mode": "REFLECT" if _pads(subject) else None,
            "block_size": 0, "ksize": 0, "output_size": (2, 2),
        },
        **({} if subject.direction == "forward" else {"cotangent_given": value}),
    )  # fmt: skip
    assert isinstance(call, WrongIndexMap)
    ones = {name: np.ones(shape, FORMATS[subject.dtype].numpy) for name, shape in call.operands.items()}
    return SmallWrongCall(call, ones)


def other_meaning(asked: SmallCall, result: NDArray[Any]) -> tuple[str, str] | None:
    """The mistake under which the answer is right."""
    assert isinstance(asked.call, RightIndexMap)
    found = explain(asked.call, asked.operands, result)
    return (found[0].sentence.removeprefix("behaves as if "), ", ".join(asked.call.words)) if found else None


def _pads(subject: IndexMapSubject) -> bool:
    return subject.operator.name == "pad"


def _one(subject: IndexMapSubject, number: int) -> SmallCall:
    call = subject.call(subject.value_shape(1, 1, 1, 1), **SAME, output_size=(1, 1))
    return _asked(call, {name: np.full(shape, number) for name, shape in call.operands.items()}, f"{number} alone")


def _counted(subject: IndexMapSubject, lengths: tuple[int, int, int, int], period: int = 2**16) -> SmallCall:
    """1, 2, 3, ... in the order of memory, counted anew after a period."""
    call = subject.call(subject.value_shape(*lengths), **SAME, output_size=lengths[1:3])
    return _asked(call, _numbers(call, period))


def _mapped(subject: IndexMapSubject, batch: int) -> SmallCall:
    lengths = {
        "pad": (batch, 3, 4, 2), "depth_to_space": (batch, 2, 3, 8), "space_to_depth": (batch, 4, 6, 2),
        "extract_patches": (batch, 3, 4, 2), "fold": (batch, 2, 4, 4),
    }[subject.operator.name]  # fmt: skip
    words: dict[str, Any] = {
        "paddings": ((0, 0), (1, 2), (2, 0), (0, 0)), "mode": "REFLECT" if _pads(subject) else "DCR", "block_size": 2,
        "ksize": (2, 1), "strides": 1, "padding": "VALID", "output_size": (3, 4),
    }  # fmt: skip
    call = subject.call(subject.value_shape(*lengths), **words)
    said = {
        "pad": "pads of 1 and 2, and of 2 and 0, that reflect", "extract_patches": "windows of two rows",
        "fold": "windows of two rows, added up",
    }.get(subject.operator.name, "blocks of two by two, DCR")  # fmt: skip
    return _asked(call, _numbers(call), said)


def _numbers(call: RightIndexMap, period: int = 2**16) -> Operands:
    return {name: (1 + np.arange(np.prod(shape)) % period).reshape(shape) for name, shape in call.operands.items()}


def _asked(call: RightIndexMap, numbers: Operands, words: str = "") -> SmallCall:
    operands = {name: array.astype(FORMATS[call.dtype].numpy) for name, array in numbers.items()}
    mapped = Mapped(call.geometry, call.last)
    wide = {name: array.astype(FORMATS[call.dtype].wide) for name, array in operands.items()}
    result = mapped.result(wide["value"]) if call.direction == "forward" else mapped.gradient(wide["cotangent"])
    return SmallCall(call, operands, result.astype(FORMATS[call.dtype].numpy), words)
