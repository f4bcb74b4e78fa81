"""What the page of a report has beside its journal: scripts of what is not as expected, and the inputs.

Knows: trials and lanes, how both are recalled from a journal. Must not know: HTML. A journal of another version of the
suite has neither: its trials may be other ones here.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import starmap
from math import prod

from conformance import __version__
from conformance.adapters.lane import Lane, adapter_names, parse_lane
from conformance.cli.explain import Script, explain
from conformance.errors import ConformanceError
from conformance.journal import VECTORS, Journal
from conformance.operators.kind import Operands
from conformance.operators.registry import signature
from conformance.report.causes import causes
from conformance.report.findings import findings
from conformance.report.inputs import MOST_ELEMENTS, Inputs, OperandTable, operand_table
from conformance.suite.case import Trial
from conformance.suite.corpus import seeded
from conformance.vectors.recalling import recalled_trial

# Whose inputs a case file writes out, and whose a seed leaves as they are
LITERAL, RECORDED = "literal", ("values", "checksum")
# A whole run of six lanes has a hundred causes, and a script takes a millisecond or two.
MOST_CAUSES = 300
# Elements of an operand, beside a smaller one that is shown
MOST_MADE = 2**20


def page_scripts(journal: Journal, trials: Mapping[str, Trial], lanes: Iterable[Lane]) -> dict[tuple[str, str], str]:
    """Of the smallest call of each cause, waived or not, a script for every lane that was asked it and writes one."""
    frameworks = {name: lane.framework for name, lane in journal.lanes.items()}
    wrong = causes((each for each in findings(journal) if not each.record.conforms), frameworks)[:MOST_CAUSES]
    shown = {cause.smallest.record.trial for cause in wrong} & trials.keys()
    known, threads = {lane.text: lane for lane in lanes}, int(journal.header.flags.get("threads", "1"))
    return {
        (record.trial, record.lane): text
        for record in journal.records
        if record.trial in shown and record.lane in known
        for text in _script(trials[record.trial], known[record.lane], threads)
    }


def _script(trial: Trial, lane: Lane, threads: int) -> Iterator[str]:
    """None where there is none; whatever goes wrong costs this script alone, and the command says what it is."""
    try:
        explained = explain(trial, lane, threads)
    except Exception:
        return
    if isinstance(explained, Script):
        yield explained.text


def page_inputs(journal: Journal, trials: Mapping[str, Trial]) -> Inputs:
    """The operands of every trial that some lane does not answer as expected."""
    wrong = dict.fromkeys(record.trial for record in journal.records if not record.conforms)
    asked = [trials[name] for name in wrong if name in trials]
    found: dict[str, tuple[OperandTable, ...]] = {}
    for trial in asked:
        with suppress(Exception):  # of a journal that says what is not so; it costs these inputs alone
            found[trial.id] = _tables(trial)
    return found


def _tables(trial: Trial) -> tuple[OperandTable, ...]:
    """Nothing is made of a trial whose operands are all too large to be shown, or some of which are very large."""
    shapes, call = trial.call.operands, trial.call
    sizes = [prod(shape) for shape in shapes.values()]
    if min(sizes, default=0) > MOST_ELEMENTS or max(sizes, default=0) > MOST_MADE:
        return tuple(OperandTable(name, call.dtype_of(name), tuple(shape), None) for name, shape in shapes.items())
    return tuple(starmap(operand_table, operands_of(trial).items()))


def operands_of(trial: Trial) -> Operands:
    """A trial's arrays by name."""
    return signature(trial.call.operator).generate(trial.content_id, trial.call, trial.inputs)


def trials_of(journal: Journal) -> dict[str, Trial]:
    """The trials that some lane does not answer as expected, as far as the journal tells what they are made of."""
    header = journal.header
    if header.suite_version != __version__ or VECTORS in header.flags:
        return {}
    seed, found = header.flags.get("seed", ""), {}
    for name in dict.fromkeys(record.trial for record in journal.records if not record.conforms):
        entry = journal.trials[name]
        trial = recalled_trial(entry) if entry.inputs != LITERAL else ""
        if isinstance(trial, Trial):
            found[name] = trial if entry.expectation in RECORDED else seeded([trial], seed)[0]
    return found


def lanes_of(journal: Journal) -> list[Lane]:
    """The lanes of the journal whose adapter is shipped or installed. Somebody else may have written the journal: no
    file and no module is loaded because it names one.
    """
    found = []
    for name in journal.header.lanes:
        try:
            lane = parse_lane(journal.header.spelling(name))
        except ConformanceError:
            continue
        if lane.name in adapter_names() and not lane.stands_for:
            found.append(lane)
    return found
