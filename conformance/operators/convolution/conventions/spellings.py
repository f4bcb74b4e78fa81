"""Which spellings of one call are understood, and whether they mean the same: lists, words, layouts, dtypes.

Knows: dialects' spellings. Must not know: journals.
"""

import numpy as np

from conformance.adapters.dialect import Dialect
from conformance.conventions.asking import Ask
from conformance.conventions.spellings import SpellingFound, spelled
from conformance.operators.convolution.conventions.axis_map import predicted_map
from conformance.operators.convolution.conventions.probe import FILTER_AXES, VALUE_AXES, laid_out, predicted_answer
from conformance.suite.dtypes import FORMATS

# Batch, height, width, in; height, width, out, in: as `Dialect.plain` says
VALUE, FILTER = (1, 3, 4, 2), (3, 2, 3, 2)


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
        found.append(spelled(spelling, ask(spelling.plan, operands), laid_out(expected, VALUE_AXES, layout)))
    return found
