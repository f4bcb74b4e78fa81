"""`conformance try`: a function that somebody brings, judged in a process of its own, and told by cause."""

from pathlib import Path
from tempfile import TemporaryDirectory

import click

from conformance.adapters.brought import full_name
from conformance.adapters.lane import GRADIENTS, load_adapter, missing_framework, parse_lane
from conformance.checking.result import checked
from conformance.checking.selecting import DTYPES, trials_for
from conformance.cli.arguments import MOST_THREADS, Seconds, seed, thorough
from conformance.cli.beside import page_inputs, page_scripts
from conformance.cli.results import journal_writer, write_results
from conformance.cli.run import header_of
from conformance.cli.streams import mutter
from conformance.errors import IncompleteError
from conformance.journal import read_journal
from conformance.report import wording
from conformance.running.assignment import Assignment, Listener
from conformance.running.runner import run
from conformance.suite.corpus import seeded
from conformance.suite.dtypes import FORMATS
from conformance.suite.tiers import FULL, QUICK, STANDARD, TIERS


@click.command("try")
@click.argument("function", metavar="FUNCTION")
@click.option("--as", "like", required=True, metavar="NAME",
              help="the function whose parameters it has: torch.nn.functional.conv2d, jax.lax.reduce_window, ..., or "
              "an operator of the suite (conv2d, max_pool2d, ...), for NumPy arrays")  # fmt: skip
@click.option("--tier", type=click.Choice(TIERS), default=STANDARD, show_default=True,
              help="of the shipped trials of its operators")  # fmt: skip
@click.option("--quick", "tier", flag_value=QUICK, help="the same as --tier quick")
@click.option("--full", "tier", flag_value=FULL, help="the same as --tier full")
@click.option("--dtype", "dtypes", type=click.Choice(list(FORMATS)), multiple=True, default=DTYPES, show_default=True,
              help="in which it is asked; may be repeated")  # fmt: skip
@click.option("--gradients", is_flag=True, help="have its framework differentiate it, and judge the gradients, too")
@seed
@thorough
@click.option("--output", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
              help="keep the journal and the reports in this folder")  # fmt: skip
@click.option("--timeout", type=Seconds(), default=20.0, show_default=True, metavar="S", help="seconds a call may take")
@click.option("--threads", type=click.IntRange(1, MOST_THREADS), default=1, show_default=True,
              help="threads of its framework")  # fmt: skip
def command(
    function: str, like: str, tier: str, dtypes: tuple[str, ...], gradients: bool, seed: str, thorough: bool,
    output: Path | None, timeout: float, threads: int,
) -> int:  # fmt: skip
    """Judge a FUNCTION of your own, without writing an adapter.

    FUNCTION is FILE.py:NAME, module:NAME or package.module.NAME. It is called as the function that --as names, by the
    same parameter names, with tensors of that framework or, for an operator of the suite, NumPy arrays; what it has no
    parameter for is not asked. It ends with causes: what the wrong answers behave like, and the smallest call of each.
    """
    lane = parse_lane(f"{function} as {like}{f':{GRADIENTS}' if gradients else ''}")
    if hint := missing_framework(lane):
        raise IncompleteError(f"{full_name(like)}: {hint}")
    adapter, base = load_adapter(lane), load_adapter(parse_lane(lane.framework))
    trials = seeded(trials_for(adapter, base, lane.stands_for, tier, dtypes), seed)
    operators = ", ".join(dict.fromkeys(trial.call.operator for trial in trials))
    numbers = f", numbers of seed {seed}" if seed else ""
    mutter(f"{tier} tier: {wording.count(len(trials), 'trial')} of {operators}{numbers}")
    assignment = Assignment(trials, [lane], (), timeout, threads, whole_corpus=False, thorough=thorough)
    with TemporaryDirectory() as folder:
        path = (output or Path(folder)) / "journal.jsonl"
        with journal_writer(path) as writer:
            run(assignment, header_of(assignment, (), tier), writer, None, Listener())
        journal = read_journal(path)
        if output is not None:
            asked = {trial.id: trial for trial in trials}
            write_results(journal, output, page_scripts(journal, asked, [lane]), page_inputs(journal, asked))
    entry = journal.lanes[lane.text]
    if entry.status != "ready":
        raise IncompleteError(f"{lane.text}: {entry.message}\n{entry.traceback}".rstrip())
    found = checked(lane.text, journal, scripts=True)
    click.echo(found.text)
    left = [f"dtypes other than {', '.join(dtypes)} (--dtype)", *([] if gradients else ["gradients (--gradients)"])]
    click.echo(f"\nnot asked: {', '.join(left)}{'' if tier == FULL else f', what is beyond the {tier} tier (--full)'}")
    if journal.footer is None or not journal.footer.complete or not found.judged:
        return 3
    return 0 if found.conforms else 1
