"""An adapter asked in this process, without a worker: mutants, and functions that a caller holds in their hand.

Knows: adapters, questions, replies. Must not know: verdicts. Whoever asks so trusts the adapter with the process.
"""

from collections.abc import Callable

from conformance.adapters.plan import Plan, Unsupported, WrongShape
from conformance.adapters.protocol import Adapter, Call, CallRefused, plan_call
from conformance.adapters.reply import Answer, CannotSay, Failed, Misshapen, Refused, Reply
from conformance.errors import AdapterError, said, traceback_text
from conformance.operators.kind import Operands
from conformance.suite.size import result_bytes
from conformance.workers.keeping import Computed, Keeping, alone


def plan_here(adapter: Adapter, call: Call) -> Plan | None:
    """The adapter's plan; None where it has none, and where it fails, which `ask_here` says."""
    try:
        plan = plan_call(adapter, call)
    except AdapterError:
        return None
    return plan if isinstance(plan, Plan) else None


def ask_here(
    adapter: Adapter, call: Call, operands: Operands, number: int = 1, keeping: Keeping | None = None
) -> Reply:
    """The adapter's reply to a call. The operands are copied: they are asked of others after one that changes them.

    `keeping`: what the caller keeps of a series, in which the call has that number.
    """
    try:
        plan = plan_call(adapter, call)
    except AdapterError as error:
        return Failed(error.brief, error.traceback)
    if isinstance(plan, Unsupported):
        return CannotSay(plan.reason, plan.undeclared)
    if keeping is None:
        return perform_here(adapter, plan, operands)
    return _replied(lambda: keeping.at_once(adapter, [(plan, operands)], number, result_bytes(call))[0])


def perform_here(adapter: Adapter, plan: Plan, operands: Operands) -> Reply:
    """The adapter's reply to a plan, whatever its call is."""
    return _replied(lambda: alone(adapter, plan, {name: array.copy() for name, array in operands.items()}))


def _replied(compute: Callable[[], Computed]) -> Reply:
    try:
        computed = compute()
        return Answer(computed.result, computed.seconds, computed.disturbed, computed.aliased)
    except CallRefused as refusal:
        cause = refusal.__cause__ or refusal
        return Refused(type(cause).__name__, said(cause))
    except WrongShape as wrong:
        raised = wrong.refusal
        refused = Refused(type(raised).__name__, said(raised)) if raised is not None else None
        return Misshapen(wrong.shape, wrong.dtype, str(wrong), refused)
    except Exception as error:
        return Failed(f"{type(error).__name__}: {said(error)}", traceback_text(error))
