"""What cases and ports say takes no effect on a terminal, and begins no line where a CI service reads commands."""

import json
import os
import pty
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conformance.cli.progress import progress

ROOT = Path(__file__).resolve().parents[2]
EVIL = "\x1b[2J\n::error::evil\n##vso[task.complete]"
COMMAND = re.compile(r"^(::|##vso)", re.MULTILINE)
CASE = {
    "name": "up", "why": EVIL, "value": [1, 4, 4, 1], "filter": [3, 3, 1, 1], "output_shape": [1, 8, 8, 1],
    "strides": 2, "padding": "SAME", "inputs": "mix",
}  # fmt: skip
PORT = """\
import json, os, struct, sys

def send(header):
    content = json.dumps(header).encode()
    os.write(1, struct.pack("<Q", len(content)) + content)

evil = {evil!r}
send({{"type": "hello", "protocol": 1, "framework": "f" + evil, "version": "v" + evil, "flags": {{"a": evil}}}})
while length := sys.stdin.buffer.read(8):
    header = json.loads(sys.stdin.buffer.read(struct.unpack("<Q", length)[0]))
    for tensor in header["tensors"]:
        count = int(tensor["dtype"].lstrip("abcdefghijklmnopqrstuvwxyz")) // 8
        for axis in tensor["shape"]:
            count *= axis
        sys.stdin.buffer.read(count)
    send({{"type": {answer!r}, "seq": header["seq"], "error": "E" + evil, "message": "m" + evil, "reason": evil}})
"""
FILES: dict[str, dict[str, Any]] = {
    "key": {"operator": "conv2d_transpose", "cases": [{**CASE, EVIL: 1}]},
    "top key": {"operator": "conv2d_transpose", EVIL: 1, "cases": [CASE]},
    "name": {"operator": "conv2d_transpose", "cases": [{**CASE, "name": EVIL}]},
    "operator": {"operator": EVIL, "cases": [CASE]},
    "value": {"operator": "conv2d_transpose", "cases": [{**CASE, "padding": EVIL}]},
}


def on_a_terminal(folder: Path, *words: str) -> tuple[int, str]:
    """The exit status and all that a terminal of 200 columns gets."""
    master, slave = pty.openpty()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200", "TERM": "xterm", "NO_COLOR": "1"}
    command = [sys.executable, "-m", *words]
    process = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, cwd=folder, env=environment)
    os.close(slave)
    came = b""
    try:
        while chunk := os.read(master, 65536):
            came += chunk
    except OSError:  # the other end is closed
        pass
    os.close(master)
    return process.wait(timeout=60), came.decode().replace("\r\n", "\n")


def write(path: Path, content: dict[str, Any]) -> None:
    lines = (f"{json.dumps(key) if key == EVIL else key}: {json.dumps(value)}" for key, value in content.items())
    path.write_text("\n".join(lines), encoding="utf-8")


@pytest.fixture
def lane(tmp_path: Path) -> Callable[[str], str]:
    """The lane of a port that puts it into everything that it says, and answers so."""

    def made(answer: str) -> str:
        path = tmp_path / "evil_port.py"
        path.write_text(PORT.format(evil=EVIL, answer=answer), encoding="utf-8")
        return f"exec:{sys.executable} {path}"

    return made


@pytest.fixture
def evil(tmp_path: Path) -> Path:
    """A folder of case files, each with it in another place."""
    for name, content in FILES.items():
        write(tmp_path / f"{name}.yaml", content)
    return tmp_path


@pytest.mark.parametrize(
    "words",
    [
        ("conformance", "cases", "check", "."),
        ("pytest", "-q", "-p", "no:cacheprovider", "--conformance-lane", "reference"),
    ],
    ids=["cases check", "pytest"],
)
def test_errors_in_case_files_are_told_each_in_a_line_of_its_own(evil: Path, words: tuple[str, ...]) -> None:
    status, text = on_a_terminal(evil, *words)
    assert status == 2, text
    assert not COMMAND.search(text)
    assert "\x1b[2J" not in text
    for name in FILES:
        assert re.search(rf"{name}\.yaml:\d: .*\\n::error::evil", text), name


def test_a_case_is_shown_line_by_line(tmp_path: Path) -> None:
    write(tmp_path / "evil.yaml", {"operator": "conv2d_transpose", "cases": [CASE]})
    status, text = on_a_terminal(tmp_path, "conformance", "cases", "show", "evil.yaml")
    assert status == 0, text
    assert not COMMAND.search(text)
    assert "\x1b[2J" not in text


PYTEST = ("pytest", "-q", "-rA", "-p", "no:cacheprovider", "--conformance-lane")
RUN = ("conformance", "run", "evil.yaml", "--output", "out", "--lane")


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (RUN, "refusal"),
        (RUN, "error"),
        (PYTEST, "refusal"),
        (PYTEST, "unsupported"),
        (("conformance", "smoke", "--lane"), "refusal"),
        (("conformance", "diagnose", "--lane"), "refusal"),
    ],
)
def test_what_a_port_says_takes_no_effect(
    tmp_path: Path, lane: Callable[[str], str], words: tuple[str, ...], answer: str
) -> None:
    write(tmp_path / "evil.yaml", {"operator": "conv2d_transpose", "cases": [CASE]})
    status, text = on_a_terminal(tmp_path, *words, lane(answer))
    assert status in (0, 1, 3), text
    assert "Traceback" not in text
    assert not COMMAND.search(text)
    assert "\x1b[2J" not in text


def test_the_conventions_of_a_port_are_told_without_effect(tmp_path: Path, lane: Callable[[str], str]) -> None:
    words = ("conformance", "conventions", "--geometries", "1", "--no-wrong-calls", "--lane", lane("unsupported"))
    _, text = on_a_terminal(tmp_path, *words)
    assert "Traceback" not in text
    assert not COMMAND.search(text)
    assert "\x1b[2J" not in text


def test_brackets_in_a_lane_s_name_are_no_markup_of_its_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    with progress(["exec:./port [/x] [red]"], 1, Counter(), quiet=False):
        pass
