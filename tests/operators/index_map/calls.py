"""Right calls by a few words."""

from typing import Any

from conformance.operators.index_map.call import RightIndexMap
from conformance.operators.index_map.calls import right_call

WORDS: dict[str, dict[str, Any]] = {
    "pad": {"value": (4, 5), "paddings": ((1, 2), (3, 0)), "mode": "REFLECT"},
    "depth_to_space": {"value": (1, 2, 3, 8), "block_size": 2},
    "space_to_depth": {"value": (1, 4, 6, 2), "block_size": 2},
    "extract_patches": {"value": (1, 4, 5, 2), "ksize": (2, 3), "strides": 1, "padding": "SAME"},
    "fold": {"value": (1, 3, 3, 12), "output_size": (4, 5), "ksize": (2, 3), "strides": 1, "padding": "VALID"},
}


def index_call(operator: str, **words: Any) -> RightIndexMap:
    """As above where nothing else is said."""
    given = {**WORDS[operator], **words}
    return right_call(operator, given.pop("value"), **given)
