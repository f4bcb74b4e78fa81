"""The maps that renditions are made of, held against the oracle: all operators, directions, groups, biases, dtypes."""

from collections.abc import Iterator

import numpy as np
import pytest

from conformance.judging.arithmetic import required_arithmetic
from conformance.judging.expectation import expectation
from conformance.judging.question import Question, make_question
from conformance.operators.convolution.call import ConvolutionTrial
from conformance.operators.convolution.diagnosis import renderer as renderer_module
from conformance.operators.convolution.diagnosis.edits import EDITS
from conformance.operators.convolution.diagnosis.renderer import Renderer
from conformance.operators.convolution.diagnosis.rendition import faithful
from conformance.searching.draft import Draft
from conformance.suite.case import Trial
from conformance.suite.corpus import select
from conformance.suite.dtypes import FORMATS
from reference.family import OPERATORS

Corpus = list[tuple[ConvolutionTrial, Question]]


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    """Every third of the small cases of all operators that have elements."""
    trials = [trial for trial in select(["tests/mutants/cases"]) if isinstance(trial, ConvolutionTrial)]
    pairs = [(trial, make_question(trial)) for trial in trials[::3]]
    return [(trial, question) for trial, question in pairs if question.expected and question.expected.values.size]


@pytest.mark.parametrize("operator", OPERATORS)
def test_the_faithful_rendition_is_the_oracles_result_and_magnitude(operator: str, corpus: Corpus) -> None:
    for trial, question in of(operator, corpus):
        rendition, renderer = faithful(trial.call, question.operands), Renderer()
        assert question.expected is not None
        close(renderer.values(rendition), question.expected.values, trial)
        close(renderer.magnitude(rendition), question.expected.magnitude, trial)


@pytest.mark.parametrize("operator", OPERATORS)
def test_sums_of_single_terms_in_64_bits_are_the_oracles_result(operator: str, corpus: Corpus) -> None:
    for trial, question in of(operator, corpus):
        assert question.expected is not None
        if question.expected.format.kind == "real":
            rendition = faithful(trial.call, question.operands)
            for simulated in Renderer().simulated(rendition, FORMATS["float64"]):
                magnitude = question.expected.magnitude
                largest = magnitude[np.isfinite(magnitude)].max(initial=0.0)
                close(simulated, question.expected.values, trial, tolerance=1e-9 * largest)


@pytest.mark.parametrize("operator", OPERATORS)
def test_every_edit_of_every_call_can_be_rendered(operator: str, corpus: Corpus) -> None:
    for trial, question in list(of(operator, corpus))[::7]:
        rendition, renderer = faithful(trial.call, question.operands), Renderer()
        with np.errstate(all="ignore"):
            for edit in EDITS.values():
                for edited in edit.apply(rendition):
                    if all(axis.input >= 0 and axis.output >= 0 and axis.full >= 0 for axis in edited.axes):
                        assert renderer.values(edited).shape == renderer.magnitude(edited).shape
                        assert edit.told(rendition, edited).strip(": ")


def test_what_a_renderer_keeps_is_bounded_and_changes_no_answer(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    trial, question = next(iter(of("conv2d", corpus)))
    rendition, keeps = faithful(trial.call, question.operands), Renderer()
    edited = [each for edit in EDITS.values() for each in edit.apply(rendition)]
    possible = [each for each in edited if all(min(axis.input, axis.output, axis.full) >= 0 for axis in each.axes)]
    wanted = [keeps.values(each) for each in possible]
    monkeypatch.setattr(renderer_module, "KEPT_BYTES", 1)
    forgets = Renderer()
    for each, values in zip(possible, wanted, strict=True):
        np.testing.assert_array_equal(forgets.values(each), values)
        assert len(forgets._kept) == 1 < len(keeps._kept)


def of(operator: str, corpus: Corpus) -> Iterator[tuple[ConvolutionTrial, Question]]:
    return (pair for pair in corpus if pair[0].call.operator == operator)


def close(found: np.ndarray, expected: np.ndarray, trial: Trial, tolerance: float = 0.0) -> None:
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=tolerance, equal_nan=True, err_msg=trial.id)


def test_an_edit_that_leaves_no_pixels_is_no_fault() -> None:
    """Found by a search: without its pads the pixel is shorter than the kernel, and the result has channels alone."""
    given = {"value": (1, 1, 1, 2), "filter": (2, 2, 2, 2), "strides": 3, "padding": "SAME", "dilations": 2}
    trial = Draft("depthwise_conv2d", {**given, "dtype": "bfloat16", "inputs": "special"}).trial
    assert isinstance(trial, ConvolutionTrial)
    operands = make_question(trial).operands
    wrong = np.full(trial.call.result_shape, 3.0, operands["value"].dtype)
    assert expectation("depthwise_conv2d").diagnose(trial.call, operands, wrong, required_arithmetic("bfloat16"))
