"""A kind of operator that somebody else wrote: one package and one entry point, and no file of the suite."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from conformance.journal import read_journal

ROOT = Path(__file__).resolve().parents[2]
CASES = Path(__file__).with_name("maximum.yaml")
Program = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """The command line where a distribution is installed whose entry point names the package beside this file."""
    site = tmp_path_factory.mktemp("site")
    installed = site / "running_maximum-0.1.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: running-maximum\nVersion: 0.1\n")
    kind = "running_maximum = tests.operators.running_maximum"
    (installed / "entry_points.txt").write_text(f"[nn_conformance.kinds]\n{kind}\n")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(site), str(ROOT)])}

    def call(*words: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "conformance", *words]
        return subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment, cwd=cwd)

    return call


def test_its_cases_are_checked_as_any(program: Program, tmp_path: Path) -> None:
    assert program("cases", "check", str(CASES)).returncode == 0
    wrong = tmp_path / "wrong.yaml"
    case = "{name: a, why: w, length: 4, window: 2, kernel: 3}"
    wrong.write_text(f"operator: running_maximum\ncases:\n  - {case}\n")
    told = program("cases", "check", str(wrong))
    assert told.returncode == 2
    assert "unknown key 'kernel'; it must be one of " in told.stderr
    assert "window" in told.stderr


@pytest.mark.frameworks
def test_its_trials_run_through_the_reference_and_a_framework_to_a_report(program: Program, tmp_path: Path) -> None:
    lanes = ("--lane", "reference", "--lane", "torch")
    ended = program("run", str(CASES), *lanes, "--quiet", "--output", "out", cwd=tmp_path)
    assert ended.returncode == 0, ended.stderr
    outcomes = [(record.lane, record.outcome) for record in read_journal(tmp_path / "out" / "journal.jsonl").records]
    assert outcomes.count(("reference", "agrees")) == outcomes.count(("torch", "agrees")) == 6
    assert ("reference", "refused") in outcomes
    assert "6 (100.0 %)" in (tmp_path / "out" / "report.md").read_text()
    assert "running_maximum/maximum/windows" in (tmp_path / "out" / "report.html").read_text()


def test_its_parameters_have_a_row_in_the_coverage(program: Program) -> None:
    found = json.loads(program("cases", "list", "--coverage", "--format", "json", str(CASES)).stdout)
    (own,) = [entry for entry in found if entry["operator"] == "running_maximum"]
    assert (own["trials"], own["refusals"]) == (7, 1)
    assert own["array"] is None
    assert {row["value"] for row in own["rows"]} == {"1", "beyond the length", "else"}


def test_its_mutants_have_a_score(program: Program, tmp_path: Path) -> None:
    words = ("score", "maximum*", "minimum", "--cases", str(CASES), "--no-yardstick", "--output", str(tmp_path))
    ended = program(*words)
    assert ended.returncode == 0, ended.stderr
    assert "2 of 2 faults caught on 7 trials" in ended.stdout
    assert "maximum-ahead: caught by 4 of 7, named in 4 of 4" in ended.stdout
    assert "maximum: right on 7 trials" in ended.stdout
    assert "maximum-ahead" in (tmp_path / "score.md").read_text()


def test_a_lane_that_takes_it_alone_passes_smoke(program: Program) -> None:
    ended = program("smoke", "--lane", "tests.operators.running_maximum.mutants:Maximum", "--format", "json")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    steps = {step["name"]: step for step in json.loads(ended.stdout)["steps"]}
    assert steps["answers a call of one pixel"]["detail"] == "the maximum of 7, float32"
    assert steps["takes maxima"]["detail"] == "5 elements, window 2"
    assert steps["refuses a wrong call"]["detail"] == "ValueError: window is 0; it must be at least 1"
    assert steps["takes an empty batch"]["detail"] == "it has no batch"
    assert "failed" not in {step["status"] for step in steps.values()}


def test_a_wrong_lane_of_it_fails_smoke(program: Program) -> None:
    ended = program("smoke", "--lane", "tests.operators.running_maximum.mutants:Minimum")
    assert ended.returncode == 1
    assert "FAILED       takes maxima" in ended.stdout
    assert "the implementation is wrong: takes maxima" in ended.stdout


def test_its_lanes_are_not_diagnosed_and_it_is_said(program: Program) -> None:
    lane = ("--lane", "tests.operators.running_maximum.mutants:Maximum")
    named = program("diagnose", *lane, "--operator", "running_maximum")
    assert (named.returncode, named.stdout) == (2, "")
    assert "--operator running_maximum: operators of its kind are not diagnosed" in named.stderr
    unnamed = program("diagnose", *lane)
    assert unnamed.returncode == 3
    assert "it declares nothing that can be asked: operators running_maximum" in unnamed.stderr
    assert "; `conformance smoke` and `conformance try` name mistakes of these" in unnamed.stderr


def test_a_lane_that_takes_it_alone_has_no_conventions_and_it_is_said(program: Program) -> None:
    ended = program("conventions", "--lane", "tests.operators.running_maximum.mutants:Maximum", "--quiet")
    assert ended.returncode == 3
    assert "it takes no operator of a kind whose words are measured" in " ".join(ended.stdout.split())


def test_its_calls_are_not_translated_and_it_is_said(program: Program) -> None:
    ended = program("translate", "--operator", "running_maximum", "--value", "4", "--filter", "1")
    assert ended.returncode == 2
    assert "running_maximum: calls of its kind are not translated" in ended.stderr


def test_no_cases_of_it_are_generated_and_it_is_said(program: Program) -> None:
    ended = program("cases", "complete", "running_maximum", "--check")
    assert ended.returncode == 2
    assert "running_maximum: no calls are generated for operators of its kind" in ended.stderr


@pytest.mark.frameworks
def test_a_record_of_it_is_a_script_with_the_bits_of_the_worker(program: Program, tmp_path: Path) -> None:
    trial = "running_maximum/maximum/windows[window=3,dtype=float32]"
    assert program("run", str(CASES), "--lane", "torch", "--quiet", "--output", "out", cwd=tmp_path).returncode == 0
    (digest,) = [
        record.digest for record in read_journal(tmp_path / "out/journal.jsonl").records if record.trial == trial
    ]
    printed = program("explain", trial, "--lane", "torch", "--cases", str(CASES))
    assert printed.returncode == 0, printed.stderr
    (tmp_path / "script.py").write_text(printed.stdout)
    ended = subprocess.run(
        [sys.executable, "-I", "script.py"], capture_output=True, text=True, timeout=60, cwd=tmp_path
    )
    assert digest is not None
    assert digest in ended.stdout, ended.stderr


def test_the_schema_has_all_kinds_each_with_its_own_operators(program: Program) -> None:
    schema = json.loads(program("cases", "schema").stdout)
    listed = [kind["properties"]["operators"]["items"]["enum"] for kind in schema["oneOf"]]
    assert ("conv2d" in listed[0], "running_maximum" in listed[0], listed[-1]) == (True, False, ["running_maximum"])
    assert "window" in schema["oneOf"][-1]["$defs"]["CaseEntry"]["properties"]


def test_two_kinds_of_one_operator_s_name_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from conformance.operators import registry

    monkeypatch.setattr(registry, "packages", lambda: (*registry.BUILT_IN, *registry.BUILT_IN))
    registry._package_of.cache_clear()
    try:
        with pytest.raises(ValueError, match="both have an operator conv1d_transpose: give one another name"):
            registry.operators.__wrapped__()
    finally:
        registry._package_of.cache_clear()
