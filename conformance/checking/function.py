"""A function judged in this process: for tests, notebooks, and loops that write kernels.

Knows: adapters, judging. Must not know: command lines. What the function does, it does to this process: a crash ends
it, and its framework stays as an adapter sets it up (JAX with 64-bit types). `conformance try` asks in a process of its
own.
"""

import inspect
import warnings
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from conformance import __version__
from conformance.adapters.brought import BroughtFunction, full_name
from conformance.adapters.lane import load_adapter, parse_lane
from conformance.adapters.protocol import Adapter
from conformance.adapters.reply import Answer, Reply
from conformance.checking.result import Checked, checked
from conformance.checking.selecting import DTYPES, trials_for
from conformance.journal import Header, Journal, LaneEntry, Record, content_hash
from conformance.journal.records import record, trial_entry
from conformance.judging.judge import judge
from conformance.judging.question import Question
from conformance.judging.verdict import Verdict
from conformance.running.examination import Examination
from conformance.running.probing import Prober
from conformance.running.progress import now
from conformance.running.scrutiny import SeriesClient, scrutinise
from conformance.running.session import SCRUTINISED, is_repeated
from conformance.suite.case import RightTrial, Trial
from conformance.suite.corpus import seeded
from conformance.suite.tiers import FULL, QUICK, STANDARD
from conformance.workers.here import ask_here, plan_here
from conformance.workers.keeping import Keeping


def check(
    function: Callable[..., Any],
    like: str,
    *,
    quick: bool = False,
    full: bool = False,
    dtypes: Sequence[str] = DTYPES,
    gradients: bool = False,
    seed: int | None = None,
    thorough: bool = False,
) -> Checked:
    """Hold a function against the corpus, as the function of a framework whose parameters it has.

    function: takes what `like` takes, under the same parameter names, and returns what it returns: tensors of its
    framework, or NumPy arrays. What it has no parameter for is not asked. Of an operator's name (`conv2d`) it takes and
    returns NumPy arrays: value (batch, *spatial, channels), filter (*kernel, in, out), strides, padding and so on, as
    `reference` defines them.
    like: `torch.nn.functional.conv2d`, `tf.nn.conv2d`, `jax.lax.conv_general_dilated`, ..., or an operator
    quick, full: the quick or the full tier of the trials of its operators instead of the standard one
    dtypes: in which it is asked
    gradients: whether its framework differentiates it, and the gradients are judged, too
    seed: of other numbers than the shipped ones
    thorough: the call of every right answer is made again, not those of a sample alone: with other content, in another
        order, after a wrong call, ten times in all

    Raises UsageError for a `like` that no trial is said by, and ImportError where its framework is not installed.
    """
    name, place = getattr(function, "__name__", "function"), full_name(like)
    lane = f"{name} as {place}"
    framework = parse_lane(f"module:{name} as {place}").framework
    base = load_adapter(parse_lane(framework))
    directions = base.directions if gradients else ("forward",)
    adapter = BroughtFunction(base, place, name, lambda: function, (), _parameters(function), directions)
    tier = QUICK if quick else FULL if full else STANDARD
    trials = seeded(trials_for(adapter, base, place, tier, dtypes), "" if seed is None else str(seed))
    description = adapter.describe()
    prober = Prober(lambda call, question: ask_here(adapter, call, question.operands))
    prober.declare(description.flags)
    entries = {trial.id: trial_entry(trial) for trial in trials}
    header = Header(
        __version__, content_hash(entries.values()), now(), ("check", lane), {}, {}, (lane,), (), len(trials)
    )
    told = (description.framework, description.version, description.versions, description.flags)
    entry = LaneEntry(lane, "ready", *told)
    with warnings.catch_warnings():
        # NumPy warns of NaN and infinities, which trials are about; a test that makes errors of warnings asks the same.
        warnings.simplefilter("ignore")
        examination = Examination(lanes=1)
        records = tuple(judged_here(adapter, prober, examination, trial, lane, thorough=thorough) for trial in trials)
    return checked(lane, Journal(Path(), header, entries, {lane: entry}, records, (), None), scripts=False)


def assert_conforms(function: Callable[..., Any], like: str, **words: Any) -> Checked:
    """The same, for a test: raises AssertionError, with the causes, unless all that was judged is as expected."""
    found = check(function, like, **words)
    if not found.conforms:
        raise AssertionError(found.text)
    return found


def judged_here(
    adapter: Adapter, prober: Prober, examination: Examination, trial: Trial, lane: str, *, thorough: bool = False
) -> Record:
    """The record of a trial that the adapter is asked in this process."""
    question = examination.question(trial)
    reply = ask_here(adapter, trial.call, question.operands)

    def judged(trial: Trial, question: Question, reply: Reply) -> Verdict:
        if not isinstance(reply, Answer) or not isinstance(trial, RightTrial):
            return judge(trial, reply, question.expected)
        return examination.verdict(trial, question, reply, prober.measured(trial, question).arithmetic)

    verdict = judged(trial, question, reply)
    if verdict.conforms and isinstance(reply, Answer) and isinstance(trial, RightTrial):
        client = SeriesClient(
            partial(ask_here, adapter, keeping=Keeping()), partial(ask_here, adapter), examination.question, judged
        )
        if thorough or is_repeated(trial, SCRUTINISED):
            verdict = scrutinise(trial, reply, verdict, client, thorough=thorough)
    plan = plan_here(adapter, trial.call)
    return record(trial, lane, plan, verdict, None, getattr(reply, "seconds", None))


def _parameters(function: Callable[..., Any]) -> frozenset[str] | None:
    """The names of its parameters; None where it takes any, or does not say."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return None
    if any(each.kind in (each.VAR_KEYWORD, each.VAR_POSITIONAL) for each in parameters):
        return None
    return frozenset(each.name for each in parameters)
