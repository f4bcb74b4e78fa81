"""Vectors of a few trials, answers to them, and folders that somebody has been at."""

import json
import shutil
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from conformance.adapters.lane import load_adapter, parse_lane
from conformance.adapters.plan import Unsupported, WrongShape
from conformance.adapters.protocol import CallRefused, plan_call
from conformance.operators.convolution.call import convolution
from conformance.operators.convolution.inputs import generate
from conformance.suite.case import Trial
from conformance.suite.corpus import select
from conformance.vectors.exporting import export
from conformance.vectors.layout import file_name
from conformance.vectors.tensors import write_tensors
from tests.cli.conftest import program

__all__ = ["program"]

EXAMPLE = "conv2d_transpose/tutorial/example-1[inputs=mix,dtype=float32]"
"""judged bitwise"""
REAL = "conv2d_transpose/tutorial/example-1[inputs=normal64,dtype=float32]"
"""judged under a bound"""
WRONG = "conv2d_transpose/tutorial/example-2-as-printed*"
"""a call that is wrong on purpose"""
SELECTION = (EXAMPLE, REAL, WRONG, "conv2d_transpose/special_values/footprint*channels=2x3*")

Answering = Callable[..., Path]


@pytest.fixture(scope="session")
def trials() -> list[Trial]:
    return select(SELECTION)


@pytest.fixture(scope="session")
def exported(trials: list[Trial], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of vectors that no test changes."""
    folder = tmp_path_factory.mktemp("exported") / "vectors"
    export(trials, SELECTION, folder)
    return folder


@pytest.fixture
def vectors(exported: Path, tmp_path: Path) -> Path:
    """A copy that a test may change."""
    return Path(shutil.copytree(exported, tmp_path / "vectors"))


@pytest.fixture
def answers(trials: list[Trial], tmp_path: Path) -> Path:
    """The reference's answers, which a test may change."""
    return write_answers(tmp_path / "answers", trials)


def write_answers(folder: Path, trials: Sequence[Trial], lane: str = "reference") -> Path:
    """What a program elsewhere would write: a lane's answers, without any look at the vectors."""
    folder.mkdir(parents=True)
    adapter = load_adapter(parse_lane(lane))
    for trial in trials:
        path = folder / file_name(trial.id)
        plan = plan_call(adapter, trial.call)
        if isinstance(plan, Unsupported):
            say(path, type="unsupported", reason=plan.reason)
            continue
        operands = generate(trial.id, convolution(trial.call), trial.inputs)
        try:
            with np.errstate(all="ignore"):  # as in a worker, where an overflow's warning is not an exception
                result = adapter.execute(plan, operands)
        except CallRefused as refusal:
            error, _, message = str(refusal).partition(": ")
            say(path, type="refusal", error=error, message=message)
        except WrongShape as wrong:  # of a cotangent of another shape than the result's: it is refused
            say(path, type="refusal", error=type(wrong.refusal).__name__, message=str(wrong.refusal))
        else:
            path.with_name(f"{path.name}.safetensors").write_bytes(write_tensors({"result": result}))
    return folder


def say(path: Path, **words: Any) -> None:
    """An answer in words, beside any answer in numbers."""
    path.with_name(f"{path.name}.json").write_text(json.dumps(words), encoding="utf-8")


def reseal(folder: Path) -> None:
    """Write the checksums anew, as somebody would who changes files on purpose."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "SHA256SUMS")
    lines = (f"{sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder).as_posix()}\n" for path in files)
    (folder / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")


def edit(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Change a JSON file."""
    content = json.loads(path.read_bytes())
    change(content)
    path.write_text(json.dumps(content), encoding="utf-8")
