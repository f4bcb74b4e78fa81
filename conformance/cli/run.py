"""`conformance run`."""

import os
import platform
import signal
import sys
from collections import Counter
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import click
import numpy as np
from rich.console import Console

from conformance import __version__
from conformance.adapters.lane import DEFAULT_LANES, Lane, load_adapter, missing_framework, parse_lane
from conformance.cli.explain import make_folder, write_scripts
from conformance.cli.progress import progress
from conformance.errors import IncompleteError, JournalError, UsageError
from conformance.judging.question import check_recorded
from conformance.judging.waivers import read_waivers
from conformance.report.script_files import read_scripts
from conformance.report.summary import exit_status, summarise
from conformance.report.writing import print_report, write_reports
from conformance.running.assignment import Assignment
from conformance.running.entries import content_hash, trial_entry
from conformance.running.environment import environment_flags
from conformance.running.journal import Header, Journal, JournalWriter, is_blank, read_journal
from conformance.running.runner import now, run
from conformance.suite.case import Trial
from conformance.suite.corpus import WAIVERS, select, shipped_cases


class _Shard(click.ParamType[tuple[int, int]]):
    name = "I/N"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        number, _, count = str(value).partition("/")
        if not (number.isdecimal() and count.isdecimal() and 1 <= int(number) <= int(count)):
            self.fail(f"{value!r} is no shard; expected I/N with 1 <= I <= N, such as 1/4", param, ctx)
        return int(number), int(count)


@click.command("run")
@click.argument("selection", nargs=-1, metavar="[SELECT]...")
@click.option("--lane", "lane_names", multiple=True, metavar="LANE",
              help="NAME[:mode][@device], package.module:Adapter or exec:COMMAND; may be repeated. "
              "Without it: every lane whose framework is installed.")  # fmt: skip
@click.option("--output", type=click.Path(path_type=Path, file_okay=False), default=Path("conformance-report"),
              show_default=True, help="folder for journal.jsonl and the reports")  # fmt: skip
@click.option("--shard", type=_Shard(), help="run the I-th of N equal parts")
@click.option("--resume", is_flag=True, help="go on with the journal in the output folder")
@click.option("--timeout", type=click.FloatRange(min=0.001), default=60.0, show_default=True, metavar="S",
              help="seconds a trial may take, once its lane is warm")  # fmt: skip
@click.option("--threads", type=click.IntRange(min=1), default=1, show_default=True, help="threads of each framework")
@click.option("--waivers", "waiver_files", multiple=True, metavar="FILE",
              type=click.Path(path_type=Path, dir_okay=False, exists=True),
              help="excuse this file's known deviations too; may be repeated")  # fmt: skip
@click.option("--no-waivers", is_flag=True, help="leave the shipped waivers out")
@click.option("--script-dir", type=click.Path(path_type=Path, file_okay=False),
              help="folder for the stand-alone script of every nonconformance, waived or not")  # fmt: skip
@click.option("--quiet", is_flag=True, help="no progress")
def command(
    selection: tuple[str, ...], lane_names: tuple[str, ...], output: Path, shard: tuple[int, int] | None,
    resume: bool, timeout: float, threads: int, waiver_files: tuple[Path, ...], no_waivers: bool,
    script_dir: Path | None, quiet: bool,
) -> int:  # fmt: skip
    """Run the selected trials through every lane.

    SELECT is a case file, a folder of them, or a pattern of trial ids of the shipped corpus, where * stands for any
    text. Without it, the whole shipped corpus runs.
    """
    trials = _shard(select(selection), shard)
    check_recorded(trials)
    lanes = _lanes(lane_names)
    shipped = [] if no_waivers else sorted((shipped_cases() / WAIVERS).glob("*.yaml"))
    waivers = read_waivers([*shipped, *waiver_files])
    assignment = Assignment(
        trials, lanes, waivers, timeout, threads,
        whole_corpus=not selection and shard is None,
        measures=not selection and (shard is None or shard[0] == 1),
    )  # fmt: skip
    journal_path = output / "journal.jsonl"
    header = _header(assignment, selection, shard)
    previous = _previous(journal_path, header) if resume else None
    if script_dir is not None:
        make_folder(script_dir)
    _stop_on_termination()
    done = Counter(record.lane for record in previous.records) if previous else Counter[str]()
    with (
        _writer(journal_path, resume=previous is not None) as writer,
        progress([lane.text for lane in lanes], len(trials), done, quiet=quiet) as listener,
    ):
        run(assignment, header, writer, previous, listener)
    journal = read_journal(journal_path)
    told = [] if script_dir is None else write_scripts(journal, trials, lanes, script_dir)
    write_reports(journal, output, None if script_dir is None else read_scripts(script_dir, journal))
    summary = summarise(journal)
    print_report(journal, Console())
    click.echo(f"\nReports: {output / 'report.html'}, report.md, summary.json, junit.xml; journal: {journal_path}")
    if told:
        click.echo("\n".join(told))
    return exit_status(summary)


def _lanes(names: Sequence[str]) -> list[Lane]:
    if names:
        lanes = [parse_lane(name) for name in dict.fromkeys(names)]
        for lane in lanes:
            if not lane.command:
                load_adapter(lane)
        missing = [f"lane {lane.text}: {hint}" for lane in lanes if (hint := missing_framework(lane))]
        if missing:
            raise IncompleteError("\n".join(missing))
        return lanes
    lanes = []
    for lane in map(parse_lane, DEFAULT_LANES):
        hint = missing_framework(lane)
        if hint is None:
            lanes.append(lane)
        else:
            click.echo(f"note: lane {lane.text} is left out: {hint}", err=True)
    return lanes


def _shard(trials: list[Trial], shard: tuple[int, int] | None) -> list[Trial]:
    """Every N-th trial in the order of their ids' digests, which spreads costly neighbours over the shards."""
    if shard is None:
        return trials
    number, count = shard
    ranked = sorted(trials, key=lambda trial: sha256(trial.id.encode()).digest())
    kept = {trial.id for trial in ranked[number - 1 :: count]}
    return [trial for trial in trials if trial.id in kept]


def _header(assignment: Assignment, selection: tuple[str, ...], shard: tuple[int, int] | None) -> Header:
    return Header(
        suite_version=__version__,
        content_hash=content_hash(map(trial_entry, assignment.trials)),
        started=now(),
        command=("conformance", *sys.argv[1:]),
        machine={
            "system": platform.platform(),
            "processor": _processor(),
            "cores": str(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()),
            "python": platform.python_version(),
            "numpy": np.__version__,
        },
        flags={"timeout": f"{assignment.timeout:g}", "threads": str(assignment.threads), **environment_flags()},
        lanes=tuple(lane.text for lane in assignment.lanes),
        selection=selection,
        trials=len(assignment.trials),
        shard="" if shard is None else f"{shard[0]}/{shard[1]}",
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def _previous(path: Path, header: Header) -> Journal | None:
    """The journal to go on with; None for one whose run was killed before its first line was whole."""
    if is_blank(path):
        return None
    journal = read_journal(path)
    if journal.header.content_hash != header.content_hash:
        raise JournalError(f"{path}: cannot resume: it asked other trials; run without --resume, or select the same")
    if journal.header.lanes != header.lanes:
        lanes = " ".join(f"--lane {lane}" for lane in journal.header.lanes)
        raise JournalError(f"{path}: cannot resume: its lanes were {lanes}")
    return journal


def _writer(path: Path, *, resume: bool) -> JournalWriter:
    try:
        return JournalWriter(path, resume=resume)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror}") from error


def _stop_on_termination() -> None:
    """SIGTERM, which CI systems send, ends a run as Ctrl-C does: with a footer and reports."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)
