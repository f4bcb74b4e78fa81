"""Trials as an author would write them, and what is expected of them."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from conformance.judging.expected import Expected
from conformance.judging.question import make_question
from conformance.suite.case import Trial
from conformance.suite.loading import load_file

ONE_PRODUCT = {"value": [1, 1, 1, 1], "filter": [1, 1, 1, 1], "output_shape": [1, 1, 1, 1], "strides": 1}
"""the smallest call: one input times one weight"""


@pytest.fixture(scope="session")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Trial]:
    """A trial of one case file with one case; its keys are those of a case, and it has one product by default."""
    folder = tmp_path_factory.mktemp("cases")

    def made(name: str = "made", **keys: Any) -> Trial:
        case = {"name": name, "why": "a test asks", **({} if "size" in keys else ONE_PRODUCT), **keys}
        path = folder / "made.yaml"
        path.write_text(json.dumps({"operator": "conv2d_transpose", "cases": [case]}), encoding="utf-8")
        (only,) = load_file(path)
        return only

    return made


@pytest.fixture(scope="session")
def expected(trial: Callable[..., Trial]) -> Callable[..., Expected]:
    """What is expected of a right call."""

    def made(**keys: Any) -> Expected:
        found = make_question(trial(**keys)).expected
        assert found is not None
        return found

    return made


@pytest.fixture(scope="session")
def product(expected: Callable[..., Expected]) -> Callable[..., Expected]:
    """What is expected of one number times one other."""

    def made(value: float, weight: float, **keys: Any) -> Expected:
        return expected(inputs={"value": [[[[value]]]], "filter": [[[[weight]]]]}, **keys)

    return made


@pytest.fixture(scope="session")
def right() -> Callable[[Expected], NDArray[Any]]:
    """The correctly rounded answer, writable."""
    return lambda wanted: np.array(wanted.rounded)
