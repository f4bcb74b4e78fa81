"""Edits of gradients: of something else, of another cotangent, means for sums.

Knows: canonical arrays. Must not know: answers.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from math import prod
from typing import Any

import numpy as np

from conformance.operators.convolution.diagnosis.edit import Apply, Edit
from conformance.operators.convolution.diagnosis.rendition import Array, Change, Rendition
from reference.family import DIRECTIONS, Direction

_ASKED: dict[Direction, str] = {
    "forward": "the result",
    "value_gradient": "the value's gradient",
    "filter_gradient": "the filter's gradient",
    "bias_gradient": "the bias's gradient",
}


def _gradient(apply: Apply) -> Apply:
    return lambda old: () if old.forward else apply(old)


def _cotangent(change: Change) -> Apply:
    return _gradient(lambda old: [old.with_operands(["cotangent"], change)])


def _direction(old: Rendition) -> Iterator[Rendition]:
    """Something else is computed from the same operands."""
    for direction in DIRECTIONS:
        if direction != old.direction:
            yield replace(old, direction=direction).saying(_ASKED[direction])


def _mean(count: Callable[[tuple[int, ...]], int]) -> Apply:
    """What is asked for divided by a number of the cotangent's images or pixels."""

    def apply(old: Rendition) -> Iterator[Rendition]:
        number = max(count(old.operands["cotangent"].shape), 1)
        yield old.changed(lambda result: np.asarray(result / number)).saying(str(number))

    return _gradient(apply)


def _unsummed(old: Rendition) -> Iterator[Rendition]:
    """A bias's gradient that keeps the pixels."""
    if old.target is None:
        cotangent = old.operands["cotangent"]
        yield old.changed(lambda _: cotangent.sum(axis=0))
        yield old.changed(lambda _: np.moveaxis(cotangent.sum(axis=0), -1, 0))


def _last_pixel(old: Rendition) -> Iterator[Rendition]:
    """Of every tap the last, or the first, pair of pixels that it brings together, summed over images."""
    if old.target == "filter":
        yield old.then(partial(_of_pixel, -1))
        yield old.then(partial(_of_pixel, 0))


def _of_pixel(at: int, result: Array, rendition: Rendition) -> Array:
    taken = np.zeros_like(result)
    groups = rendition.groups
    for tap in np.ndindex(*result.shape[:-2]):
        landings = [axis.landing(t) for axis, t in zip(rendition.axes, tap, strict=True)]
        if min(landing.count for landing in landings) == 0:
            continue
        steps = [landing.count - 1 if at else 0 for landing in landings]
        short: list[Any] = [slice(None)]
        long: list[Any] = [slice(None)]
        for landing, step, axis in zip(landings, steps, rendition.axes, strict=True):
            short.append(landing.first_input + step)
            long.append(landing.first_output + axis.stride * step)
        x = rendition.short[tuple(short)].reshape(-1, groups, rendition.short.shape[-1] // groups)
        y = rendition.long[tuple(long)].reshape(-1, groups, rendition.long.shape[-1] // groups)
        taken[tap] = np.einsum("ngi,ngo->ogi", x, y).reshape(taken[tap].shape)
    return taken


GRADIENTS: tuple[Edit, ...] = (
    Edit("direction", "direction", "{new.said} were asked for", _gradient(_direction)),
    Edit("cotangent_ones", "cotangent", "the cotangent were ones", _cotangent(np.ones_like)),
    Edit(
        "mean_over_batch", "division", "the gradient were divided by the batch of {new.said}",
        _mean(lambda shape: shape[0]),
    ),
    Edit(
        "mean_over_pixels", "division", "the gradient were divided by the {new.said} pixels of an image",
        _mean(lambda shape: prod(shape[1:-1])),
    ),
    Edit(
        "mean_over_all", "division", "the gradient were divided by the {new.said} pixels of all images",
        _mean(lambda shape: prod(shape[:-1])),
    ),
    Edit("unsummed_pixels", "sum", "the gradient were summed over images and not over pixels", _unsummed),
    Edit(
        "one_pixel_of_each_tap", "sum", "each pair of pixels overwrote what the one before it added to a tap",
        _last_pixel,
    ),
)  # fmt: skip
