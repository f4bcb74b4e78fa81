"""Kills runs at random moments, goes on with them, and holds what comes of it against a run that was left alone.

    .venv/bin/python benchmarks/kills.py [--kills 50] [--seed 0] [--lane reference] [SELECT ...]

Each kill is a SIGKILL once the journal has grown to a length drawn uniformly from that of a whole one, and up to 20 ms
later; every tenth comes at a moment of the run's first second instead. The run is then resumed to its end.
A record that is lost, doubled or different (times aside) is a finding. Prints where the kills met the journal; exit
status 1 on a finding.
"""

import argparse
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import sleep

from conformance.errors import JournalError
from conformance.journal import Journal, Record, read_journal

JOURNAL = "journal.jsonl"


def main() -> None:
    parser = argparse.ArgumentParser(description="Kill runs at random moments and go on with them.")
    parser.add_argument("selection", nargs="*", default=["conv2d_transpose/kernels/*"])
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--lane", default="reference")
    given = parser.parse_args()
    random = Random(given.seed)
    words = [*given.selection, "--lane", given.lane]
    with TemporaryDirectory() as name:
        folder = Path(name)
        finish(folder / "whole", words)
        whole = read_journal(folder / "whole" / JOURNAL)
        size = whole.path.stat().st_size
        print(f"a whole run: {len(whole.records)} records, {size:,} bytes")
        met: Counter[str] = Counter()
        findings = 0
        for number in range(given.kills):
            target = 0 if number % 10 == 9 else random.randint(1, size)
            patience = random.uniform(0, 0.02 if target else 1.0)
            findings += cycle(folder / str(number), words, target, patience, whole, met)
    print(f"{given.kills} kills, seed {given.seed}: {', '.join(f'{count} {where}' for where, count in met.items())}")
    print(f"{findings} of {given.kills} resumed runs lost, doubled or changed a record")
    sys.exit(findings > 0)


def cycle(output: Path, words: Sequence[str], target: int, patience: float, whole: Journal, met: Counter[str]) -> bool:
    """One run that is killed and gone on with; whether something is wrong with what came of it."""
    process = subprocess.Popen(command(output, words), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while process.poll() is None and (not (output / JOURNAL).exists() or (output / JOURNAL).stat().st_size < target):
        if not target:
            break
        sleep(0.0005)
    sleep(patience)
    process.kill()
    process.wait()
    met[where(output / JOURNAL)] += 1
    finish(output, [*words, "--resume"] if (output / JOURNAL).exists() else words)
    try:
        found = read_journal(output / JOURNAL)
    except JournalError as error:  # a doubled record, among others
        print(error)
        return True
    if timeless(found) != timeless(whole) or found.footer is None or not found.footer.complete:
        print(f"killed at {target} bytes and {patience:.3f} s: {len(found.records)} records of {len(whole.records)}")
        return True
    return False


def command(output: Path, words: Sequence[str]) -> list[str]:
    return [sys.executable, "-m", "conformance", "run", *words, "--output", str(output), "--quiet"]


def finish(output: Path, words: Sequence[str]) -> None:
    done = subprocess.run(command(output, words), capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"status {done.returncode}: {done.stderr}{done.stdout}")


def where(path: Path) -> str:
    """What the kill left."""
    if not path.exists():
        return "before the journal"
    content = path.read_bytes()
    torn = " within a line" if content and not content.endswith(b"\n") else ""
    if b'"kind":"footer"' in content:
        return f"after the footer{torn}"
    return f"among the records{torn}" if b'"kind":"record"' in content else f"before the first record{torn}"


def timeless(journal: Journal) -> list[Record]:
    return [replace(each, seconds=None, elapsed=None) for each in journal.records]


if __name__ == "__main__":
    main()
