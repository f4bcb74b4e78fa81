"""Faults that begin at a size: each is caught by the chapters of sizes, in every operator and direction of it."""

import numpy as np
import pytest

from conformance.mutants import mutants
from conformance.operators.convolution.call import ConvolutionTrial, convolution
from conformance.operators.convolution.mutants.table import FAMILIES, FAULTS
from conformance.operators.convolution.scoring.candidates import ConvolutionCandidates, hollow
from conformance.scoring.score import Score, score
from conformance.suite.case import Trial
from conformance.suite.corpus import select

SIZES = [mutants()[fault.name] for fault in FAMILIES["sizes"]]


@pytest.fixture(scope="module")
def trials() -> list[Trial]:
    return select(["*/sizes/*"])


@pytest.fixture(scope="module")
def scored(trials: list[Trial]) -> Score:
    return score(trials, SIZES, None, diagnosed=0)


def test_there_are_sixty_faults_of_sizes_and_more() -> None:
    assert len(SIZES) >= 60


def test_every_fault_of_a_size_is_caught_in_every_operator_and_direction_that_has_it(scored: Score) -> None:
    assert {fault.name: fault.missed for fault in scored.faults if fault.survives} == {}


def test_a_fault_of_a_size_is_seen_as_a_difference_and_nothing_else(scored: Score) -> None:
    assert {name for fault in scored.faults for name in fault.outcomes} == {"differs"}


def test_every_trial_of_sizes_is_right_where_no_fault_is(trials: list[Trial]) -> None:
    (fault,) = score(trials, [mutants()["faithful"]], None, diagnosed=0).faults

    assert fault.asked > 350
    assert fault.caught == 0


def test_a_fault_that_one_direction_misses_survives(trials: list[Trial]) -> None:
    forward = [trial for trial in trials if trial.call.direction != "value_gradient"]

    (fault,) = score(forward, [mutants()["images-behind-blocks-of-64"]], None, diagnosed=0).faults

    assert fault.caught > 0
    assert fault.survives
    assert "conv1d value_gradient" in fault.missed


def test_only_calls_that_trigger_a_fault_are_asked(trials: list[Trial]) -> None:
    fault = FAULTS["images-behind-blocks-of-1024"]

    asked = [trial for trial, _ in ConvolutionCandidates(trials).at(("conv2d", "forward"), fault)]

    assert asked
    assert all(convolution(trial.call).value_shape[0] > 1024 for trial in asked)


def test_a_problem_without_content_has_the_shapes_of_its_call(trials: list[Trial]) -> None:
    for trial in (each for each in trials[::7] if isinstance(each, ConvolutionTrial)):
        problem = hollow(trial.call)

        assert problem.value.size == np.prod(trial.call.value_shape)
        assert problem.filter.size == np.prod(trial.call.filter_shape)
