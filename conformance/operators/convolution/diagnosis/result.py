"""Edits of the finished result: what is negated, zeroed, spoiled, or never written.

Knows: canonical results. Must not know: answers; an edit that leaves elements free says only which.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from conformance.operators.convolution.diagnosis.edit import Apply, Edit
from conformance.operators.convolution.diagnosis.rendition import Array, Free, Rendition
from conformance.operators.convolution.diagnosis.structure import counts


def _times(factor: float) -> Apply:
    return lambda old: [old.changed(lambda result: np.asarray(result * factor))]


def _halved(old: Rendition) -> Iterator[Rendition]:
    """Of integers rounded down, or towards zero."""
    if old.form.kind == "integer":
        yield old.changed(lambda result: result // 2)
        yield old.changed(lambda result: np.sign(result) * (np.abs(result) // 2))
    else:
        yield old.changed(lambda result: np.asarray(result * 0.5))


def _corner(number: float, at: int) -> Apply:
    """A number in the first or last element; memory's and the canonical array's are the same."""

    def spoil(result: Array) -> Array:
        result = result.copy()
        result[(at,) * result.ndim] = number
        return result

    return lambda old: [old.changed(spoil)] if np.isfinite(number) or old.form.kind != "integer" else ()


def _gaps(result: Array, rendition: Rendition) -> NDArray[np.bool_]:
    """Elements that no tap reaches."""
    channels = 2 if rendition.target == "filter" else 1
    none = (counts(rendition) == 0)[(..., *[np.newaxis] * channels)]
    return np.broadcast_to(none, result.shape)


def _nan_in_gaps(old: Rendition) -> Iterator[Rendition]:
    if old.target is not None and old.form.kind != "integer":
        yield old.then(lambda result, new: np.where(_gaps(result, new), np.nan, result))


def _gaps_uninitialised(old: Rendition) -> Iterator[Rendition]:
    if old.target is not None and not counts(old).all():
        yield replace(old, free=_gaps)


def _last_element(result: Array, _: Rendition) -> NDArray[np.bool_]:
    free = np.zeros(result.shape, dtype=bool)
    free[(-1,) * result.ndim] = True
    return free


def _leaving(free: Free) -> Apply:
    return lambda old: [replace(old, free=free)]


RESULT: tuple[Edit, ...] = (
    Edit("all_zeros", "result", "nothing were computed: the result is all zeros", _times(0)),
    Edit("negated", "result", "the result were negated", _times(-1)),
    Edit("doubled", "result", "the result were added up twice", _times(2)),
    Edit("halved", "result", "the result were halved", _halved),
    Edit("last_element_nan", "result", "the last element were NaN", _corner(np.nan, -1)),
    Edit("last_element_zero", "result", "the last element were not computed", _corner(0.0, -1)),
    Edit("first_element_infinite", "result", "the first element were infinite", _corner(np.inf, 0)),
    Edit("first_element_zero", "result", "the first element were not computed", _corner(0.0, 0)),
    Edit("nan_in_gaps", "result", "elements that no tap reaches were NaN", _nan_in_gaps),
    Edit("gaps_uninitialised", "result", "elements that no tap reaches were never written", _gaps_uninitialised),
    Edit("last_element_uninitialised", "result", "the last element were never written", _leaving(_last_element)),
)
