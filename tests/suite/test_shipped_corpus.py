"""The corpus that is shipped."""

from typing import Any

import pytest

from conformance.judging.question import check_recorded
from conformance.operators.convolution.call import ConvolutionTrial
from conformance.operators.convolution.covering.array import arrays
from conformance.operators.convolution.covering.chapter import CHAPTER, completed_chapter
from conformance.suite.case import Checksum, Recorded, Trial, WrongTrial
from conformance.suite.corpus import files_in, shipped_cases
from conformance.suite.document import read_document
from conformance.suite.lattice import coverage
from conformance.suite.per_operator import documents
from conformance.suite.schema import case_file_of
from reference.family import OPERATORS
from tests.corpus import shipped_trials

MOST_MULTIPLY_ADDS = 200_000


@pytest.fixture(scope="module")
def corpus() -> list[Trial]:
    return list(shipped_trials())


def test_the_corpus_has_at_least_five_thousand_trials(corpus: list[Trial]) -> None:
    assert len(corpus) >= 5000


def test_at_least_twelve_hundred_of_them_are_gradients(corpus: list[Trial]) -> None:
    assert len([trial for trial in corpus if trial.call.direction != "forward"]) >= 1200


@pytest.mark.parametrize("operator", OPERATORS)
def test_every_value_of_every_parameter_is_asked_in_every_direction_and_dtype(
    corpus: list[Trial], operator: str
) -> None:
    (found,) = (each for each in coverage(corpus) if each.operator == operator)
    assert [(row.parameter, row.value, row.holes) for row in found.rows if row.holes] == []


@pytest.mark.parametrize("operator", OPERATORS)
def test_every_legal_combination_of_classes_is_witnessed_and_no_other(corpus: list[Trial], operator: str) -> None:
    found = arrays(trial for trial in corpus if trial.call.operator == operator)[operator]
    assert list(found.missing) == []
    assert list(found.contradictions) == []


@pytest.mark.parametrize("operator", OPERATORS)
def test_the_generated_chapter_is_what_the_command_would_write(operator: str) -> None:
    path = shipped_cases() / operator / CHAPTER
    text, _ = completed_chapter(OPERATORS[operator], path)
    assert path.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("operator", OPERATORS)
def test_wrong_calls_of_every_operator_are_asked(corpus: list[Trial], operator: str) -> None:
    reasons = {
        trial.call.fault.reason for trial in corpus if isinstance(trial, WrongTrial) and trial.call.operator == operator
    }
    every = {"rank", "size", "filter_channels", "strides", "dilations", "padding", "data_format"}
    assert every <= reasons


def test_trials_are_tiny_but_for_those_that_are_about_size(corpus: list[Trial]) -> None:
    about_size = ("conv2d_transpose/layers/", "conv2d_transpose/precision/", "conv2d_transpose/tutorial/")
    large = {
        trial.id.partition("[")[0]
        for trial in corpus
        if isinstance(trial, ConvolutionTrial) and trial.call.geometry.multiply_adds > MOST_MULTIPLY_ADDS
    }
    assert [case for case in large if not case.startswith(about_size) and "/sizes/" not in case] == []


def test_trials_of_sizes_are_cheap(corpus: list[Trial]) -> None:
    asked = [
        trial.call.geometry.multiply_adds
        for trial in corpus
        if "/sizes/" in trial.id and isinstance(trial, ConvolutionTrial)
    ]
    assert len(asked) >= 400
    assert max(asked) < 5_000_000


def test_every_id_is_unique(corpus: list[Trial]) -> None:
    assert len({trial.id for trial in corpus}) == len(corpus)


def test_every_recorded_expectation_agrees_with_the_reference(corpus: list[Trial]) -> None:
    recorded = [trial for trial in corpus if isinstance(trial.expectation, Recorded | Checksum)]
    assert len(recorded) >= 60
    check_recorded(recorded)


def test_every_file_is_what_the_schema_says() -> None:
    files = [documents(read_document(file)) for file in files_in(shipped_cases())]
    assert [problems for _, problems in files if problems] == []
    models: list[Any] = [case_file_of(each.content).model_validate(each.content) for read, _ in files for each in read]
    cases = [case for model in models for case in model.cases]
    assert len(cases) > len(files) > 5


@pytest.mark.parametrize("data_format", [None, "NCHW"])
@pytest.mark.parametrize("padding", ["SAME", "VALID"])
def test_both_layouts_meet_both_words_of_padding(corpus: list[Trial], data_format: str | None, padding: str) -> None:
    assert [
        trial
        for trial in corpus
        if isinstance(trial, ConvolutionTrial)
        and (trial.call.data_format, trial.call.padding) == (data_format, padding)
    ] != []


@pytest.mark.parametrize("batch", [0, 1, 2, 16])
def test_each_batch_size_of_interest_is_asked(corpus: list[Trial], batch: int) -> None:
    assert [
        trial for trial in corpus if isinstance(trial, ConvolutionTrial) and trial.call.geometry.batch == batch
    ] != []


@pytest.mark.parametrize("reason", ["rank", "filter_channels", "output_shape", "strides", "dilations", "padding"])
def test_each_reason_that_a_framework_can_be_handed_is_expected_by_some_case(corpus: list[Trial], reason: str) -> None:
    assert [trial for trial in corpus if isinstance(trial, WrongTrial) and trial.call.fault.reason == reason] != []


def test_both_tutorial_examples_are_asked_with_ones_and_with_data_that_prove_something(corpus: list[Trial]) -> None:
    ids = {trial.id for trial in corpus}
    examples = ("example-1", "example-2-corrected")
    asked = {
        f"conv2d_transpose/tutorial/{name}[inputs={i},dtype=float32]" for name in examples for i in ("ones", "mix")
    }
    assert asked <= ids
