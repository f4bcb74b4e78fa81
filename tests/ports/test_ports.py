"""The two ports of examples/, compiled, installed and run through the whole corpus: `make test-ports`."""

import json
import re
import subprocess
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from conformance.adapters.protocol import features_of
from conformance.journal import Record, read_journal
from conformance.suite.case import Call, Refusal, Trial
from tests.corpus import shipped_trials

Process = Callable[..., subprocess.CompletedProcess[str]]
Run = Callable[..., tuple[int, Sequence[Record]]]

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
PORT_C, PORT_TFJS = EXAMPLES / "port-c", EXAMPLES / "port-tfjs"
TFJS = "exec:node port.js"

pytestmark = pytest.mark.ports


@pytest.fixture(scope="module")
def port_c(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The lane of the C port, compiled."""
    binary = tmp_path_factory.mktemp("port-c") / "port"
    sources = [str(path) for path in sorted(PORT_C.glob("*.c"))]
    strict = ["-O2", "-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic"]
    subprocess.run(["cc", *strict, "-o", str(binary), *sources], check=True)
    return f"exec:{binary}"


@pytest.fixture
def run(program: Process, tmp_path: Path) -> Run:
    """The exit status of a run of the whole corpus, and its records."""

    def completed(lane: str, *words: str, cwd: Path | None = None) -> tuple[int, Sequence[Record]]:
        done = program("run", "--lane", lane, "--quiet", "--output", str(tmp_path), *words, cwd=cwd)
        return done.returncode, read_journal(tmp_path / "journal.jsonl").records

    return completed


def test_the_port_in_c_is_right_wherever_it_speaks(port_c: str, run: Run) -> None:
    status, records = run(port_c)
    assert status == 0
    assert {record.outcome for record in records} == {"agrees", "refused", "unsupported"}
    spoken = {trial.id for trial in shipped_trials() if _is_plain(trial.call) and _is_for_it(trial)}
    assert {record.trial for record in records if record.outcome != "unsupported"} == spoken


def _is_for_it(trial: Trial) -> bool:
    """Whether a port that answers one call after another, in two dtypes, can be asked."""
    call = trial.call
    return trial.at_once == 1 and all(call.dtype_of(operand) in ("float32", "float64") for operand in call.operands)


def _is_plain(call: Call) -> bool:
    """Whether the ports speak of the call: `conv2d_transpose`, without any feature."""
    return call.operator == "conv2d_transpose" and not features_of(call)


def test_the_port_in_c_passes_smoke(port_c: str, program: Process) -> None:
    done = program("smoke", "--lane", port_c)
    assert done.returncode == 0, done.stdout
    assert "says hello: port-c 1.0, C" in done.stdout


def test_make_builds_the_port_in_c(tmp_path: Path) -> None:
    for path in PORT_C.iterdir():
        if path.name != "port":
            (tmp_path / path.name).write_bytes(path.read_bytes())
    subprocess.run(["make", "--silent"], cwd=tmp_path, check=True)
    assert (tmp_path / "port").exists()


def test_tensorflow_js_is_green_with_its_waivers(run: Run) -> None:
    status, records = run(TFJS, "--waivers", "waivers.yaml", cwd=PORT_TFJS)
    assert status == 0
    counts = Counter(record.outcome for record in records if record.waived)
    assert set(counts) == {"accepted"}


def test_tensorflow_js_accepts_illegal_output_shapes_and_the_run_says_so(run: Run) -> None:
    status, records = run(TFJS, cwd=PORT_TFJS)
    assert status == 1
    illegal = {trial.id for trial in shipped_trials() if trial.expectation == Refusal("output_shape")}
    accepted = [record for record in records if record.outcome == "accepted" and record.trial in illegal]
    assert len(accepted) >= 10
    wrong = re.compile(r"the call is wrong \(output_shape: (batch|channels|length)\) and must be refused")
    assert all(wrong.search(record.detail) for record in accepted), [record.detail for record in accepted]


def test_the_harness_of_tensorflow_js_is_in_order(program: Process) -> None:
    told = json.loads(program("smoke", "--lane", TFJS, "--format", "json", cwd=PORT_TFJS).stdout)
    failed = [(step["name"], step["blame"]) for step in told["steps"] if step["status"] == "failed"]
    assert failed == [("refuses a wrong call", "words")]
