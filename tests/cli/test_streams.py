"""Standard streams that are closed, full or read by nobody: the exit status stays that of what was found out."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STAND_INS = "tests.running.stand_ins"
RIGHT = "conv2d_transpose/tutorial/example-1[inputs=mix,dtype=float32]"
Shell = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that conforms and one that does not, as folders `right` and `wrong`."""
    folder = tmp_path_factory.mktemp("runs")
    for name, lane in (("right", "reference"), ("wrong", "conformance.miniatures:Miniature:flipped-kernel")):
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
        ("run '" + RIGHT + "' --lane conformance.miniatures:Miniature:flipped-kernel --quiet --output {out}", 1),
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


@pytest.mark.parametrize("words", ["cases list", "cases schema", f"explain '{RIGHT}' --lane torch", "adapters"])
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
