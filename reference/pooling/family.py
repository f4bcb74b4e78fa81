"""The operators of pooling, TensorFlow's names where it has them, else PyTorch's; what each makes of its windows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from reference.family import Operator

Reduction: TypeAlias = Literal["maximum", "average", "norm", "index", "unpooled"]
"""What a window becomes: its maximum, its sum over a divisor, the root of its sum of powers, or its maximum's place.
Unpooled are maxima that are put back.
"""


@dataclass(frozen=True, slots=True)
class PoolingOperator(Operator):
    """One operator of pooling."""

    reduction: Reduction = "maximum"
    adaptive: bool = False
    """its windows follow from how many there are to be; otherwise from ksize, strides and padding"""


_REDUCTIONS: Mapping[str, Reduction] = {"max": "maximum", "avg": "average", "lp": "norm"}
OPERATORS: Mapping[str, PoolingOperator] = {
    name: PoolingOperator(name, rank, transposed=False, reduction=_REDUCTIONS[word], adaptive=adaptive)
    for word, adaptive in (("max", False), ("avg", False), ("lp", False), ("max", True), ("avg", True))
    for rank in (1, 2, 3)
    for name in [f"{'adaptive_' * adaptive}{word}_pool{rank}d"]
} | {
    "max_pool_with_argmax": PoolingOperator("max_pool_with_argmax", 2, transposed=False, reduction="index"),
    "max_unpool2d": PoolingOperator("max_unpool2d", 2, transposed=False, reduction="unpooled", adaptive=True),
}


def averages(operator: str) -> bool:
    """Whether the operator averages each window."""
    return OPERATORS[operator].reduction == "average"
