"""The witness lint: which classes of mistakes a case cannot see, whatever an implementation answers.

Knows: a trial's operands and the renditions of mistakes. Must not know: frameworks. A note, not an error: a case may be
blind to an order for a good reason, but its author should know.
"""

from collections.abc import Iterable

import numpy as np

from conformance.operators.index_map.call import IndexMapTrial
from conformance.operators.index_map.diagnosis import MOST_WORK, edits_of, rendered
from conformance.operators.index_map.inputs import generate
from conformance.suite.blindness import Blindness, blind
from conformance.suite.case import Trial

# A sentence of an edit -> the class of mistakes that it stands for.
MISTAKES = {
    "pads before and after were exchanged": "pads on the wrong side",
    "SAME put the odd element before": "pads on the wrong side",
    "paddings were named from the last axis on": "pads of another axis",
    "height and width were exchanged in all arguments": "height and width exchanged",
    "a block were read column by column": "rows and columns of a block exchanged",
    "a window were read column by column": "rows and columns of a window exchanged",
    "the value began one element later": "a value that begins one element later",
    "windows began one element later": "windows that begin one element later",
    "copies overwrote one another": "copies that overwrite one another",
}


def blind_cases(trials: Iterable[Trial]) -> list[Blindness]:
    """Every case of right calls that is blind to something, in the trials' order."""
    concerned = (
        trial
        for trial in trials
        if isinstance(trial, IndexMapTrial) and 0 not in (*trial.call.value_shape, *trial.call.output_shape)
    )
    return blind(concerned, _unseen)


def _unseen(trials: list[IndexMapTrial]) -> tuple[str, ...]:
    """The mistakes that can be made about a trial of the case and that none of them sees.

    One can be made where it changes the result for numbers that all differ.
    """
    made: dict[str, bool] = {}
    for trial in trials:
        call = trial.call
        if call.work > MOST_WORK:
            return ()
        operands = generate(trial.id, call, trial.inputs)
        right = rendered(call, operands)
        counted = {
            name: np.arange(1, array.size + 1, dtype=np.float64).reshape(array.shape)
            for name, array in operands.items()
        }
        of_counted = rendered(call, counted)
        possible = {edit.sentence: edit.answer() for edit in edits_of(call, counted)}
        for edit in edits_of(call, operands):
            mistake, other = MISTAKES.get(edit.sentence), possible[edit.sentence]
            if mistake is None or other is None or np.array_equal(other, of_counted):
                continue
            answer = edit.answer()
            seen = answer is not None and not np.array_equal(answer, right, equal_nan=True)
            made[mistake] = made.get(mistake, False) or seen
    return tuple(mistake for mistake, seen in made.items() if not seen)
