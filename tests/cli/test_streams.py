"""Standard streams that are closed, full or read by nobody: the exit status stays that of what was found out."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
STAND_INS = "tests.running.stand_ins"
RIGHT = "conv2d_transpose/tutorial/example-1[inputs=mix,dtype=float32]"
Shell = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that conforms and one that does not, as folders `right` and `wrong`."""
    folder = tmp_path_factory.mktemp("runs")
    for name, lane in (("right", "reference"), ("wrong", "conformance.mutants:Mutant:flipped-kernel")):
        _shell(f"run '{RIGHT}' --lane {lane} --output {folder / name} --quiet >/dev/null")
    return folder


def _shell(words: str) -> subprocess.CompletedProcess[str]:
    """`conformance` with these words and redirections, as a shell starts it."""
    command = f"{sys.executable} -m conformance {words}"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(["/bin/bash", "-c", command], capture_output=True, text=True, timeout=60, env=environment)


@pytest.mark.parametrize("redirected", ["<&- >&-", ">/dev/full", "| head -c 1; exit ${PIPESTATUS[0]}"])
@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("run '" + RIGHT + "' --lane reference --quiet --output {out}", 0),
        ("run '" + RIGHT + "' --lane conformance.mutants:Mutant:flipped-kernel --quiet --output {out}", 1),
        ("report {runs}/wrong", 1),
        ("report {runs}/wrong --format markdown", 1),
        ("compare {runs}/right {runs}/right", 0),
    ],
)
def test_a_verb_that_judges_keeps_its_status_when_nobody_can_read_it(
    runs: Path, tmp_path: Path, words: str, status: int, redirected: str
) -> None:
    done = _shell(f"{words.format(runs=runs, out=tmp_path / 'out')} {redirected}")
    assert done.returncode == status, done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("words", ["cases list", "cases schema", f"explain '{RIGHT}' --lane torch", "docs"])
@pytest.mark.parametrize(("redirected", "status"), [(">&-", 0), (">/dev/full", 3)])
def test_a_verb_that_only_prints_never_leaves_with_the_status_of_a_nonconformance(
    words: str, redirected: str, status: int
) -> None:
    done = _shell(f"{words} {redirected}")
    # A reader of the buffered end is told of the disk after the verb is done: its status stays 0 then.
    assert done.returncode in (0, status), done.stderr
    assert "Traceback" not in done.stderr
    if redirected == ">/dev/full":
        assert "conformance: standard output: No space left on device" in done.stderr


WRONG_RESULT = (
    "diagnose --output {out}/y.npy --input {out}/x.npy --filter {out}/f.npy --output-shape 1x8x8x1 --strides 2"
)


@pytest.mark.parametrize(
    ("words", "status"),
    [("cases schema", 0), ("run --help", 0), ("nothing", 2), ("report {runs}/wrong", 1), (WRONG_RESULT, 1)],
)
def test_a_reader_that_has_left_changes_no_status(runs: Path, tmp_path: Path, words: str, status: int) -> None:
    """Of both streams, before anything is written: a command line's framework ends the process with 1 then."""
    _save_wrong_result(tmp_path)
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "conformance", *words.format(runs=runs, out=tmp_path).split()]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    try:
        done = subprocess.run(command, stdout=writing, stderr=writing, timeout=60, env=environment)
    finally:
        os.close(writing)
    assert done.returncode == status


@pytest.mark.parametrize("redirected", [">/dev/full", "1</dev/null", ">/dev/full 2>&1"])
def test_a_verdict_that_is_only_printed_keeps_its_status_too(tmp_path: Path, redirected: str) -> None:
    _save_wrong_result(tmp_path)
    assert _shell(f"{WRONG_RESULT.format(out=tmp_path)} {redirected}").returncode == 1


def test_a_stream_that_does_not_wait_is_waited_for(tmp_path: Path) -> None:
    """A pipe that somebody has made non-blocking, and that is full at first."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    filled = os.write(writing, b"x" * 2**20)
    command = [sys.executable, "-m", "conformance", "cases", "schema"]
    process = subprocess.Popen(command, stdout=writing, env={**os.environ, "PYTHONPATH": str(ROOT)})
    os.close(writing)
    with open(reading, "rb") as stream:
        came = stream.read()
    assert process.wait(timeout=60) == 0
    assert b'"operator"' in came[filled:]


def _save_wrong_result(folder: Path) -> None:
    np.save(folder / "x.npy", np.ones((1, 4, 4, 1), np.float32))
    np.save(folder / "f.npy", np.ones((3, 3, 1, 1), np.float32))
    np.save(folder / "y.npy", np.zeros((1, 8, 8, 1), np.float32))


def test_what_is_printed_without_a_standard_output_does_not_land_in_the_journal(tmp_path: Path) -> None:
    done = _shell(f"run '{RIGHT}' --lane reference --output {tmp_path} >&- 2>&- <&-")
    assert done.returncode == 0
    lines = (tmp_path / "journal.jsonl").read_text("utf-8").splitlines()
    assert all(line.startswith("{") for line in lines)


def test_a_file_whose_name_is_not_utf_8_is_named_with_its_bytes_spelled_out(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/caf\xe9.yaml"
    with open(path, "wb") as file:
        file.write(b"operator: conv2d\ncases: []\n")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command: list[str | bytes] = [sys.executable, "-m", "conformance", "cases", "check", path]
    done = subprocess.run(command, capture_output=True, timeout=60, env=environment, check=False)
    assert done.returncode == 2
    assert b"caf\\udce9.yaml:2: cases: " in done.stderr
