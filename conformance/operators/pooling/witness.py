"""The witness lint: which classes of mistakes a case cannot see, whatever an implementation answers.

Knows: a trial's operands and the renditions of mistakes. Must not know: frameworks. A note, not an error: a case may be
blind to a divisor for a good reason, but its author should know.

A trial sees a mistake when it gives another result on the trial's own data. Nothing is noted of a mistake that makes no
difference to the windows of any call of the case.
"""

from collections.abc import Iterable

import numpy as np

from conformance.operators.pooling.call import PoolingTrial, RightPooling
from conformance.operators.pooling.diagnosis import MOST_WORK, edits_of, is_possible, rendered, rendition_of
from conformance.operators.pooling.inputs import generate
from conformance.suite.blindness import Blindness, blind
from conformance.suite.case import Trial
from conformance.suite.dtypes import FORMATS
from reference.pooling.geometry import elements_of

MISTAKES = {
    "pads held 0": "zeros in the pads",
    "SAME put the odd element before": "pads on the wrong side",
    "pads before and behind were exchanged": "pads on the wrong side",
    "windows began at a place rounded up": "windows that do not overlap",
    "windows ended at a place rounded down": "windows that do not overlap",
    "windows had one length and one stride, the ratio rounded down": "windows of one length",
    "height and width were exchanged in output_size": "height and width exchanged",
    "depth and height were exchanged in output_size": "depth and height exchanged",
    "height and width were exchanged in all arguments": "height and width exchanged",
    "depth and height were exchanged in all arguments": "depth and height exchanged",
    "windows began one element later": "windows that begin one element later",
    "averages were divided by their elements": "another divisor",
    "averages were divided by their places, pads included": "another divisor",
}
"""sentence of an edit -> the class of mistakes that it stands for"""


def blind_cases(trials: Iterable[Trial]) -> list[Blindness]:
    """Every case of right calls that is blind to something, in the trials' order."""
    concerned = (
        trial
        for trial in trials
        if isinstance(trial, PoolingTrial)
        and trial.call.definition.reduction != "unpooled"
        and 0 not in trial.call.output_shape
        and 0 not in trial.call.value_shape
    )
    return blind(concerned, _unseen)


def _unseen(trials: list[PoolingTrial]) -> tuple[str, ...]:
    """The mistakes that can be made about a trial of the case and that none of them sees."""
    made: dict[str, bool] = {}
    for trial in trials:
        call = trial.call
        if call.work > MOST_WORK:
            return ()
        asked = rendition_of(call)
        wanted = {edit.sentence: edit.apply(asked) for edit in edits_of(call) if _can_be_made(edit.sentence, call)}
        changed = {
            sentence: rendition
            for sentence, rendition in wanted.items()
            if rendition != asked and is_possible(rendition, call) and not made.get(MISTAKES[sentence])
        }
        if not changed:
            continue
        operands = {
            name: array.astype(FORMATS[call.dtype].wide)
            for name, array in generate(trial.id, call, trial.inputs).items()
        }
        right = rendered(asked, call, operands)
        for sentence, rendition in changed.items():
            seen = not np.array_equal(rendered(rendition, call, operands), right, equal_nan=True)
            made[MISTAKES[sentence]] = made.get(MISTAKES[sentence], False) or seen
    return tuple(mistake for mistake, seen in made.items() if not seen)


def _can_be_made(sentence: str, call: RightPooling) -> bool:
    """Whether it is of a class that is noted, and windows read pads where it is about pads."""
    axes = call.geometry.axes
    match MISTAKES.get(sentence):
        case None:
            return False
        case "zeros in the pads":
            return any(axis.kernel != count for axis in axes for count in elements_of(axis))
        case "another divisor":
            return any(axis.clipped() != axis.elements() for axis in axes)
        case _:
            return True
