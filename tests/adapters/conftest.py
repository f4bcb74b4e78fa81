"""Trials as planners get them: from one case of a file, or from the shipped corpus.

The tests that read the corpus hold plans of `conv2d_transpose` against its definition; those of the family, by hand and
through adjoints, are in files of their own.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest

from conformance.adapters.protocol import features_of
from conformance.suite.case import Trial
from conformance.suite.corpus import select
from conformance.suite.loading import load_file


@pytest.fixture(scope="session")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Trial]:
    """A trial of one case file with one case; its keys are those of a case."""
    folder = tmp_path_factory.mktemp("cases")

    def made(**keys: Any) -> Trial:
        case = {"name": "made", "why": "a test asks", **keys}
        path = folder / "made.yaml"
        path.write_text(json.dumps({"operator": "conv2d_transpose", "cases": [case]}), encoding="utf-8")
        (only,) = load_file(path)
        return only

    return made


@pytest.fixture(scope="session")
def shipped() -> dict[str, Trial]:
    """The shipped trials of `conv2d_transpose` without groups, bias and gradients, by id."""
    chapters = select(["conv2d_transpose/*"])
    return {trial.id: trial for trial in chapters if not features_of(trial.call)}
