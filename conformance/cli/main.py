"""`conformance`: the verbs, and what becomes of errors.

Knows: names of verbs and exit statuses. A verb's module is imported when the verb is called, so that `--help` is quick.
"""

import gc
import os
import shlex
import signal
import sys
import traceback
from difflib import get_close_matches
from functools import cache
from importlib import import_module

import click

from conformance import __version__
from conformance.cli.arguments import called
from conformance.cli.completion import complete_words
from conformance.cli.examples import ENDINGS
from conformance.cli.streams import all_heard, mutter, prepare_streams
from conformance.errors import ConformanceError

VERBS = {
    "run": ("conformance.cli.run", "Run trials through lanes, judge them, write the journal and its reports."),
    "try": ("conformance.cli.trying", "Judge a function of your own, without writing an adapter."),
    "smoke": ("conformance.cli.smoke", "Tell a broken harness from a wrong implementation, step by step."),
    "new": ("conformance.cli.new", "Write the skeleton of an adapter or a port that passes smoke as it stands."),
    "report": ("conformance.cli.report", "Write a report from a journal, or from those of all shards."),
    "findings": ("conformance.cli.findings", "Tell what lanes get wrong: an entry a cause, each with its script."),
    "compare": ("conformance.cli.compare", "Tell what changed between two runs: regressions first."),
    "history": ("conformance.cli.history", "Put runs beside one another: which cause came, and which went."),
    "waivers": ("conformance.cli.waivers", "Check waiver files; rewrite one from what runs have shown."),
    "cases": ("conformance.cli.cases", "Check, list, show and generate cases; print their JSON Schema."),
    "vectors": ("conformance.cli.vectors", "Write trials as plain files, for machines without this suite."),
    "judge": ("conformance.cli.judge", "Judge answers to such files that were computed elsewhere."),
    "explain": ("conformance.cli.explain", "Print the stand-alone script of one record."),
    "reduce": ("conformance.cli.reduce", "Find the smallest call that fails as one record does."),
    "search": ("conformance.cli.search", "Draw calls that nobody wrote, and end with the smallest failing ones."),
    "translate": ("conformance.cli.translate", "Say a call in other frameworks' words, run both and compare them."),
    "score": ("conformance.cli.score", "Hold every deliberately wrong adapter against the shipped cases."),
    "conventions": ("conformance.cli.conventions", "Measure what frameworks' words mean, beside the suite's formulas."),
    "adapters": ("conformance.cli.adapters", "What is installed, and what each lane supports."),
    "diagnose": ("conformance.cli.diagnose", "Name the fault of a lane, or of a wrong result."),
    "docs": ("conformance.cli.docs", "Print a page of the documentation, or the list of pages."),
}

EXIT_STATUSES = """\b
Exit status of every verb that judges:
  0  everything as expected, or waived with a reason
  1  nonconformance (journal and reports are written first)
  2  wrong usage, an unusable case file, a selection that matches nothing
  3  incomplete: interrupted, a lane that did not start or judged nothing, or nothing but the
     reference answered without being named"""


# New objects after which Python looks for cycles among them, and every hundredth time among all. With its own 700 a run
# spends 7 % of its processor time on that: what it makes lives on, as trials and records do, or is freed without it.
YOUNG_OBJECTS = 50_000
# Of one error message: who has more problems than a screen shows fixes the first ones first.
MOST_LINES = 60


@cache
def verb(name: str) -> click.Command:
    """One of VERBS, with the end of its help and with what the shell completes."""
    command: click.Command = import_module(VERBS[name][0]).command
    for path, each in subcommands(name, command):
        ending = ENDINGS[path].text if path in ENDINGS else None  # a test sees to it that every verb has one
        each.epilog = "\n\n".join(part for part in (each.epilog, ending) if part)
        complete_words(each)
    return command


def subcommands(name: str, command: click.Command) -> list[tuple[str, click.Command]]:
    """The verb, or the verbs of a group, each by its full name."""
    if not isinstance(command, click.Group):
        return [(name, command)]
    return [(f"{name} {each}", command.commands[each]) for each in sorted(command.commands)]


class _LazyGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in VERBS:
            return None
        return verb(name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in VERBS and not name.startswith("-"):
            close = get_close_matches(name, VERBS, n=2)
            meant = f"did you mean {' or '.join(close)}?" if close else f"it must be one of {', '.join(VERBS)}"
            ctx.fail(f"no verb is called {name!r}; {meant}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in VERBS.items()])


@click.group(cls=_LazyGroup, epilog=EXIT_STATUSES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="conformance")
def program() -> None:
    """One set of cases through every framework's tensor operators, with a proof behind each verdict."""


def main() -> None:
    """Run the program; every error is a message on standard error and an exit status that says whose fault it is."""
    # The parent computes many small oracles in several threads: a BLAS that splits each of them further is slower.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    gc.set_threshold(YOUNG_OBJECTS)
    prepare_streams()
    status = _status()
    # A verb whose finding is its status keeps it; one that only prints has not done what it was asked.
    sys.exit(status if all_heard() else status or 3)


def _status() -> int:
    try:
        os.getcwd()
    except OSError:
        _complain("the folder that this was called from is gone, or may not be read: call it from another")
        return 2
    try:
        status = program.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return 2
    except ConformanceError as error:
        _complain(str(error))
        return error.exit_status
    except (click.Abort, KeyboardInterrupt):
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # what is left to do is over before a second one could matter
        _complain("interrupted")
        return 3
    except OSError as error:
        said = error.strerror or str(error)
        _complain(f"{error.filename}: {said}" if error.filename else said)
        return 3
    except MemoryError:
        _complain("not enough memory; a smaller selection, or fewer lanes at once, takes less")
        return 3
    except Exception as error:
        _report_fault(error)
        return 3
    return status if isinstance(status, int) else 0


def _complain(message: str) -> None:
    lines = message.splitlines()
    for line in lines[:MOST_LINES]:
        mutter(f"conformance: {line}")
    if len(lines) > MOST_LINES:
        mutter(f"conformance: and {len(lines) - MOST_LINES} more")


def _report_fault(error: Exception) -> None:
    """What nobody foresaw: never status 1, which means that an implementation does not conform."""
    for line in "".join(traceback.format_exception(error)).splitlines():
        mutter(f"conformance: {line}")
    mutter(
        "conformance: this is a fault of the suite, not of what it was asked to judge. Please report it to the project "
        f"with the lines above and the command: {shlex.join(called())} (version {__version__})"
    )
