"""What a wrong answer behaves like: calls that differ from what was asked in one word, and engines with one mistake.

Knows: windows, what can be mistaken about them. Must not know: the mutants that it must name.

Each explanation is rendered window by window and held against the answer; what changes nothing on the trial's own data
explains nothing.
"""

from conformance.judging.overlay import Explanation
from conformance.operators.answers import explanations
from conformance.operators.kind import Operands
from conformance.operators.narrow import MISTAKES
from conformance.operators.pooling.call import RightPooling
from conformance.operators.pooling.diagnosis.edits import edits_of
from conformance.operators.pooling.diagnosis.rendition import (
    MOST_WORK,
    Array,
    is_possible,
    rendered,
    rendition_of,
)
from conformance.operators.pooling.diagnosis.unpooled import renditions
from conformance.suite.dtypes import FORMATS

__all__ = ["MOST_WORK", "edits_of", "explain", "is_possible", "rendered", "rendition_of"]

ROUNDINGS = {"maximum": 4, "average": 4, "norm": 16, "index": 0}
"""by which an answer may differ from what is rendered in float64"""


def explain(call: RightPooling, operands: Operands, answer: Array) -> list[Explanation]:
    """Every explanation of a wrong answer; none for a call that is too large."""
    if call.work > MOST_WORK:
        return []
    form = FORMATS[call.dtype]
    returned = FORMATS["int64"] if call.definition.reduction == "index" else form
    if answer.dtype != returned.numpy:
        return [Explanation(f"behaves as if the result's dtype were {answer.dtype.name} instead of {returned.name}")]
    if call.definition.reduction == "unpooled":
        moved = dict(renditions(call, operands))
        right = moved.pop("", answer)
        return list(explanations(moved.items(), answer, right, 0.0))
    asked = rendition_of(call)
    wide = {name: array.astype(form.wide) for name, array in operands.items()}
    observed = answer.astype(returned.wide)
    right = rendered(asked, call, wide)
    slack = 0.0 if form.kind == "integer" else ROUNDINGS[call.definition.reduction] * form.unit_roundoff
    renditions_of = ((edit.sentence, edit.apply(asked)) for edit in edits_of(call))
    edited = (
        (sentence, rendered(rendition, call, wide))
        for sentence, rendition in renditions_of
        if rendition != asked and is_possible(rendition, call)
    )
    found = list(explanations(edited, observed, right, slack))
    if form.narrow:
        held = ((said, rendered(asked, call, {"value": change(wide["value"])})) for said, change in MISTAKES.items())
        found += explanations(held, observed, right, slack)
    return found
