"""Which spellings of one call are understood, and whether they mean the same: lists, words, layouts, dtypes.

Knows: dialects' spellings. Must not know: journals.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from conformance.adapters.dialect import Dialect, Spelling
from conformance.adapters.reply import Answer, Reply
from conformance.conventions.asking import Array, Ask, trouble
from conformance.operators.convolution.conventions.axis_map import predicted_map
from conformance.operators.convolution.conventions.probe import FILTER_AXES, VALUE_AXES, laid_out, predicted_answer
from conformance.suite.dtypes import FORMATS

# Batch, height, width, in; height, width, out, in: as `Dialect.plain` says
VALUE, FILTER = (1, 3, 4, 2), (3, 2, 3, 2)


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
    # Small integers: every sum of their products is exact in every dtype.
    value = (np.arange(np.prod(VALUE)) % 5 - 2).reshape(VALUE)
    filter = (np.arange(np.prod(FILTER)) % 3 - 1).reshape(FILTER)
    expected = predicted_answer(value, filter, maps)
    found = []
    for spelling in dialect.spellings:
        number, layout = FORMATS[spelling.dtype].numpy, spelling.value_layout or dialect.value_layout
        operands = {
            "value": laid_out(value.astype(number), VALUE_AXES, layout),
            "filter": laid_out(filter.astype(number), FILTER_AXES, spelling.filter_layout or dialect.filter_layout),
        }
        wrong = _trouble(ask(spelling.plan, operands), spelling.dtype, layout, expected)
        found.append(SpellingFound(spelling, not wrong, f"{spelling.label} ({wrong})" if wrong else spelling.label))
    return found


def _trouble(reply: Reply, dtype: str, layout: str, expected: Array) -> str:
    """What is wrong with the answer to a spelling, shortly; empty where it is the plain call's."""
    if not isinstance(reply, Answer):
        found = trouble(reply)
        return found.text.partition(":")[0] if found.kind == "refused" else found.text
    answer = reply.array
    if str(answer.dtype) != dtype:
        return f"answered in {answer.dtype}"
    wide: Any = np.complex128 if answer.dtype.kind == "c" else np.float64
    if answer.ndim == 4 and np.array_equal(laid_out(answer, layout, VALUE_AXES).astype(wide), expected):
        return ""
    return "answered with another result"
