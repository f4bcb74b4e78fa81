"""`conformance reduce`, and `conformance explain` of a record that is wrong."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

Inside = Callable[..., int]
Capture = pytest.CaptureFixture[str]
ONE_COLUMN = "tests.searching.lanes:OneColumn"
CASE = """\
operator: avg_pool2d
cases:
  - {name: wide, why: a test asks, value: [2, 6, 5, 3], ksize: [2, 2], strides: [1, 2], padding: VALID}
  - {name: column, why: a test asks, value: [2, 6, 1, 3], ksize: [2, 1], strides: [1, 2], padding: VALID}
"""


@pytest.fixture
def own(tmp_path: Path) -> str:
    path = tmp_path / "own.yaml"
    path.write_text(CASE, encoding="utf-8")
    return str(path)


def test_the_smallest_call_is_printed_with_what_is_expected_and_observed(
    inside: Inside, own: str, capsys: Capture
) -> None:
    assert inside("reduce", "avg_pool2d/own/column", "--cases", own, "--lane", ONE_COLUMN) == 1
    out = capsys.readouterr().out
    assert out.startswith(f"avg_pool2d/own/column in {ONE_COLUMN}: 66 elements reduced to 3\n")
    assert "call      avg_pool2d(value=(1, 2, 1, 1), ksize=(2, 1), strides=1, padding='VALID'" in out
    assert "observed  differs: 1 of 1 elements differ bitwise" in out
    assert "at [0, 0, 0, 0] expected 1.5, observed 2.5" in out
    assert 'operators: ["avg_pool2d"]' in out
    assert 'inputs: {"value": [[[[1]], [[2]]]]}' in out


def test_a_script_shows_the_numbers_and_leaves_with_1_while_they_differ(
    inside: Inside, own: str, tmp_path: Path, capsys: Capture
) -> None:
    words = ("--cases", own, "--lane", ONE_COLUMN, "--output", str(tmp_path / "found"))
    assert inside("reduce", "avg_pool2d/own/column", *words) == 1
    assert "found.yaml, 01-avg_pool2d-differs.py, 01-avg_pool2d-differs.md: in " in capsys.readouterr().err
    script = tmp_path / "found" / "01-avg_pool2d-differs.py"
    text = script.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 25
    # The script asks the reference, of which the lane's adapter is a wrong one: it is right here.
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=60, cwd=Path.cwd())
    assert (done.returncode, done.stdout.splitlines()) == (
        0,
        ["expected [[[[1.5]]]]", "observed [[[[1.5]]]]"],
    )
    wrong = text.replace("expected = np.array([1.5]", "expected = np.array([2.5]")
    assert wrong != text
    script.write_text(wrong, encoding="utf-8")
    assert subprocess.run([sys.executable, str(script)], capture_output=True, timeout=60).returncode == 1
    issue = (tmp_path / "found" / "01-avg_pool2d-differs.md").read_text(encoding="utf-8")
    assert issue.startswith(f"# avg_pool2d in {ONE_COLUMN}: differs")
    assert "Versions: one-column 1.0." in issue
    assert "```python\n# avg_pool2d/found/" in issue
    (case,) = yaml.safe_load((tmp_path / "found" / "found.yaml").read_text(encoding="utf-8"))["cases"]
    assert (
        inside("run", str(tmp_path / "found" / "found.yaml"), "--lane", ONE_COLUMN, "--output", str(tmp_path / "out"))
        == 1
    )
    assert f"avg_pool2d/found/{case['name']}" in capsys.readouterr().out.replace("\n", "").replace(" ", "")


def test_explain_prints_the_short_script_of_the_smallest_call(inside: Inside, own: str, capsys: Capture) -> None:
    assert inside("explain", "avg_pool2d/own/column", "--cases", own, "--lane", ONE_COLUMN) == 0
    out = capsys.readouterr().out
    assert out.startswith(f"# avg_pool2d/own/column in {ONE_COLUMN}\n# differs. Written by `conformance explain` of ")
    assert 'print("expected", expected.tolist())' in out
    assert len(out.splitlines()) < 25
    assert inside("explain", "avg_pool2d/own/column", "--cases", own, "--lane", ONE_COLUMN, "--as-asked") == 0
    assert capsys.readouterr().out.endswith("sha256(content).hexdigest())\n")


def test_a_wrong_call_that_is_answered_becomes_smaller_and_stays_wrong(inside: Inside, capsys: Capture) -> None:
    lane = "tests.searching.lanes:TakesAnything"
    assert inside("reduce", "conv2d/refusals/filter-channels[data_format=NHWC]", "--lane", lane) in (1, 2)
    out, err = capsys.readouterr()
    assert "expect: {refusal: " in out or "matches" in err


def test_what_is_right_or_unsaid_is_not_reduced(inside: Inside, own: str, capsys: Capture) -> None:
    assert inside("reduce", "avg_pool2d/own/wide", "--cases", own, "--lane", ONE_COLUMN) == 0
    assert "is as expected: all 60 elements are bitwise right; there is nothing to reduce" in capsys.readouterr().out
    assert inside("reduce", "avg_pool2d/own/wide", "--cases", own, "--lane", "tests.searching.lanes:Conv2dAlone") == 2
    assert "cannot say avg_pool2d/own/wide: avg_pool2d is not among the operators: conv2d" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["avg_pool2d/own/*"], "matches 2 trials in"),
        (["avg_pool2d/own/wide"], "Missing option '--lane'"),
    ],
)
def test_wrong_usage_is_told(inside: Inside, own: str, capsys: Capture, words: list[str], message: str) -> None:
    lane = ["--lane", ONE_COLUMN] if "*" in words[0] else []
    assert inside("reduce", *words, "--cases", own, *lane) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("lane", "observed", "script"),
    [
        ("PlanFails", "observed  errored: the adapter's plan failed: LookupError: no word for a column", False),
        ("ScriptFails", "observed  differs: 1 of 1 elements differ bitwise", False),
        ("OneColumn", "observed  differs: 1 of 1 elements differ bitwise", True),
    ],
)
def test_a_plan_or_a_script_that_fails_costs_that_and_nothing_else(
    inside: Inside, own: str, tmp_path: Path, capsys: Capture, lane: str, observed: str, script: bool
) -> None:
    words = ("--lane", f"tests.searching.lanes:{lane}", "--output", str(tmp_path / "found"))
    assert inside("reduce", "avg_pool2d/own/column", "--cases", own, *words) == 1
    out = capsys.readouterr().out
    assert observed in out
    assert ("raised    LookupError: no word for a column" in out) == (lane == "PlanFails")
    assert bool(list((tmp_path / "found").glob("*.py"))) == script
    assert len(list((tmp_path / "found").glob("*.md"))) == 1
