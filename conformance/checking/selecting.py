"""Which trials a brought function is asked: those that its framework's plans say by the function in whose place it is.

Knows: adapters, the corpus. Must not know: how they are asked.
"""

from collections.abc import Sequence
from difflib import get_close_matches

from conformance.adapters.plan import Plan
from conformance.adapters.protocol import Adapter, plan_call
from conformance.errors import UsageError
from conformance.suite.case import Trial
from conformance.suite.corpus import of_tier, select
from conformance.suite.tiers import STANDARD

DTYPES = ("float32", "float64")
"""what is asked unless somebody says otherwise: most kernels are written for these"""


def trials_for(
    adapter: Adapter, base: Adapter, like: str, tier: str = STANDARD, dtypes: Sequence[str] = DTYPES
) -> list[Trial]:
    """The trials of a tier that the function is asked.

    base: the adapter of its framework. Raises UsageError where no trial is said by a function of this name.
    """
    known = select([])
    possible = [trial for trial in known if isinstance(plan_call(adapter, trial.call), Plan)]
    if not possible:
        plans = (plan_call(base, trial.call) for trial in known)
        names = sorted({plan.parts[1].function for plan in plans if isinstance(plan, Plan)})
        close = get_close_matches(like, names, n=3, cutoff=0.4) or names
        raise UsageError(
            f"no trial is asked by a call of {like} with the parameters that the function has; trials are asked by "
            f"{', '.join(close)}"
        )
    chosen = [trial for trial in of_tier(possible, tier) if trial.call.dtype in dtypes]
    if not chosen:
        raise UsageError(f"no trial of {like} in the {tier} tier has dtype {' or '.join(dtypes)}; name other dtypes")
    return chosen
