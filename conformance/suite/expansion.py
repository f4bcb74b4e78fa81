"""A case's sweep to concrete trials with stable ids.

Knows: parameters and how they combine; their kind of operator makes calls of them. Must not know: YAML, arrays.
Next stage: `conformance.judging.question` makes the arrays of a trial.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import product
from math import prod
from typing import Any

from conformance.operators.kind import Parameters, Unusable, frozen
from conformance.operators.registry import signature
from conformance.suite.case import (
    Call,
    Checksum,
    Expectation,
    FromReference,
    Generated,
    Inputs,
    Literal,
    Recorded,
    Refusal,
    RightCall,
    Trial,
    WrongCall,
    WrongTrial,
)
from conformance.suite.size import excess
from reference.errors import ArgumentError

# Of a case, and of all cases that are loaded at once: about half a minute.
MOST_COMBINATIONS = 200_000
# Comparisons of a combination with an entry of `exclude`: about two seconds.
MOST_EXCLUSIONS = 5_000_000


@dataclass(frozen=True, slots=True)
class Case:
    """What an author wrote, validated and not yet expanded."""

    prefix: str
    """operator/file"""
    name: str
    why: str
    url: str | None
    location: str
    operator: str
    parameters: Parameters
    expect: Mapping[str, Any] | str
    crossed: Mapping[str, Sequence[Any]]
    together: Sequence[Parameters]
    exclude: Sequence[Parameters]
    sample: int | None


@dataclass(frozen=True, slots=True)
class UnusableCombination:
    """Why one combination of a case is not a trial."""

    trial_id: str
    message: str


def expand(case: Case) -> Iterator[Trial | UnusableCombination]:
    """Every trial of the case in the order of its sweep, and every combination that is none."""
    total = combinations(case)
    if total > MOST_COMBINATIONS:
        yield UnusableCombination(
            case.name, f"the sweep has {total} combinations; at most {MOST_COMBINATIONS} are accepted"
        )
        return
    if total * len(case.exclude) > MOST_EXCLUSIONS:
        yield UnusableCombination(
            case.name,
            f"`exclude` has {len(case.exclude)} entries for {total} combinations; at most {MOST_EXCLUSIONS} "
            "comparisons are accepted: split the case, or write the wanted rows into `together`",
        )
        return
    yield from _sampled(case, (each for swept in _combinations(case) for each in _concrete_trials(case, swept)))


def combined(case: Case) -> Iterator[Parameters]:
    """The parameters of each combination of the case: what stands in it, and what its sweep gives."""
    for swept in _combinations(case):
        yield _given(case, swept)


def combinations(case: Case) -> int:
    """How many combinations the sweep has before `exclude` and `sample`."""
    return prod(len(values) for values in case.crossed.values()) * max(len(case.together), 1)


def _combinations(case: Case) -> Iterator[Parameters]:
    rows = case.together or ({},)
    for row in rows:
        for values in product(*case.crossed.values()):
            swept = {**row, **dict(zip(case.crossed, values, strict=True))}
            everything = {**case.parameters, **swept}
            if not any(all(everything.get(k) == v for k, v in unwanted.items()) for unwanted in case.exclude):
                yield swept


def _sampled(case: Case, trials: Iterator[Trial | UnusableCombination]) -> Iterator[Trial | UnusableCombination]:
    """The `sample` trials whose ids have the smallest digests, in their own order: adding a value to the sweep moves
    few of the others in or out.
    """
    if case.sample is None:
        yield from trials
        return
    everything = list(trials)
    if case.sample < len(everything):
        ranked = sorted(everything, key=lambda each: sha256(_id_of(each).encode()).digest())
        kept = {_id_of(each) for each in ranked[: case.sample]}
        everything = [each for each in everything if _id_of(each) in kept]
    yield from everything


def _id_of(each: Trial | UnusableCombination) -> str:
    return each.id if isinstance(each, Trial) else each.trial_id


def _concrete_trials(case: Case, swept: Parameters) -> Iterator[Trial | UnusableCombination]:
    """One trial, or one per legal output length for `output: all`."""
    given = _given(case, swept)
    try:
        for named, call in signature(case.operator).calls(case.operator, given):
            trial_id = _trial_id(case, {**swept, **named})
            try:
                yield _trial(case, trial_id, given, call)
            except Unusable as error:
                yield UnusableCombination(trial_id, str(error))
    except (Unusable, ArgumentError) as error:
        yield UnusableCombination(_trial_id(case, swept), str(error))


def _given(case: Case, swept: Parameters) -> Parameters:
    return {name: value for name, value in {**case.parameters, **swept}.items() if value is not None}


def _trial(case: Case, trial_id: str, given: Parameters, call: Call) -> Trial:
    kind = signature(case.operator)
    expectation = _expectation(case.expect)
    written = given.get("inputs", "mix")
    inputs: Inputs = (
        Generated(written)
        if isinstance(written, str)
        else Literal(**{name: frozen(numbers) for name, numbers in written.items() if numbers is not None})
    )
    calls, at_once = given.get("calls", 1), given.get("at_once", 1)
    trial: Trial
    match call, expectation:
        case RightCall(), Refusal(reason):
            raise Unusable(f"expects the refusal {reason!r}, and the definition allows the call")
        case RightCall(), FromReference() | Recorded() | Checksum():
            trial = kind.RIGHT_TRIAL(
                trial_id, call, inputs, expectation, case.why, case.url, case.location, calls, at_once
            )
        case WrongCall(fault=fault), Refusal(reason) if fault.reason == reason:
            trial = WrongTrial(trial_id, call, inputs, expectation, case.why, case.url, case.location, calls, at_once)
        case WrongCall(fault=fault), Refusal(reason):
            raise Unusable(
                f"expects the refusal {reason!r}, and the definition refuses it for {fault.reason!r}: {fault.message}"
            )
        case WrongCall(fault=fault), _:
            raise Unusable(f"{fault.message} (if the case is about that, it says expect: {{refusal: {fault.reason}}})")
    if too_large := excess(call):
        raise Unusable(too_large)
    kind.check(call, inputs, expectation)
    if calls % at_once:
        raise Unusable(f"at_once is {at_once}; it must be a divisor of calls, which is {calls}")
    # Several calls show something only where they differ in content.
    if calls > 1 and not (isinstance(inputs, Generated) and isinstance(expectation, FromReference)):
        raise Unusable("calls above 1 need inputs from a generator and expect: reference, for each has its own content")
    return trial


def _expectation(written: Mapping[str, Any] | str) -> Expectation:
    match written:
        case {"values": values}:
            return Recorded(frozen(values))
        case {"checksum": digest}:
            return Checksum(str(digest))
        case {"refusal": reason}:
            return Refusal(str(reason))
        case _:
            return FromReference()


def _trial_id(case: Case, swept: Parameters) -> str:
    if not swept:
        return f"{case.prefix}/{case.name}"
    parts = ",".join(f"{name}={id_text(value)}" for name, value in swept.items())
    return f"{case.prefix}/{case.name}[{parts}]"


def id_text(value: Any) -> str:
    """A parameter's value as ids spell it: lists joined by x, pairs by a colon."""
    if isinstance(value, Mapping):
        words = bool(value) and all(isinstance(word, str) for word in value.values())
        return "x".join(f"{name}:{word}" for name, word in value.items()) if words else "literal"
    if not isinstance(value, Sequence) or isinstance(value, str):
        return str(value)
    if value and isinstance(value[0], Sequence):
        return "x".join(":".join(str(number) for number in pair) for pair in value)
    return "x".join(str(number) for number in value)
