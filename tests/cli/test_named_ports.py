"""A port by a name: its command stands nowhere. And variables that its process is given."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from conformance.adapters.lane import parse_lane, parse_lanes
from conformance.cli.arguments import called
from conformance.errors import UsageError

ROOT = Path(__file__).resolve().parents[2]
Process = Callable[..., subprocess.CompletedProcess[str]]

TOKEN = "s3cr3t-t0k3n"
PORT = f"exec:{sys.executable} {ROOT / 'tests/ports/port.py'} flips {TOKEN}"
TRIAL = "conv2d_transpose/tutorial/example-1[inputs=mix,dtype=float32]"


def test_a_name_stands_for_a_port_and_its_arguments() -> None:
    lane = parse_lane("mine=exec:./port --token 'a b'")
    assert (lane.text, lane.name, lane.command) == ("mine", "exec", ("./port", "--token", "a b"))


@pytest.mark.parametrize("text", ["exec:./port --option=exec:x", "exec:A=exec:b"])
def test_an_argument_with_an_equals_sign_is_no_name(text: str) -> None:
    assert parse_lane(text).text == text


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("torch=exec:./port x", "lane torch=exec:...: torch is an adapter; call the port otherwise"),
        ("mine=exec:", "lane 'mine': exec: is followed by a command, such as exec:./my_port"),
        ("mine=exec:./port 'x", "lane 'mine': No closing quotation"),
    ],
)
def test_a_name_that_cannot_be_is_refused_without_the_command(text: str, told: str) -> None:
    with pytest.raises(UsageError, match=f"^{re.escape(told)}$"):
        parse_lane(text)


def test_two_ports_of_one_name_are_refused() -> None:
    told = "2 lanes are called 'mine'; in NAME=exec:COMMAND, give each a NAME of its own"
    with pytest.raises(UsageError, match=re.escape(told)):
        parse_lanes(["mine=exec:./a", "mine=exec:./b", "mine=exec:./a"])


@pytest.mark.parametrize(
    ("word", "kept"),
    [
        ("mine=exec:./port --token x\ny", "mine=exec:..."),
        ("--lane=mine=exec:./port --token x", "--lane=mine=exec:..."),
        ("exec:./port --token x=exec:y", "exec:./port --token x=exec:y"),
        ("--lane=exec:./port", "--lane=exec:./port"),
    ],
)
def test_the_command_line_that_is_recorded_ends_where_a_named_port_begins(
    monkeypatch: pytest.MonkeyPatch, word: str, kept: str
) -> None:
    monkeypatch.setattr(sys, "argv", ["conformance", "run", word])
    assert called() == ("conformance", "run", kept)


def test_no_file_that_a_run_writes_and_nothing_that_it_prints_has_a_named_port_s_arguments(
    program: Process, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    done = program("run", TRIAL, "--lane", f"mine={PORT}", "--output", str(out), "--script-dir", str(out / "scripts"))
    assert done.returncode == 1
    assert "mine" in done.stdout
    assert TOKEN not in done.stdout + done.stderr
    written = [path for path in out.rglob("*") if path.is_file()]
    assert {"journal.jsonl", "report.html", "junit.xml", "summary.json"} <= {path.name for path in written}
    assert [path.name for path in written if TOKEN.encode() in path.read_bytes()] == []


@pytest.mark.parametrize(
    ("asked", "shown"), [("A=secret", "A=..."), ("*", "*"), ("A B", "A B"), ("*_TOKEN", "*_TOKEN"), ("", "")]
)
def test_env_takes_names_and_never_values(
    inside: Callable[..., int], capsys: pytest.CaptureFixture[str], asked: str, shown: str
) -> None:
    assert inside("run", TRIAL, "--env", asked) == 2
    told = " ".join(capsys.readouterr().err.split())
    assert f"{shown!r} is not the name of a variable; expected one such as MY_LIBRARY_PATH" in told
    assert "secret" not in told


@pytest.mark.parametrize("verb", ["run", "smoke", "diagnose", "conventions", "translate"])
def test_every_verb_that_asks_lanes_takes_env(
    inside: Callable[..., int], capsys: pytest.CaptureFixture[str], verb: str
) -> None:
    assert inside(verb, "--help") == 0
    assert "--env NAME" in capsys.readouterr().out
