"""The checkout on the path of workers and of this process, so that stand-ins can be named by import string."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from conformance.suite.case import Trial
from conformance.suite.corpus import select

ROOT = Path(__file__).resolve().parents[2]
TUTORIAL = "conv2d_transpose/tutorial/"


@pytest.fixture(autouse=True)
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(ROOT)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]))


@pytest.fixture(scope="session")
def stand_in() -> Callable[[str], str]:
    """The lane of a stand-in."""
    return lambda name: f"tests.running.stand_ins:{name}"


@pytest.fixture(scope="session")
def tutorial() -> dict[str, Trial]:
    """The tutorial's trials by what follows the file's name in their ids."""
    return {trial.id.removeprefix(TUTORIAL): trial for trial in select([f"{TUTORIAL}*"])}
