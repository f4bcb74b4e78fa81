"""From a meaning to the plan of a target: the notation from the given operands, the target's own plan, and back.

Knows: plans and adapters. Must not know: where the call came from, workers (`conformance.translation.experiment`).
"""

from conformance.adapters.lane import load_adapter, parse_lane
from conformance.adapters.plan import Crop, Pad, Plan, Step, Unsupported
from conformance.adapters.protocol import Adapter, Composes, asked, plan_call
from conformance.operators.convolution.call import Convolution
from conformance.operators.convolution.readings.meaning import Meaning
from conformance.translation.notation import simplified
from conformance.translation.written import written_plan

TENSORFLOW = load_adapter(parse_lane("tensorflow"))


def write(meaning: Meaning, adapter: Adapter) -> Plan | Unsupported:
    """The call for the adapter's framework, from the operands that the given call has to the result that it has."""
    plan = plan_call(adapter, meaning.call)
    if isinstance(adapter, Composes) and isinstance(plan, Plan):
        plan = asked("plan_composed", Plan | Unsupported, adapter.plan_composed, meaning.call)
    if isinstance(plan, Unsupported):
        return plan
    fit: list[Step] = [] if meaning.fit is None else [meaning.fit]
    steps: list[Step] = [*meaning.value, *fit, *meaning.filter, *plan.steps, *meaning.result]
    return simplified(Plan(tuple(steps), (*plan.notes, *fit_notes(meaning))))


def fit_notes(meaning: Meaning) -> tuple[str, ...]:
    """Why the value is longer or shorter than the given one."""
    match meaning.fit:
        case Pad(width=width):
            around = ", ".join(f"{before} and {after}" for before, after in width[1:-1])
            return (
                f"the result reaches beyond what the value alone gives; zeros are put around the value, before and "
                f"after per axis: {around}: composed",
            )
        case Crop():
            return ("the pads cut into the value; what they cut off is cropped: composed",)
    return ()


def written(call: Convolution) -> str:
    """A TensorFlow call as a user would write it here: with a bias, and what it is differentiated for."""
    plan = TENSORFLOW.plan(call)
    assert isinstance(plan, Plan)
    return written_plan(plan, call.operands)
