"""Right calls by a few words."""

from typing import Any

from conformance.operators.pooling.call import RightPooling
from conformance.operators.pooling.calls import right_call
from reference.pooling.family import OPERATORS

SHAPES = {1: (2, 8, 3), 2: (2, 6, 7, 3), 3: (1, 4, 5, 3, 2)}


def pooling_call(operator: str = "max_pool2d", **words: Any) -> RightPooling:
    """Window 3, strides 2, SAME and the second norm where nothing else is said, of adaptive poolings three windows."""
    value = words.pop("value", SHAPES[OPERATORS[operator].rank])
    if OPERATORS[operator].adaptive:
        return right_call(operator, value, **{"output_size": 3 if operator.startswith("adaptive") else 9, **words})
    if operator.startswith("lp"):
        words = {"norm_type": 2, **words}
    return right_call(operator, value, **{"ksize": 3, "strides": 2, "padding": "SAME", **words})
