"""A journal that is not as it was written is refused or incomplete; it never tells another verdict."""

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conformance.errors import JournalError
from conformance.journal import (
    FORMAT,
    Entry,
    Footer,
    Header,
    Journal,
    JournalWriter,
    LaneEntry,
    Record,
    TrialEntry,
    content_hash,
    part_hash,
    read_journal,
)
from conformance.journal.reading import CHANGED
from conformance.report.summary import exit_status, summarise
from tests.journals import chained, contents

AXIS = {"input": 4, "kernel": 3, "stride": 2, "dilation": 1, "crop_before": 0, "crop_after": 1, "output": 8}
RIGHT = TrialEntry("o/f/r", "o", {"strides": 2}, "mix", "reference", "", None, "f:1", (AXIS,), None)
WRONG = replace(RIGHT, id="o/f/w", expectation="refusal: rank", axes=(), fault="the rank is 3")
ASKED = content_hash([RIGHT, WRONG])
HEADER = Header("1", ASKED, "now", ("conformance", "run"), {}, {}, ("a",), ("o/*",), 2)
LANE = LaneEntry("a", "ready", "a", "1")
AGREES = Record("o/f/r", "a", "agrees", True, "J*", True, (), (), (8,), "float32", (), 0.5, elapsed=1.0)
REFUSES = replace(AGREES, trial="o/f/w", outcome="refused", detail="no")
FOOTER = Footer("later", True, (), (), asked={"a": 2})
WHOLE: tuple[Entry, ...] = (HEADER, RIGHT, WRONG, LANE, AGREES, REFUSES, FOOTER)
H, T, W, L, A, R, F = range(len(WHOLE))
"""the lines, by what is in them"""
Lines = list[dict[str, Any]]
Edit = Callable[[Lines], object]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "journal.jsonl"
    with JournalWriter(path) as writer:
        for entry in WHOLE:
            writer.write(entry)
    return path


def parsed(path: Path) -> Lines:
    return [json.loads(line) for line in contents(path)]


def dumped(lines: Iterable[dict[str, Any]]) -> list[bytes]:
    return [json.dumps(line, separators=(",", ":")).encode() for line in lines]


def write_format_1(path: Path, lines: Lines) -> None:
    lines[H]["format"] = 1
    path.write_bytes(b"".join(line + b"\n" for line in dumped(lines)))


def refused(path: Path) -> str:
    """Why the journal is, without the file's name."""
    with pytest.raises(JournalError) as raised:
        read_journal(path)
    message = str(raised.value)
    assert message.startswith(f"{path}:")
    return message.removeprefix(f"{path}:")


def told(journal: Journal) -> tuple[object, ...]:
    return journal.header, dict(journal.trials), dict(journal.lanes), journal.records, journal.footer


def test_a_bit_that_flips_anywhere_is_refused_or_leaves_a_run_without_its_end(path: Path) -> None:
    whole, before = path.read_bytes(), read_journal(path)
    assert exit_status(summarise(before)) == 0
    for place in range(len(whole)):
        for bit in range(8):
            flipped = bytearray(whole)
            flipped[place] ^= 1 << bit
            path.write_bytes(flipped)
            try:
                found = read_journal(path)
            except JournalError:
                continue
            assert place == len(whole) - 1, "an end of the last line that is none leaves a line that was being written"
            assert told(found) == told(replace(before, footer=None))
            assert exit_status(summarise(found)) == 3


@pytest.mark.parametrize("number", range(len(WHOLE)))
def test_a_line_that_is_lost_shows_at_the_next_one(path: Path, number: int) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    del lines[number]
    path.write_bytes(b"".join(lines))
    if number == len(lines):
        assert exit_status(summarise(read_journal(path))) == 3
    elif number == 0:
        assert refused(path).startswith("1: no header")
    else:
        assert refused(path).startswith(f"{number + 1}: checksum ")


@pytest.mark.parametrize("number", range(len(WHOLE)))
def test_a_line_that_is_there_twice_shows_at_the_second(path: Path, number: int) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[: number + 1], lines[number], *lines[number + 1 :]]))
    message = refused(path)
    assert message.startswith(f"{number + 2}: checksum ")
    assert message.endswith(CHANGED)


def test_two_lines_that_change_places_show(path: Path) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    lines[A], lines[R] = lines[R], lines[A]
    path.write_bytes(b"".join(lines))
    assert refused(path).startswith(f"{A + 1}: checksum ")


def test_a_line_without_a_checksum_shows(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"{}\n")
    assert refused(path) == f"{len(WHOLE) + 1}: no checksum at the end of the line; {CHANGED}"


def at(number: int, **changes: object) -> Edit:
    return lambda lines: lines[number].update(changes)


def without(*numbers: int) -> Edit:
    return lambda lines: [lines.pop(number) for number in sorted(numbers, reverse=True)]


def again(number: int, place: int) -> Edit:
    return lambda lines: lines.insert(place, lines[number])


CONTRADICTIONS: dict[str, tuple[Edit, str]] = {
    "a record is lost": (without(R), "6: the footer says complete, but lane a has 1 records of 2 trials"),
    "a trial is lost": (without(W, R), "5: the footer comes after 1 trials; the header says 2"),
    "a trial is lost that a record is of": (
        without(W),
        "5: a record of o/f/w in a, a trial that no line before ",
    ),
    "a lane is lost": (without(L), "4: a record of o/f/r in a, a lane that no line before it introduces"),
    "a lane and its records are lost": (
        without(L, A, R),
        "4: the footer says complete, but of lane a no line introduces it",
    ),
    "a lane failed": (at(L, status="failed"), "7: the footer says complete, but of lane a it failed"),
    "a trial is there twice": (again(T, W), "3: a second entry of trial o/f/r"),
    "a trial is foreign": (
        lambda lines: lines.insert(L, {**lines[T], "id": "x"}),
        "4: trial x is one more than the 2 that the header says",
    ),
    "a trial is another": (at(T, inputs="ones"), "7: the trials are not those of the header: their content hash is "),
    "a refusal is another": (
        at(W, refusal="groups"),
        "3: the expectation of trial o/f/w is 'refusal: rank', and the call has to be refused for 'groups'",
    ),
    "nothing is summed": (at(T, products=0), "2: the number of products of trial o/f/r is 0; expected 1 to "),
    "the header counts more": (at(H, trials=3), "7: the footer comes after 2 trials; the header says 3"),
    "the header counts fewer": (at(H, trials=1), "3: trial o/f/w is one more than the 1 that the header says"),
    "the content hash is stale": (at(H, content_hash="abc"), "7: the trials are not those of the header: "),
    "there are two headers": (again(H, T), "2: a second header; a journal has one"),
    "a record is there twice": (again(R, F), "7: a second record of o/f/w in a"),
    "a record is of a foreign trial": (at(A, trial="x"), "5: a record of x in a, a trial that no line before it has"),
    "a record is of a foreign lane": (at(A, lane="x"), "5: lane x is none of the header's: a"),
    "a lane is foreign": (at(L, lane="x"), "4: lane x is none of the header's: a"),
    "an outcome is unknown": (at(A, outcome="fine"), "5: record of o/f/r in a: outcome 'fine'; expected one of agrees"),
    "an outcome is another": (
        at(A, outcome="differs"),
        "5: record of o/f/r in a: conforms is true; expected false of differs where 'reference' is expected",
    ),
    "a verdict is another": (
        at(A, conforms=False),
        "5: record of o/f/r in a: conforms is false; expected true of agrees where 'reference' is expected",
    ),
    "a right call is refused": (at(A, outcome="refused"), "5: record of o/f/r in a: conforms is true; expected false"),
    "a right call is accepted": (
        at(A, outcome="accepted", conforms=False),
        "5: record of o/f/r in a: outcome accepted of a trial that expects 'reference'",
    ),
    "a wrong call agrees": (
        at(R, outcome="agrees"),
        "6: record of o/f/w in a: outcome agrees of a trial that expects 'refusal: rank'",
    ),
    "what conforms is waived": (
        at(A, waived={"category": "bug", "reason": "r", "url": None}),
        "5: record of o/f/r in a: it conforms (agrees) and is waived",
    ),
    "time runs backwards": (at(A, seconds=-1), "5: record of o/f/r in a: -1 seconds; expected 0 to 1e+09"),
    "time has no end": (at(A, elapsed=1e308), "5: record of o/f/r in a: 1e+308 seconds; expected 0 to 1e+09"),
    "an axis has no stride": (
        lambda lines: lines[T]["axes"][0].pop("stride"),
        "2: an axis of trial o/f/r lacks stride",
    ),
    "an axis is longer than any": (
        lambda lines: lines[T]["axes"][0].update(kernel=10**18),
        "2: an axis of trial o/f/r has kernel 1000000000000000000; expected 0 to 10000000",
    ),
    "an axis stands still": (
        lambda lines: lines[T]["axes"][0].update(stride=0),
        "2: an axis of trial o/f/r has stride 0; expected 1 to 9223372036854775808",
    ),
    "the footer says two things": (at(F, incomplete=["a"]), "7: the footer says complete, and also why it is not"),
    "the footer counts fewer": (at(F, asked={"a": 1}), "7: the footer says complete, but lane a has 2 records of 1"),
    "it is another shard": (
        at(H, shard="2/2", parts=[part_hash(ASKED), "0" * 16]),
        f"1: content hash {ASKED}, but that of shard 2/2 of this run begins with {'0' * 16}: this is another shard",
    ),
    "it is not a shard": (at(H, shard="", parts=["0" * 16]), "1: shard '' of a run in 1 shards"),
}


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_a_journal_that_contradicts_itself_is_refused_whatever_its_checksums(path: Path, name: str) -> None:
    edit, message = CONTRADICTIONS[name]
    lines = parsed(path)
    edit(lines)
    path.write_bytes(chained(dumped(lines)))
    assert refused(path).startswith(message)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999"])
def test_a_number_that_is_none_is_refused(path: Path, number: str) -> None:
    path.write_bytes(chained(line.replace(b'"seconds":0.5', f'"seconds":{number}'.encode()) for line in contents(path)))
    assert refused(path) == "5: not a journal entry: record.seconds: Input should be a finite number"


def test_a_killed_run_of_other_trials_is_refused_before_its_end(path: Path) -> None:
    lines = parsed(path)[:F]
    lines[T]["inputs"] = "ones"
    path.write_bytes(chained(dumped(lines)))
    assert refused(path).startswith("1: the trials are not those of the header: ")


def test_a_journal_of_format_1_is_read_with_a_note(path: Path) -> None:
    write_format_1(path, parsed(path))
    footer = read_journal(path).footer
    assert footer is not None
    assert footer.notes == (
        "the journal is of format 1, of an older version: its lines have no checksums, so that a change of it may not "
        "show",
    )


def test_a_journal_of_format_1_is_gone_on_with_as_it_began(path: Path) -> None:
    write_format_1(path, parsed(path)[:R])
    with JournalWriter(path, resume=True) as writer:
        writer.write(REFUSES)
        writer.write(FOOTER)
    assert read_journal(path).records == (AGREES, REFUSES)
    assert contents(path) == path.read_bytes().splitlines()


def test_a_journal_of_format_1_contradicts_itself_as_any_other(path: Path) -> None:
    lines = parsed(path)
    del lines[F]["asked"], lines[R]
    write_format_1(path, lines)
    assert refused(path) == "6: the footer says complete, but lane a has 1 records of 2 trials"


def test_the_sample_of_an_older_journal_is_no_contradiction(path: Path) -> None:
    lines = parsed(path)
    lines[F] |= {"asked": None, "notes": ["lane a took a sample, 1 of 2 trials"]}
    del lines[R]
    path.write_bytes(chained(dumped(lines)))
    assert read_journal(path).records == (AGREES,)


def test_a_journal_of_format_2_does_not_pass_for_one_of_format_1(path: Path) -> None:
    lines = path.read_bytes().splitlines()
    lines[H] = contents(path)[H].replace(b'"format":%d' % FORMAT, b'"format":1')
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    assert refused(path) == "2: a checksum in a journal of format 1, which has none"
