"""The coverage of a corpus as text and as JSON.

Knows: how wide a terminal is. Must not know: how trials are counted (`conformance.suite.lattice`).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from conformance.suite.lattice import COLUMNS, Column, Coverage, LatticeRow
from reference.family import DIRECTIONS, Direction

SHORT = {
    "float64": "f64", "float32": "f32", "float16": "f16", "bfloat16": "bf16",
    "int32": "i32", "int64": "i64", "int8": "i8", "uint8": "u8", "complex64": "c64", "complex128": "c128",
}  # fmt: skip
# Characters: the longest parameter with its longest value, and a count of five digits.
LABEL, CELL = 30, 5
HOLE = "."
BETWEEN = " |"
Columns: TypeAlias = Mapping[Direction, tuple[Column, ...]]


def lattice_lines(covered: Sequence[Coverage]) -> Iterator[str]:
    """A block for each operator, of the directions and dtypes that it can be asked in, and after them what is empty."""
    for coverage in covered:
        of = _columns(coverage)
        yield f"{coverage.operator}: {coverage.trials} trials, {coverage.refusals} of them wrong calls"
        yield _line("", of, {direction: direction for direction in of})
        yield _line(
            "", of, {direction: _cells(SHORT[dtype] for _, dtype in columns) for direction, columns in of.items()}
        )
        for row in coverage.rows:
            # A count, a hole's sign, or nothing where there can be no trial.
            counts = {column: str(row.counts[column] or HOLE) if column in row.counts else "" for column in COLUMNS}
            cells = {direction: _cells(counts[column] for column in columns) for direction, columns in of.items()}
            yield _line(f"{row.parameter} {row.value}", of, cells)
        yield ""
    yield f"holes ({HOLE}): {sum(each.empty for each in covered)} of {sum(each.cells for each in covered)} cells"
    for coverage in covered:
        for row in coverage.rows:
            if row.holes:
                dtypes = {d: ", ".join(dtype for of, dtype in row.holes if of == d) for d in DIRECTIONS}
                named = "; ".join(f"{direction} {empty}" for direction, empty in dtypes.items() if empty)
                yield f"  {coverage.operator} {row.parameter} {row.value}: {named}"


def lattice_entries(covered: Sequence[Coverage]) -> list[dict[str, Any]]:
    """The same as a program reads it."""
    return [
        {
            "operator": coverage.operator,
            "trials": coverage.trials,
            "refusals": coverage.refusals,
            "cells": coverage.cells,
            "holes": coverage.empty,
            "rows": [
                {
                    "parameter": row.parameter,
                    "value": row.value,
                    "trials": _by_direction(row),
                    "holes": [list(column) for column in row.holes],
                }
                for row in coverage.rows
            ],
        }
        for coverage in covered
    ]


def _columns(coverage: Coverage) -> Columns:
    """Those in which a row of the operator can have trials."""
    possible = {column for row in coverage.rows for column in row.counts}
    columns = {
        direction: tuple(column for column in COLUMNS if column[0] == direction and column in possible)
        for direction in DIRECTIONS
    }
    return {direction: found for direction, found in columns.items() if found}


def _line(label: str, of: Columns, cells: Mapping[Direction, str]) -> str:
    widths = {direction: CELL * len(columns) for direction, columns in of.items()}
    return f"{label:{LABEL}}" + BETWEEN.join(f"{cells[each]:>{width}}" for each, width in widths.items())


def _cells(texts: Iterator[str]) -> str:
    return "".join(f"{text:>{CELL}}" for text in texts)


def _by_direction(row: LatticeRow) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for (direction, dtype), count in row.counts.items():
        found.setdefault(direction, {})[dtype] = count
    return found
