"""Case files in a temporary folder."""

from collections.abc import Callable
from pathlib import Path

import pytest

from conformance.errors import CaseFileError
from conformance.operators.convolution.call import ConvolutionTrial
from conformance.suite.case import Trial
from conformance.suite.loading import load


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], Path]:
    """Writes example.yaml."""

    def written(text: str) -> Path:
        path = tmp_path / "example.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return written


@pytest.fixture
def trials_of(write: Callable[[str], Path]) -> Callable[[str], list[Trial]]:
    """The trials of the cases written below `cases:`."""

    def loaded(cases: str) -> list[Trial]:
        return load([write(f"operator: conv2d_transpose\ncases:\n{cases}")])

    return loaded


@pytest.fixture
def every_trial_of_operator(write: Callable[[str], Path]) -> Callable[[str, str], list[Trial]]:
    """The trials of the one case with these keys, of an operator."""
    return lambda operator, keys: load([write(f"operator: {operator}\ncases:\n  - {{{keys}}}\n")])


@pytest.fixture
def trials_of_operator(
    every_trial_of_operator: Callable[[str, str], list[Trial]],
) -> Callable[[str, str], list[ConvolutionTrial]]:
    """The same of a case whose calls are right."""

    def right(operator: str, keys: str) -> list[ConvolutionTrial]:
        trials = every_trial_of_operator(operator, keys)
        found = [trial for trial in trials if isinstance(trial, ConvolutionTrial)]
        assert len(found) == len(trials)
        return found

    return right


@pytest.fixture
def problems_of(write: Callable[[str], Path], tmp_path: Path) -> Callable[[str], list[str]]:
    """The problems of a whole file, without the folder it is in."""

    def found(text: str) -> list[str]:
        with pytest.raises(CaseFileError) as refusal:
            load([write(text)])
        return [problem.removeprefix(f"{tmp_path}/") for problem in refusal.value.problems]

    return found
