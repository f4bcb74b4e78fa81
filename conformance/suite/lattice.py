"""What a corpus covers: how many trials ask each value of each parameter by direction and dtype, and what none asks.

Knows: trials, directions, dtypes; the parameters are those of the part `coverage` of a kind's package. Must not know:
how the lattice is printed (`conformance.cli.lattice`).

Only right calls count: a wrong one has no result that a dtype or a direction could matter for.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from conformance.operators.facts import facts
from conformance.operators.kind import Facts
from conformance.operators.registry import operators, part
from conformance.suite.case import RightTrial, Trial
from conformance.suite.dtypes import FORMATS
from reference.family import DIRECTIONS, Direction, Operator

Column: TypeAlias = tuple[Direction, str]
"""direction and dtype"""

# Gradients are asked in floating-point dtypes only.
COLUMNS: tuple[Column, ...] = tuple(
    (direction, dtype)
    for direction in DIRECTIONS
    for dtype, form in FORMATS.items()
    if direction == "forward" or form.kind == "real"
)


@dataclass(frozen=True, slots=True)
class LatticeRow:
    """One value of one parameter: its trials in each column where there can be any."""

    parameter: str
    value: str
    counts: Mapping[Column, int]

    @property
    def holes(self) -> tuple[Column, ...]:
        """The columns in which no trial asks this value."""
        return tuple(column for column, count in self.counts.items() if not count)


@dataclass(frozen=True, slots=True)
class Coverage:
    """The lattice of one operator."""

    operator: str
    trials: int
    refusals: int
    """how many of them are wrong calls"""
    rows: tuple[LatticeRow, ...]

    @property
    def cells(self) -> int:
        """How many cells of the lattice can have a trial."""
        return sum(len(row.counts) for row in self.rows)

    @property
    def empty(self) -> int:
        """How many of them have none."""
        return sum(len(row.holes) for row in self.rows)


def coverage(trials: Iterable[Trial]) -> tuple[Coverage, ...]:
    """The lattice of each operator, in the order of the family; one that no trial asks is all holes."""
    asked: dict[str, list[Trial]] = {name: [] for name in operators()}
    for trial in trials:
        asked[trial.call.operator].append(trial)
    covered = []
    for name, of_operator in asked.items():
        right = [facts(trial) for trial in of_operator if isinstance(trial, RightTrial)]
        parameters: Sequence[Parameter] = part(name, "coverage").PARAMETERS
        rows = []
        for parameter in parameters:
            found = Counter(
                (value, (each["direction"], each["dtype"])) for each in right for value in parameter.of(each)
            )
            for value in parameter.values(operators()[name]):
                counts = {column: found[value, column] for column in COLUMNS if parameter.possible(value, column)}
                rows.append(LatticeRow(parameter.name, value, counts))
        covered.append(Coverage(name, len(of_operator), len(of_operator) - len(right), tuple(rows)))
    return tuple(covered)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One dimension of the lattice. The values need not exclude one another: a kernel is odd and beyond its input."""

    name: str
    values: Callable[[Operator], tuple[str, ...]]
    """those that an operator has"""
    of: Callable[[Facts], tuple[str, ...]]
    """those that a right call takes"""
    possible: Callable[[str, Column], bool] = lambda value, column: True
