"""`conformance vectors export` and `conformance judge`: verdicts as a run's, exit statuses, messages."""

import json
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from pathlib import Path

import numpy as np
import pytest

from conformance.journal import Journal, Record, read_journal
from conformance.suite.case import Trial, WrongTrial
from conformance.suite.corpus import select
from conformance.vectors import judging
from conformance.vectors.exporting import export
from conformance.vectors.layout import file_name
from conformance.vectors.reading import read_vectors
from conformance.vectors.tensors import read_tensors, write_tensors
from tests.vectors.conftest import EXAMPLE, REAL, edit, reseal, say, write_answers

Inside = Callable[..., int]
Capture = pytest.CaptureFixture[str]

FLIPPED = "conformance.mutants:Mutant:flipped-kernel"
COMPARED = {
    "reference": ("conv2d_transpose/tutorial/*", "conv2d_transpose/special_values/*",
                  "conv2d_transpose/refusals/*", "conv2d_transpose/sixteen_bits/*strides=2,*"),
    # Each wrong answer is diagnosed twice, which takes longer than all else.
    FLIPPED: ("conv2d_transpose/tutorial/example-1*", "conv2d_transpose/special_values/odd-channels*",
              "conv2d_transpose/sixteen_bits/structure*kernel=3x2,strides=2,*"),
}  # fmt: skip
REPORTS = {"journal.jsonl", "report.md", "report.html", "summary.json", "junit.xml"}
NAME = file_name(EXAMPLE)
SIXTEEN_BIT = ("float16", "bfloat16")


def judged(folder: Path) -> Journal:
    return read_journal(folder / "journal.jsonl")


def the_record(folder: Path, trial: str = EXAMPLE) -> Record:
    (found,) = [record for record in judged(folder).records if record.trial == trial]
    return found


def comparable(record: Record, dtype: str) -> Record:
    """A record without what only a run can know; the outcome remains of 16-bit dtypes, since the profile differs, and
    where numbers meet pads or sums leave float64, of which vectors cannot say that nothing is demanded.
    """
    kept = replace(record, seconds=None, elapsed=None, accumulation=None, plan=(), native=None, notes=(), flags=())
    unsaid = dtype in SIXTEEN_BIT or "beside-pads" in record.trial or "/overflow[" in record.trial
    if unsaid and record.metrics is not None:
        kept = replace(kept, detail="", metrics=None, diagnosis=())
    return kept


@pytest.mark.parametrize("lane", list(COMPARED))
def test_verdicts_are_those_of_a_run_on_the_same_answers(inside: Inside, tmp_path: Path, lane: str) -> None:
    trials = select(COMPARED[lane])
    export(trials, COMPARED[lane], tmp_path / "vectors")
    write_answers(tmp_path / "answers", trials, lane)
    ran = inside("run", *COMPARED[lane], "--lane", lane, "--no-waivers", "--quiet", "--output", str(tmp_path / "run"))
    words = ("--lane", lane, "--no-waivers", "--quiet", "--output", str(tmp_path / "judged"))
    assert inside("judge", str(tmp_path / "vectors"), str(tmp_path / "answers"), *words) == ran
    run, journal = judged(tmp_path / "run"), judged(tmp_path / "judged")
    dtypes = {name: trial.arguments["dtype"] for name, trial in run.trials.items()}
    assert [comparable(record, dtypes[record.trial]) for record in journal.records] == [
        comparable(record, dtypes[record.trial]) for record in run.records
    ]
    assert journal.header.content_hash == run.header.content_hash
    assert len(journal.records) == len(trials)


def test_sixteen_bit_records_are_flagged_and_claim_no_measured_accumulator(inside: Inside, tmp_path: Path) -> None:
    trials = select(["conv2d_transpose/sixteen_bits/*dtype=float16*"])
    export(trials, [], tmp_path / "vectors")
    write_answers(tmp_path / "answers", trials)
    inside("judge", str(tmp_path / "vectors"), str(tmp_path / "answers"), "--no-waivers", "--output", str(tmp_path))
    assert {(record.flags, record.accumulation) for record in judged(tmp_path).records} == {(("unprobed",), None)}
    assert judged(tmp_path).header.flags["profile"] == "required"


def test_right_answers_exit_with_0_and_a_report(
    inside: Inside, exported: Path, answers: Path, tmp_path: Path, capsys: Capture
) -> None:
    assert inside("judge", str(exported), str(answers), "--output", str(tmp_path / "out")) == 0
    told = capsys.readouterr()
    assert "All as expected or waived: " in told.out
    assert "answers: answers (no version told)" in told.err
    assert {path.name for path in (tmp_path / "out").iterdir()} == REPORTS


def test_a_wrong_answer_exits_with_1_and_is_explained(
    inside: Inside, exported: Path, trials: list[Trial], tmp_path: Path, capsys: Capture
) -> None:
    write_answers(tmp_path / "flipped", trials, FLIPPED)
    assert inside("judge", str(exported), str(tmp_path / "flipped"), "--output", str(tmp_path / "out")) == 1
    record = the_record(tmp_path / "out")
    assert record.outcome == "differs"
    assert any("flipped" in sentence or "180" in sentence for sentence in record.diagnosis)
    assert "differ bitwise" in capsys.readouterr().out


def test_an_answer_beyond_the_allowed_error_differs_and_one_within_agrees(
    inside: Inside, vectors: Path, answers: Path, tmp_path: Path
) -> None:
    """The allowed error of the folder decides, not one that is computed again."""
    path, answer = vectors / f"expected/{file_name(REAL)}.safetensors", answers / f"{file_name(REAL)}.safetensors"
    found = read_tensors(path.read_bytes())
    wide = {**found, "allowed_error": np.abs(found["reference"]) / 2}
    answer.write_bytes(write_tensors({"result": found["expected"] * np.float32(1.25)}))
    out = str(tmp_path / "out")
    assert inside("judge", str(vectors), str(answers), "--output", out, "--quiet") == 1
    path.write_bytes(write_tensors(wide))
    reseal(vectors)
    assert inside("judge", str(vectors), str(answers), "--output", out, "--quiet") == 0
    assert "lie within the error bound; the worst uses 0.5 of it" in the_record(tmp_path / "out", REAL).detail


def test_an_answer_of_which_nothing_is_demanded_is_not_judged(
    inside: Inside, vectors: Path, answers: Path, tmp_path: Path
) -> None:
    path, answer = vectors / f"expected/{file_name(REAL)}.safetensors", answers / f"{file_name(REAL)}.safetensors"
    found = read_tensors(path.read_bytes())
    path.write_bytes(write_tensors({**found, "allowed_error": np.full_like(found["allowed_error"], np.inf)}))
    reseal(vectors)
    answer.write_bytes(write_tensors({"result": np.full_like(found["expected"], np.inf)}))
    assert inside("judge", str(vectors), str(answers), "--output", str(tmp_path / "out"), "--quiet") == 0
    record = the_record(tmp_path / "out", REAL)
    assert (record.outcome, record.flags) == ("unsupported", ("mistrusted", "free"))


OVERFLOWING = """\
operator: conv1d
cases:
  - name: overflow
    why: 300.5 x 218.5 is beyond float16, and what is taken from it afterwards leads back
    value: [1, 2, 1]
    filter: [2, 1, 1]
    strides: 1
    padding: VALID
    dtype: float16
    inputs: {value: [[[300.5], [-300.25]]], filter: [[[218.5]], [[218.25]]]}
"""


def test_sums_that_may_overflow_have_an_infinite_bound_and_are_not_judged(inside: Inside, tmp_path: Path) -> None:
    """What the page says of them, in the judge as in a run."""
    (tmp_path / "mine.yaml").write_text(OVERFLOWING, encoding="utf-8")
    (trial,) = select([str(tmp_path / "mine.yaml")])
    export([trial], [trial.id], tmp_path / "vectors")
    name = file_name(trial.id)
    found = read_tensors((tmp_path / f"vectors/expected/{name}.safetensors").read_bytes())
    told = json.loads((tmp_path / f"vectors/trials/{name}.json").read_text("utf-8"))["expected"]
    assert (told["rule"], told["free"], told["elements"]) == ("bound", 1, 1)
    assert np.isinf(found["allowed_error"]).all()

    (tmp_path / "answers").mkdir()
    (tmp_path / f"answers/{name}.safetensors").write_bytes(write_tensors({"result": np.full((1, 1, 1), np.float16(7))}))
    out = tmp_path / "out"
    inside("judge", str(tmp_path / "vectors"), str(tmp_path / "answers"), "--output", str(out), "--quiet")
    record = the_record(out, trial.id)
    assert (record.outcome, record.conforms, "free" in record.flags) == ("unsupported", True, True)
    assert record.detail == "nothing was judged: 1 of 1 elements are free, the others are zero"


def test_a_bound_as_large_as_the_result_judges_nothing_but_what_is_right_to_the_bit(
    inside: Inside, vectors: Path, answers: Path, tmp_path: Path
) -> None:
    path, answer = vectors / f"expected/{file_name(REAL)}.safetensors", answers / f"{file_name(REAL)}.safetensors"
    found = read_tensors(path.read_bytes())
    path.write_bytes(write_tensors({**found, "allowed_error": np.abs(found["reference"]) * 2}))
    reseal(vectors)
    outcomes = []
    for factor in (0, 1.25, 1):
        answer.write_bytes(write_tensors({"result": found["expected"] * np.float32(factor)}))
        assert inside("judge", str(vectors), str(answers), "--output", str(tmp_path / "out"), "--quiet") == 0
        record = the_record(tmp_path / "out", REAL)
        outcomes.append((record.outcome, "free" in record.flags))
    assert outcomes == [("unsupported", True), ("unsupported", True), ("agrees", False)]
    assert record.detail.startswith("all ")


def test_a_missing_answer_is_incomplete_and_named(
    inside: Inside, exported: Path, answers: Path, trials: list[Trial], tmp_path: Path, capsys: Capture
) -> None:
    (answers / f"{NAME}.safetensors").unlink()
    assert inside("judge", str(exported), str(answers), "--output", str(tmp_path / "out")) == 3
    told = " ".join(capsys.readouterr().out.split())
    assert f"Incomplete: lane answers: 1 of {len(trials)} trials have no answer, first {NAME}" in told


def test_no_answer_at_all_is_incomplete(inside: Inside, exported: Path, tmp_path: Path) -> None:
    (tmp_path / "answers").mkdir()
    assert inside("judge", str(exported), str(tmp_path / "answers"), "--output", str(tmp_path / "out")) == 3


def test_answers_that_are_all_unsupported_have_judged_nothing(
    inside: Inside, exported: Path, trials: list[Trial], tmp_path: Path
) -> None:
    (tmp_path / "answers").mkdir()
    for trial in trials:
        say(tmp_path / "answers" / file_name(trial.id), type="unsupported", reason="not yet")
    assert inside("judge", str(exported), str(tmp_path / "answers"), "--output", str(tmp_path / "out")) == 3


@pytest.mark.parametrize(
    ("array", "outcome"),
    [
        (np.zeros((1, 8, 7, 1), np.float32), "wrong_shape"),
        (np.zeros((1, 8, 8, 1), np.float64), "wrong_dtype"),
        (np.zeros((1, 8, 8, 1), np.float32), "differs"),
        (np.full((1, 8, 8, 1), np.nan, np.float32), "differs"),
    ],
)
def test_a_wrong_tensor_is_an_outcome(
    inside: Inside, exported: Path, answers: Path, tmp_path: Path, array: np.ndarray, outcome: str
) -> None:
    (answers / f"{NAME}.safetensors").write_bytes(write_tensors({"result": array}))
    assert inside("judge", str(exported), str(answers), "--output", str(tmp_path / "out"), "--quiet") == 1
    assert the_record(tmp_path / "out").outcome == outcome


def test_a_broken_answer_is_errored_and_the_others_are_judged(
    inside: Inside, exported: Path, answers: Path, trials: list[Trial], tmp_path: Path
) -> None:
    (answers / f"{NAME}.safetensors").write_bytes(b"no tensor")
    assert inside("judge", str(exported), str(answers), "--output", str(tmp_path / "out"), "--quiet") == 1
    assert the_record(tmp_path / "out").outcome == "errored"
    assert len(judged(tmp_path / "out").records) == len(trials)


def test_a_refused_right_call_and_an_answered_wrong_one_do_not_conform(
    inside: Inside, exported: Path, answers: Path, trials: list[Trial], tmp_path: Path
) -> None:
    (wrong, *_) = [trial for trial in trials if isinstance(trial, WrongTrial)]
    (answers / f"{NAME}.safetensors").unlink()
    say(answers / NAME, type="refusal", error="ValueError", message="no")
    (answers / f"{file_name(wrong.id)}.json").unlink()
    answer = write_tensors({"result": np.zeros((1, 8, 8, 1), np.float32)})
    (answers / f"{file_name(wrong.id)}.safetensors").write_bytes(answer)
    assert inside("judge", str(exported), str(answers), "--output", str(tmp_path / "out"), "--quiet") == 1
    assert the_record(tmp_path / "out").detail == "a valid call was refused: ValueError: no"
    assert the_record(tmp_path / "out", wrong.id).outcome == "accepted"


def test_a_waiver_excuses_and_one_that_is_not_needed_fails(
    inside: Inside, exported: Path, answers: Path, tmp_path: Path, capsys: Capture
) -> None:
    waivers, words = tmp_path / "waivers.yaml", ("--output", str(tmp_path / "out"), "--lane", "phone", "--quiet")
    waivers.write_text(
        f'waivers:\n  - {{lane: phone, trial: "{EXAMPLE}", outcome: differs, class: bug, reason: a test}}\n', "utf-8"
    )
    assert inside("judge", str(exported), str(answers), *words, "--waivers", str(waivers)) == 1
    assert "waiver no longer needed" in " ".join(capsys.readouterr().out.split())
    zeros = write_tensors({"result": np.zeros((1, 8, 8, 1), np.float32)})
    (answers / f"{NAME}.safetensors").write_bytes(zeros)
    assert inside("judge", str(exported), str(answers), *words, "--waivers", str(waivers)) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "Waived: known deviations" in told
    page = unescape((tmp_path / "out" / "report.html").read_text("utf-8"))
    assert f"conformance cases show '{EXAMPLE}'" in page


def test_shipped_waivers_hold_for_a_lane_of_their_name_unless_left_out(
    inside: Inside, exported: Path, answers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[int] = []
    prepared = judging.prepare
    monkeypatch.setattr(
        "conformance.cli.judge.prepare",
        lambda *words: given.append(len(words[-1])) or prepared(*words),  # type: ignore[func-returns-value]
    )
    inside("judge", str(exported), str(answers), "--output", str(tmp_path / "out"), "--quiet")
    inside("judge", str(exported), str(answers), "--output", str(tmp_path / "out"), "--quiet", "--no-waivers")
    assert given[0] > given[1] == 0


def test_the_lane_is_named_by_answers_json_and_told_with_version_and_machine(
    inside: Inside, exported: Path, answers: Path, tmp_path: Path, capsys: Capture
) -> None:
    told = {"name": "my_port", "version": "0.1", "language": "C", "machine": {"device": "a phone"}}
    (answers / "answers.json").write_text(json.dumps(told), encoding="utf-8")
    assert inside("judge", str(exported), str(answers), "--output", str(tmp_path / "out")) == 0
    journal = judged(tmp_path / "out")
    assert journal.header.lanes == ("my_port",)
    assert (journal.lanes["my_port"].version, journal.lanes["my_port"].flags) == ("0.1", {"language": "C"})
    assert journal.header.machine == {"device": "a phone"}
    assert "my_port: my_port 0.1" in capsys.readouterr().err


def test_another_name_can_be_given(inside: Inside, exported: Path, answers: Path, tmp_path: Path) -> None:
    assert inside("judge", str(exported), str(answers), "--lane", "phone", "--output", str(tmp_path / "out")) == 0
    assert judged(tmp_path / "out").header.lanes == ("phone",)


@pytest.mark.parametrize("format", ["json", "markdown", "html", "junit"])
def test_the_report_can_be_printed_in_every_format(
    inside: Inside, exported: Path, answers: Path, tmp_path: Path, capsys: Capture, format: str
) -> None:
    words = ("--output", str(tmp_path / "out"), "--quiet")
    assert inside("judge", str(exported), str(answers), *words, "--format", format) == 0
    printed = capsys.readouterr().out
    assert inside("report", str(tmp_path / "out"), "--format", format) == 0
    assert capsys.readouterr().out == printed


def test_files_that_answer_nothing_are_told_in_a_note(
    inside: Inside, exported: Path, answers: Path, tmp_path: Path, capsys: Capture
) -> None:
    say(answers / "misspelt", type="unsupported", reason="-")
    assert inside("judge", str(exported), str(answers), "--output", str(tmp_path / "out"), "--quiet") == 0
    assert capsys.readouterr().err == f"note: 1 files in {answers} answer no trial, first misspelt.json\n"


def refuse(inside: Inside, vectors: Path, answers: Path, out: Path, capsys: Capture, *words: str) -> str:
    """Exit status 2, and nothing is written."""
    assert inside("judge", str(vectors), str(answers), "--output", str(out), *words) == 2
    assert not out.exists()
    return capsys.readouterr().err


def test_answers_to_other_vectors_are_refused(
    inside: Inside, exported: Path, answers: Path, tmp_path: Path, capsys: Capture
) -> None:
    (answers / "answers.json").write_text(json.dumps({"content_hash": "0" * 64}), encoding="utf-8")
    told = refuse(inside, exported, answers, tmp_path / "out", capsys)
    assert "answers other vectors: its content_hash is 0000000000000000..., that of " in told


def test_a_changed_vector_is_named(
    inside: Inside, vectors: Path, answers: Path, tmp_path: Path, capsys: Capture
) -> None:
    path = vectors / f"expected/{NAME}.safetensors"
    path.write_bytes(path.read_bytes()[:-1] + b"\1")
    told = refuse(inside, vectors, answers, tmp_path / "out", capsys)
    assert f"conformance: {path}: changed since the export" in told


def test_a_call_of_another_version_is_refused_with_that_version(
    inside: Inside, vectors: Path, answers: Path, tmp_path: Path, capsys: Capture
) -> None:
    edit(vectors / f"trials/{NAME}.json", lambda told: told["trial"]["arguments"].update(value="a whole new form"))
    edit(vectors / "manifest.json", lambda manifest: manifest.update(suite_version="9.9"))
    reseal(vectors)
    told = refuse(inside, vectors, answers, tmp_path / "out", capsys)
    assert f"conformance: {EXAMPLE}: this version cannot read the call: " in told
    assert "conformance: version 9.9 exported it: judge with that one" in told


def test_a_call_that_the_definition_refuses_cannot_have_values(
    inside: Inside, vectors: Path, answers: Path, tmp_path: Path, capsys: Capture
) -> None:
    edit(vectors / f"trials/{NAME}.json", lambda told: told["trial"]["arguments"].update(strides=3))
    reseal(vectors)
    assert "this version cannot read the call: output_shape" in refuse(
        inside, vectors, answers, tmp_path / "out", capsys
    )


@pytest.mark.parametrize("name", ["", " ", "a\nb"])
def test_a_lane_without_a_printable_name_is_refused(
    inside: Inside, exported: Path, answers: Path, tmp_path: Path, capsys: Capture, name: str
) -> None:
    told = refuse(inside, exported, answers, tmp_path / "out", capsys, "--lane", name)
    assert f"conformance: lane {name!r}: expected a name that can be printed, of --lane or of `name` in " in told


def test_an_answers_json_without_a_printable_name_is_refused(
    inside: Inside, exported: Path, answers: Path, tmp_path: Path, capsys: Capture
) -> None:
    (answers / "answers.json").write_text(json.dumps({"name": "\x1b[31m"}), encoding="utf-8")
    assert "lane '\\x1b[31m': expected a name" in refuse(inside, exported, answers, tmp_path / "out", capsys)


def test_no_folders_are_refused(inside: Inside, exported: Path, tmp_path: Path, capsys: Capture) -> None:
    gone = tmp_path / "gone"
    assert "gone: no such folder of answers" in refuse(inside, exported, gone, tmp_path / "out", capsys)
    assert "gone: no such folder of test vectors" in refuse(inside, gone, gone, tmp_path / "out", capsys)


def test_an_output_that_cannot_be_written_is_told(
    inside: Inside, exported: Path, answers: Path, tmp_path: Path, capsys: Capture
) -> None:
    (tmp_path / "file").touch()
    words = ("--output", str(tmp_path / "file" / "out"))
    assert inside("judge", str(exported), str(answers), *words) == 2
    assert "journal.jsonl: cannot be written: " in capsys.readouterr().err


def test_an_interrupted_judge_is_incomplete_and_says_what_to_do(
    inside: Inside, exported: Path, answers: Path, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*words: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(judging, "verdict_on", interrupt)
    assert inside("judge", str(exported), str(answers), "--output", str(tmp_path / "out")) == 3
    assert "Incomplete: interrupted; judge the same answers again" in capsys.readouterr().out


def test_export_tells_what_it_wrote(inside: Inside, tmp_path: Path, capsys: Capture) -> None:
    assert inside("vectors", "export", str(tmp_path / "new"), EXAMPLE) == 0
    folder = tmp_path / "new"
    told = " ".join(capsys.readouterr().out.split())
    assert told.startswith(f"{folder}: 1 trials in 5 files, 0.0 MB; `conformance judge {folder} ANSWERS` judges")
    assert [vector.listed.id for vector in read_vectors(folder).vectors] == [EXAMPLE]


def test_an_empty_selection_is_refused(inside: Inside, tmp_path: Path, capsys: Capture) -> None:
    assert inside("vectors", "export", str(tmp_path / "new"), "no/such/*") == 2
    assert "'no/such/*' matches no trial" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


def test_a_folder_that_holds_something_else_is_refused(inside: Inside, tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "mine.txt").touch()
    assert inside("vectors", "export", str(tmp_path), EXAMPLE) == 2
    assert "is not empty and holds no test vectors" in capsys.readouterr().err


def test_the_journal_is_compared_with_a_runs(inside: Inside, exported: Path, answers: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert inside("judge", str(exported), str(answers), "--output", str(tmp_path / name), "--quiet") == 0
    assert inside("compare", str(tmp_path / "one"), str(tmp_path / "two")) == 0
