"""Calls whose fault is an operand alone: a bias, a cotangent or a dtype that does not fit the others."""

from collections.abc import Callable

import pytest

from conformance.judging.question import make_question
from conformance.operators.convolution.call import WrongConvolution, convolution
from conformance.operators.convolution.inputs import generate
from conformance.suite.case import Refusal, Trial, WrongTrial

WrongFamily = Callable[..., WrongTrial]
ProblemsOf = Callable[[str], list[str]]

CASE = "operator: conv2d\ncases:\n  - {name: a, why: w, value: [1, 4, 4, 2], filter: [3, 3, 2, 2], strides: 2%s}\n"


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        ({"bias": True, "bias_shape": [3]}, "size"),
        ({"bias": True, "bias_shape": [1, 4]}, "rank"),
        ({"bias": True, "bias_shape": []}, "rank"),
        ({"direction": "value_gradient", "cotangent_shape": [2, 1, 2, 4]}, "size"),
        ({"direction": "filter_gradient", "cotangent_shape": [2, 2, 4]}, "rank"),
        ({"operand_dtypes": {"filter": "float16"}}, "dtype"),
        ({"operand_dtypes": {"cotangent": "float64"}, "direction": "value_gradient"}, "dtype"),
    ],
)
def test_an_operand_that_does_not_fit_is_the_fault_of_a_call(
    wrong_family: WrongFamily, keys: dict[str, object], reason: str
) -> None:
    trial = wrong_family("conv2d", **keys, expect={"refusal": reason})
    assert trial.expectation == Refusal(reason)
    assert isinstance(trial.call, WrongConvolution)
    assert trial.call.around is not None, "without the operand the call is right"
    assert make_question(trial).expected is None


def test_the_operands_of_such_a_call_have_the_shapes_and_dtypes_that_it_names(wrong_family: WrongFamily) -> None:
    trial = wrong_family(
        "conv2d", bias=True, bias_shape=[3], operand_dtypes={"filter": "float16"}, expect={"refusal": "size"}
    )
    operands = generate(trial.id, convolution(trial.call), trial.inputs)
    assert operands["bias"].shape == (3,)
    assert [operands[name].dtype.name for name in ("value", "filter")] == ["float32", "float16"]


def test_what_is_wrong_about_an_operand_is_among_the_arguments(wrong_family: WrongFamily) -> None:
    call = wrong_family("conv2d", operand_dtypes={"filter": "float16"}, expect={"refusal": "dtype"}).call
    assert call.arguments()["operand_dtypes"] == {"filter": "float16"}
    assert "bias_shape" not in call.arguments()


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        (", bias_shape: [3], expect: {refusal: size}", "bias_shape needs bias: true"),
        (
            ", cotangent_shape: [3], expect: {refusal: rank}",
            "cotangent_shape needs the direction of a gradient: only that takes a cotangent",
        ),
        (
            ", operand_dtypes: {bias: float16}, expect: {refusal: dtype}",
            "operand_dtypes names bias; the call takes value, filter",
        ),
        (
            ", dilations: 0, direction: value_gradient, expect: {refusal: dilations}",
            "a wrong call has no result: its gradient needs cotangent_shape",
        ),
        (
            ", dilations: 0, bias: true, expect: {refusal: dilations}",
            "a wrong call has no channels of a result: a bias beside it needs bias_shape",
        ),
        (
            ", bias: true, bias_shape: [2], expect: {refusal: size}",
            "expects the refusal 'size', and the definition allows",
        ),
    ],
)
def test_words_about_operands_that_a_call_does_not_take_are_told(
    problems_of: ProblemsOf, keys: str, message: str
) -> None:
    (problem,) = problems_of(CASE % keys)
    assert message in problem
    assert problem.startswith("example.yaml:3: ")


def test_the_id_names_the_operand_and_its_dtype(every_trial_of_operator: Callable[[str, str], list[Trial]]) -> None:
    case = (
        "name: a, why: w, value: [1, 4, 4, 2], filter: [3, 3, 2, 2], strides: 2, expect: {refusal: dtype},"
        " sweep: {operand_dtypes: [{filter: float16}, {value: float64}]}"
    )
    ids = [trial.id.partition("[")[2] for trial in every_trial_of_operator("conv2d", case)]
    assert ids == ["operand_dtypes=filter:float16]", "operand_dtypes=value:float64]"]
