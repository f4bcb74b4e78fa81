"""`conformance search`: what it finds, leaves out, survives and leaves behind."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conformance.searching.drawing import Drawer
from conformance.suite.loading import load_file

Inside = Callable[..., int]
Capture = pytest.CaptureFixture[str]
LANES = "tests.searching.lanes"


def search(inside: Inside, folder: Path, lane: str, *words: str) -> int:
    asked = ("search", "--lane", f"{LANES}:{lane}", "--operator", "avg_pool2d", "--calls", "150", "--seed", "3")
    return inside(*asked, "--output", str(folder), *words)


def test_a_fault_of_one_column_is_found_and_told_by_its_smallest_call(
    inside: Inside, tmp_path: Path, capsys: Capture
) -> None:
    assert search(inside, tmp_path, "OneColumn", "--direction", "forward") == 1
    out, err = capsys.readouterr()
    assert "avg_pool2d forward: differs: " in err
    assert "avg_pool2d(value=(1, 2, 1, 1), " in out
    assert f"conformance run {tmp_path}/found.yaml asks them again" in out
    trials = load_file(tmp_path / "found.yaml")
    assert {trial.call.operator for trial in trials} == {"avg_pool2d"}
    log = json.loads((tmp_path / "search.json").read_text(encoding="utf-8"))
    assert log["calls"] == 150
    assert log["seed"] == "3"
    assert sum(log["space"]["avg_pool2d"]["dtype"].values()) == 150
    assert set(log["space"]["avg_pool2d"]["padding"]) == {"SAME", "VALID", "even pairs", "uneven pairs"}
    script = (tmp_path / "01-avg_pool2d-differs.py").read_text(encoding="utf-8")
    assert len(script.splitlines()) < 25


def test_the_first_cause_ends_it_where_that_is_wanted(inside: Inside, tmp_path: Path) -> None:
    assert search(inside, tmp_path, "OneColumn", "--first") == 1
    assert json.loads((tmp_path / "search.json").read_text(encoding="utf-8"))["calls"] < 150


def test_what_is_right_leaves_with_0_and_the_space_that_was_searched(
    inside: Inside, tmp_path: Path, capsys: Capture
) -> None:
    assert search(inside, tmp_path, "Right") == 0
    out = capsys.readouterr().out
    assert out.startswith("150 calls asked, ")
    assert "0 causes; search.json: in " in out
    assert not (tmp_path / "found.yaml").exists()


def test_lanes_are_told_beside_one_another(inside: Inside, tmp_path: Path, capsys: Capture) -> None:
    assert search(inside, tmp_path, "OneColumn", "--lane", f"{LANES}:Right", "--direction", "forward") == 1
    assert "the same bits in " in capsys.readouterr().out
    issue = (tmp_path / "01-avg_pool2d-differs.md").read_text(encoding="utf-8")
    assert f"The same call elsewhere: `{LANES}:Right` agrees." in issue


def test_a_crash_is_a_finding_and_not_the_end(inside: Inside, tmp_path: Path, capsys: Capture) -> None:
    assert search(inside, tmp_path, "Crashes", "--direction", "forward", "--calls", "60") == 1
    out = capsys.readouterr().out
    assert "60 calls asked" in out
    assert "crashed, the process ended" in out
    assert "value=(1, 2, 1, 1)" in out


@pytest.mark.parametrize(
    ("lane", "said"),
    [
        ("PlanFails", "errored, the adapter's plan failed: LookupError: no word for a column"),
        ("ScriptFails", "differs, "),
    ],
)
def test_a_plan_or_a_script_that_fails_is_not_the_end_either(
    inside: Inside, tmp_path: Path, capsys: Capture, lane: str, said: str
) -> None:
    assert search(inside, tmp_path, lane, "--direction", "forward", "--calls", "60") == 1
    out = capsys.readouterr().out
    assert "60 calls asked" in out
    assert said in out


def test_what_a_waiver_excuses_is_left_out(inside: Inside, tmp_path: Path, capsys: Capture) -> None:
    waivers = tmp_path / "waivers.yaml"
    waivers.write_text(
        f'waivers:\n  - {{lane: "{LANES}:OneColumn", trial: "avg_pool2d/*", outcome: differs, class: bug,'
        " reason: known, sometimes: true}\n",
        encoding="utf-8",
    )
    words = ("--direction", "forward", "--waivers", str(waivers))
    assert search(inside, tmp_path / "out", "OneColumn", *words) == 0
    assert "of these are excused by waivers, or have the cause of one" in capsys.readouterr().out


def test_a_cause_that_a_waiver_excuses_elsewhere_is_left_out(inside: Inside, tmp_path: Path) -> None:
    """The waiver names one shipped trial; another call behaves as that one does."""
    lane = "conformance.mutants:Mutant:flipped-kernel"
    trial = "conv2d_transpose/kernels/one-pixel[kernel=2,strides=1,padding=SAME,inputs=mix]"
    asked = ("search", "--lane", lane, "--operator", "conv2d_transpose", "--calls", "24", "--direction", "forward")
    assert inside(*asked, "--output", str(tmp_path / "before")) == 1
    waivers = tmp_path / "waivers.yaml"
    waivers.write_text(
        f'waivers:\n  - {{lane: "{lane}", trial: "{trial}", outcome: differs, class: bug, reason: known}}\n',
        encoding="utf-8",
    )
    inside(*asked, "--waivers", str(waivers), "--output", str(tmp_path / "after"))

    def told(name: str) -> int:
        log = json.loads((tmp_path / name / "search.json").read_text(encoding="utf-8"))
        return sum(log["waived"].values())

    assert told("before") == 0 < told("after")


def test_wrong_calls_that_are_answered_are_found_where_they_are_wanted(
    inside: Inside, tmp_path: Path, capsys: Capture
) -> None:
    assert search(inside, tmp_path, "TakesAnything") == 0
    assert search(inside, tmp_path, "TakesAnything", "--wrong-calls") == 1
    assert "accepted, answered [1]; the call is wrong" in capsys.readouterr().out


def test_an_interruption_ends_with_what_was_found(
    inside: Inside, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw: Any = Drawer.draw
    drawn: list[int] = []

    def interrupted(self: Drawer, count: int) -> object:
        drawn.append(count)
        if len(drawn) > 6:
            raise KeyboardInterrupt
        return draw(self, count)

    monkeypatch.setattr(Drawer, "draw", interrupted)
    assert search(inside, tmp_path, "OneColumn", "--direction", "forward") == 3
    assert "1 cause; found.yaml" in capsys.readouterr().out
    assert json.loads((tmp_path / "search.json").read_text(encoding="utf-8"))["interrupted"] is True


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (
            ["--lane", f"{LANES}:Conv2dAlone", "--operator", "pad"],
            2,
            "no operator of pad is declared; there is nothing to",
        ),
        (["--lane", "caffe"], 2, "lane 'caffe': no adapter is called 'caffe'"),
        (["--lane", "tests.running.stand_ins:FailsToStart"], 3, "lane tests.running.stand_ins:FailsToStart: "),
        (["--lane", "reference", "--operator", "conv9d"], 2, "Invalid value for '--operator'"),
        ([], 2, "Missing option '--lane'"),
    ],
)
def test_what_cannot_be_searched_is_told(
    inside: Inside, tmp_path: Path, capsys: Capture, words: list[str], status: int, message: str
) -> None:
    assert inside("search", *words, "--output", str(tmp_path)) == status
    assert message in capsys.readouterr().err
