"""`conformance`: the verbs, and what becomes of errors.

Knows: names of verbs and exit statuses. A verb's module is imported when the verb is called, so that `--help` is quick.
"""

import os
import sys
from importlib import import_module

import click

from conformance import __version__
from conformance.errors import ConformanceError

VERBS = {
    "run": ("conformance.cli.run", "Run trials through lanes, judge them, write the journal and its reports."),
    "smoke": ("conformance.cli.smoke", "Tell a broken harness from a wrong implementation, step by step."),
    "report": ("conformance.cli.report", "Write a report from a journal, or from those of all shards."),
    "compare": ("conformance.cli.compare", "Tell what changed between two runs: regressions first."),
    "waivers": ("conformance.cli.waivers", "Check waiver files; rewrite one from what runs have shown."),
    "cases": ("conformance.cli.cases", "Check, list, show and generate cases; print their JSON Schema."),
    "vectors": ("conformance.cli.vectors", "Write trials as plain files, for machines without this suite."),
    "judge": ("conformance.cli.judge", "Judge answers to such files that were computed elsewhere."),
    "explain": ("conformance.cli.explain", "Print the stand-alone script of one record."),
    "translate": ("conformance.cli.translate", "Say a call in other frameworks' words, run both and compare them."),
    "score": ("conformance.cli.score", "Hold every deliberately wrong adapter against the shipped cases."),
    "conventions": ("conformance.cli.conventions", "Measure what frameworks' words mean, beside the formulas held."),
    "adapters": ("conformance.cli.adapters", "What is installed, and what each lane supports."),
    "diagnose": ("conformance.cli.diagnose", "Name the fault of a lane, or of a wrong result."),
}

EXIT_STATUSES = """\b
Exit status of every verb that judges:
  0  everything as expected, or waived with a reason
  1  nonconformance (journal and reports are written first)
  2  wrong usage, an unusable case file, a selection that matches nothing
  3  incomplete: interrupted, or a lane that did not start or judged nothing"""


MOST_LINES = 60
"""of one error message; a file with more problems is told as one with many"""


class _LazyGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in VERBS:
            return None
        command: click.Command = import_module(VERBS[name][0]).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in VERBS.items()])


@click.group(cls=_LazyGroup, epilog=EXIT_STATUSES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="conformance")
def program() -> None:
    """One set of cases through every framework's transposed convolution, with a proof behind each verdict."""


def _complain(message: str) -> None:
    lines = message.splitlines()
    for line in lines[:MOST_LINES]:
        click.echo(f"conformance: {line}", err=True)
    if len(lines) > MOST_LINES:
        click.echo(f"conformance: and {len(lines) - MOST_LINES} more", err=True)


def main() -> None:
    """Run the program; every error that a user can cause is one message on standard error and an exit status."""
    # The parent computes many small oracles in several threads: a BLAS that splits each of them further is slower.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        status = program.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        status = 2
    except ConformanceError as error:
        _complain(str(error))
        status = error.exit_status
    except (click.Abort, KeyboardInterrupt):
        click.echo("conformance: interrupted", err=True)
        status = 3
    except BrokenPipeError:
        sys.stderr.close()
        status = 0
    sys.exit(status if isinstance(status, int) else 0)
