"""The witness lint: which classes of mistakes a case cannot see, whatever an implementation answers.

Knows: a trial's question and the reference. Must not know: frameworks. A note, not an error: a case may be blind to a
flip for a good reason, but its author should know.

A trial sees a mistake when the mistaken specification gives another shape or other values on the trial's own data.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.judging.question import Question, make_question
from conformance.suite.case import Trial
from reference.arguments import channels_last
from reference.geometry import Axis
from reference.transposed import transposed

MOST_MULTIPLY_ADDS = 1_000_000
"""larger trials are taken to see what they can: they are of the same cases as small ones, or of published layers"""

Axes = tuple[Axis, ...]
Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Blindness:
    """A case none of whose trials can see some mistakes."""

    location: str
    case: str
    mistakes: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.location}: {self.case} cannot see {', '.join(self.mistakes)}"


def blind_cases(trials: Iterable[Trial]) -> list[Blindness]:
    """Every case of right calls that is blind to something, in the trials' order."""
    cases: dict[tuple[str, str], list[Trial]] = {}
    for trial in trials:
        if trial.call.geometry is not None:
            cases.setdefault((trial.location, trial.id.partition("[")[0]), []).append(trial)
    blind = (Blindness(location, case, _unseen(group)) for (location, case), group in cases.items())
    return [each for each in blind if each.mistakes]


def _unseen(trials: list[Trial]) -> tuple[str, ...]:
    """The mistakes that no trial of the case sees."""
    left = dict(MISTAKES)
    for trial in trials:
        geometry = trial.call.geometry
        assert geometry is not None
        if geometry.multiply_adds > MOST_MULTIPLY_ADDS:
            return ()
        if not left:
            break
        witness = _Witness(trial, make_question(trial))
        left = {name: sees for name, sees in left.items() if not sees(witness)}
    return tuple(left)


class _Witness:
    """One trial's operands in canonical layout, and its right result."""

    def __init__(self, trial: Trial, question: Question) -> None:
        assert trial.call.geometry is not None
        last = channels_last(trial.call.data_format)
        value = question.value if last else np.moveaxis(question.value, 1, -1)
        self.value, self.filter = value.astype(np.float64), question.filter.astype(np.float64)
        self.axes: Axes = trial.call.geometry.axes
        with np.errstate(invalid="ignore"):
            self._right = transposed(self.value, self.filter, self.axes)

    def differs(self, filter: Array, axes: Axes) -> bool:
        """Whether the mistaken specification gives another result on this data."""
        with np.errstate(invalid="ignore"):
            return not np.array_equal(transposed(self.value, filter, axes), self._right, equal_nan=True)


def _sees_flip(witness: _Witness) -> bool:
    return witness.differs(witness.filter[::-1, ::-1], witness.axes)


def _sees_channel_swap(witness: _Witness) -> bool:
    """The filter read as [height, width, in, out], from the same memory."""
    *kernel, out, channels = witness.filter.shape
    swapped = np.swapaxes(witness.filter.reshape(*kernel, channels, out), -1, -2)
    return witness.differs(swapped, witness.axes)


def _sees_exchange(witness: _Witness) -> bool:
    """Height and width taken for one another: at once where their numbers differ, else by a kernel transposed."""
    height, width = witness.axes
    if replace(height, input=0, output=0) != replace(width, input=0, output=0):
        return True
    return witness.differs(np.swapaxes(witness.filter, 0, 1), witness.axes)


def _sees_sides(witness: _Witness) -> bool:
    """The crop on the wrong side, where the two sides differ."""
    wrong = tuple(replace(axis, crop_before=max(axis.crop_after, 0)) for axis in witness.axes)
    return wrong != witness.axes and witness.differs(witness.filter, wrong)


MISTAKES: Mapping[str, Callable[[_Witness], bool]] = {
    "a flipped kernel": _sees_flip,
    "swapped filter channels": _sees_channel_swap,
    "height and width exchanged": _sees_exchange,
    "a crop on the wrong side": _sees_sides,
}
