"""How many adapters that are wrong on purpose `conformance smoke` catches, and how many `conformance smoke --deep`.

    .venv/bin/python benchmarks/smoke.py [NAME ...] [--lane LANE ...]

Prints a line for each mistake of `tests/smoke/wrong_adapters.py`: the first step that fails of both; then one for each
lane that is right and has to pass. Exit status 1 where a mistake passes --deep, or a lane fails it.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

from tests.smoke.wrong_adapters import MISTAKES

ROOT = Path(__file__).resolve().parents[1]
LAST_STEP = "exits at the end of its input"
RIGHT = ("reference", "tensorflow", "torch", "jax:jit")


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--lane", action="append", help="that has to pass; by default the installed ones")
    given = parser.parse_args()
    names = given.names or list(MISTAKES)
    caught = {"smoke": 0, "smoke --deep": 0}
    for name in names:
        before, after, seconds = smoked(f"tests.smoke.wrong_adapters:Wrong:{name}")
        caught["smoke"] += bool(before)
        caught["smoke --deep"] += bool(before or after)
        named = [f"{verb}: {failed[0]['name']}" for verb, failed in (("smoke", before), ("deep", after)) if failed]
        print(f"{name}: {'; '.join(named) or 'PASSES'}, {seconds:.1f} s", flush=True)
    print("; ".join(f"{verb} catches {count} of {len(names)}" for verb, count in caught.items()))
    flagged = 0
    for lane in given.lane or ([] if given.names else RIGHT):
        before, after, seconds = smoked(lane)
        flagged += bool(before or after)
        failed = [*before, *after]
        print(f"{lane}: {f'FAILS in {failed[0]}' if failed else 'passes'}, {seconds:.1f} s", flush=True)
    return 1 if flagged or caught["smoke --deep"] < len(names) else 0


def smoked(lane: str) -> tuple[Sequence[Mapping[str, Any]], Sequence[Mapping[str, Any]], float]:
    """The steps that fail of smoke itself and of --deep, and the seconds that they took together."""
    started = perf_counter()
    command = [sys.executable, "-m", "conformance", "smoke", "--deep", "--lane", lane, "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    steps = json.loads(done.stdout)["steps"]
    last = next(place for place, step in enumerate(steps) if step["name"] == LAST_STEP)
    failed = [[step for step in part if step["status"] == "failed"] for part in (steps[: last + 1], steps[last + 1 :])]
    return failed[0], failed[1], perf_counter() - started


if __name__ == "__main__":
    sys.exit(main())
