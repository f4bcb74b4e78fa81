"""Right calls by a few words."""

from typing import Any

from conformance.operators.resize.call import RightResize
from conformance.operators.resize.calls import right_call

SHAPES = {"1": (2, 5, 3), "2": (2, 5, 7, 3), "3": (1, 3, 5, 4, 2)}


def resize_call(operator: str = "resize2d", **words: Any) -> RightResize:
    """To lengths of 7 where nothing else is said."""
    value = words.pop("value", SHAPES[operator[-2]])
    lengths = {} if "scales" in words else {"output_size": 7}
    return right_call(operator, value, **{**lengths, **words})
