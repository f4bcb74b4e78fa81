"""A case's sweep to concrete trials with stable ids.

Knows: parameters, how they combine, how the parametric form becomes a call. Must not know: YAML, arrays.
Next stage: `conformance.suite.inputs` makes the arrays of a trial.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import product
from math import prod
from typing import Any

from conformance.suite.calls import Pads, make_call
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
    RightTrial,
    Trial,
    WrongCall,
    WrongTrial,
)
from conformance.suite.dtypes import FORMATS
from conformance.suite.generators import GENERATORS, Unfit
from conformance.suite.inputs import check_fit, literal_arrays
from conformance.suite.parametric import Parameters, ParametricForm, Shapes, Unusable, frozen
from conformance.suite.size import excess
from reference.errors import ArgumentError
from reference.family import OPERATORS, Operator

MOST_COMBINATIONS = 200_000
"""of a case, and of all cases that are loaded at once: about half a minute"""
MOST_EXCLUSIONS = 5_000_000
"""comparisons of a combination with an entry of `exclude`: about two seconds"""

_CONCRETE = ("value", "filter", "output_shape")
_PARAMETRIC = ("batch", "size", "channels", "kernel", "output")
_NAMES_OUTPUT = ("output_shape", "output")


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
class Problem:
    """Why one combination of a case is no trial."""

    trial_id: str
    message: str


def expand(case: Case) -> Iterator[Trial | Problem]:
    """Every trial of the case in the order of its sweep, and every combination that is none."""
    total = combinations(case)
    if total > MOST_COMBINATIONS:
        yield Problem(case.name, f"the sweep has {total} combinations; at most {MOST_COMBINATIONS} are accepted")
        return
    if total * len(case.exclude) > MOST_EXCLUSIONS:
        yield Problem(
            case.name,
            f"`exclude` has {len(case.exclude)} entries for {total} combinations; at most {MOST_EXCLUSIONS} "
            "comparisons are accepted: split the case, or write the wanted rows into `together`",
        )
        return
    yield from _sampled(case, (each for swept in _combinations(case) for each in _concrete_trials(case, swept)))


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


def _sampled(case: Case, trials: Iterator[Trial | Problem]) -> Iterator[Trial | Problem]:
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


def _id_of(each: Trial | Problem) -> str:
    return each.id if isinstance(each, Trial) else each.trial_id


def _concrete_trials(case: Case, swept: Parameters) -> Iterator[Trial | Problem]:
    """One trial, or one per legal output length for `output: all`."""
    given = {name: value for name, value in {**case.parameters, **swept}.items() if value is not None}
    try:
        _check_form(OPERATORS[case.operator], given)
        for named, call in _calls(case.operator, given):
            trial_id = _trial_id(case, {**swept, **named})
            try:
                yield _trial(case, trial_id, given, call)
            except (Unusable, Unfit) as error:
                yield Problem(trial_id, str(error))
    except (Unusable, ArgumentError) as error:
        yield Problem(_trial_id(case, swept), str(error))


def _check_form(operator: Operator, given: Parameters) -> None:
    concrete = [name for name in _CONCRETE if name in given]
    parametric = [name for name in _PARAMETRIC if name in given]
    if concrete and parametric:
        raise Unusable(f"{concrete[0]} belongs to the concrete form, {parametric[0]} to the parametric; give one form")
    named = [name for name in _NAMES_OUTPUT if name in given]
    if named and not operator.transposed:
        raise Unusable(f"{named[0]} is no argument of {operator.name}: its result's lengths follow from the others")
    form = [
        name for name in (_CONCRETE if concrete else _PARAMETRIC) if operator.transposed or name not in _NAMES_OUTPUT
    ]
    missing = [name for name in form if name not in given]
    if missing:
        raise Unusable(f"{', '.join(missing)} missing; a case gives {', '.join(form)}, in itself or in its sweep")
    if concrete and "strides" not in given:
        raise Unusable("strides missing; a concrete case gives them")


def _calls(operator: str, given: Parameters) -> Iterator[tuple[Parameters, Call]]:
    """The call of these parameters; for `output: all` each legal one, with the output length that names it."""
    if "value" in given:
        shapes = (tuple(given["value"]), tuple(given["filter"]), tuple(given.get("output_shape", ())))
        yield {}, _call(operator, given, shapes, frozen(given.get("padding", "SAME")))
        return
    parametric = ParametricForm.read(OPERATORS[operator], given)
    for output in parametric.outputs():
        named = {"output": list(output)} if given.get("output") == "all" else {}
        yield named, _call(operator, given, parametric.shapes(output), parametric.padding)


def _call(operator: str, given: Parameters, shapes: Shapes, padding: str | Pads) -> Call:
    call = make_call(
        operator,
        shapes,
        strides=frozen(given.get("strides", 1)),
        padding=padding,
        data_format=given.get("data_format"),
        dilations=frozen(given.get("dilations")),
        dtype=given.get("dtype", "float32"),
        groups=given.get("groups", 1),
        bias=given.get("bias", False),
        direction=given.get("direction", "forward"),
        bias_given=frozen(given.get("bias_shape")),
        cotangent_given=frozen(given.get("cotangent_shape")),
        operand_dtypes=tuple(given.get("operand_dtypes", {}).items()),
    )
    _check_operands_named(call)
    return call


def _check_operands_named(call: Call) -> None:
    """Raise Unusable for words about operands that the call does not take."""
    if call.bias_given is not None and not call.bias:
        raise Unusable("bias_shape needs bias: true")
    if call.cotangent_given is not None and call.direction == "forward":
        raise Unusable("cotangent_shape needs the direction of a gradient: only that takes a cotangent")
    stray = [operand for operand, _ in call.operand_dtypes if operand not in call.operands]
    if stray:
        raise Unusable(f"operand_dtypes names {stray[0]}; the call takes {', '.join(call.operands)}")


def _trial(case: Case, trial_id: str, given: Parameters, call: Call) -> Trial:
    expectation = _expectation(case.expect)
    inputs = _inputs(given.get("inputs", "mix"))
    calls, at_once = given.get("calls", 1), given.get("at_once", 1)
    trial: Trial
    match call, expectation:
        case RightCall(), Refusal(reason):
            raise Unusable(f"expects the refusal {reason!r}, and the definition allows the call")
        case RightCall(), FromReference() | Recorded() | Checksum():
            trial = RightTrial(trial_id, call, inputs, expectation, case.why, case.url, case.location, calls, at_once)
        case WrongCall(fault=fault), Refusal(reason) if fault.reason == reason:
            trial = WrongTrial(trial_id, call, inputs, expectation, case.why, case.url, case.location, calls, at_once)
        case WrongCall(fault=fault), Refusal(reason):
            raise Unusable(
                f"expects the refusal {reason!r}, and the definition refuses it for {fault.reason!r}: {fault.message}"
            )
        case WrongCall(fault=fault), _:
            raise Unusable(f"{fault.message} (if the case is about that, it says expect: {{refusal: {fault.reason}}})")
    _check_family(call)
    if too_large := excess(call):
        raise Unusable(too_large)
    _check_inputs(inputs, call, expectation)
    _check_calls(calls, at_once, inputs, expectation)
    return trial


def _check_calls(calls: int, at_once: int, inputs: Inputs, expectation: Expectation) -> None:
    """Refuse several calls that could not differ in content, or that are not a whole number of rounds."""
    if calls % at_once:
        raise Unusable(f"at_once is {at_once}; it must be a divisor of calls, which is {calls}")
    if calls > 1 and not (isinstance(inputs, Generated) and isinstance(expectation, FromReference)):
        raise Unusable("calls above 1 need inputs from a generator and expect: reference, for each has its own content")


def _check_family(call: Call) -> None:
    nothing = call.planned_geometry is None
    if nothing and call.bias and call.bias_given is None:
        raise Unusable("a wrong call has no channels of a result: a bias beside it needs bias_shape")
    if nothing and call.direction != "forward" and not call.output_shape and call.cotangent_given is None:
        raise Unusable("a wrong call has no result: its gradient needs cotangent_shape")
    if call.direction == "forward":
        return
    if call.direction == "bias_gradient" and not call.bias:
        raise Unusable("direction bias_gradient needs bias: true")
    if FORMATS[call.dtype].kind != "real":
        raise Unusable(
            f"direction {call.direction} with dtype {call.dtype}: integers have no derivative, and frameworks define "
            "complex ones differently; it must be a floating-point dtype"
        )


def _check_inputs(inputs: Inputs, call: Call, expectation: Expectation) -> None:
    match inputs:
        case Generated(name):
            generator = GENERATORS[name]
            if isinstance(call, RightCall):
                check_fit(generator, call)
            if generator.judged != "exact" and isinstance(expectation, Recorded | Checksum):
                raise Unusable(
                    f"recorded values need exact inputs, and sums of {name} depend on the order of their terms"
                )
        case Literal():
            literal_arrays(inputs, call)


def _inputs(written: Any) -> Inputs:
    if isinstance(written, str):
        return Generated(written)
    return Literal(**{name: frozen(numbers) for name, numbers in written.items() if numbers is not None})


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
