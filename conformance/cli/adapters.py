"""`conformance adapters`."""

import json
from dataclasses import asdict

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from conformance.adapters.lane import BUILT_IN, DEFAULT_LANES, adapter_names, missing_framework, parse_lane
from conformance.running.process import Hello, NoWorker, Worker


@click.command("adapters")
@click.option("--format", "wanted", type=click.Choice(["terminal", "json"]), default="terminal", show_default=True)
def command(wanted: str) -> None:
    """Show what is installed, in which versions, and the modes of each adapter.

    Starts one worker per installed framework, which takes some seconds.
    """
    names = {**dict.fromkeys(lane.partition(":")[0] for lane in DEFAULT_LANES), **dict.fromkeys(adapter_names())}
    rows = [_row(name) for name in names]
    if wanted == "json":
        click.echo(json.dumps(rows, indent=2))
        return
    table = Table("adapter", "version", "modes", "flags or what to do")
    for row in rows:
        notes = row["hint"] or ", ".join(f"{name}={flag}" for name, flag in row["flags"].items() if flag)
        table.add_row(row["adapter"], escape(row["version"] or "-"), ", ".join(row["modes"]), escape(notes))
    Console().print(table)


def _row(name: str) -> dict[str, object]:
    lane = parse_lane(name)
    known = BUILT_IN.get(name)
    modes = list(known.modes) if known else []
    hint = missing_framework(lane)
    answer = NoWorker(True, hint) if hint else _started(Worker(lane))
    match answer:
        case Hello():
            return {"adapter": name, "modes": modes, "hint": "", **asdict(answer)}
        case NoWorker(_, message):
            return {"adapter": name, "modes": modes, "hint": message, "version": "", "versions": {}, "flags": {}}


def _started(worker: Worker) -> Hello | NoWorker:
    try:
        return worker.start()
    finally:
        worker.kill()
