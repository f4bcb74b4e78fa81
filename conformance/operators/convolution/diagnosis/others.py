"""Operands that the answer itself implies: the filter, or the bias, with which it would be right.

Knows: that what is asked for is linear in each operand. Must not know: how an answer is held against what is found here
(`conformance.operators.convolution.diagnosis.search` does that as with any edit).

One answer cannot tell what the operands of an earlier call were. It can tell that it is right for *some* other filter:
each channel of a result is a sum of unknown weights with known pixels, and where a channel has more elements than
weights lead to it, hardly any wrong answer fits. Of an earlier value or cotangent there are as many unknown numbers as
elements, or more, so that nearly every answer would fit: nothing is said of those.
"""

from collections.abc import Iterator
from dataclasses import replace
from math import prod

import numpy as np

from conformance.operators.convolution.diagnosis import engine
from conformance.operators.convolution.diagnosis.edit import Edit
from conformance.operators.convolution.diagnosis.rendition import Array, Rendition

# Elements of a channel beyond the weights that lead to it: the chance of a fit that means nothing is then that of as
# many numbers with all their digits
SURPLUS = 4
# Weights that lead to one channel: more take longer than all edits together
MOST_UNKNOWNS = 400

ANOTHER_FILTER = Edit(
    "another_filter",
    "filter",
    "another filter than the given one were used, that of an earlier call, say",
    lambda old: (),
)
ANOTHER_BIAS = Edit(
    "another_bias",
    "bias",
    "another bias than the given one were added, that of an earlier call, say",
    lambda old: (),
)


def with_another_bias(old: Rendition, answer: Array, right: Array) -> Iterator[Rendition]:
    """answer, right: canonical results (batch, *spatial, channels)."""
    if old.forward and "bias" in old.operands and answer.size:
        difference = (answer - right).reshape(-1, answer.shape[-1])
        if len(difference) >= SURPLUS:
            middle = (
                np.sort(difference, axis=0)[len(difference) // 2] if difference.dtype.kind != "c" else difference[0]
            )
            yield old.with_operand("bias", old.operands["bias"] + middle)


def with_another_filter(old: Rendition, answer: Array) -> Iterator[Rendition]:
    """The filter of least squares; of integers the nearest whole numbers. answer: canonical."""
    if not old.has_filter or old.form.kind == "complex" or not np.isfinite(answer).all():
        return
    plain = answer - old.operands["bias"] if old.forward and "bias" in old.operands else answer
    solved = _solved(old, plain.astype(np.float64))
    if solved is None:
        return
    whole = np.rint(solved)
    if old.form.kind == "integer" or np.allclose(whole, solved, atol=1e-3):
        yield old.with_operand("filter", whole.astype(old.form.wide))
    if old.form.kind == "real":
        yield old.with_operand("filter", solved)


def _solved(old: Rendition, answer: Array) -> Array | None:
    """(*kernel, out / groups, in); None where a channel has too few elements for its weights, or not all are finite."""
    design = _design(old)
    if design is None or not (np.isfinite(design).all() and np.isfinite(answer).all()):
        return None
    groups, rows, unknowns = design.shape
    channels = np.moveaxis(answer.reshape(rows, groups, -1), 1, 0)
    found = np.empty((groups, unknowns, channels.shape[-1]))
    for group in range(groups):
        found[group], _, rank, _ = np.linalg.lstsq(design[group], channels[group], rcond=None)
        if rows - rank < SURPLUS:
            return None
    kernels = old.filter.shape[:-2]
    share = unknowns // prod(kernels)
    taps = found.reshape(groups, *kernels, share, -1)
    # (groups, *kernel, summed, asked for): of a forward convolution's result the summed channels are `out`.
    if old.target == "input":
        return np.moveaxis(taps, 0, -2).reshape(*kernels, share, -1)
    parted = np.moveaxis(taps, 0, -3).swapaxes(-1, -2).swapaxes(-2, -3)
    return parted.reshape(*kernels, taps.shape[-1], groups * share)


def _design(old: Rendition) -> Array | None:
    """What each weight is multiplied with: (groups, elements of a channel, taps x summed channels)."""
    kernels, groups = old.filter.shape[:-2], old.groups
    if old.target == "input":
        share = old.filter.shape[-2]
        unknowns, rows = prod(kernels) * share, len(old.long) * prod(axis.input for axis in old.axes)
        if unknowns > MOST_UNKNOWNS or rows < unknowns + SURPLUS:
            return None
        return engine.windows(old.long.astype(np.float64), old.axes, groups)
    share = old.filter.shape[-1] // groups
    unknowns, rows = prod(kernels) * share, len(old.short) * prod(axis.output for axis in old.axes)
    if unknowns > MOST_UNKNOWNS or rows < unknowns + SURPLUS:
        return None
    return _spread(old, share, rows)


def _spread(old: Rendition, share: int, rows: int) -> Array:
    """Of each tap where it puts the short pixels, which is what a filter of that tap alone yields."""
    x, axes, groups = old.short.astype(np.float64), old.axes, old.groups
    columns = []
    for tap in np.ndindex(*old.filter.shape[:-2]):
        moved = [replace(axis, kernel=1, crop_before=axis.crop_before - axis.dilation * t)
                 for axis, t in zip(axes, tap, strict=True)]  # fmt: skip
        one = np.tile(np.eye(share), (1, groups)).reshape(*[1] * len(axes), share, groups * share)
        # A filter that leads every channel to its own place.
        full = engine.canvas(x, one, tuple(moved), groups)
        columns.append(engine.window(full, tuple(moved)).reshape(rows, groups, share))
    stacked = np.stack(columns, axis=2)
    return np.moveaxis(stacked, 1, 0).reshape(groups, rows, -1)
