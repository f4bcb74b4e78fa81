"""`conformance run`."""

import os
import platform
import signal
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click
import numpy as np
from rich.console import Console

from conformance import __version__
from conformance.adapters.lane import DEFAULT_LANES, Lane, load_adapter, missing_framework, parse_lanes
from conformance.cli.arguments import MOST_THREADS, Seconds, Shard, called, seed, thorough, variables
from conformance.cli.beside import page_inputs, page_scripts
from conformance.cli.explain import make_folder, write_scripts
from conformance.cli.progress import Outlook, duration, progress
from conformance.cli.results import hold_journal, journal_writer, leave_earlier, write_results
from conformance.cli.streams import heard_or_not, mutter
from conformance.errors import IncompleteError, JournalError, UsageError
from conformance.journal import Header, Journal, content_hash, is_blank, part_hash, read_journal
from conformance.journal.records import trial_entry
from conformance.judging.question import check_recorded
from conformance.judging.waivers import read_waivers
from conformance.report import wording
from conformance.report.script_files import read_scripts
from conformance.report.summary import exit_status, summarise
from conformance.report.writing import print_report
from conformance.running.assignment import Assignment
from conformance.running.costs import SHIPPED, Costs, cut, read_costs
from conformance.running.lane_run import Threads
from conformance.running.progress import Executor, now
from conformance.running.runner import run
from conformance.suite.case import Trial
from conformance.suite.corpus import WAIVERS, of_tier, seeded, select, shipped_cases
from conformance.suite.tiers import ASKED, FULL, QUICK
from conformance.workers.environment import environment_flags

# Until the slowest framework is imported.
START_SECONDS = 5
# The shipped costs are of a run of six lanes on two cores: while a trial of one lane was asked, those of others were,
# too, and all costs together are so many times as long as that run took.
SIDE_BY_SIDE = 3.75
# Trials; a run of more takes long enough for its reader to want the shorter way that is then named.
MANY = 1000


@dataclass(frozen=True, slots=True)
class _Where:
    """What has the trials asked: this process, or a cluster, which an empty address makes."""

    cluster: bool = False
    address: str = ""


class _Executor(click.ParamType[_Where]):
    name = "EXECUTOR"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> _Where:
        if isinstance(value, _Where):
            return value
        kind, slashes, address = str(value).partition("://")
        host, _, port = address.rpartition(":")
        if value == "local":
            return _Where()
        if kind != "dask" or bool(slashes) != bool(host and port.isdecimal()):
            self.fail(f"{value!r} is not an executor; it must be local, dask or dask://HOST:PORT", param, ctx)
        return _Where(cluster=True, address=address)


@click.command("run")
@click.argument("selection", nargs=-1, metavar="[SELECT]...")
@click.option("--lane", "lane_names", multiple=True, metavar="LANE",
              help="NAME[:mode][@device], package.module:Adapter, ./file.py:Adapter, exec:COMMAND, or "
              "NAME=exec:COMMAND, of which reports show the NAME alone; may be repeated. Without it: every lane whose "
              "framework is installed.")  # fmt: skip
@variables
@click.option("--output", type=click.Path(path_type=Path, file_okay=False), default=Path("conformance-report"),
              show_default=True, help="folder for journal.jsonl and the reports")  # fmt: skip
@click.option("--tier", type=click.Choice(ASKED), default=FULL, show_default=True,
              help="of the selected shipped trials, quick: those that catch every known mutant, in seconds; standard: "
              "those that ask everything once, in every direction and dtype; full: all; large: sizes at which "
              "implementations switch, which are in no other tier, and take seconds and gigabytes")  # fmt: skip
@click.option("--quick", "tier", flag_value=QUICK, help="the same as --tier quick")
@click.option("--full", "tier", flag_value=FULL, help="the same as --tier full")
@click.option("--shard", type=Shard(), help="run the I-th of N parts that cost about the same")
@click.option("--costs", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False),
              help="cut the shards by what trials cost in this journal or table, instead of the shipped one; the same "
              "file for every shard")  # fmt: skip
@click.option("--failed", is_flag=True,
              help="ask of the selected trials those alone that did not conform in the run whose journal is in the "
              "output folder, and were not waived; in its lanes, unless these are given")  # fmt: skip
@click.option("--resume", is_flag=True,
              help="go on with the journal in the output folder, with its selection and lanes unless these are "
              "given")  # fmt: skip
@click.option("--maxfail", type=click.IntRange(min=1), metavar="N",
              help="stop after N records that do not conform and are not waived; --resume goes on")  # fmt: skip
@click.option("--slowest", type=click.IntRange(min=1), metavar="N", help="name the N records that took longest")
@click.option("--require", multiple=True, metavar="LANE",
              help="exit with 3 where this lane has judged nothing, as where its framework is missing; may be "
              "repeated")  # fmt: skip
@click.option("--keep-earlier", type=click.IntRange(min=0), metavar="N",
              help="once this run is complete, leave the newest N complete ones of the journals that earlier runs have "
              "left in the output folder, and remove the others; without it, all stay")  # fmt: skip
@click.option("--timeout", type=Seconds(), default=60.0, show_default=True, metavar="S",
              help="seconds a trial may take, once its lane is warm")  # fmt: skip
@click.option(
    "--threads", type=click.IntRange(1, MOST_THREADS), default=1, show_default=True, help="threads of each framework"
)
@click.option("--cache", type=click.Path(path_type=Path, file_okay=False),
              help="folder in which lanes that compile (jax) keep what they compiled, for the next run with the same "
              "versions on the same processor")  # fmt: skip
@click.option("--waivers", "waiver_files", multiple=True, metavar="FILE",
              type=click.Path(path_type=Path, dir_okay=False, exists=True),
              help="excuse this file's known deviations too; may be repeated")  # fmt: skip
@click.option("--no-waivers", is_flag=True, help="leave the shipped waivers out")
@click.option("--executor", type=_Executor(), default="local", show_default=True,
              help="dask://HOST:PORT asks the trials on the workers of that dask scheduler, dask on workers that it "
              "makes here")  # fmt: skip
@click.option("--script-dir", type=click.Path(path_type=Path, file_okay=False),
              help="folder for the stand-alone script of every nonconformance, waived or not")  # fmt: skip
@seed
@thorough
@click.option("--quiet", is_flag=True, help="no progress")
def command(
    selection: tuple[str, ...], lane_names: tuple[str, ...], output: Path, tier: str, shard: tuple[int, int] | None,
    costs: Path | None, failed: bool, resume: bool, maxfail: int | None, slowest: int | None,
    require: tuple[str, ...], keep_earlier: int | None, timeout: float, threads: int,
    cache: Path | None, waiver_files: tuple[Path, ...], no_waivers: bool, executor: _Where, script_dir: Path | None,
    seed: str, thorough: bool, quiet: bool, variables: tuple[str, ...],
) -> int:  # fmt: skip
    """Run the selected trials through every lane.

    SELECT is a case file, a folder of them, or a pattern of trial ids of the shipped corpus, where * stands for any
    text. Without it, the whole shipped corpus runs.
    """
    _check_together(costs, shard, maxfail, executor)
    journal_path = output / "journal.jsonl"
    before = None
    if resume and not (selection or failed or shard) and tier == FULL and not is_blank(journal_path):
        before = read_journal(journal_path)
        selection, tier = before.header.selection, before.header.tier
        seed = seed or before.header.flags.get("seed", "")
        thorough = thorough or "thorough" in before.header.flags
        lane_names = lane_names or _lanes_of(before.header, journal_path)
    earlier = read_journal(journal_path) if failed else before
    if failed and earlier is not None and earlier.header.named_lanes:
        lane_names = lane_names or _lanes_of(earlier.header, journal_path)
    if earlier is not None:  # a label of that run stands for its lane
        lane_names = tuple(map(earlier.header.spelling, lane_names))
    selected = select(selection, tier)
    if failed and earlier is not None:
        selected = _failed(selected, earlier)
    if before is not None:  # a tier, a shard, or what had failed
        asked = seeded([trial for trial in selected if trial.id in before.trials], seed)
    else:
        asked = seeded(of_tier(selected, tier), seed)
    folder = "" if cache is None else str(cache.resolve())
    lanes = [replace(each, cache=folder) for each in _lanes(lane_names, variables, elsewhere=bool(executor.address))]
    table = read_costs(costs if costs is not None else shipped_cases() / SHIPPED)
    part = _part(asked, shard, lanes, table)
    trials = part.trials
    if not quiet:
        mutter(_outline(trials, lanes, tier, table, len(selected)))
    check_recorded(trials)
    shipped = [] if no_waivers else sorted((shipped_cases() / WAIVERS).glob("*.yaml"))
    waivers = read_waivers([*shipped, *waiver_files])
    assignment = Assignment(
        trials, lanes, waivers, timeout, threads,
        # What a waiver is about may need the shipped numbers to show.
        whole_corpus=not selection and shard is None and tier == FULL and not seed,
        samples=not (selection or failed),
        measures=not selection and (shard is None or shard[0] == 1) and tier != QUICK,
        thorough=thorough,
        most_failures=maxfail,
    )  # fmt: skip
    missing = {} if lane_names else _left_out(variables)
    _check_required(require, [*(lane.text for lane in lanes), *missing])
    header = replace(
        header_of(assignment, selection, tier, shard, part, named_lanes=bool(lane_names)),
        missing=missing,
        required=require,
    )
    with hold_journal(journal_path, header.command):
        previous = _previous(journal_path, header) if resume else None
        if script_dir is not None:
            make_folder(script_dir)
        _stop_on_termination()
        done = Counter(record.lane for record in previous.records) if previous else Counter[str]()
        with (
            _executor(executor, len(lanes)) as executes,
            journal_writer(journal_path, resume=previous is not None) as writer,
            progress(
                [lane.text for lane in lanes], len(trials), done, _outlook(trials, lanes, table, previous), quiet=quiet
            ) as listener,
        ):
            run(assignment, header, writer, previous, listener, executes)
        journal = read_journal(journal_path)
        scripts = [] if script_dir is None else write_scripts(journal, trials, lanes, script_dir)
        asked_by_id = {trial.id: trial for trial in trials}
        of_causes = page_scripts(journal, asked_by_id, lanes)
        written = {} if script_dir is None else read_scripts(script_dir, journal)
        write_results(journal, output, {**of_causes, **written}, page_inputs(journal, asked_by_id))
        if keep_earlier is not None and journal.footer is not None and journal.footer.complete:
            leave_earlier(journal_path, keep_earlier)
    summary = summarise(journal)
    with heard_or_not():
        print_report(journal, Console())
        click.echo(f"\nReports: {output / 'report.html'}, report.md, summary.json, junit.xml; journal: {journal_path}")
        click.echo("\n".join([*scripts, *_slowest(journal, slowest or 0)]), nl=bool(scripts or slowest))
    return exit_status(summary)


def _check_together(costs: Path | None, shard: tuple[int, int] | None, maxfail: int | None, executor: _Where) -> None:
    if costs is not None and shard is None:
        raise UsageError("--costs tells how to cut shards; it goes with --shard")
    if maxfail is not None and executor.cluster:
        raise UsageError("--maxfail stops a run of this machine alone; it does not go with --executor dask")


def _check_required(required: Sequence[str], lanes: Sequence[str]) -> None:
    for name in required:
        if name not in lanes:
            raise UsageError(f"--require {name}: no lane of this run is called that; its lanes are {' '.join(lanes)}")


def _lanes_of(header: Header, path: Path) -> tuple[str, ...]:
    """The lanes of the journal that is resumed, as the command line names them."""
    named = next((word for word in header.command if word.endswith("=exec:...")), None)
    if named is not None:
        raise UsageError(f"{path}: a journal does not keep the command of {named}; give --lane again")
    return tuple(map(header.spelling, header.lanes))


def _outlook(trials: Sequence[Trial], lanes: Sequence[Lane], table: Costs, previous: Journal | None) -> Outlook:
    """By what the trials cost that have no record yet."""
    done = {(record.trial, record.lane) for record in previous.records} if previous else set()
    costs = {
        lane.text: table.of([trial.id for trial in trials if (trial.id, lane.text) not in done], [lane.text])
        for lane in lanes
    }
    spent = sum(sum(of.values()) for of in costs.values()) / 1e6
    return Outlook(costs, START_SECONDS + spent / SIDE_BY_SIDE)


def _slowest(journal: Journal, most: int) -> list[str]:
    """The records that took longest, from the question to the verdict."""
    timed = sorted(journal.records, key=lambda record: -(record.elapsed or 0.0))[:most]
    return [f"{record.elapsed or 0.0:8.2f} s  {record.lane}: {record.trial}" for record in timed]


def _failed(selected: Sequence[Trial], earlier: Journal) -> list[Trial]:
    """Those of the trials that did not conform in the run of the journal, and were not waived."""
    wrong = {record.trial for record in earlier.records if not record.conforms and record.waived is None}
    found = [trial for trial in selected if trial.id in wrong]
    if not found:
        raise UsageError(
            f"--failed: {earlier.path}: of the selected trials all conformed or were waived; nothing is left to ask"
        )
    return found


def _lanes(names: Sequence[str], variables: Sequence[str], *, elsewhere: bool) -> list[Lane]:
    """The named lanes, or those whose framework is installed; one that is named may have it elsewhere alone."""
    if names:
        lanes = parse_lanes(names, variables)
        for lane in lanes:
            if not lane.command:
                load_adapter(lane)
        missing = [f"lane {lane.text}: {hint}" for lane in lanes if (hint := missing_framework(lane))]
        if missing and not elsewhere:
            raise IncompleteError("\n".join(missing))
        return lanes
    return [lane for lane in parse_lanes(DEFAULT_LANES, variables) if missing_framework(lane) is None]


def _left_out(variables: Sequence[str]) -> dict[str, str]:
    """The default lanes whose framework is missing, each with what to do about it, which is also said at once."""
    hints = {lane.text: missing_framework(lane) for lane in parse_lanes(DEFAULT_LANES, variables)}
    missing = {lane: hint for lane, hint in hints.items() if hint is not None}
    for lane, hint in missing.items():
        click.echo(f"note: lane {lane} is left out: {hint}", err=True)
    return missing


def _outline(trials: Sequence[Trial], lanes: Sequence[Lane], tier: str, costs: Costs, selected: int) -> str:
    """What the run does, and about how long it takes."""
    spent = sum(costs.of([trial.id for trial in trials], [lane.text for lane in lanes]).values()) / 1e6
    seconds = START_SECONDS + spent / SIDE_BY_SIDE
    of = f"{len(trials):,} of " if len(trials) < selected else ""
    rest = "; --quick asks the few that catch every known mutant" if tier == FULL and selected > MANY else ""
    where = f"{of}{wording.count(selected, 'trial')} in {wording.count(len(lanes), 'lane')}"
    numbers = next((f", numbers of seed {trial.seed}" for trial in trials if trial.seed), "")
    return f"{tier} tier: {where}{numbers}, about {duration(seconds)}{rest}"


@dataclass(frozen=True, slots=True)
class _Part:
    """The shard's trials, in their order, and what its header says of the others."""

    trials: list[Trial]
    costs: str = ""
    """digest of what the shards were cut by"""
    all: tuple[str, ...] = ()
    """digest of what each shard asks"""


def _part(trials: list[Trial], shard: tuple[int, int] | None, lanes: Sequence[Lane], table: Costs) -> _Part:
    if shard is None:
        return _Part(trials)
    number, count = shard
    shares = cut(table.of([trial.id for trial in trials], [lane.text for lane in lanes]), count)
    entries = {trial.id: trial_entry(trial) for trial in trials}
    digests = (part_hash(content_hash(entries[trial] for trial in share)) for share in shares)
    return _Part([trial for trial in trials if trial.id in shares[number - 1]], table.digest, tuple(digests))


def header_of(
    assignment: Assignment,
    selection: tuple[str, ...],
    tier: str,
    shard: tuple[int, int] | None = None,
    part: _Part | None = None,
    *,
    named_lanes: bool = True,
) -> Header:
    """What a run of the assignment says of itself, in a shard that is that part."""
    return Header(
        suite_version=__version__,
        content_hash=content_hash(map(trial_entry, assignment.trials)),
        started=now(),
        command=called(),
        machine={
            "system": platform.platform(),
            "processor": _processor(),
            "cores": str(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()),
            "python": platform.python_version(),
            "numpy": np.__version__,
        },
        flags={
            "timeout": f"{assignment.timeout:g}",
            "threads": str(assignment.threads),
            **next(({"seed": trial.seed} for trial in assignment.trials if trial.seed), {}),
            **({"thorough": "true"} if assignment.thorough else {}),
            **environment_flags(),
        },
        lanes=tuple(lane.text for lane in assignment.lanes),
        selection=selection,
        tier=tier,
        trials=len(assignment.trials),
        shard="" if shard is None else f"{shard[0]}/{shard[1]}",
        costs=part.costs if part else "",
        parts=part.all if part else (),
        named_lanes=named_lanes,
        spellings={lane.text: lane.called for lane in assignment.lanes if lane.called},
    )


def _processor() -> str:
    # What Python says of the processor is on Linux its family alone, or nothing.
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
    if journal.header.flags.get("seed") != header.flags.get("seed"):
        given = journal.header.flags.get("seed")
        raise JournalError(
            f"{path}: cannot resume: its numbers are {f'of seed {given}' if given else 'the shipped ones'}"
        )
    if journal.header.flags.get("thorough") != header.flags.get("thorough"):
        how = "with" if "thorough" in journal.header.flags else "without"
        raise JournalError(f"{path}: cannot resume: it was begun {how} --thorough")
    if journal.header.lanes != header.lanes:
        lanes = " ".join(f"--lane {lane}" for lane in journal.header.lanes)
        raise JournalError(f"{path}: cannot resume: its lanes were {lanes}")
    return journal


@contextmanager
def _executor(where: _Where, lanes: int) -> Iterator[Executor]:
    if not where.cluster:
        yield Threads
        return
    from conformance.distributed.cluster import cluster  # with asyncio, which a run on this machine has no use for

    with cluster(f"tcp://{where.address}" if where.address else None, max(2, min(lanes, os.cpu_count() or 1))) as made:
        yield made


def _stop_on_termination() -> None:
    """SIGTERM, which CI systems send, and SIGHUP, which a closed terminal does, end a run as Ctrl-C does: with a footer
    and reports. Who has one of them ignored (`nohup`) has it ignored.
    """

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, interrupt)
