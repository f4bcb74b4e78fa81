"""Batch: images that are mixed up, or left out.

Knows: canonical arrays. Nothing here changes a single image.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from conformance.mutants.fault import Edit, Fault
from conformance.mutants.problem import Array, Problem

MOST_IMAGES = 8


def _fault(name: str, summary: str, diagnosis: str, **stages: Any) -> Fault:
    return Fault(name, summary, "batch", ("differs",), tuple(diagnosis.split()), **stages)


def _value(change: Callable[[Array], Array]) -> Edit:
    return lambda problem: replace(problem, value=change(problem.value))


def _without(images: slice) -> Callable[[Array], Array]:
    """Those images are zero, where there are several."""

    def change(value: Array) -> Array:
        changed = value.copy()
        if len(value) > 1:
            changed[images] = 0
        return changed

    return change


def _of_the_first(result: Array, _: Problem) -> Array:
    return np.broadcast_to(result[:1], result.shape) if len(result) else result


FAULTS = (
    _fault("first-image-for-all", "Every result is the first image's.", "first_image_everywhere", finish=_of_the_first),
    _fault(
        "first-image-only", "The others' results are zero.", "only_first_image", edit=_value(_without(slice(1, None)))
    ),
    _fault("reversed-batch", "The images are in reverse order.", "reverse_batch", edit=_value(lambda x: x[::-1])),
    _fault(
        "last-image-missing",
        "The last result is zero.",
        "last_image_missing batch_limit_8",
        edit=_value(_without(slice(-1, None))),
    ),
    _fault(
        "images-beyond-eight",
        "The results beyond the eighth are zero.",
        "last_image_missing batch_limit_8",
        edit=_value(_without(slice(MOST_IMAGES, None))),
    ),
)
