"""Kill a run at random moments and resume it, many times: no record may be lost or doubled.

    python benchmarks/kills.py [--times 50] [--seed 0] [--select PATTERN]

Each time a new run of the reference lane is killed with SIGKILL, at a moment that the seed decides, and resumed to its
end. Exit status 1 where a record is lost or doubled, or where what was written before the kill is not there afterwards.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import monotonic

SELECTION = "conv2d_transpose/tutorial/*"


def start(output: Path, selection: str, *options: str) -> subprocess.Popen[bytes]:
    words = [selection, "--lane", "reference", "--quiet", "--output", str(output), *options]
    command = [sys.executable, "-m", "conformance", "run", *words]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def whole_lines(journal: Path) -> list[bytes]:
    content = journal.read_bytes() if journal.exists() else b""
    return content[: content.rfind(b"\n") + 1].splitlines()


def records(lines: list[bytes]) -> list[tuple[str, str]]:
    entries = map(json.loads, lines)
    return [(entry["trial"], entry["lane"]) for entry in entries if entry["kind"] == "record"]


def killed(output: Path, selection: str, moment: float) -> tuple[int, int, list[str]]:
    """Records at the kill (-1 where the run had ended before), records at the end, and what is wrong."""
    journal = output / "journal.jsonl"
    process = start(output, selection)
    try:
        process.wait(moment)
        finished = True
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        finished = False
    before = whole_lines(journal)
    status = start(output, selection, *(["--resume"] if journal.exists() else [])).wait(120)
    after = whole_lines(journal)
    asked = sum(json.loads(line)["kind"] == "trial" for line in after)
    problems = [f"exit status {status}"] if status else []
    if len(set(records(after))) != asked:
        problems.append(f"{asked - len(set(records(after)))} records lost")
    if len(records(after)) != len(set(records(after))):
        problems.append(f"{len(records(after)) - len(set(records(after)))} records doubled")
    if after[: len(before)] != before:
        problems.append("lines from before the kill have changed")
    return -1 if finished else len(records(before)), len(records(after)), problems


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--select", default=SELECTION)
    options = parser.parse_args()
    random = Random(options.seed)
    with TemporaryDirectory() as folder:
        began = monotonic()
        start(Path(folder) / "whole", options.select).wait(120)
        usual = monotonic() - began
        wrong = kills = inside = 0
        for time in range(options.times):
            at, end, problems = killed(Path(folder) / str(time), options.select, random.uniform(0.0, usual))
            kills += at >= 0
            inside += 0 < at < end
            wrong += bool(problems)
            print(f"{time}: {at} records at the kill, {end} at the end {'; '.join(problems)}", flush=True)
    print(f"{kills} kills of {options.times} runs ({inside} amid the records; seed {options.seed}): {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
