"""What all tests share: pytest's own fixture for tests of plugins, and a trial of any operator of the family."""

import json
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from conformance.cli.main import main
from conformance.operators.convolution.call import ConvolutionTrial
from conformance.suite.case import Trial, WrongTrial
from conformance.suite.loading import load_file
from reference.family import OPERATORS

pytest_plugins = ["pytester"]
ROOT = Path(__file__).resolve().parents[1]

# How long an example takes says how busy the machine is.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


@pytest.fixture(autouse=True)
def _signals_as_a_terminal_has_them() -> None:
    """What a process starts inherits the signals that it ignores, and an interrupted run that ignores them goes on.

    A shell ignores SIGINT for what it starts in the background, and `nohup` SIGHUP; a test that calls the program in
    this process leaves the handlers of its last moments.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.fixture(autouse=True, scope="module")
def _same_kernels_of_tensorflow_in_a_module(request: pytest.FixtureRequest) -> Iterator[None]:
    """Tests of plans need kernels that take channels first, dilations and groups, whatever the processor is: without
    AVX512-VNNI TensorFlow leaves oneDNN, which has them, out by itself.
    """
    with pytest.MonkeyPatch.context() as patch:
        if request.node.get_closest_marker("frameworks"):
            patch.setenv("TF_ENABLE_ONEDNN_OPTS", "1")
        yield


@pytest.fixture(autouse=True)
def _same_kernels_of_tensorflow(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same for a single test with the mark."""
    if request.node.get_closest_marker("frameworks"):
        monkeypatch.setenv("TF_ENABLE_ONEDNN_OPTS", "1")


@pytest.fixture
def inside(monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Run `conformance` in this process, where a test can replace parts of it; its exit status."""
    monkeypatch.syspath_prepend(ROOT)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")

    def run(*words: str) -> int:
        monkeypatch.setattr(sys, "argv", ["conformance", *words])
        with pytest.raises(SystemExit) as left:
            main()
        assert isinstance(left.value.code, int)
        return left.value.code

    return run


@pytest.fixture(scope="session")
def family(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., ConvolutionTrial]:
    """A small trial of a right call of an operator, from a case file with one case; keys are those of a case, None
    leaves one out.
    """
    folder = tmp_path_factory.mktemp("family")

    def made(operator: str, **keys: Any) -> ConvolutionTrial:
        trial = trial_of(folder, operator, keys)
        assert isinstance(trial, ConvolutionTrial), trial
        return trial

    return made


@pytest.fixture(scope="session")
def wrong_family(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., WrongTrial]:
    """The same of a wrong call."""
    folder = tmp_path_factory.mktemp("wrong")

    def made(operator: str, **keys: Any) -> WrongTrial:
        trial = trial_of(folder, operator, keys)
        assert isinstance(trial, WrongTrial), trial
        return trial

    return made


def trial_of(folder: Path, operator: str, keys: Mapping[str, Any]) -> Trial:
    """The trial of a small case with these keys, in a file of this folder."""
    known = OPERATORS[operator]
    case = {
        "name": "made", "why": "a test asks", "batch": 2, "channels": [2, 4], "strides": 2, "inputs": "mix",
        "size": [3, 4, 2][: known.rank], "kernel": [3, 2, 3][: known.rank],
        **({"output": "largest"} if known.transposed else {}), **keys,
    }  # fmt: skip
    written = {name: value for name, value in case.items() if value is not None}
    # What an examination keeps of a trial it finds by the id: another trial needs another one.
    written["name"] = f"made-{sha256(json.dumps(written).encode()).hexdigest()[:12]}"
    path = folder / "made.yaml"
    path.write_text(json.dumps({"operator": operator, "cases": [written]}), encoding="utf-8")
    (only,) = load_file(path)
    return only
