"""`conformance run`: exit statuses, what is written before them, shards and going on."""

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from conformance.adapters import lane as lanes
from conformance.cli import run as run_verb
from conformance.journal import read_journal

Process = Callable[..., subprocess.CompletedProcess[str]]
Inside = Callable[..., int]
EXAMPLES = "conv2d_transpose/tutorial/example-*"
EXAMPLE = "conv2d_transpose/tutorial/example-1[inputs=mix,dtype=float32]"
STAND_INS = "tests.running.stand_ins"
REPORTS = {"journal.jsonl", "report.md", "report.html", "summary.json", "junit.xml"}
WAIVER = """\
waivers:
  - {{lane: "{lane}", trial: "{trial}", outcome: {outcome}, class: bug, reason: rolled by one on purpose}}
"""


def written(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} if folder.exists() else set()


def test_a_run_with_all_as_expected_exits_with_0(program: Process, tmp_path: Path) -> None:
    done = program("run", EXAMPLES, "--lane", "reference", "--output", str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "All as expected or waived: 19 judged, all as expected (19 trials)." in done.stdout
    assert "reference: 19 of 19" in done.stderr
    assert written(tmp_path) == REPORTS


def test_a_nonconformance_exits_with_1_after_the_reports_are_written(program: Process, tmp_path: Path) -> None:
    lane = f"{STAND_INS}:OffByOne"
    done = program("run", EXAMPLE, "--lane", lane, "--lane", "reference", "--output", str(tmp_path))
    assert done.returncode == 1
    assert f"{lane}: differs: {EXAMPLE}: " in done.stderr
    assert written(tmp_path) == REPORTS
    assert EXAMPLE in (tmp_path / "report.md").read_text("utf-8")


def test_quiet_leaves_standard_error_empty(inside: Inside, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    inside("run", EXAMPLE, "--lane", "reference", "--output", str(tmp_path), "--quiet")
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--lane", "caffe"], "conformance: lane 'caffe': no adapter is called 'caffe'; it must be one of "),
        (["--lane", "no.such.module:Adapter"], "conformance: lane 'no.such.module:Adapter': cannot load "),
        (["--lane", "tests.running.stand_ins:DeclaresTooLittle"], '    operators = ("conv2d_transpose",)  # of '),
        (["--lane", "tensorflow:function+session"], "exclude one another"),
        (
            ["--lane", "reference", "--shard", "0/4"],
            "'0/4' is not a shard; expected I/N with 1 <= I <= N <= 10000, such as 1/4",
        ),
        (["--lane", "reference", "--shard", "5/4"], "'5/4' is not a shard"),
        (["--lane", "reference", "--shard", "half"], "'half' is not a shard"),
        (["--lane", "reference", "--costs", "any.json"], "--costs tells how to cut shards; it goes with --shard"),
        (["--lane", "reference", "--shard", "1/2", "--costs", "gone.json"], "gone.json: No such file or directory"),
        (["--lane", "reference", "--timeout", "0"], "--timeout"),
        (["--lane", "reference", "--costs", "x"], "--costs tells how to cut shards; it goes with --shard"),
        (
            ["--lane", "reference", "--executor", "spark"],
            "'spark' is not an executor; it must be local, dask or dask://HOST:",
        ),
        (["--lane", "reference", "--executor", "dask://here"], "'dask://here' is not an executor"),
        (["--lane", "reference", "--threads", "0"], "--threads"),
        (["--lane", "reference", "--tier", "slow"], "'slow' is not one of 'quick', 'standard', 'full'"),
        (["--lane", "reference", "no/such/*"], "conformance: 'no/such/*' matches no trial; "),
        (["--lane", "reference", "gone.yaml"], "conformance: gone.yaml: no such case file"),
        (["--lane", "reference", "--resume"], "journal.jsonl: No such file or directory"),
        (["--lane", "reference", "--speed", "9"], "No such option"),
    ],
)
def test_wrong_usage_exits_with_2_and_writes_nothing(
    inside: Inside, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    output = tmp_path / "out"
    assert inside("run", *words, *([] if "*" in words[-1] else [EXAMPLE]), "--output", str(output)) == 2
    errors = capsys.readouterr().err
    assert message in errors
    assert "Traceback" not in errors
    assert written(output) == set()


def test_an_unusable_case_file_exits_with_2(inside: Inside, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("operator: conv2d_transpose\ncases: []\n", encoding="utf-8")
    assert inside("run", str(path), "--lane", "reference", "--output", str(tmp_path / "out")) == 2
    assert f"conformance: {path}:2: cases: " in capsys.readouterr().err


def test_wrong_usage_leaves_an_earlier_journal_alone(inside: Inside, tmp_path: Path) -> None:
    assert inside("run", EXAMPLE, "--lane", "reference", "--output", str(tmp_path)) == 0
    before = (tmp_path / "journal.jsonl").read_bytes()
    assert inside("run", EXAMPLE, "--lane", f"{STAND_INS}:NoSuch", "--output", str(tmp_path)) == 2
    assert (tmp_path / "journal.jsonl").read_bytes() == before


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("Missing", "did not start: No module named 'no_such_framework'"),
        ("FailsToStart", "did not start: RuntimeError: the licence has expired"),
        ("SaysNothing", "the lane judged nothing: 1 record, all of them unsupported"),
    ],
)
def test_a_named_lane_that_judges_nothing_exits_with_3(inside: Inside, tmp_path: Path, name: str, message: str) -> None:
    lanes = ("--lane", "reference", "--lane", f"{STAND_INS}:{name}")
    assert inside("run", EXAMPLE, *lanes, "--output", str(tmp_path)) == 3
    assert message in (tmp_path / "summary.json").read_text("utf-8")
    assert read_journal(tmp_path / "journal.jsonl").records[0].lane == "reference"


def test_a_lane_that_did_not_start_comes_before_a_nonconformance(inside: Inside, tmp_path: Path) -> None:
    names = [word for name in ("OffByOne", "Missing") for word in ("--lane", f"{STAND_INS}:{name}")]
    assert inside("run", EXAMPLE, *names, "--output", str(tmp_path)) == 3


@pytest.fixture
def no_frameworks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "find_spec", lambda name: None)


@pytest.mark.usefixtures("no_frameworks")
def test_a_named_lane_without_its_framework_exits_with_3_and_says_how_to_install_it(
    inside: Inside, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--lane", "reference", "--lane", "torch", "--output", str(tmp_path / "out"))
    assert inside("run", EXAMPLE, *words) == 3
    assert capsys.readouterr().err == (
        "conformance: lane torch: torch is not installed; pip install 'nn-conformance[torch]' installs it\n"
    )
    assert written(tmp_path / "out") == set()
    assert inside("run", EXAMPLE, *words, "--lane", "caffe") == 2


@pytest.mark.usefixtures("no_frameworks")
def test_a_run_in_which_nothing_but_the_reference_answers_is_incomplete(
    inside: Inside, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert inside("run", EXAMPLE, "--output", str(tmp_path)) == 3
    told, errors = capsys.readouterr()
    said = "Incomplete: nothing but the reference answered, so no framework was compared with it"
    assert said in " ".join(told.split())
    for lane in ("tensorflow", "tensorflow:function", "tensorflow:session", "torch", "jax:jit"):
        assert f"note: lane {lane} is left out: {lane.partition(':')[0]} is not installed; pip install " in errors
    assert read_journal(tmp_path / "journal.jsonl").header.lanes == ("reference",)
    assert inside("report", str(tmp_path), "--format", "json") == 3


def test_the_reference_alone_is_judged_where_it_is_named_and_the_words_say_what_that_is_worth(
    inside: Inside, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert inside("run", EXAMPLE, "--lane", "reference", "--output", str(tmp_path)) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "Note: the reference was asked alone: that it agrees with itself says nothing about any framework" in told


@pytest.mark.parametrize(
    ("outcome", "trial", "options", "status"),
    [
        ("differs", "*mix*", [], 0),
        ("differs", "*mix*", ["--no-waivers"], 1),
        ("crashed", "*mix*", [], 1),
        ("differs", "*normal64*", [], 1),
        ("refused", "*", ["conv2d_transpose/tutorial/example-2-as-printed"], 1),
    ],
)
def test_only_a_waiver_of_the_very_outcome_keeps_a_run_green(
    inside: Inside, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, outcome: str, trial: str, options: list[str],
    status: int,
) -> None:  # fmt: skip
    lane = f"{STAND_INS}:OffByOne"
    (tmp_path / "waivers").mkdir()
    text = WAIVER.format(lane=lane, trial=trial, outcome=outcome)
    (tmp_path / "waivers" / "mine.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(run_verb, "WAIVERS", str(tmp_path / "waivers"))
    selection = [EXAMPLE] if not options or options[0].startswith("--") else []
    assert inside("run", *selection, *options, "--lane", lane, "--output", str(tmp_path / "out")) == status


def test_shards_part_the_selection(inside: Inside, tmp_path: Path) -> None:
    parts = []
    for number in (1, 2, 3):
        output = tmp_path / str(number)
        words = ("--shard", f"{number}/3", "--lane", "reference", "--output", str(output), "--quiet")
        assert inside("run", EXAMPLES, *words) == 0
        parts.append({record.trial for record in read_journal(output / "journal.jsonl").records})
    assert sum(map(len, parts)) == len(set().union(*parts)) == 19


def test_shards_cut_by_other_costs_do_not_make_up_a_run(
    inside: Inside, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = tmp_path / "whole"
    words = ("run", EXAMPLES, "--lane", "reference", "--quiet")
    assert inside(*words, "--output", str(whole)) == 0
    assert inside(*words, "--shard", "1/2", "--output", str(tmp_path / "both" / "1")) == 0
    costs = ("--costs", str(whole / "journal.jsonl"))
    assert inside(*words, "--shard", "2/2", *costs, "--output", str(tmp_path / "both" / "2")) == 0
    assert inside("report", str(tmp_path / "both" / "1"), str(tmp_path / "both" / "2")) == 2
    assert "shard 2/2: costs that it was cut by " in capsys.readouterr().err


def test_an_empty_shard_is_fine(inside: Inside, tmp_path: Path) -> None:
    words = ("--shard", "2/2", "--lane", "reference", "--output", str(tmp_path))
    assert inside("run", EXAMPLE, *words) == 0
    assert read_journal(tmp_path / "journal.jsonl").header.trials == 0


def test_a_finished_run_can_be_resumed(inside: Inside, tmp_path: Path) -> None:
    words = ("run", EXAMPLE, "--lane", "reference", "--output", str(tmp_path))
    assert inside(*words) == 0
    assert inside(*words, "--resume") == 0
    assert len(read_journal(tmp_path / "journal.jsonl").records) == 1


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            [EXAMPLES, "--lane", "reference"],
            "cannot resume: it asked other trials; run without --resume, or select the same",
        ),
        ([EXAMPLE, "--lane", f"{STAND_INS}:Sound"], "cannot resume: its lanes were --lane reference"),
    ],
)
def test_a_journal_of_another_run_is_not_resumed(
    inside: Inside, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    assert inside("run", EXAMPLE, "--lane", "reference", "--output", str(tmp_path)) == 0
    before = (tmp_path / "journal.jsonl").read_bytes()
    assert inside("run", *words, "--output", str(tmp_path), "--resume") == 2
    assert capsys.readouterr().err.endswith(f"conformance: {tmp_path / 'journal.jsonl'}: {message}\n")
    assert (tmp_path / "journal.jsonl").read_bytes() == before


def test_a_trial_may_take_as_long_as_the_timeout_says(inside: Inside, tmp_path: Path) -> None:
    codes = EXAMPLE.replace("mix", "codes")
    words = ("--lane", f"{STAND_INS}:Hangs", "--timeout", "0.3", "--output", str(tmp_path))
    assert inside("run", codes, *words) == 1
    (record,) = read_journal(tmp_path / "journal.jsonl").records
    assert (record.outcome, record.detail) == ("timed_out", "no reply within 0.3 s")


def test_a_run_says_first_what_it_asks_and_about_how_long_that_takes(
    inside: Inside, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inside("run", EXAMPLES, "--lane", "reference", "--output", str(tmp_path))
    assert re.match(r"full tier: 19 trials in 1 lane, about \d+ s\n", capsys.readouterr().err)


def test_a_tier_is_named_in_every_report(inside: Inside, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    selection = "conv1d/combinations/*"
    assert inside("run", selection, "--lane", "reference", "--quick", "--output", str(tmp_path)) == 0
    told, errors = capsys.readouterr()
    asked = read_journal(tmp_path / "journal.jsonl").header.trials
    assert 0 < asked < 100
    assert errors.startswith(f"quick tier: {asked} of 100 trials in 1 lane, ")
    assert f"({asked} trials of the quick tier)" in " ".join(told.split())
    assert f"{asked} trials of the quick tier" in (tmp_path / "report.md").read_text("utf-8")
    assert f"{asked} trials of the quick tier" in (tmp_path / "report.html").read_text("utf-8")
    assert json.loads((tmp_path / "summary.json").read_text("utf-8"))["tier"] == "quick"


def test_a_tier_of_own_cases_is_refused(inside: Inside, capsys: pytest.CaptureFixture[str]) -> None:
    assert inside("run", "tests/mutants/cases/conv1d.yaml", "--lane", "reference", "--quick") == 2
    message = r"none of the \d+ selected trials is in the quick tier, which is chosen of shipped"
    assert re.search(message, capsys.readouterr().err)


def test_the_last_word_about_the_tier_counts(
    inside: Inside, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inside("run", EXAMPLE, "--lane", "reference", "--output", str(tmp_path), "--quick", "--full")
    assert capsys.readouterr().err.startswith("full tier: 1 trial in 1 lane, ")
