"""What is right about an index map, and what a wrong answer behaves like.

Knows: the reference's values and counts, the diagnosis. Must not know: lanes.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.judging.arithmetic import Arithmetic
from conformance.judging.expected import Expected
from conformance.judging.overlay import Explanation
from conformance.operators.index_map.call import RightIndexMap, right_index_map
from conformance.operators.index_map.diagnosis import explain
from conformance.operators.kind import Operands
from conformance.suite.case import Inputs, RightCall
from conformance.suite.dtypes import FORMATS
from reference.index_map.operators import Mapped

# Most results are copies; sums are exact in the operands' own dtype, or bounded as sums in it.
PROBES = None


def expect(call: RightCall, inputs: Inputs, operands: Operands) -> Expected:
    """What the reference says of a right call with these operands."""
    asked, form = right_index_map(call), FORMATS[call.dtype]
    backwards = asked.direction != "forward"
    numbers = operands["cotangent" if backwards else "value"].astype(form.wide)
    mapped = Mapped(asked.geometry, asked.last, asked.constant)

    def computed(array: NDArray[Any]) -> NDArray[Any]:
        return mapped.gradient(array) if backwards else mapped.result(array)

    values, terms = computed(numbers), mapped.terms(backwards=backwards)
    if asked.terms > 1:
        return _summed(asked, values, computed(np.abs(numbers)), terms, numbers)
    chosen = Expected.of_chosen(values, call.dtype, signed=not backwards)
    # Zeros of pads are asked for, and prove as much as copies do.
    return replace(chosen, products=np.where((terms == 0) & (values == 0), 0, chosen.products))


def diagnose(
    call: RightCall, operands: Operands, answer: NDArray[Any], arithmetic: Arithmetic | None = None
) -> Sequence[Explanation]:
    """What a wrong answer behaves like; empty for a call that is too large to be diagnosed."""
    return explain(right_index_map(call), operands, answer)


def _summed(
    call: RightIndexMap,
    values: NDArray[Any],
    magnitude: NDArray[Any],
    terms: NDArray[np.int64],
    numbers: NDArray[Any],
) -> Expected:
    sizes = np.asarray(magnitude, np.float64)
    finite = numbers[np.isfinite(numbers)]
    whole = bool(np.all(np.rint(finite) == finite))
    return Expected(
        format=FORMATS[call.dtype],
        values=values,
        magnitude_when_asked=lambda: sizes,
        taps=terms,
        products=terms,
        quantum=1.0 if whole else None,
        spatial=tuple(range(values.ndim)),
        strides=(1,) * values.ndim,
        added=None,
        coarse_magnitude=lambda: np.full_like(sizes, sizes.max(initial=0.0)),
    )
