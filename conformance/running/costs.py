"""What trials cost, as measured, lane by lane: seconds from the question to the verdict; and shards of equal cost.

Knows: journals, and the small table that is made of them.

Machines that run the shards of one run do not talk to each other, so all of them need the same table. One is shipped
beside the cases; another may be named. Costs are whole microseconds: sums of them are the same on every machine.
A table names the trials that stand out; what the others of a case cost is told once, under the case's own name.
"""

import errno
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from heapq import heapify, heapreplace
from pathlib import Path
from statistics import mean, median
from typing import Any, TypeAlias

from conformance.errors import JournalError, UsageError
from conformance.files import read_regular
from conformance.journal import Journal, read_journal

SHIPPED = "costs.json"
"""its name beside the shipped cases"""
FORMAT = 1
# Of a table; a journal may be larger, and is read line by line.
MOST_BYTES = 2**26
# About twelve days: what costs more than any time limit allows was not measured.
MOST_MICROS = 10**12
# Significant ones of a cost in a table: more of them are noise.
DIGITS = 2
# Times the median of its case costs a trial that a condensed table names.
STANDS_OUT = 4
# A lane that no table knows costs what the oracle does, of which the reference's lane is a measure.
YARDSTICK = "reference"

Micros: TypeAlias = int


@dataclass(frozen=True, slots=True)
class Costs:
    """Microseconds by lane and trial id."""

    lanes: Mapping[str, Mapping[str, Micros]]

    @property
    def digest(self) -> str:
        """Names the table: shards that were cut by two of them are no run."""
        ordered = {lane: dict(sorted(costs.items())) for lane, costs in sorted(self.lanes.items())}
        return sha256(json.dumps(ordered).encode()).hexdigest()[:16]

    def of(self, trials: Sequence[str], lanes: Iterable[str]) -> dict[str, Micros]:
        """What each trial costs in all these lanes together, at least 1.

        A trial that the table does not name costs what the table says of its case, else the mean of those of its case
        that it names, or of all trials where its case is new as well.
        """
        totals = dict.fromkeys(trials, 0)
        for table in map(self._table, lanes):
            usual = round(mean(table.values())) if table else 1
            of_case = {case: table.get(case, round(mean(costs.values()))) for case, costs in _by_case(table).items()}
            for trial in trials:
                totals[trial] += table.get(trial, of_case.get(_parted(trial)[0], usual))
        return {trial: max(cost, 1) for trial, cost in totals.items()}

    def _table(self, lane: str) -> Mapping[str, Micros]:
        """That of the lane, of its framework's plain lane, or of the yardstick."""
        plain = lane.partition("@")[0].partition(":")[0]
        known = (self.lanes.get(name) for name in (lane, plain, YARDSTICK))
        return next((table for table in known if table), {})


def read_costs(path: Path) -> Costs:
    """The costs of a table, or of the journal of a run; raises UsageError for a file that is neither."""
    try:
        content = json.loads(read_regular(path, MOST_BYTES))
    except OSError as error:
        if error.errno != errno.EFBIG:
            raise UsageError(f"{path}: {error.strerror}") from error
        content = None
    except (ValueError, RecursionError):  # several lines, as a journal has; or nested without an end
        content = None
    if isinstance(content, dict) and "costs" in content:
        return _table(path, content)
    try:
        return measured([read_journal(path)])
    except JournalError as error:
        raise UsageError(
            f"{error}\n{path}: no costs; expected a journal, or a table that `conformance cases costs` wrote"
        ) from error


def measured(journals: Iterable[Journal]) -> Costs:
    """The median of what each trial cost in each lane. Raises UsageError where no record tells what it cost."""
    seconds: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for journal in journals:
        for record in journal.records:
            if record.elapsed is not None:
                seconds[record.lane][record.trial].append(record.elapsed)
    if not seconds:
        raise UsageError("no record tells what it cost; journals of this version's `conformance run` do")
    return Costs({lane: {trial: _micros(median(each)) for trial, each in of.items()} for lane, of in seconds.items()})


def condensed(costs: Costs) -> Costs:
    """The same with one cost for all trials of a case that cost about the same, in each lane."""
    lanes: dict[str, dict[str, Micros]] = {}
    for lane, table in costs.lanes.items():
        few = lanes[lane] = {}
        for case, trials in _by_case(table).items():
            limit = STANDS_OUT * median(trials.values())
            few[case] = _micros(mean(cost for cost in trials.values() if cost <= limit) / 1e6)
            few.update({trial: cost for trial, cost in trials.items() if cost > limit})
    return Costs(lanes)


def cut(costs: Mapping[str, int], count: int) -> tuple[frozenset[str], ...]:
    """The trials of each of `count` shards."""
    shards: Sequence[set[str]] = [set() for _ in range(count)]
    loads = [(0, number) for number in range(count)]
    heapify(loads)
    for trial in sorted(costs, key=lambda trial: (-costs[trial], sha256(trial.encode()).digest())):
        load, number = loads[0]
        shards[number].add(trial)
        heapreplace(loads, (load + costs[trial], number))
    return tuple(frozenset(shard) for shard in shards)


def written(costs: Costs) -> str:
    """The table as text: for each trial, under its case, its cost in each lane; null where it was not measured."""
    lanes = sorted(costs.lanes)
    cases: dict[str, dict[str, list[Micros | None]]] = defaultdict(dict)
    for trial in sorted({trial for table in costs.lanes.values() for trial in table}):
        case, swept = _parted(trial)
        cases[case][swept] = [costs.lanes[lane].get(trial) for lane in lanes]
    rows = ",\n".join(
        f"{json.dumps(case)}: {json.dumps(trials, separators=(',', ':'))}" for case, trials in cases.items()
    )
    return f'{{"format": {FORMAT}, "unit": "microseconds", "lanes": {json.dumps(lanes)}, "costs": {{\n{rows}\n}}}}\n'


def _table(path: Path, content: Mapping[str, Any]) -> Costs:
    if content.get("format") != FORMAT:
        raise UsageError(f"{path}: cost table of format {content.get('format')!r}; this version reads {FORMAT}")
    lanes: dict[str, dict[str, Micros]] = {}
    try:
        for number, lane in enumerate(content["lanes"]):
            lanes[str(lane)] = {
                case + swept: _cost(row[number])
                for case, trials in content["costs"].items()
                for swept, row in trials.items()
                if row[number] is not None
            }
    except (AttributeError, IndexError, KeyError, OverflowError, TypeError, ValueError) as error:
        raise UsageError(
            f"{path}: not a cost table: {type(error).__name__}: {error}; `conformance cases costs` writes one"
        ) from error
    return Costs(lanes)


def _cost(number: Any) -> Micros:
    cost = int(number)
    if not 1 <= cost <= MOST_MICROS:
        raise ValueError(f"{str(number)[:40]} is not a cost; expected whole microseconds from 1 to {MOST_MICROS}")
    return cost


def _micros(seconds: float) -> Micros:
    """Whole microseconds with DIGITS significant digits."""
    return max(int(float(f"{seconds * 1e6:.{DIGITS - 1}e}")), 1)


def _parted(trial: str) -> tuple[str, str]:
    """The case, and what its sweep adds to the id."""
    case, bracket, swept = trial.partition("[")
    return case, bracket + swept


def _by_case(table: Mapping[str, Micros]) -> Mapping[str, Mapping[str, Micros]]:
    cases: dict[str, dict[str, Micros]] = defaultdict(dict)
    for trial, cost in table.items():
        cases[_parted(trial)[0]][trial] = cost
    return cases
