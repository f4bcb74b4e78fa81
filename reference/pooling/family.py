"""The operators of pooling: TensorFlow's names, and how many spatial axes they have."""

from collections.abc import Mapping

from reference.family import Operator

OPERATORS: Mapping[str, Operator] = {
    name: Operator(name, rank, transposed=False)
    for reduction in ("max", "avg")
    for rank in (1, 2, 3)
    for name in [f"{reduction}_pool{rank}d"]
}


def averages(operator: str) -> bool:
    """Whether the operator averages each window; otherwise it takes the window's maximum."""
    return operator.startswith("avg")
