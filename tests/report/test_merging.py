"""Shards of one run become its journal; anything else is refused by name."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conformance.errors import JournalError
from conformance.journal import (
    Convention,
    Entry,
    Footer,
    Grade,
    Journal,
    JournalWriter,
    Record,
    TrialEntry,
    content_hash,
    part_hash,
)
from conformance.report.merging import merge, read_run
from conformance.report.summary import exit_status, summarise

Records = Callable[..., Record]
Journals = Callable[..., Journal]
Trials = Callable[..., TrialEntry]
GRADE = Grade("torch", "float32", "SAME", 24, 24, False)
MEASURED = Convention("torch", "default", 4, 3, 2, 1, (9,), False, "", ())


PARTS = ("1" * 16, "2" * 16)


def part(whole: Journal, shard: str, **changes: Any) -> Journal:
    """A journal as the shard I/N of a run, in a file of its own."""
    name = Path(f"{shard.replace('/', '-of-')}.jsonl")
    return replace(whole, path=name, header=replace(whole.header, shard=shard, **changes))


@pytest.fixture
def halves(journal: Journals, record: Records) -> tuple[Journal, Journal]:
    first = journal([record("a/b/2", "torch"), record("a/b/4", "torch")], grades=(GRADE,), conventions=(MEASURED,))
    second = journal([record("a/b/1", "torch"), record("a/b/3", "torch")], grades=(GRADE,), conventions=(MEASURED,))
    return part(first, "1/2"), part(second, "2/2", started="2026-01-01T00:00:00Z", machine={"system": "Darwin"})


def test_one_whole_journal_is_itself(realistic: Journal) -> None:
    assert merge([realistic]) is realistic


def test_the_only_shard_of_one_is_the_run(realistic: Journal) -> None:
    assert merge([part(realistic, "1/1")]).records == realistic.records


def test_shards_in_any_order_make_one_run_with_everything_once(halves: tuple[Journal, Journal]) -> None:
    merged = merge(halves)
    assert merge(halves[::-1]) == merged
    assert list(merged.trials) == [record.trial for record in merged.records] == ["a/b/1", "a/b/2", "a/b/3", "a/b/4"]
    assert (merged.grades, merged.conventions) == ((GRADE,), (MEASURED,))
    assert exit_status(summarise(merged)) == 0


def test_trials_of_a_file_of_several_operators_come_by_operator(
    journal: Journals, record: Records, trial: Trials
) -> None:
    names = {"conv2d/a/y": "cases/a.yaml:1", "conv1d/a/z": "cases/a.yaml:1", "conv1d/a/x[d=1/2]": "cases/a.yaml:9"}
    shards = [
        part(journal([record(name, "torch")], trials={name: trial(name, location=names[name])}), f"{number}/3")
        for number, name in enumerate(names, start=1)
    ]
    assert list(merge(shards).trials) == ["conv1d/a/z", "conv1d/a/x[d=1/2]", "conv2d/a/y"]


def test_the_merged_header_speaks_for_all_shards(halves: tuple[Journal, Journal]) -> None:
    header = merge(halves).header
    assert (header.trials, header.shard, header.started) == (4, "", "2026-01-01T00:00:00Z")
    assert header.machine == {"system": "Linux; Darwin", "cores": "16"}
    assert header.content_hash == content_hash([*halves[0].trials.values(), *halves[1].trials.values()])


def test_trials_come_in_the_order_of_their_cases(journal: Journals, record: Records, trial: Trials) -> None:
    names = {"z": "cases/a.yaml:9", "a": "cases/b.yaml:1", "m": "cases/a.yaml:10"}
    shards = [
        part(journal([record(name, "torch")], trials={name: trial(name, location=names[name])}), f"{number}/3")
        for number, name in enumerate(names, start=1)
    ]
    assert list(merge(shards).trials) == ["z", "m", "a"]


def test_a_run_is_complete_when_all_of_its_shards_are(halves: tuple[Journal, Journal]) -> None:
    footers = Footer("1", True, ("stale",), ()), Footer("2", False, ("stale",), ("torch did not start",))
    merged = merge([replace(half, footer=footer) for half, footer in zip(halves, footers, strict=True)])
    assert merged.footer == Footer("2", False, ("stale",), ("shard 2/2: torch did not start",))
    assert exit_status(summarise(merged)) == 3


def test_a_shard_without_a_footer_interrupts_the_run(halves: tuple[Journal, Journal]) -> None:
    stopped = replace(halves[1], footer=None, header=replace(halves[1].header, command=("the", "second")))
    merged = merge([halves[0], stopped])
    assert summarise(merged).interrupted
    assert summarise(merged).incomplete == ("shard 2/2: interrupted before it could say why",)
    assert merged.header.command == ("the", "second")


def test_a_lane_that_failed_in_one_shard_failed(halves: tuple[Journal, Journal]) -> None:
    failed = replace(halves[1].lanes["torch"], status="failed", version="", message="no worker")
    merged = merge([halves[0], replace(halves[1], lanes={"torch": failed})])
    assert exit_status(summarise(merged)) == 3


def test_missing_shards_are_named(halves: tuple[Journal, Journal]) -> None:
    shards = [part(half, f"{number}/4") for number, half in zip((1, 3), halves, strict=True)]
    with pytest.raises(JournalError, match=r"missing shards 2/4, 4/4; given: 1/4 \(1-of-4.jsonl\), 3/4 \(3-of-4"):
        merge(shards)


def test_one_shard_alone_is_no_run(halves: tuple[Journal, Journal]) -> None:
    with pytest.raises(JournalError, match="missing shard 2/2"):
        merge(halves[:1])


def test_duplicate_shards_are_named_with_those_that_are_missing(halves: tuple[Journal, Journal]) -> None:
    with pytest.raises(JournalError) as caught:
        merge([halves[0], replace(halves[0], path=Path("again.jsonl"))])
    assert str(caught.value).splitlines()[0] == "duplicate shard 1/2: 1-of-2.jsonl, again.jsonl"
    assert "missing shard 2/2" in str(caught.value)


def test_a_trial_in_two_shards_is_a_duplicate(halves: tuple[Journal, Journal]) -> None:
    with pytest.raises(JournalError, match=r"duplicate shard: a/b/2 is in shard 2/2 and in 1/2 \(1-of-2.jsonl\)"):
        merge([halves[0], part(halves[0], "2/2")])


def test_shards_of_different_numbers_are_no_run(halves: tuple[Journal, Journal]) -> None:
    with pytest.raises(JournalError, match="shard 2/3: shards of one run agree in their number"):
        merge([halves[0], part(halves[1], "2/3")])


@pytest.mark.parametrize("shard", ["", "0/2", "3/2", "two", "/"])
def test_a_journal_that_is_no_shard_is_not_merged(halves: tuple[Journal, Journal], shard: str) -> None:
    other = replace(halves[1], path=Path("other.jsonl"), header=replace(halves[1].header, shard=shard))
    with pytest.raises(JournalError, match=r"^other\.jsonl: no shard of a run: .* reported one by one$"):
        merge([halves[0], other])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"suite_version": "0.2.0"}, "suite version 0.2.0, but 0.1.0 in shard 1/2"),
        ({"lanes": ("jax",)}, "lanes jax, but torch in shard 1/2"),
        ({"selection": ("a/*",)}, "selection a/*, but everything in shard 1/2"),
        ({"costs": "12ab"}, "costs that it was cut by 12ab, but none in shard 1/2"),
        ({"parts": PARTS}, "trials of all shards a89988380f768bb7, but e3b0c44298fc1c14 in shard 1/2"),
        ({"flags": {"threads": "4"}}, "flags {'threads': '4'}, but {'threads': '1'} in shard 1/2"),
    ],
)
def test_shards_of_different_runs_are_refused(
    halves: tuple[Journal, Journal], changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(JournalError, match=re.escape(f"2-of-2.jsonl: shard 2/2: {message}: not shards of one run")):
        merge([halves[0], part(halves[1], "2/2", **changes)])


def test_shards_in_which_another_version_answered_are_refused(halves: tuple[Journal, Journal]) -> None:
    newer = {"torch": replace(halves[1].lanes["torch"], version="2.0")}
    with pytest.raises(JournalError, match=r"lane torch is ready torch 2\.0, but ready torch 1\.0 in shard 1/2"):
        merge([halves[0], replace(halves[1], lanes=newer)])


def test_shards_that_exchanged_their_numbers_are_refused_by_what_each_asks(
    halves: tuple[Journal, Journal], tmp_path: Path
) -> None:
    parts = tuple(part_hash(content_hash(half.trials.values())) for half in halves)
    exchanged = [part(half, shard, parts=parts) for half, shard in zip(halves, ("2/2", "1/2"), strict=True)]
    for number, half in enumerate(exchanged):
        written(half, tmp_path / str(number) / "journal.jsonl")
    with pytest.raises(JournalError, match=f"jsonl:1: content hash {parts[0]}.*, but that of shard 2/2 of this"):
        read_run(tmp_path)


def test_what_was_asked_of_all_shards_is_their_sum(halves: tuple[Journal, Journal]) -> None:
    footers = [Footer("1", True, (), (), asked={"torch": count}) for count in (2, 3)]
    shards = [replace(half, footer=footer) for half, footer in zip(halves, footers, strict=True)]
    assert (merged := merge(shards).footer) is not None
    assert merged.asked == {"torch": 5}
    assert (older := merge([shards[0], halves[1]]).footer) is not None
    assert older.asked is None


def test_nothing_is_no_run() -> None:
    with pytest.raises(JournalError, match="no journal was given"):
        merge([])


def test_a_folder_of_shards_is_read_as_their_run(halves: tuple[Journal, Journal], tmp_path: Path) -> None:
    for number, half in enumerate(halves):
        written(half, tmp_path / str(number) / "journal.jsonl")
    assert read_run(tmp_path).records == merge(halves).records
    assert read_run(tmp_path / "0").header.shard == "1/2"
    assert read_run(tmp_path / "0" / "journal.jsonl").header == read_run(tmp_path / "0").header


def test_a_folder_without_a_journal_is_refused(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match=r"journal\.jsonl: No such file"):
        read_run(tmp_path)


def written(journal: Journal, path: Path) -> None:
    assert journal.footer is not None
    entries: list[Entry] = [journal.header, *journal.trials.values(), *journal.lanes.values(), *journal.records]
    with JournalWriter(path) as writer:
        for entry in [*entries, *journal.grades, *journal.conventions, journal.footer]:
            writer.write(entry)
