"""The shards of one run as one journal.

Knows: journals and the shard that each header names. Must not know: formats. Merging refuses what is not a whole run:
a shard that is missing or there twice, or shards of different runs. `summary` and `document` take it from there.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from conformance.errors import JournalError
from conformance.journal import Footer, Header, Journal, LaneEntry, TrialEntry, content_hash, read_journal
from conformance.shards import shard_of

JOURNAL = "journal.jsonl"

_Entry = TypeVar("_Entry")


def read_run(path: Path) -> Journal:
    """The journal of a file, of the folder that holds it, or of a folder of all shards' folders.

    Raises JournalError for what cannot be read, and for shards that do not make up a run.
    """
    if not os.path.isdir(path):
        return read_journal(path)
    shards = sorted(path.glob(f"*/{JOURNAL}"))
    if (path / JOURNAL).exists() or not shards:
        return read_journal(path / JOURNAL)
    return merge([read_journal(shard) for shard in shards])


def merge(journals: Sequence[Journal]) -> Journal:
    """The records that the run would have written as a whole, but for times, in one journal.

    Trials come in the order of their cases' files and lines; conventions and grades are those of the first shard. That
    a waiver matches nothing shows only in a whole run. Raises JournalError, with all reasons at once, for journals
    that are not all shards of one run.
    """
    _check_shards(journals)
    if len(journals) == 1:
        return journals[0]
    shards = sorted(journals, key=lambda journal: shard_of(journal.header.shard) or (0, 0))
    _raise_all([*_header_problems(shards), *_lane_problems(shards), *_trial_problems(shards)])
    every = [trial for shard in shards for trial in shard.trials.values()]
    trials = {trial.id: trial for trial in sorted(every, key=_written_at)}
    header = _header(shards, trials)
    # Each lane as it was, failed if it failed in any shard.
    entered: dict[str, LaneEntry] = {}
    for entry in (entry for shard in shards for entry in shard.lanes.values()):
        if entry.lane not in entered or entry.status == "failed":
            entered[entry.lane] = entry
    places = {trial: place for place, trial in enumerate(trials)}
    lanes = {lane: place for place, lane in enumerate(header.lanes)}
    records = [record for shard in shards for record in shard.records]
    return Journal(
        path=shards[0].path,
        header=header,
        trials=trials,
        lanes=entered,
        records=tuple(sorted(records, key=lambda each: (places.get(each.trial, -1), lanes.get(each.lane, -1)))),
        conventions=_united(
            (entry for shard in shards for entry in shard.conventions),
            lambda each: (each.lane, each.word, each.length, each.kernel, each.stride, each.dilation, each.variant),
        ),
        footer=_footer(shards),
        facts=_united(
            (entry for shard in shards for entry in shard.facts), lambda entry: (entry.lane, entry.topic, entry.name)
        ),
        grades=_united(
            (entry for shard in shards for entry in shard.grades),
            lambda entry: (entry.lane, entry.dtype, entry.padding),
        ),
    )


def _check_shards(journals: Sequence[Journal]) -> None:
    """That the journals are one whole run, or each shard of one run once."""
    if not journals:
        raise JournalError("no journal was given")
    if len(journals) == 1 and not journals[0].header.shard:
        return
    problems = [
        f"{journal.path}: no shard of a run: its header names none of the form I/N; only the shards of one run are "
        "merged, other journals are reported one by one"
        for journal in journals
        if shard_of(journal.header.shard) is None
    ]
    _raise_all(problems or _number_problems(journals))


def _number_problems(shards: Sequence[Journal]) -> list[str]:
    by_number: dict[int, list[Journal]] = {}
    counts = set()
    for shard in shards:
        number, count = shard_of(shard.header.shard) or (0, 0)
        by_number.setdefault(number, []).append(shard)
        counts.add(count)
    if len(counts) > 1:
        return [
            f"{shard.path}: shard {shard.header.shard}: shards of one run agree in their number" for shard in shards
        ]
    absent = [f"{number}/{count}" for number in range(1, count + 1) if number not in by_number]
    problems = [
        f"duplicate shard {same[0].header.shard}: {', '.join(str(shard.path) for shard in same)}"
        for same in by_number.values()
        if len(same) > 1
    ]
    if absent:
        given = ", ".join(f"{shard.header.shard} ({shard.path})" for shard in shards)
        noun = "shard" if len(absent) == 1 else "shards"
        problems.append(f"missing {noun} {', '.join(absent)}; given: {given}; give the journals of all of them")
    return problems


def _header_problems(shards: Sequence[Journal]) -> list[str]:
    """Shards that were run by another suite, or with other words."""
    first, *others = shards
    facts: tuple[tuple[str, Callable[[Header], object]], ...] = (
        ("suite version", lambda header: header.suite_version),
        ("lanes", lambda header: " ".join(header.lanes)),
        ("selection", lambda header: " ".join(header.selection) or "everything"),
        ("tier", lambda header: header.tier),
        ("flags", lambda header: dict(sorted(header.flags.items()))),
        ("costs that it was cut by", lambda header: header.costs or "none"),
        ("trials of all shards", lambda header: sha256(" ".join(header.parts).encode()).hexdigest()[:16]),
    )
    return [
        f"{shard.path}: shard {shard.header.shard}: {name} {fact(shard.header)}, "
        f"but {fact(first.header)} in shard {first.header.shard}: not shards of one run"
        for shard in others
        for name, fact in facts
        if fact(shard.header) != fact(first.header)
    ]


def _lane_problems(shards: Sequence[Journal]) -> list[str]:
    """Lanes behind which different versions answered, or in one shard none: a lane that failed is told otherwise."""
    known: dict[str, tuple[LaneEntry, Journal]] = {}
    problems = []
    for shard in shards:
        for entry in shard.lanes.values():
            if entry.status == "failed":
                continue
            other, where = known.setdefault(entry.lane, (entry, shard))
            if _behind(entry) != _behind(other):
                problems.append(
                    f"{shard.path}: shard {shard.header.shard}: lane {entry.lane} is {_behind(entry)}, "
                    f"but {_behind(other)} in shard {where.header.shard}: not shards of one run"
                )
    return problems


def _behind(entry: LaneEntry) -> str:
    versions = " ".join(f"{name}={version}" for name, version in sorted(entry.versions.items()))
    return " ".join(part for part in (entry.status, entry.framework, entry.version, versions) if part)


def _trial_problems(shards: Sequence[Journal]) -> list[str]:
    """One problem for each pair of shards that ask the same trial."""
    asked: dict[str, Journal] = {}
    problems: dict[tuple[str, str], str] = {}
    for shard in shards:
        for trial in shard.trials:
            other = asked.setdefault(trial, shard)
            if other is not shard:
                problem = f"{shard.path}: duplicate shard: {trial} is in shard {shard.header.shard} and in "
                problems.setdefault(
                    (other.header.shard, shard.header.shard), f"{problem}{other.header.shard} ({other.path})"
                )
    return list(problems.values())


def _raise_all(problems: Sequence[str]) -> None:
    """Raise one JournalError that tells all problems, if there are any."""
    if problems:
        raise JournalError("\n".join(problems))


def _written_at(trial: TrialEntry) -> tuple[list[str], str, int, str]:
    """By operator and chapter, as a run asks the shipped trials, and within them as they stand in their files."""
    file, _, line = trial.location.rpartition(":")
    return trial.id.partition("[")[0].split("/")[:-1], file, int(line) if line.isdecimal() else 0, trial.id


def _header(shards: Sequence[Journal], trials: Mapping[str, TrialEntry]) -> Header:
    """The command is that of the first shard that could go on, which a report of an interrupted run repeats."""
    headers = [shard.header for shard in shards]
    stopped = [shard.header for shard in shards if shard.footer is None or shard.footer.interrupted]
    names = dict.fromkeys(name for header in headers for name in header.machine)
    return replace(
        headers[0],
        content_hash=content_hash(trials.values()),
        started=min(header.started for header in headers),
        command=(stopped or headers)[0].command,
        machine={
            name: "; ".join(dict.fromkeys(h.machine[name] for h in headers if name in h.machine)) for name in names
        },
        trials=sum(header.trials for header in headers),
        shard="",
        costs="",
        parts=(),
    )


def _footer(shards: Sequence[Journal]) -> Footer:
    footers = [shard.footer for shard in shards if shard.footer is not None]
    unsaid = ("interrupted before it could say why",)
    incomplete = tuple(
        f"shard {shard.header.shard}: {reason}"
        for shard in shards
        for reason in (unsaid if shard.footer is None else shard.footer.incomplete)
    )
    # An older shard does not say how many trials were each lane's share.
    shares = [footer.asked for footer in footers if footer.asked is not None]
    asked: Counter[str] = Counter()
    for share in shares:
        asked.update(share)
    return Footer(
        finished=max((footer.finished for footer in footers), default=""),
        complete=len(footers) == len(shards) and all(footer.complete for footer in footers),
        problems=tuple(dict.fromkeys(problem for footer in footers for problem in footer.problems)),
        incomplete=incomplete,
        interrupted=len(footers) < len(shards) or any(footer.interrupted for footer in footers),
        notes=tuple(dict.fromkeys(note for footer in footers for note in footer.notes)),
        asked=dict(asked) if len(shares) == len(footers) else None,
    )


def _united(entries: Iterable[_Entry], key: Callable[[_Entry], tuple[object, ...]]) -> tuple[_Entry, ...]:
    """The entries, each thing once, though several shards may have measured it."""
    united: dict[tuple[object, ...], _Entry] = {}
    for entry in entries:
        united.setdefault(key(entry), entry)
    return tuple(united.values())
