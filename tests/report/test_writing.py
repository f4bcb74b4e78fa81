"""Reports as files, and as text for standard output."""

import json
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from errno import ENOSPC
from pathlib import Path
from time import sleep

import pytest

from conformance.errors import JournalError
from conformance.files import write_whole
from conformance.journal import Entry, Journal, JournalWriter, Record, read_journal
from conformance.report.writing import FORMATS, Format, render, write_reports


def test_four_files_are_written_into_a_directory_that_is_made(realistic: Journal, tmp_path: Path) -> None:
    paths = write_reports(realistic, tmp_path / "new" / "reports")
    assert [path.name for path in paths] == ["summary.json", "junit.xml", "report.md", "report.html"]
    formats: tuple[Format, ...] = ("json", "junit", "markdown", "html")
    for path, format in zip(paths, formats, strict=True):
        assert path.read_text("utf-8") == render([realistic], format)


def test_a_file_that_cannot_be_written_keeps_what_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "report.md"
    write_whole(path, "old")

    def full(self: Path, content: bytes) -> int:
        self.touch()
        raise OSError(ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left"):
        write_whole(path, "new")
    assert path.read_text("utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_is_written_through(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("old", encoding="utf-8")
    link.symlink_to(target)
    write_whole(link, "new")
    assert link.is_symlink()
    assert target.read_text("utf-8") == "new"


def test_a_fifo_that_nobody_reads_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "report.md")
    with pytest.raises(OSError, match="No such device or address"):
        write_whole(tmp_path / "report.md", "new")


def test_a_fifo_gets_all_that_its_reader_can_take(tmp_path: Path) -> None:
    path, text = tmp_path / "report.md", "x" * 2**20
    os.mkfifo(path)
    with ThreadPoolExecutor(1) as pool:
        read = pool.submit(path.read_text, "utf-8")
        while not read.done():
            try:
                write_whole(path, text)
                break
            except OSError:  # the reader is not there yet
                sleep(0.01)
        assert read.result(timeout=30) == text


def test_a_link_to_itself_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "report.md"
    path.symlink_to("report.md")
    write_whole(path, "new")
    assert path.read_text("utf-8") == "new"


def test_hostile_journals_can_be_written_too(hostile: Journal, tmp_path: Path) -> None:
    assert all(path.stat().st_size > 1000 for path in write_reports(hostile, tmp_path))


@pytest.mark.parametrize("format", FORMATS)
def test_a_journal_read_back_from_disk_gives_the_same_report(
    realistic: Journal, tmp_path: Path, format: Format
) -> None:
    path = tmp_path / "journal.jsonl"
    assert realistic.footer is not None
    entries: list[Entry] = [realistic.header, *realistic.trials.values(), *realistic.lanes.values()]
    entries += [*realistic.records, *realistic.conventions, realistic.footer]
    with JournalWriter(path) as writer:
        for entry in entries:
            writer.write(entry)
    assert render([read_journal(path)], format) == render([realistic], format)


def test_two_runs_do_not_make_one_report(realistic: Journal) -> None:
    with pytest.raises(JournalError, match="no shard of a run"):
        render([realistic] * 2, "json")


def test_the_summary_is_for_programs(realistic: Journal) -> None:
    content = json.loads(render([realistic], "json"))
    assert (content["format"], content["exit_status"], content["interrupted"]) == (1, 1, False)
    torch = next(lane for lane in content["lanes"] if lane["lane"] == "torch")
    assert (torch["conforming"], torch["nonconforming"], torch["waived"], torch["judged"]) == (16, 1, 5, 22)
    assert torch["counts"]["differs"] == 1
    assert torch["expression"]["native"] == 10
    assert [found["outcome"] for found in content["nonconformances"]] == ["differs"]
    assert {found["waived"]["category"] for found in content["known_deviations"]} == {"bug"}


def test_the_summary_of_an_interrupted_run_exits_with_three(realistic: Journal) -> None:
    content = json.loads(render([replace(realistic, footer=None)], "json"))
    assert (content["exit_status"], content["interrupted"]) == (3, True)


def test_a_detail_of_a_megabyte_does_not_make_reports_of_megabytes(
    record: Callable[..., Record], journal: Callable[..., Journal], tmp_path: Path
) -> None:
    run = journal([record("a/b/c", "torch", "differs", detail="x" * 1_000_000)])
    sizes = {path.name: path.stat().st_size for path in write_reports(run, tmp_path)}
    assert max(sizes["report.md"], sizes["report.html"], sizes["junit.xml"]) < 110_000
