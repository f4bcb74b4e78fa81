"""`conformance report`: every format of a journal, from the journal alone."""

import json
import re
import subprocess
import zlib
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest

from conformance.journal import read_journal

Process = Callable[..., subprocess.CompletedProcess[str]]
Inside = Callable[..., int]
EXAMPLE = "conv2d_transpose/tutorial/example-1[inputs=mix,dtype=float32]"
FILES = {"markdown": "report.md", "html": "report.html", "json": "summary.json", "junit": "junit.xml"}


@pytest.fixture(scope="module", params=["reference", "tests.running.stand_ins:OffByOne"])
def finished(
    request: pytest.FixtureRequest, program: Process, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, int]:
    """The folder of a run, and the exit status it had."""
    folder = tmp_path_factory.mktemp("finished")
    done = program("run", EXAMPLE, "--lane", request.param, "--output", str(folder), "--quiet")
    assert done.returncode == (0 if request.param == "reference" else 1), done.stderr
    return folder, done.returncode


def without_parts(text: str) -> str:
    return re.sub(r'(<script type="text/plain" id="[\w-]+">)[^<]*', r"\1", text)


@pytest.mark.parametrize("format", FILES)
def test_a_report_is_the_one_that_the_run_wrote(
    inside: Inside, finished: tuple[Path, int], capsys: pytest.CaptureFixture[str], format: str
) -> None:
    folder, status = finished
    assert inside("report", str(folder), "--format", format) == status
    # Scripts of an adapter that is not installed are in the page of the run alone.
    told, written = (
        without_parts(text) for text in (capsys.readouterr().out, (folder / FILES[format]).read_text("utf-8"))
    )
    assert told == written


def test_a_terminal_report_names_the_lane(
    inside: Inside, finished: tuple[Path, int], capsys: pytest.CaptureFixture[str]
) -> None:
    folder, status = finished
    assert inside("report", str(folder / "journal.jsonl")) == status
    assert read_journal(folder / "journal.jsonl").header.lanes[0].split(":")[-1] in capsys.readouterr().out


def test_a_report_goes_into_a_file_when_asked_to(
    inside: Inside, finished: tuple[Path, int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, status = finished
    target = tmp_path / "summary.json"
    assert inside("report", str(folder), "--format", "json", "--output", str(target)) == status
    assert capsys.readouterr().out == ""
    assert json.loads(target.read_text("utf-8"))["exit_status"] == status


def test_junit_has_one_test_case_a_record(
    inside: Inside, finished: tuple[Path, int], capsys: pytest.CaptureFixture[str]
) -> None:
    folder, status = finished
    inside("report", str(folder), "--format", "junit")
    root = fromstring(capsys.readouterr().out)
    assert len(root.findall(".//failure")) == status
    assert [case.get("name") for case in root.findall(".//testcase")].count(EXAMPLE.rpartition("/")[2]) == 1


def test_a_journal_cut_short_is_reported_as_interrupted(
    inside: Inside, finished: tuple[Path, int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = (finished[0] / "journal.jsonl").read_text("utf-8").splitlines(keepends=True)
    path = tmp_path / "journal.jsonl"
    path.write_text("".join(lines[:-1]), encoding="utf-8")
    assert inside("report", str(tmp_path), "--format", "markdown") == 3
    assert "--resume" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["gone.jsonl"], "gone.jsonl: No such file or directory"),
        (["."], "journal.jsonl: No such file or directory"),
        ([__file__], "test_report.py:1: not a journal entry: "),
        (["x", "--format", "pdf"], "'pdf' is not one of"),
        ([], "Missing argument"),
    ],
)
def test_what_is_no_journal_exits_with_2(
    inside: Inside, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    words: list[str], message: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert inside("report", *words) == 2
    errors = capsys.readouterr().err
    assert message in errors
    assert "Traceback" not in errors


def test_a_file_that_cannot_be_written_exits_with_2(
    inside: Inside, finished: tuple[Path, int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "no" / "such" / "folder" / "report.html"
    assert inside("report", str(finished[0]), "--format", "html", "--output", str(target)) == 2
    assert capsys.readouterr().err == f"conformance: {target}: cannot be written: No such file or directory\n"


def test_a_folder_has_a_page_and_its_records(
    inside: Inside, finished: tuple[Path, int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, status = finished
    assert inside("report", str(folder), "--format", "html", "--folder", str(tmp_path / "new")) == status
    assert capsys.readouterr().out == f"Report: {tmp_path / 'new' / 'index.html'}\n"
    assert (tmp_path / "new" / "records" / "part-0.js").read_text("utf-8").startswith("receivePart(0,{")


@pytest.mark.parametrize(
    ("options", "found"),
    [(("--format", "json"), "--format json"), (("--format", "html", "--output", "report.html"), "--output")],
)
def test_a_folder_is_for_html_alone(
    inside: Inside, finished: tuple[Path, int], capsys: pytest.CaptureFixture[str], options: tuple[str, ...], found: str
) -> None:
    assert inside("report", str(finished[0]), *options, "--folder", "pages") == 2
    assert f"--folder pages is for --format html without --output; found {found}" in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_is_told(
    inside: Inside, finished: tuple[Path, int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "records").write_text("", encoding="utf-8")
    assert inside("report", str(finished[0]), "--format", "html", "--folder", str(tmp_path / "taken")) == 2
    assert f"{tmp_path / 'taken'}: cannot be written: File exists" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("format", "told"),
    [
        ("terminal", "Since the base: No regression, 0 improvements"),
        ("markdown", "## What changed\n\n**No regression, 0 improvements"),
        ("html", "<strong>No regression, 0 improvements"),
        ("json", '"headline": "No regression, 0 improvements'),
    ],
)
def test_every_format_for_readers_tells_what_changed_since_the_base(
    inside: Inside, finished: tuple[Path, int], capsys: pytest.CaptureFixture[str], format: str, told: str
) -> None:
    folder, status = finished
    assert inside("report", str(folder), "--format", format, "--base", str(folder)) == status
    assert told in capsys.readouterr().out


@pytest.mark.parametrize(
    ("format", "told"),
    [
        ("html", "no script of this journal's nonconformances; `run --script-dir` writes them"),
        ("json", "is for --format html; found --format json"),
    ],
)
def test_scripts_are_those_that_a_run_wrote_and_for_html(
    inside: Inside,
    finished: tuple[Path, int],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    format: str,
    told: str,
) -> None:
    assert inside("report", str(finished[0]), "--format", format, "--scripts", str(tmp_path)) == 2
    assert told in capsys.readouterr().err


def test_a_run_that_writes_scripts_has_them_in_its_page(inside: Inside, tmp_path: Path) -> None:
    lane, scripts, output = "tests.running.stand_ins:OffByOne", tmp_path / "scripts", tmp_path / "run"
    run = ("run", EXAMPLE, "--lane", lane, "--output", str(output), "--script-dir", str(scripts), "--quiet")
    assert inside(*run) == 1
    (part,) = re.findall(
        '<script type="text/plain" id="part-0">(.+)</script>', (output / "report.html").read_text("utf-8")
    )
    assert zlib.decompress(b64decode(part)).count(b'"script":[') == 1
