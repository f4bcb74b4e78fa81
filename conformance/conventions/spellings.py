"""Which spellings of one call are understood, and whether they mean the same: lists, words, layouts, dtypes.

Knows: dialects' spellings. Must not know: journals.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ml_dtypes
import numpy as np

from conformance.adapters.dialect import Dialect, Spelling
from conformance.adapters.reply import Answer, Reply
from conformance.conventions.axis_map import predicted_map
from conformance.conventions.probe import FILTER_AXES, VALUE_AXES, Array, Ask, laid_out, predicted_answer, trouble

VALUE, FILTER = (1, 3, 4, 2), (3, 2, 3, 2)
"""batch, height, width, in; height, width, out, in: as `Dialect.plain` says"""


@dataclass(frozen=True, slots=True)
class SpellingFound:
    """One spelling and what became of it."""

    spelling: Spelling
    understood: bool
    """answered, with the numbers that the plain call has by definition, in the asked dtype"""
    text: str
    """the label, with what happened where that is not a plain yes or no"""


def try_spellings(ask: Ask, dialect: Dialect) -> list[SpellingFound]:
    """Every spelling of the dialect, beside what the definition makes of the plain call, not what the lane does."""
    maps = [predicted_map(axis, flipped=False) for axis in dialect.plain_axes]
    expected = predicted_answer(*_plain_operands(), maps)
    return [_tried(ask, dialect, spelling, expected) for spelling in dialect.spellings]


def _tried(ask: Ask, dialect: Dialect, spelling: Spelling, expected: Array) -> SpellingFound:
    operands = _operands(dialect, spelling.dtype, spelling.value_layout, spelling.filter_layout)
    reply = ask(spelling.plan, operands)
    if not isinstance(reply, Answer):
        return SpellingFound(spelling, False, f"{spelling.label} ({_shortly(reply)})")
    if str(reply.array.dtype) != spelling.dtype:
        return SpellingFound(spelling, False, f"{spelling.label} (answered in {reply.array.dtype})")
    layout = spelling.value_layout or dialect.value_layout
    if not _equal(reply.array, layout, expected):
        return SpellingFound(spelling, False, f"{spelling.label} (answered with another result)")
    return SpellingFound(spelling, True, spelling.label)


def _shortly(reply: Reply) -> str:
    found = trouble(reply)
    return found.text.partition(":")[0] if found.kind == "refused" else found.text


def _equal(answer: Array, layout: str, expected: Array) -> bool:
    """Whether the numbers are the expected ones; they are small integers, exact in every dtype."""
    if answer.ndim != 4:
        return False
    wide: Any = np.complex128 if answer.dtype.kind == "c" else np.float64
    return np.array_equal(laid_out(answer, layout, VALUE_AXES).astype(wide), expected)


def _plain_operands() -> tuple[Array, Array]:
    """Value and filter, in the orders of VALUE_AXES and FILTER_AXES."""
    return (np.arange(np.prod(VALUE)) % 5 - 2).reshape(VALUE), (np.arange(np.prod(FILTER)) % 3 - 1).reshape(FILTER)


def _operands(dialect: Dialect, dtype: str, value_layout: str, filter_layout: str) -> Mapping[str, Array]:
    number: Any = ml_dtypes.bfloat16 if dtype == "bfloat16" else dtype
    value, filter = (operand.astype(number) for operand in _plain_operands())
    return {
        "value": laid_out(value, VALUE_AXES, value_layout or dialect.value_layout),
        "filter": laid_out(filter, FILTER_AXES, filter_layout or dialect.filter_layout),
    }
