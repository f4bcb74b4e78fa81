"""The witness lint: which classes of mistakes a case cannot see, whatever an implementation answers.

Knows: a trial's operands and the reference. Must not know: frameworks. A note, not an error: a case may be blind to a
flip for a good reason, but its author should know.

A trial sees a mistake when the mistaken specification gives another result on the trial's own data. The gradient of a
bias has no taps, crops or filter to be mistaken about, and is left out.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.operators.convolution.call import ConvolutionTrial
from conformance.operators.convolution.inputs import generate
from conformance.suite.blindness import Blindness, blind
from conformance.suite.case import Trial
from conformance.suite.dtypes import FORMATS
from reference.geometry import Axis
from reference.operators import Linear

# Larger trials are taken to see what they can: they are of the same cases as small ones, or of published layers
MOST_MULTIPLY_ADDS = 1_000_000

Axes = tuple[Axis, ...]
Array = NDArray[Any]


def blind_cases(trials: Iterable[Trial]) -> list[Blindness]:
    """Every case of right calls that is blind to something, in the trials' order."""
    concerned = (
        trial for trial in trials if isinstance(trial, ConvolutionTrial) and trial.call.direction != "bias_gradient"
    )
    return blind(concerned, _unseen)


def _unseen(trials: list[ConvolutionTrial]) -> tuple[str, ...]:
    """The mistakes that no trial of the case sees."""
    rank = trials[0].call.definition.rank
    exchange = {2: "height and width exchanged", 3: "two axes exchanged"}
    left: dict[str, Callable[[_Witness], bool]] = {
        "a flipped kernel": lambda witness: witness.tells_filter(
            lambda taps: np.flip(taps, tuple(range(witness.rank)))
        ),
        "swapped filter channels": lambda witness: witness.tells_filter(_channels_swapped),
        **({exchange[rank]: _sees_exchange} if rank in exchange else {}),
        "a crop on the wrong side": _sees_sides,
    }
    for trial in trials:
        if trial.call.geometry.multiply_adds > MOST_MULTIPLY_ADDS:
            return ()
        if not left:
            break
        witness = _Witness(trial)
        left = {name: sees for name, sees in left.items() if not sees(witness)}
    return tuple(left)


class _Witness:
    """One trial's operands, and its right result."""

    def __init__(self, trial: ConvolutionTrial) -> None:
        call = trial.call
        self.rank = call.definition.rank
        self.axes: Axes = call.geometry.axes
        self._direction = call.direction
        self._linear = Linear(call.definition, call.geometry, call.last)
        wide = FORMATS[call.dtype].wide
        operands = generate(trial.id, call, trial.inputs)
        self._operands = {name: array.astype(wide) for name, array in operands.items()}
        self._right = self._compute(self._linear, self._operands)

    def tells_axes(self, axes: Axes) -> bool:
        """Whether other axes give another result on this data."""
        linear = replace(self._linear, geometry=replace(self._linear.geometry, axes=axes))
        return self._is_other(self._compute(linear, self._operands))

    def tells_filter(self, mistaken: Callable[[Array], Array]) -> bool:
        """Whether a filter in another order gives another result; of a filter's gradient, whether it is another."""
        if self._direction == "filter_gradient":
            return self._is_other(mistaken(self._right))
        operands = {**self._operands, "filter": mistaken(self._operands["filter"])}
        return self._is_other(self._compute(self._linear, operands))

    def _compute(self, linear: Linear, operands: Mapping[str, Array]) -> Array:
        with np.errstate(invalid="ignore", over="ignore"):
            return linear.compute(self._direction, operands)

    def _is_other(self, result: Array) -> bool:
        return not np.array_equal(result, self._right, equal_nan=True)


def _channels_swapped(filter: Array) -> Array:
    *kernel, first, second = filter.shape
    return np.swapaxes(filter.reshape(*kernel, second, first), -1, -2)


def _sees_exchange(witness: _Witness) -> bool:
    """Two axes taken for one another: at once where their numbers differ, else by a kernel transposed."""
    for pair in combinations(range(witness.rank), 2):
        first, second = (replace(witness.axes[number], input=0, output=0) for number in pair)
        if first == second and not witness.tells_filter(partial(np.swapaxes, axis1=pair[0], axis2=pair[1])):
            return False
    return True


def _sees_sides(witness: _Witness) -> bool:
    """The crop on the wrong side, where the two sides differ."""
    wrong = tuple(replace(axis, crop_before=max(axis.crop_after, 0)) for axis in witness.axes)
    return wrong != witness.axes and witness.tells_axes(wrong)
