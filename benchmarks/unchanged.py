"""Records what a change of the code's structure must not change, and compares today's code with such a record.

    .venv/bin/python benchmarks/unchanged.py record FILE [--run FOLDER] [--score reports/score.json]
    .venv/bin/python benchmarks/unchanged.py check FILE [--run FOLDER] [--score reports/score.json]

A record holds, of every shipped trial, a digest of its operands, of what is expected of it and of the error that its
dtype's required arithmetic allows; of every record of a run, the outcome and the digest of the answer; and of every
mutant of the score, whether a trial caught it and which outcomes it should not have had. `check` prints what is
missing and what changed, a line for each trial, record or mutant, and exits with 1 if there is any. What was added is
counted only: a corpus may grow.
"""

import argparse
import gzip
import json
import sys
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from conformance.judging.arithmetic import required_arithmetic
from conformance.judging.comparison import allowed_error
from conformance.judging.question import make_question
from conformance.operators.convolution.mutants.renamed import RENAMED
from conformance.report.merging import read_run
from conformance.suite.case import Trial
from conformance.suite.corpus import select

MOST_LINES = 40
"""of each part; the counts are always complete"""

Entries = dict[str, list[str]]
"""what is recorded -> its digests or words, each compared on its own"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("verb", choices=["record", "check"])
    parser.add_argument("file", type=Path)
    parser.add_argument("--run", type=Path, help="the folder of a run whose outcomes and digests are taken as well")
    parser.add_argument("--score", type=Path, help="a score.json whose tables are taken as well")
    given = parser.parse_args()
    today = {
        "trials": {trial.id: _trial(trial) for trial in select([])},
        "records": dict(_records(given.run)) if given.run else {},
        "mutants": dict(_mutants(json.loads(given.score.read_text()))) if given.score else {},
    }
    if given.verb == "record":
        given.file.write_bytes(gzip.compress(json.dumps(today, sort_keys=True).encode(), mtime=0))
        print(f"{given.file}: {', '.join(f'{len(entries):,} {part}' for part, entries in today.items())}")
        return
    recorded = json.loads(gzip.decompress(given.file.read_bytes()))
    changed = {part: _compared(part, recorded[part], entries) for part, entries in today.items() if entries}
    sys.exit(any(changed.values()))


def _trial(trial: Trial) -> list[str]:
    """Digests of the operands, of the expected values, and of the allowed error."""
    question = make_question(trial)
    operands = _digest(*(part for name, array in question.operands.items() for part in (name, array)))
    expected = question.expected
    if expected is None:
        return [operands, _digest(repr(trial.expectation)), ""]
    bound = allowed_error(expected, required_arithmetic(trial.call.dtype))
    demanded = _digest("exact" if bound is None else bound)
    return [operands, _digest(expected.values, expected.magnitude, expected.products), demanded]


def _digest(*parts: Any) -> str:
    found = sha256()
    for part in parts:
        array = part if isinstance(part, np.ndarray) else None
        found.update(part.encode() if array is None else f"{array.dtype.name}{array.shape}".encode())
        found.update(b"" if array is None else np.ascontiguousarray(array).tobytes())
    return found.hexdigest()[:16]


def _records(folder: Path) -> Iterator[tuple[str, list[str]]]:
    for record in read_run(folder).records:
        yield f"{record.lane} {record.trial}", [str(record.outcome), record.digest or ""]


def _mutants(score: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """Every mutant by its names, former ones too, and by the tables that it may have stood in before there was one."""
    former = {new: [old for old, name in RENAMED.items() if name == new] for new in RENAMED.values()}
    for table in ("faults", "family_faults"):
        for mutant in score.get(table, score["faults"]):
            caught = "caught" if mutant["caught"] else "not caught"
            for name in (mutant["name"], *former.get(mutant["name"], ())):
                yield f"{table} {name}", [caught, f"undue {json.dumps(mutant['undue'], sort_keys=True)}"]


def _compared(part: str, recorded: Entries, today: Entries) -> bool:
    """Print what differs; whether something recorded changed or is missing."""
    missing = sorted(recorded.keys() - today.keys())
    changed = sorted(name for name in recorded.keys() & today.keys() if recorded[name] != today[name])
    added = len(today.keys() - recorded.keys())
    same = len(recorded) - len(missing) - len(changed)
    print(f"{part}: {same:,} the same, {len(changed):,} changed, {len(missing):,} missing, {added:,} added")
    for name in missing[:MOST_LINES]:
        print(f"  missing {name}")
    for name in changed[:MOST_LINES]:
        pairs = zip(recorded[name], today[name], strict=True)
        print(f"  changed {name}: {', '.join(f'{old} -> {new}' for old, new in pairs if old != new)}")
    return bool(missing or changed)


if __name__ == "__main__":
    main()
