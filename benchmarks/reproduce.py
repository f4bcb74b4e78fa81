"""Runs the scripts of random records, each in a fresh process, and compares what they print with the records.

    .venv/bin/conformance run --output DIR
    .venv/bin/python benchmarks/reproduce.py DIR/journal.jsonl [--records 200] [--seed 0] [--jobs 2]

A script runs isolated (`python -I`), in a folder of its own, without the environment of this process. A record is
reproduced when its script ends as its worker did: with the same shape, dtype and digest, with the same error, or by
the same signal. Each outcome but `agrees` gets a tenth of the sample, as far as it has records. `unsupported` has
no script; `errored` and `timed_out` are no answers to reproduce. Exit status 1 when a record is not reproduced.
"""

import argparse
import os
import random
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from conformance.adapters.lane import parse_lane
from conformance.cli.explain import Script, explain
from conformance.journal import Record, read_journal
from conformance.suite.case import Trial
from conformance.suite.corpus import select

UNANSWERED = ("unsupported", "errored", "timed_out")
KEPT_VARIABLES = ("PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH")
LONGEST = 300
"""seconds for one script, the framework's import included"""


def main() -> None:
    arguments = _arguments()
    journal = read_journal(arguments.journal)
    trials = {trial.id: trial for trial in select(journal.header.selection)}
    threads = int(journal.header.flags.get("threads", "1"))
    records = sample(
        [record for record in journal.records if record.trial in trials], arguments.records, arguments.seed
    )
    started = monotonic()
    with TemporaryDirectory() as folder, ThreadPoolExecutor(arguments.jobs) as pool:
        places = [Path(folder) / f"{number}.py" for number in range(len(records))]
        found = list(pool.map(lambda record, place: reproduced(record, trials, threads, place), records, places))
    wrong = [(record, said) for record, said in zip(records, found, strict=True) if said != recorded(record)]
    for record, said in wrong:
        print(f"{record.trial} in {record.lane}: recorded {recorded(record)}; the script: {said}")
    for name, counted in (
        ("outcomes", Counter(record.outcome for record in records)),
        ("lanes", Counter(record.lane for record in records)),
    ):
        print(f"{name}: {', '.join(f'{kind} {number}' for kind, number in counted.most_common())}")
    right = len(records) - len(wrong)
    print(f"{right} of {len(records)} records reproduced, in {monotonic() - started:.0f} s")
    sys.exit(bool(wrong))


def sample(records: Sequence[Record], count: int, seed: int) -> list[Record]:
    """Random records, a tenth of them (or all there are) of each outcome that is not `agrees`."""
    chance = random.Random(seed)
    shuffled = chance.sample(records, len(records))
    taken: Counter[str] = Counter()
    chosen: list[Record] = []
    for record in shuffled:
        if record.outcome not in (*UNANSWERED, "agrees") and taken[record.outcome] < count // 10:
            taken[record.outcome] += 1
            chosen.append(record)
    agreeing = [record for record in shuffled if record.outcome == "agrees"]
    return chance.sample(chosen + agreeing[: count - len(chosen)], min(count, len(chosen) + len(agreeing)))


def recorded(record: Record) -> str:
    """What the record says, in the words of a script."""
    if record.outcome == "refused":
        error = re.search(r"refused(?:, as it must be \(\w+\))?: (\w+): ", record.detail)
        return f"refused {error[1] if error else '?'}"
    if record.outcome == "crashed":
        how = re.match(r"the process ended: (\w+)", record.detail)
        return f"crashed {how[1] if how else '?'}"
    shape = str(list(record.observed_shape or ())).replace(" ", "")
    return f"answered {shape} {record.observed_dtype} {record.digest}"


def reproduced(record: Record, trials: dict[str, Trial], threads: int, place: Path) -> str:
    """What the record's script says, or what became of it."""
    written = explain(trials[record.trial], parse_lane(record.lane), threads)
    if not isinstance(written, Script) or written.suffix != ".py":
        return f"no script: {written}"
    place.write_text(written.text, encoding="utf-8")
    environment = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-I", place],
        capture_output=True,
        text=True,
        timeout=LONGEST,
        env=environment,
        cwd=place.parent,
    )
    if done.returncode < 0:
        return f"crashed {signal.Signals(-done.returncode).name}"
    if done.returncode > 0:
        return f"exit status {done.returncode}: {done.stderr[-500:]}"
    return done.stdout.strip().rpartition("\n")[2]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("journal", type=Path)
    parser.add_argument("--records", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    return parser.parse_args()


if __name__ == "__main__":
    main()
