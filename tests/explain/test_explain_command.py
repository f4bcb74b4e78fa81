"""`conformance explain`, and `conformance run --script-dir`."""

import json
import os
import shlex
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from ml_dtypes import bfloat16

from conformance.journal import read_journal
from conformance.judging.judge import digest
from conformance.report.writing import render

Inside = Callable[..., int]
EXAMPLE = "conv2d_transpose/tutorial/example-1[inputs=mix,dtype=float32]"
SWAPPED = "conv2d_transpose/tutorial/example-2-as-printed"
STAND_INS = "tests.running.stand_ins"
CASE = """\
operator: conv2d_transpose
cases:
  - {name: mine, why: mine, value: [1, 2, 2, 1], filter: [1, 1, 1, 1], output_shape: [1, 2, 2, 1], strides: 1,
     padding: SAME, dtype: float32, inputs: codes}
"""


def test_a_script_is_printed(inside: Inside, capsys: pytest.CaptureFixture[str]) -> None:
    assert inside("explain", EXAMPLE, "--lane", "torch") == 0
    printed = capsys.readouterr().out
    assert printed.startswith(f"# {EXAMPLE} in torch\n#\n")
    assert printed.endswith("sha256(content).hexdigest())\n")


def test_a_script_is_written(inside: Inside, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert inside("explain", EXAMPLE, "--lane", "jax", "--output", str(tmp_path / "it.py")) == 0
    assert capsys.readouterr().out == ""
    assert (tmp_path / "it.py").read_text("utf-8").startswith(f"# {EXAMPLE} in jax\n")


def test_operands_and_what_is_expected_are_written_as_arrays(
    inside: Inside, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target, cases = tmp_path / "it.npz", tmp_path / "mine.yaml"
    cases.write_text(CASE.replace("float32", "bfloat16"), encoding="utf-8")
    words = ("explain", "conv2d_transpose/mine/mine", "--cases", str(cases), "--lane", "torch")
    assert inside(*words, "--operands", str(target)) == 0
    assert capsys.readouterr().out.splitlines() == [
        "value [1, 2, 2, 1] bfloat16", "filter [1, 1, 1, 1] bfloat16", "expected [1, 2, 2, 1] bfloat16",
    ]  # fmt: skip
    with np.load(target) as arrays:
        value, filter, expected = (arrays[name].view(bfloat16) for name in ("value", "filter", "expected"))
    assert (value * filter == expected).all()
    assert inside(*words, "--operands", str(tmp_path / "no" / "it.npz")) == 2
    assert "it.npz: cannot be written: No such file or directory" in capsys.readouterr().err


def test_what_a_lane_cannot_say_has_no_script(
    inside: Inside, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trial = "conv2d_transpose/refusals/output-of-three"
    assert inside("explain", trial, "--lane", "torch", "--output", str(tmp_path / "it.py")) == 0
    assert capsys.readouterr().out == (
        f"torch cannot say {trial}: conv2d_transpose takes no output_shape; there is no script of what was not asked\n"
    ).replace("conv2d_transpose takes", "conv_transpose2d takes")
    assert not (tmp_path / "it.py").exists()


def test_an_adapter_that_writes_no_scripts_is_told_with_its_plan(
    inside: Inside, capsys: pytest.CaptureFixture[str]
) -> None:
    lane = "conformance.mutants:Mutant:faithful"
    assert inside("explain", EXAMPLE, "--lane", lane) == 0
    first, step = capsys.readouterr().out.splitlines()
    assert first == f"the adapter of {lane} writes no scripts (no call_source); its plan is"
    assert step.startswith("    result = mutant.conv2d_transpose(value, filter, output_shape=(1, 8, 8, 1)")


def test_a_port_s_request_is_printed_instead(inside: Inside, capsys: pytest.CaptureFixture[str]) -> None:
    assert inside("explain", SWAPPED, "--lane", "exec:./port --fast") == 0
    printed = json.loads(capsys.readouterr().out)
    assert (printed["trial"], printed["command"]) == (SWAPPED, ["./port", "--fast"])
    assert printed["request"]["arguments"]["filter"] == [3, 3, 4, 8]
    ones = np.ones((1, 4, 4, 4), np.float32)
    assert printed["tensors"][0] == {
        "name": "value",
        "dtype": "float32",
        "shape": [1, 4, 4, 4],
        "sha256": digest(ones),
    }


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([EXAMPLE], "Missing option '--lane'"),
        ([EXAMPLE, "--lane", "caffe"], "lane 'caffe': no adapter is called 'caffe'"),
        (["conv2d_transpose/tutorial/*", "--lane", "torch"], " trials; `explain` takes one"),
        (["no/such", "--lane", "torch"], "'no/such' matches no trial"),
        ([EXAMPLE, "--lane", "torch", "--cases", "gone.yaml"], "gone.yaml: no such case file"),
        ([EXAMPLE, "--lane", "torch", "--output", "no/such/folder/it.py"], "it.py: cannot be written: No such file"),
    ],
)
def test_wrong_usage_exits_with_2(
    inside: Inside, capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    assert inside("explain", *words) == 2
    assert message in capsys.readouterr().err


def test_a_trial_of_a_file_is_found_in_it(inside: Inside, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(CASE, encoding="utf-8")
    assert inside("explain", "*/mine", "--lane", "torch", "--cases", str(path)) == 0
    assert capsys.readouterr().out.startswith("# conv2d_transpose/own/mine in torch\n")
    assert inside("explain", "*/other", "--lane", "torch", "--cases", str(path)) == 2
    assert capsys.readouterr().err == f"conformance: '*/other' matches 0 trials in {path}; `explain` takes one\n"


def test_flags_of_the_environment_are_kept(
    inside: Inside, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TF_ENABLE_ONEDNN_OPTS", "0")
    assert inside("explain", EXAMPLE, "--lane", "tensorflow", "--threads", "2") == 0
    printed = capsys.readouterr().out
    assert "'TF_ENABLE_ONEDNN_OPTS': '0'," in printed
    assert "'OMP_NUM_THREADS': '2'," in printed


def test_a_run_writes_the_scripts_of_its_nonconformances(
    inside: Inside, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lanes = [f"{STAND_INS}:OffByOne", "conformance.mutants:Mutant:flipped-kernel", "reference"]
    words = [word for lane in lanes for word in ("--lane", lane)]
    scripts = tmp_path / "scripts"
    assert inside("run", EXAMPLE, *words, "--output", str(tmp_path / "out"), "--script-dir", str(scripts)) == 1
    (script,) = scripts.iterdir()
    assert script.name.startswith("conv2d_transpose_tutorial_example-1_inputs_mix_dtype_float32_tests.running.stand")
    assert script.read_text("utf-8").startswith(f"# {EXAMPLE} in {lanes[0]}\n")
    told = capsys.readouterr().out.splitlines()[-2:]
    assert told[0] == f"Scripts of 1 of 2 nonconformances: {scripts}"
    assert told[1].startswith(f"no script of {EXAMPLE} in {lanes[1]}: the adapter of ")


def test_a_folder_that_cannot_be_made_stops_a_run_before_it_starts(
    inside: Inside, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    folder = tmp_path / "file" / "scripts"
    words = ("--lane", "reference", "--output", str(tmp_path / "out"), "--script-dir", str(folder))
    assert inside("run", EXAMPLE, *words) == 2
    assert capsys.readouterr().err.endswith(f"\nconformance: {folder}: cannot be made: Not a directory\n")
    assert not (tmp_path / "out" / "journal.jsonl").exists()


def test_the_command_in_a_report_prints_the_script(
    inside: Inside, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(CASE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    lane = f"{STAND_INS}:OffByOne"
    assert inside("run", "./own.yaml", "--lane", lane, "--threads", "2", "--output", "out") == 1
    (found,) = json.loads(render([read_journal(Path("out/journal.jsonl"))], "json"))["nonconformances"]
    words = shlex.split(found["explain"])
    assert words == [
        *("conformance", "explain", "conv2d_transpose/own/mine", "--lane", lane),
        *("--cases", "./own.yaml", "--threads", "2"),
    ]
    capsys.readouterr()
    assert inside(*words[1:]) == 0
    assert capsys.readouterr().out.startswith(f"# conv2d_transpose/own/mine in {lane}\n")
    assert os.getcwd() == str(tmp_path)


def test_an_adapter_whose_call_source_fails_is_told_with_its_traceback(
    inside: Inside, capsys: pytest.CaptureFixture[str]
) -> None:
    assert inside("explain", EXAMPLE, "--lane", f"{STAND_INS}:ScriptFails") == 3
    told = capsys.readouterr().err
    assert "the adapter's call_source failed: LookupError: no such function\n" in told
    assert "in call_source" in told


def test_a_call_source_that_fails_costs_its_script_and_the_reports_are_written(
    inside: Inside, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trials = "conv2d_transpose/tutorial/example-1[inputs=mix,*"
    run = ("run", trials, "--lane", f"{STAND_INS}:ScriptFails", "--output", str(tmp_path), "--quiet")
    assert inside(*run, "--script-dir", str(tmp_path / "scripts")) == 1
    printed = " ".join(capsys.readouterr().out.split())
    assert "Scripts of 1 of 2 nonconformances" in printed
    assert "the adapter's call_source failed: LookupError: no such function" in printed
    assert (tmp_path / "report.html").is_file()
    assert len(list((tmp_path / "scripts").iterdir())) == 1
