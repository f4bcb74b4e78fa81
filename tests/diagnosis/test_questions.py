"""Wrong answers of any operator, explained in words, held against mutants that share no code with the edits."""

from collections.abc import Iterator
from hashlib import sha256

import numpy as np
import pytest

from conformance.adapters.plan import Plan
from conformance.adapters.protocol import Adapter, plan_call
from conformance.adapters.reply import Answer
from conformance.judging.judge import judge
from conformance.judging.question import Question, make_question
from conformance.mutants import Mutant
from conformance.operators.convolution.call import ConvolutionTrial
from conformance.operators.convolution.diagnosis import Diagnosis, diagnose
from conformance.operators.convolution.mutants import FAULTS
from conformance.operators.convolution.mutants.table import FAMILIES
from conformance.suite.corpus import select

Corpus = list[tuple[ConvolutionTrial, Question]]

NAMED = [fault.name for fault in FAULTS.values() if fault.diagnosis and not fault.due]
UNNAMED = [
    fault.name
    for fault in FAULTS.values()
    if fault.outcomes
    and not fault.diagnosis
    and not fault.due  # which needs a call beyond these small ones
    and fault.name not in {each.name for family in ("process", "refused calls") for each in FAMILIES[family]}
]
UNDECIDED = ("filter-of-first-call", "operands-int8")
"""as many weights as elements fit any answer, and steps of 8 bits are rounded in another order: nothing is said"""
ENOUGH = 2


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    """The small right calls of all operators, in an order that mixes them."""
    trials = sorted(select(["tests/mutants/cases"]), key=lambda trial: sha256(trial.id.encode()).digest())
    return [(trial, make_question(trial)) for trial in trials if isinstance(trial, ConvolutionTrial)]


@pytest.fixture(scope="module")
def shipped() -> Corpus:
    """What the small cases lack: long pads, many images and channels, strides for all axes."""
    parts = ("tutorial/strides-", "padding/beyond-", "output_lengths/", "layouts/batch", "layouts/channels")
    trials = select([f"conv2d_transpose/{part}*" for part in parts])
    return [(trial, make_question(trial)) for trial in trials if isinstance(trial, ConvolutionTrial)]


@pytest.mark.parametrize("name", NAMED)
def test_the_true_fault_is_among_the_closest_explanations(name: str, corpus: Corpus, shipped: Corpus) -> None:
    found = diagnoses(name, corpus) or diagnoses(name, shipped)

    closest = [{edit for each in diagnosis.closest for edit in each.edits} for diagnosis in found]

    assert closest
    assert all(names & set(FAULTS[name].diagnosis) for names in closest if names or name not in UNDECIDED)


@pytest.mark.parametrize("name", UNNAMED)
def test_a_fault_that_is_no_edit_gets_few_explanations(name: str, corpus: Corpus) -> None:
    assert all(len(found.names) <= 1 for found in diagnoses(name, corpus))


def test_a_right_answer_needs_no_explanation(corpus: Corpus) -> None:
    lane = Mutant(("faithful",))
    for trial, question in corpus[::8]:
        assert diagnose(trial.call, question.operands, answer_of(lane, trial, question)).names == set()


@pytest.mark.parametrize(
    ("name", "part", "sentence"),
    [
        ("flipped-kernel", "conv1d/conv1d/directions", "behaves as if the kernel were flipped along width"),
        (
            "value-gradient-crops-one-more-in-width",
            "conv1d_transpose/conv1d_transpose/directions",
            "behaves as if crop_before on width were",
        ),
        (
            "ignores-stride",
            "conv3d/conv3d/directions[strides=1x2x3",
            "behaves as if strides were ignored: [1, 1, 1] instead of [1, 2, 3]",
        ),
        (
            "taps-ignore-dilation",
            "conv1d/conv1d/dilations",
            "behaves as if dilations were ignored but in the crop: [1] instead of [2]",
        ),
        ("groups-ignored", "conv1d/conv1d/groups", "behaves as if groups were 1 instead of 2"),
        ("bias-ignored", "conv2d/conv2d/directions", "behaves as if the bias were not added"),
        ("filter-gradient-first-image-only", "conv2d/conv2d/directions", "behaves as if only the first image counted"),
        (
            "bias-gradient-mean-over-batch",
            "conv2d/conv2d/directions",
            "behaves as if the gradient were divided by the batch of 2",
        ),
        ("complex-conjugates-filter", "conv1d/conv1d/dtypes", "behaves as if the filter were conjugated"),
        ("valid-as-same", "conv1d/conv1d/directions", "behaves as if padding were SAME instead of VALID"),
        (
            "crop-on-the-wrong-side",
            "conv1d/conv1d/even-kernel",
            "behaves as if the padding before on width were 2 instead of 1",
        ),
        (
            "int64-for-int32",
            "conv1d/conv1d/dtypes",
            "behaves as if the result's dtype were int64 instead of int32",
        ),
        ("result-for-gradient", "conv1d/conv1d/directions", "behaves as if the result were asked for"),
    ],
)
def test_the_sentence_tells_what_was_misread(name: str, part: str, sentence: str, corpus: Corpus) -> None:
    chosen = [(trial, question) for trial, question in corpus if part in trial.id]

    sentences = [each.sentence for found in diagnoses(name, chosen) for each in found.explanations]

    assert any(each.startswith(sentence) for each in sentences), sentences


def diagnoses(name: str, corpus: Corpus) -> list[Diagnosis]:
    """Of the first wrong answers that have elements."""
    found = []
    for trial, question, answer in wrong_answers(name, corpus):
        if answer.size:
            found.append(diagnose(trial.call, question.operands, answer))
        if len(found) == ENOUGH:
            break
    return found


def wrong_answers(name: str, corpus: Corpus) -> Iterator[tuple[ConvolutionTrial, Question, np.ndarray]]:
    lane = Mutant((name,))
    for trial, question in corpus:
        answer = answer_of(lane, trial, question)
        if not judge(trial, Answer(answer, 0.0), question.expected).conforms:
            yield trial, question, answer


def answer_of(lane: Adapter, trial: ConvolutionTrial, question: Question) -> np.ndarray:
    plan = plan_call(lane, trial.call)
    assert isinstance(plan, Plan)
    return lane.execute(plan, question.operands)
