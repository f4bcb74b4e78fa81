"""Attacks the program as its users, its ports, its files and its machine may, and prints what it held.

    .venv/bin/python -m benchmarks.attack [--seed 0] [--only KIND]... [--jobs 2] [--list]

An attack runs the program in a process group of its own, with a time limit. It is held if it ends in time, with
a status that the attack's row allows; if no traceback and no character that takes effect on a terminal reaches its
output; if no process outlives it; and if the reports, and the records of lanes that nothing was done to, are what they
are without the attack. Prints how many of each kind were held, and each that was not with its command line and the
reason; exit status 1 then.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from shutil import rmtree
from tempfile import TemporaryDirectory
from time import monotonic

from benchmarks.attack import disks, files, journals, kills, ports, streams, surroundings, vectors, words
from benchmarks.attack.attack import Attack, held
from benchmarks.attack.ground import Ground, make_ground

FAMILIES = (kills, disks, ports, journals, vectors, files, streams, words, surroundings)


def main() -> None:
    parser = argparse.ArgumentParser(description="Attack the program in every way, and print what it held.")
    parser.add_argument("--seed", type=int, default=0, help="of what is drawn")
    parser.add_argument(
        "--only",
        action="append",
        metavar="KIND",
        help="of attacks, or KIND: NAME as far as it tells one; may be repeated",
    )
    parser.add_argument("--jobs", type=int, default=2, help="attacks at a time")
    parser.add_argument("--list", action="store_true", help="print the attacks, and carry out none")
    given = parser.parse_args()
    begun = monotonic()
    with TemporaryDirectory(prefix="attack-") as name:
        ground = make_ground(Path(name))
        wanted = tuple(given.only or [""])
        attacks = [each for each in _attacks(ground, given.seed) if f"{each.kind}: {each.name}".startswith(wanted)]
        if given.list:
            print("\n".join(f"{each.kind}: {each.name}: {each.command}" for each in attacks))
            return
        made, lost = _carried_out(attacks, Path(name) / "attacks", given.jobs)
    for kind, count in made.items():
        print(f"{kind}: {count - lost[kind]} of {count} held")
    print(
        f"{made.total() - lost.total()} of {made.total()} attacks held, seed {given.seed}, {monotonic() - begun:.0f} s"
    )
    sys.exit(lost.total() > 0)


def _attacks(ground: Ground, seed: int) -> Iterator[Attack]:
    for family in FAMILIES:
        # A seed of its own for each: that one family draws more changes nothing of the others.
        yield from family.attacks(ground, Random(f"{seed}/{family.__name__}"))


def _carried_out(attacks: list[Attack], folder: Path, jobs: int) -> tuple[Counter[str], Counter[str]]:
    """How many there were of each kind, and how many of them were not held."""
    made, lost = Counter[str](), Counter[str]()

    def carry_out(numbered: tuple[int, Attack]) -> tuple[Attack, str | None]:
        number, attack = numbered
        here = folder / str(number)
        here.mkdir(parents=True)
        try:
            return attack, held(attack, here)
        finally:
            rmtree(here, ignore_errors=True)

    with ThreadPoolExecutor(jobs) as pool:
        for attack, problem in pool.map(carry_out, enumerate(attacks)):
            made[attack.kind] += 1
            if problem is not None:
                lost[attack.kind] += 1
                print(f"NOT HELD: {attack.kind}: {attack.name}\n  {attack.command}\n  {problem}", flush=True)
    return made, lost


if __name__ == "__main__":
    main()
