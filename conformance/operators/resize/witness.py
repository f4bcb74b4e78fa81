"""The witness lint: which classes of mistakes a case cannot see, whatever an implementation answers.

Knows: a trial's operands and the renditions of mistakes. Must not know: frameworks. A note, not an error: a case may be
blind to a coefficient for a good reason, but its author should know.

A trial sees a mistake when it gives another result on the trial's own data. Nothing is noted of a mistake that makes no
difference to the weights of any call of the case.
"""

from collections.abc import Iterable

import numpy as np

from conformance.operators.answers import agree
from conformance.operators.filling import filled_operands
from conformance.operators.resize.call import ResizeTrial
from conformance.operators.resize.diagnosis import MOST_WORK, edits_of, rendered, rendition_of, slack_of
from conformance.operators.resize.generators import steps_of
from conformance.suite.blindness import Blindness, blind
from conformance.suite.case import Trial

SLACK = slack_of("float64")
"""of what is rendered"""
MISTAKES = {
    "coordinate_transformation_mode were half_pixel": "other coordinates",
    "coordinate_transformation_mode were align_corners": "other coordinates",
    "coordinate_transformation_mode were asymmetric": "other coordinates",
    "method were nearest": "another method",
    "method were linear": "another method",
    "method were cubic": "another method",
    "nearest_mode were floor": "another rounding",
    "nearest_mode were round_prefer_ceil": "another rounding",
    "cubic_coeff_a were -0.5": "another coefficient",
    "cubic_coeff_a were -0.75": "another coefficient",
    "zeros lay beyond the border": "zeros beyond the border",
    "the ratio of the lengths were rounded to a whole number": "ratios of whole numbers alone",
    "height and width were exchanged in the scales": "height and width exchanged",
    "depth and height were exchanged in the scales": "depth and height exchanged",
}
"""sentence of an edit -> the class of mistakes that it stands for"""


def blind_cases(trials: Iterable[Trial]) -> list[Blindness]:
    """Every case of right calls that is blind to something, in the trials' order."""
    concerned = (trial for trial in trials if isinstance(trial, ResizeTrial) and 0 not in trial.call.output_shape)
    return blind(concerned, _unseen)


def _unseen(trials: list[ResizeTrial]) -> tuple[str, ...]:
    """The mistakes that can be made about a trial of the case and that none of them sees."""
    made: dict[str, bool] = {}
    for trial in trials:
        call = trial.call
        if call.work > MOST_WORK:
            return ()
        asked = rendition_of(call)
        operands = filled_operands(trial.id, call, trial.inputs, steps_of)
        right = rendered(asked, call, operands)
        for edit in edits_of(call):
            mistake = MISTAKES.get(edit.sentence)
            rendition = edit.apply(asked)
            if mistake is None or rendition == asked or made.get(mistake):
                continue
            # What makes no difference to any number is not a mistake about this call. No weighted means of square roots
            # are equal by chance.
            distinct = {
                name: np.sqrt(np.arange(2.0, array.size + 2.0)).reshape(array.shape) for name, array in operands.items()
            }
            if agree(rendered(rendition, call, distinct), rendered(asked, call, distinct), SLACK):
                continue
            made[mistake] = not agree(rendered(rendition, call, operands), right, SLACK)
    return tuple(mistake for mistake, seen in made.items() if not seen)
