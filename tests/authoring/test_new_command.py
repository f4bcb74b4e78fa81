"""`conformance new`: what it writes passes `smoke`, and the shipped cases of its operator, as it stands."""

import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from conformance.authoring.writing import SKELETONS

Inside = Callable[..., int]
Capture = pytest.CaptureFixture[str]
COMPILERS = {"c": "make", "rust": "rustc", "javascript": "node"}


def built(inside: Inside, monkeypatch: pytest.MonkeyPatch, folder: Path, kind: str, language: str) -> str:
    """The lane of a skeleton, asked from within its folder."""
    assert inside("new", kind, str(folder), "--language", language) == 0
    found = SKELETONS[kind, language]
    if found.build:
        subprocess.run(shlex.split(found.build), cwd=folder, check=True, capture_output=True, timeout=300)
    monkeypatch.chdir(folder)
    return found.lane.replace("exec:python ", f"exec:{sys.executable} ")


@pytest.mark.parametrize("kind", ["adapter", "port"])
def test_a_skeleton_in_python_passes_smoke_and_its_operator_s_cases(
    inside: Inside, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    lane = built(inside, monkeypatch, tmp_path / "mine", kind, "python")
    assert inside("smoke", "--lane", lane) == 0
    assert "The harness is in order, and so is what it answered." in capsys.readouterr().out
    operator = "conv2d/groups" if kind == "adapter" else "depth_to_space"
    assert inside("run", operator, "--lane", lane, "--output", str(tmp_path / "out"), "--quiet") == 0


@pytest.mark.ports
@pytest.mark.parametrize("language", list(COMPILERS))
def test_a_port_in_another_language_passes_them_too(
    inside: Inside, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    if shutil.which(COMPILERS[language]) is None:
        pytest.skip(f"{COMPILERS[language]} is not installed")
    lane = built(inside, monkeypatch, tmp_path / "mine", "port", language)
    assert inside("smoke", "--lane", lane) == 0
    operator = "conv2d_transpose/tutorial" if language == "c" else "depth_to_space"
    assert inside("run", operator, "--lane", lane, "--output", str(tmp_path / "out"), "--quiet") == 0


def test_the_next_commands_are_told(inside: Inside, tmp_path: Path, capsys: Capture) -> None:
    assert inside("new", "port", str(tmp_path / "mine"), "--language", "rust") == 0
    assert capsys.readouterr().out == (
        f"{tmp_path}/mine/my_port.rs is written\n\nnext:\n  cd {tmp_path}/mine\n  rustc -O --edition 2021 my_port.rs\n"
        "  conformance smoke --lane exec:./my_port\n  conformance run --lane exec:./my_port\n"
    )


def test_no_file_is_written_over(inside: Inside, tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "frames.js").write_text("mine", encoding="utf-8")
    assert inside("new", "port", str(tmp_path), "--language", "javascript") == 2
    there = f"{tmp_path}/frames.js: there already, and left as it is; name another folder"
    assert there in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["frames.js"]
    assert (tmp_path / "frames.js").read_text(encoding="utf-8") == "mine"


def test_an_adapter_is_python(inside: Inside, tmp_path: Path, capsys: Capture) -> None:
    assert inside("new", "adapter", str(tmp_path), "--language", "rust") == 2
    assert capsys.readouterr().err == (
        "conformance: there is no adapter in rust: an adapter is imported, so it is Python; "
        "`conformance new port --language rust` writes a program that is started\n"
    )


def test_a_folder_that_cannot_be_made_is_told(inside: Inside, tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "file").touch()
    assert inside("new", "adapter", str(tmp_path / "file" / "mine")) == 2
    assert "cannot be written: Not a directory" in capsys.readouterr().err
