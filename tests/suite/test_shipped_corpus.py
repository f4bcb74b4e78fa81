"""The corpus that is shipped."""

import pytest

from conformance.judging.question import check_recorded
from conformance.suite.case import Checksum, Recorded, Trial
from conformance.suite.corpus import files_in, select, shipped_cases
from conformance.suite.document import read_document
from conformance.suite.schema import CaseFile


@pytest.fixture(scope="module")
def corpus() -> list[Trial]:
    return select([])


def test_the_corpus_has_at_least_six_hundred_trials(corpus: list[Trial]) -> None:
    assert len(corpus) >= 600


def test_every_id_is_unique(corpus: list[Trial]) -> None:
    assert len({trial.id for trial in corpus}) == len(corpus)


def test_every_recorded_expectation_agrees_with_the_reference(corpus: list[Trial]) -> None:
    recorded = [trial for trial in corpus if isinstance(trial.expectation, Recorded | Checksum)]
    assert len(recorded) >= 60
    check_recorded(recorded)


def test_every_file_is_what_the_schema_says() -> None:
    files = files_in(shipped_cases())
    cases = [case for file in files for case in CaseFile.model_validate(read_document(file).content).cases]
    assert len(cases) > len(files) > 5


@pytest.mark.parametrize("data_format", [None, "NCHW"])
@pytest.mark.parametrize("padding", ["SAME", "VALID"])
def test_both_layouts_meet_both_words_of_padding(corpus: list[Trial], data_format: str | None, padding: str) -> None:
    assert [trial for trial in corpus if trial.call.data_format == data_format and trial.call.padding == padding] != []


@pytest.mark.parametrize("batch", [0, 1, 2, 16])
def test_each_batch_size_of_interest_is_asked(corpus: list[Trial], batch: int) -> None:
    assert [trial for trial in corpus if trial.call.geometry and trial.call.geometry.batch == batch] != []


@pytest.mark.parametrize("reason", ["rank", "filter_channels", "output_shape", "strides", "dilations", "padding"])
def test_each_reason_that_a_framework_can_be_handed_is_expected_by_some_case(corpus: list[Trial], reason: str) -> None:
    assert [trial for trial in corpus if trial.call.fault and trial.call.fault.reason == reason] != []


def test_both_tutorial_examples_are_asked_with_ones_and_with_data_that_prove_something(corpus: list[Trial]) -> None:
    ids = {trial.id for trial in corpus}
    examples = ("example-1", "example-2-corrected")
    asked = {
        f"conv2d_transpose/tutorial/{name}[inputs={i},dtype=float32]" for name in examples for i in ("ones", "mix")
    }
    assert asked <= ids
