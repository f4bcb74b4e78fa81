"""Profiles are granted to answers that they explain, and to nothing else."""

from collections.abc import Callable
from typing import Any

import ml_dtypes
import numpy as np
import pytest
from numpy.typing import NDArray

from conformance.adapters.reply import Answer, CannotSay, Refused, Reply
from conformance.judging.arithmetic import Accumulation
from conformance.judging.judge import judge
from conformance.judging.question import Question, make_question
from conformance.judging.verdict import Outcome
from conformance.mutants import Mutant
from conformance.operators.convolution.call import ConvolutionTrial, convolution
from conformance.running.probing import Prober
from conformance.suite.case import Call
from reference.family import DIRECTIONS, OPERATORS

Family = Callable[..., ConvolutionTrial]
Change = Callable[[NDArray[Any]], NDArray[Any]]
FAITHFUL = Mutant()


def lane(
    before: Change = lambda array: array, after: Change = lambda array: array
) -> Callable[[Call, Question], Reply]:
    """A right engine whose operands and result are changed."""

    def ask(call: Call, question: Question) -> Reply:
        plan = FAITHFUL.plan(call)
        with np.errstate(all="ignore"):
            given = {name: before(array) for name, array in question.operands.items()}
            return Answer(after(FAITHFUL.execute(plan, given)).astype(question.value.dtype), 0.0)  # type: ignore[arg-type]

    return ask


def through(dtype: Any) -> Change:
    return lambda array: array.astype(dtype).astype(array.dtype)


def zeros(array: NDArray[Any]) -> NDArray[Any]:
    return np.zeros_like(array)


@pytest.fixture
def many(family: Family) -> ConvolutionTrial:
    """288 products an output in bfloat16."""
    return family(
        "conv2d", batch=1, size=[5, 5], channels=[32, 4], kernel=3, strides=1, dtype="bfloat16", inputs="normal_big"
    )


def verdict_of(trial: ConvolutionTrial, ask: Callable[[Call, Question], Reply]) -> tuple[Outcome, tuple[str, ...]]:
    question, prober = make_question(trial), Prober(ask)
    measured = prober.measured(trial, question)
    verdict = judge(trial, ask(trial.call, question), question.expected, measured.arithmetic)
    return verdict.outcome, measured.unknown


def test_zeros_are_granted_no_profile(many: ConvolutionTrial) -> None:
    outcome, unknown = verdict_of(many, lane(after=zeros))
    assert outcome is Outcome.DIFFERS
    assert unknown == ("no profile explains the probe's answers: wide sums are demanded",)


@pytest.mark.parametrize("garbage", [lambda array: array * 0 + 1e21, lambda array: array * np.nan])
def test_garbage_is_granted_no_profile(many: ConvolutionTrial, garbage: Change) -> None:
    assert verdict_of(many, lane(after=garbage))[0] is Outcome.DIFFERS


@pytest.mark.parametrize("operator", OPERATORS)
@pytest.mark.parametrize("direction", [each for each in DIRECTIONS if each != "bias_gradient"])
def test_float16_computed_in_bfloat16_is_granted_no_profile(family: Family, operator: str, direction: str) -> None:
    trial = family(operator, dtype="float16", direction=direction)
    prober = Prober(lane(through(ml_dtypes.bfloat16), through(ml_dtypes.bfloat16)))
    measured = prober.measured(trial, make_question(trial))
    assert measured.unknown == ("no profile explains the probe's answers: tap sums are demanded",)
    assert measured.arithmetic.accumulation is Accumulation.TAP


@pytest.mark.parametrize("channels", [[32, 4], [2, 4]])
def test_sums_in_the_storage_are_native(family: Family, channels: list[int]) -> None:
    trial = family("conv2d", channels=channels, dtype="bfloat16", strides=1)

    def summed_narrow(call: Call, question: Question) -> Reply:
        """Channel after channel, rounded each time."""
        total: NDArray[Any] = np.zeros(convolution(call).output_shape, ml_dtypes.bfloat16)
        for channel in range(convolution(call).value_shape[-1]):
            value = question.value.copy()
            value[..., [each for each in range(value.shape[-1]) if each != channel]] = 0
            for tap in np.ndindex(*convolution(call).filter_shape[:2]):
                filter = np.zeros_like(question.filter)
                filter[tap] = question.filter[tap]
                part = FAITHFUL.execute(FAITHFUL.plan(call), {"value": value, "filter": filter})  # type: ignore[arg-type]
                total = (total + part).astype(ml_dtypes.bfloat16)
        return Answer(total, 0.0)

    measured = Prober(summed_narrow).measured(trial, make_question(trial))
    assert (measured.arithmetic.accumulation, measured.unknown) == (Accumulation.NATIVE, ())


@pytest.mark.parametrize("operator", OPERATORS)
@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "bfloat16", "complex64"])
def test_a_lane_that_keeps_subnormal_numbers_is_seen_to(family: Family, operator: str, dtype: str) -> None:
    assert Prober(lane()).flushes(family(operator, dtype=dtype).call) is False


def flushed(array: NDArray[Any]) -> NDArray[Any]:
    smallest = float(ml_dtypes.finfo(array.dtype).smallest_normal)
    return np.where(np.abs(array) < smallest, array.dtype.type(0), array)


@pytest.mark.parametrize("operator", OPERATORS)
@pytest.mark.parametrize("direction", [each for each in DIRECTIONS if each != "bias_gradient"])
def test_a_lane_that_flushes_is_seen_to_in_every_direction(family: Family, operator: str, direction: str) -> None:
    assert Prober(lane(flushed, flushed)).flushes(family(operator, direction=direction).call) is True


@pytest.mark.parametrize(("dtype", "narrow"), [("float64", np.float32), ("float32", np.float16)])
def test_a_narrower_type_is_no_flushing(family: Family, dtype: str, narrow: Any) -> None:
    trial = family("conv1d", dtype=dtype, inputs="subnormal")
    ask = lane(through(narrow))
    assert Prober(ask).flushes(trial.call) is None
    assert verdict_of(trial, ask) == (
        Outcome.DIFFERS,
        ("no probe tells what becomes of subnormal numbers: they must be kept",),
    )


def test_no_answer_is_neither_kept_nor_flushed(family: Family) -> None:
    assert Prober(lambda call, question: CannotSay("no")).flushes(family("conv1d").call) is None


@pytest.mark.parametrize(
    ("keys", "unknown"),
    [
        (
            {"dtype": "bfloat16"},
            "the probe of sums was not answered (refused: OutOfMemory: too much): wide sums are demanded",
        ),
        (
            {"inputs": "subnormal"},
            "the probe of subnormal numbers was not answered (refused: OutOfMemory: too much): they must be kept",
        ),
    ],
)
def test_a_probe_without_an_answer_is_told_as_that_and_not_as_a_wrong_answer(
    family: Family, keys: dict[str, Any], unknown: str
) -> None:
    trial = family("conv1d", **keys)
    measured = Prober(lambda call, question: Refused("OutOfMemory", "too much")).measured(trial, make_question(trial))
    assert measured.unknown == (unknown,)


def test_written_out_subnormal_numbers_are_judged_as_generated_ones(family: Family) -> None:
    trial = family(
        "conv1d", batch=1, size=2, kernel=1, channels=1, strides=1, dtype="float64",
        inputs={"value": [[[1.5e-323], [2.0]]], "filter": [[[3]]]},
    )  # fmt: skip
    assert verdict_of(trial, lane(flushed, flushed)) == (Outcome.AGREES, ())
    assert verdict_of(trial, lane()) == (Outcome.AGREES, ())
    assert verdict_of(trial, lane(through(np.float32)))[0] is Outcome.DIFFERS
