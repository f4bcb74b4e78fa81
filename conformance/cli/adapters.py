"""`conformance adapters`."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from conformance.adapters.lane import (
    BUILT_IN,
    DEFAULT_LANES,
    adapter_names,
    load_adapter,
    missing_framework,
    parse_lane,
)
from conformance.adapters.support import supported_operators
from conformance.operators.registry import operators
from conformance.protocol.hello import Hello, NoWorker
from conformance.report.wording import printable
from conformance.workers.process import Worker


@click.command("adapters")
@click.option("--format", "wanted", type=click.Choice(["terminal", "json"]), default="terminal", show_default=True)
def command(wanted: str) -> None:
    """Show what is installed, in which versions, the modes of each adapter, and what it supports.

    An operator is supported where the adapter says at least one of its calls of the quick tier; dtypes and directions
    are those that it declares. --format json lists them.

    Starts one worker per installed framework, which takes some seconds.
    """
    names = {**dict.fromkeys(lane.partition(":")[0] for lane in DEFAULT_LANES), **dict.fromkeys(adapter_names())}
    rows = [_row(name) for name in names]
    if wanted == "json":
        click.echo(json.dumps([asdict(row) for row in rows], indent=2))
        return
    table = Table("adapter", "version", "modes", "supports", "flags or what to do")
    for row in rows:
        notes = row.hint or ", ".join(f"{name}={flag}" for name, flag in row.flags.items() if flag)
        table.add_row(
            row.adapter,
            escape(printable(row.version) or "-"),
            ", ".join(row.modes),
            row.supports,
            escape(printable(notes)),
        )
    Console().print(table)


@dataclass(frozen=True, slots=True)
class _Row:
    adapter: str
    modes: tuple[str, ...]
    hint: str = ""
    """what to do about a framework that is missing or fails"""
    version: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    flags: Mapping[str, str] = field(default_factory=dict)
    operators: tuple[str, ...] = ()
    """those of which it says at least one call of the quick tier"""
    features: tuple[str, ...] = ()
    directions: tuple[str, ...] = ()
    dtypes: tuple[str, ...] = ()

    @property
    def supports(self) -> str:
        """In a line; the lists are in the other format."""
        gradients = "gradients" if len(self.directions) > 1 else "no gradients"
        return f"{len(self.operators)} of {len(operators())} operators, {gradients}, {len(self.dtypes)} dtypes"


def _row(name: str) -> _Row:
    lane = parse_lane(name)
    known = BUILT_IN.get(name)
    modes = known.modes if known else ()
    adapter = load_adapter(lane)
    row = _Row(
        name,
        modes,
        operators=supported_operators(adapter),
        features=adapter.features,
        directions=adapter.directions,
        dtypes=adapter.dtypes,
    )
    hint = missing_framework(lane)
    answer = NoWorker(True, hint) if hint else _started(Worker(lane))
    match answer:
        case Hello():
            return replace(row, version=answer.version, versions=answer.versions, flags=answer.flags)
        case NoWorker(_, message):
            return replace(row, hint=message)


def _started(worker: Worker) -> Hello | NoWorker:
    try:
        return worker.start()
    finally:
        worker.kill()
