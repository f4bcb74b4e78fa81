"""Edits of the finished result: what is negated, zeroed, spoiled, or never written.

Knows: canonical results. Must not know: answers; an edit that leaves elements free says only which.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from conformance.judging.diagnosis.edit import Apply, Edit
from conformance.judging.diagnosis.rendition import Array, Free, Rendition
from reference.magnitude import tap_counts


def _times(factor: float) -> Apply:
    return lambda old: [old.then(lambda result, _: result * factor)]


def _corner(number: float, at: int) -> Apply:
    """A number in the first or last element; memory's and the canonical array's are the same."""

    def spoil(result: Array, _: Rendition) -> Array:
        result = result.copy()
        result[(at,) * result.ndim] = number
        return result

    return lambda old: [old.then(spoil)]


def _gaps(result: Array, rendition: Rendition) -> NDArray[np.bool_]:
    """Elements that no tap reaches."""
    return np.broadcast_to((tap_counts(rendition.axes) == 0)[..., np.newaxis], result.shape)


def _nan_in_gaps(result: Array, rendition: Rendition) -> Array:
    return np.where(_gaps(result, rendition), np.nan, result)


def _last_element(result: Array, _: Rendition) -> NDArray[np.bool_]:
    free = np.zeros(result.shape, dtype=bool)
    free[(-1,) * result.ndim] = True
    return free


def _leaving(free: Free) -> Apply:
    return lambda old: [replace(old, free=free)]


RESULT: tuple[Edit, ...] = (
    Edit("all_zeros", "result", "nothing were computed: the result is all zeros", _times(0.0)),
    Edit("negated", "result", "the result were negated", _times(-1.0)),
    Edit("doubled", "result", "the result were added up twice", _times(2.0)),
    Edit("halved", "result", "the result were halved", _times(0.5)),
    Edit("last_element_nan", "result", "the last element were NaN", _corner(np.nan, -1)),
    Edit("last_element_zero", "result", "the last element were not computed", _corner(0.0, -1)),
    Edit("first_element_infinite", "result", "the first element were infinite", _corner(np.inf, 0)),
    Edit("first_element_zero", "result", "the first element were not computed", _corner(0.0, 0)),
    Edit("nan_in_gaps", "result", "elements that no tap reaches were NaN", lambda old: [old.then(_nan_in_gaps)]),
    Edit("gaps_uninitialised", "result", "elements that no tap reaches were never written", _leaving(_gaps)),
    Edit("last_element_uninitialised", "result", "the last element were never written", _leaving(_last_element)),
)
