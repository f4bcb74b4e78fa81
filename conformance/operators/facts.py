"""What is known of a trial by name: what waivers ask, coverage counts and journals carry to the page's queries.

Knows: what there is to say of every kind of operator; the rest are the FACTS of the kind's signature.
"""

from functools import cache, lru_cache

from conformance.operators.kind import Facts, FactValue, PlainCall
from conformance.operators.registry import signature, signatures
from conformance.suite.case import Refusal, RightCall, Trial, WrongCall


@cache
def absent_facts() -> Facts:
    """Every fact by name, kind by kind, as it is where nothing is said of it."""
    own = {fact.name: fact.otherwise for kind in signatures() for fact in kind.FACTS}
    return {
        **dict.fromkeys(("operator", "direction", "dtype")),
        **own,
        **dict.fromkeys(("refusal", "refusal_about", "inputs")),
    }


def own_facts(call: PlainCall) -> dict[str, FactValue]:
    """The facts that its kind says of a call; without those that it does not have, and without what it is not."""
    told = ((fact, fact.of(call)) for fact in signature(call.operator).FACTS)
    return {fact.name: known for fact, known in told if known is not None and known is not fact.otherwise}


@lru_cache(maxsize=2**14)  # a whole corpus: digests, the journal and the waivers of each lane ask
def facts(trial: Trial) -> Facts:
    """All facts of a trial, those of other kinds too."""
    call = trial.call
    axes = signature(call.operator).own_axes(call.operator, call.axes) if isinstance(call, RightCall) else ()
    return {
        **absent_facts(),
        "operator": call.operator,
        "direction": call.direction,
        "dtype": call.dtype,
        **own_facts(PlainCall(call.operator, call.arguments(), axes)),
        "refusal": trial.expectation.reason if isinstance(trial.expectation, Refusal) else None,
        "refusal_about": (call.fault.about or None) if isinstance(call, WrongCall) else None,
        "inputs": getattr(trial.inputs, "generator", "literal"),
    }
