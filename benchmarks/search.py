"""Counts in how many calls a search finds deliberately wrong adapters, and how small their calls become.

    .venv/bin/python benchmarks/search.py [--mutants 40] [--calls 1000] [--seed 0] [--minimum 0.8]

Mutants are taken evenly from the list of all, those that differ in numbers or shape alone; a right one in each ten may
not be flagged. Each is asked calls of the operators that it declares until one is wrong, which is then made small. It
exits with 1 where fewer than the minimum are found, or a right one is flagged. What is not found is named: mostly what
shows in one dtype, one length or one series of calls.
"""

import argparse
import sys
from collections.abc import Sequence
from statistics import median

from conformance.adapters.lane import parse_lane
from conformance.mutants import mutants
from conformance.mutants.kinds import KindMutant
from conformance.searching.asking import Asker, WaivedCauses
from conformance.searching.draft import shipped_drafts
from conformance.searching.drawing import Drawer, Space
from conformance.searching.search import Search, Searched
from conformance.suite.case import RightTrial

WRONG = {"differs", "wrong_shape"}


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--mutants", type=int, default=40)
    options.add_argument("--calls", type=int, default=1000)
    options.add_argument("--seed", default="0")
    options.add_argument("--minimum", type=float, default=0.8)
    given = options.parse_args()
    known = [each for each in mutants().values() if not each.alone]
    wrong = spread([each for each in known if each.outcomes and WRONG.issuperset(each.outcomes)], given.mutants)
    right = spread([each for each in known if not each.outcomes], max(given.mutants // 10, 1))
    found: list[Searched] = []
    missed = []
    for each in wrong:
        searched = searching(each, given.calls, given.seed)
        if searched.found:
            found.append(searched)
            smallest = min(one.draft.elements for one in searched.found)
            print(f"{each.name:44} {len(searched.trials):5} calls, {smallest:4} elements", flush=True)
        else:
            missed.append(each.name)
            print(f"{each.name:44} not found", flush=True)
    flagged = [each.name for each in right if searching(each, given.calls // 4, given.seed).found]
    calls = [len(searched.trials) for searched in found]
    sizes = [min(one.draft.elements for one in searched.found) for searched in found]
    print(
        f"found {len(found)} of {len(wrong)} mutants within {given.calls} calls, half of them within "
        f"{median(calls):.0f}, and made half of their calls as small as {median(sizes):.0f} elements; "
        f"{len(flagged)} of {len(right)} right ones were flagged"
    )
    print(f"not found: {', '.join(missed) or 'none'}; flagged: {', '.join(flagged) or 'none'}")
    return int(len(found) < given.minimum * len(wrong) or bool(flagged))


def spread(every: Sequence[KindMutant], count: int) -> Sequence[KindMutant]:
    return [every[number * len(every) // count] for number in range(min(count, len(every)))]


def searching(mutant: KindMutant, calls: int, seed: str) -> Searched:
    asker = Asker([parse_lane(f"conformance.mutants:Mutant:{mutant.name}")], (), timeout=20.0)
    try:
        asker.start()
        (declared,) = asker.declared()
        drafts = shipped_drafts(declared.known_operators())
        spaces = [
            Space(name, [each for each in of_operator if isinstance(each.trial, RightTrial)])
            for name, of_operator in drafts.items()
        ]
        drawer = Drawer(spaces, asker.says, declared.known_dtypes(), declared.directions, seed)
        return Search(asker, drawer, WaivedCauses(), lambda text: None).run(600, calls, first=True)
    finally:
        asker.close()


if __name__ == "__main__":
    sys.exit(main())
