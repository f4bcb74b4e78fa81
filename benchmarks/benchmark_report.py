"""reports/benchmark.json and reports/benchmark.md: one section per benchmark, each replaced when its benchmark runs.

Knows: sections and how they are shown. Must not know: what was measured.
"""

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

Cell = str | float | int


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of numbers under a title; `about` says what the columns are."""

    title: str
    about: str
    columns: list[str]
    rows: list[list[Cell]]


@dataclass(frozen=True, slots=True)
class Bar:
    """One thing that was asked for, and what was measured."""

    asked: str
    measured: str
    met: bool


@dataclass(frozen=True, slots=True)
class Section:
    """What one benchmark has to say."""

    title: str
    command: str
    machine: dict[str, str]
    bars: list[Bar]
    tables: list[Table] = field(default_factory=list)


def write(folder: Path, name: str, section: Section) -> None:
    """Puts the section in place of the one that had its name, and writes both files."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "benchmark.json"
    sections: dict[str, Any] = json.loads(file.read_text()) if file.exists() else {}
    sections[name] = asdict(section)
    file.write_text(json.dumps(dict(sorted(sections.items())), indent=1) + "\n")
    (folder / "benchmark.md").write_text(
        "# Benchmarks\n\n    make benchmark\n\n" + "\n".join(_shown(each) for _, each in sorted(sections.items()))
    )


def machine(packages: Sequence[str]) -> dict[str, str]:
    """What a reader needs to know of where figures come from."""
    model = [line.partition(":")[2] for line in _lines("/proc/cpuinfo") if line.startswith("model name")]
    flags = {word for line in _lines("/proc/cpuinfo") if line.startswith("flags") for word in line.split()}
    wide = [name for name in ("avx2", "avx512f", "amx_tile") if name in flags]
    return {
        "processor": f"{(model or [platform.processor()])[0].strip()}, {os.cpu_count()} cores, {' '.join(wide)}",
        "system": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
        "packages": ", ".join(f"{package} {version(package)}" for package in packages),
    }


def _lines(path: str) -> list[str]:
    file = Path(path)
    return file.read_text().splitlines() if file.exists() else []


def _shown(section: dict[str, Any]) -> str:
    """A section in Markdown."""
    lines = [f"## {section['title']}", "", f"    {section['command']}", ""]
    lines += [f"- {name}: {said}" for name, said in section["machine"].items()] + [""]
    lines += _table(["asked for", "measured", "met"], [[*list(bar.values())[:2], _met(bar)] for bar in section["bars"]])
    for table in section["tables"]:
        lines += [f"### {table['title']}", "", table["about"], "", *_table(table["columns"], table["rows"])]
    return "\n".join(lines)


def _met(bar: dict[str, Any]) -> str:
    return "yes" if bar["met"] else "**no**"


def _table(columns: list[str], rows: list[list[Cell]]) -> list[str]:
    shown = [columns, ["---"] * len(columns), *([_cell(cell) for cell in row] for row in rows)]
    return [f"| {' | '.join(row)} |" for row in shown] + [""]


def _cell(cell: Cell) -> str:
    return cell if isinstance(cell, str) else f"{cell:.3g}" if abs(cell) < 1000 else f"{cell:.0f}"
