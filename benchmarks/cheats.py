"""Which cheats the quick tier catches with --thorough, and in which operators; and that right engines are not flagged.

    .venv/bin/python benchmarks/cheats.py [CHEAT ...] [--tier quick] [--seed N]

Prints a line for each cheat and engine of `conformance/mutants/cheats.py`: trials that caught it, of how many that it
answered, and the operators in which none did. Exit status 1 where a cheat is caught nowhere, or an engine is flagged.
"""

import argparse
import sys
from collections import Counter
from time import perf_counter

from conformance.adapters.lane import parse_lane
from conformance.mutants import CHEATS
from conformance.running.examination import Examination
from conformance.running.session import LaneSession
from conformance.suite.corpus import of_tier, seeded, select
from conformance.suite.tiers import ASKED, LARGE, QUICK

TIMEOUT = 60.0


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("cheats", nargs="*", metavar="CHEAT")
    parser.add_argument("--tier", choices=ASKED, default=QUICK)
    parser.add_argument("--seed", default="")
    given = parser.parse_args()
    trials = seeded(of_tier(select([], given.tier), given.tier), given.seed)
    examination, wrong = Examination(), 0
    large = given.tier == LARGE
    for name in given.cheats or [name for name, cheat in CHEATS.items() if cheat.large == large]:
        cheat, started = CHEATS[name], perf_counter()
        session = LaneSession(parse_lane(f"conformance.mutants:Cheater:{name}"), examination, TIMEOUT, 1, thorough=True)
        try:
            session.start()
            records = list(session.ask_all(trials))
        finally:
            session.close()
        caught = [record for record in records if not record.conforms]
        flags = Counter(str(flag) for record in caught for flag in record.flags)
        operators = {record.trial.partition("/")[0] for record in records}
        missed = sorted(operators - {record.trial.partition("/")[0] for record in caught})
        fails = not caught if cheat.wrong else bool(caught)
        wrong += fails
        kind = ("NOT CAUGHT" if fails else "caught") if cheat.wrong else ("FLAGGED" if fails else "right")
        told = f"; in no trial of {', '.join(missed)}" if cheat.wrong and missed else ""
        said = "".join(f", {count} {flag}" for flag, count in sorted(flags.items()))
        seconds = perf_counter() - started
        by = "by" if cheat.wrong or fails else "everywhere, flagged by"
        print(f"{name}: {kind} {by} {len(caught)} of {len(records)}{said}, {seconds:.1f} s{told}", flush=True)
        if fails and not cheat.wrong:
            print(f"  {caught[0].trial}: {caught[0].detail}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
