"""All that is measured of one lane's poolings, as entries of a journal.

Knows: workers' answers, facts. Must not know: formats, other lanes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from conformance.adapters.dialect import Said
from conformance.adapters.plan import Plan
from conformance.adapters.planning import dialect_of
from conformance.adapters.pooling_dialect import PoolingDialect, PoolingPhrasing
from conformance.adapters.reply import Answer, CannotSay, Refused, Reply, in_words
from conformance.conventions.asking import Array, Ask, said_source
from conformance.conventions.lane import Advance, Depth, Measurement
from conformance.conventions.spellings import SpellingFound, spelled, spelling_facts
from conformance.conventions.validation import try_wrong_calls, validation_fact
from conformance.operators.pooling.call import pooling
from conformance.operators.pooling.conventions import facts
from conformance.operators.pooling.conventions.calls import call_phrasings
from conformance.operators.pooling.conventions.nominal import (
    OPERATORS_ASKED,
    measure_nominal,
    measure_nominal_calls,
)
from conformance.operators.pooling.conventions.sweep import boundary, sweep
from conformance.operators.pooling.dialects import DIALECTS
from conformance.operators.pooling.subject import PoolingSubject, subjects
from conformance.suite.dtypes import FORMATS
from conformance.workers.client import Client
from conformance.workers.declared import NothingAnswered, NoWords, first_answered
from reference.pooling.family import OPERATORS

# One over the divisor is told apart in these, and so are -1 and -2
DTYPES = ("float32", "float64", "bfloat16", "float16", "int32", "int64")


def quick_facts(client: Client) -> Iterator[Measurement]:
    """Which of equal maxima takes the cotangent: a few calls. No sweep, no wrong call."""
    dialect = dialect_of(client.adapter, DIALECTS)
    if dialect is not None:
        yield from _ties(client, dialect, _asking(client, None))


def measure(client: Client, depth: Depth, advance: Advance) -> Iterator[Measurement]:
    """Everything that can be measured; what may kill the worker comes last."""
    lane, declared, dialect = client.lane.text, client.declared, dialect_of(client.adapter, DIALECTS)
    if dialect is not None:
        ask, taken = _asking(client, None), client.declared.known_operators()
        for operator in (each for each in OPERATORS_ASKED if each in taken):
            yield from measure_nominal(lane, operator, dialect, _turned(ask, dialect.last))
        made = [each for each in dialect.phrasings if each.operator in taken]
        yield from _sweeps(lane, made, _turned(ask, dialect.last), depth, advance)
        for default in dialect.defaults:
            if default.operator in taken:
                yield facts.default_fact(lane, default, _turned(ask, dialect.last))
        yield from _ties(client, dialect, ask)
        yield from facts.absent_facts(lane, dialect.absent)
        if "max_pool2d" in taken:
            for fact in spelling_facts(lane, list(_spellings(ask, dialect))):
                yield replace(fact, operator="max_pool2d")
    else:
        for subject in _first_of_each(client):
            ask = _asking(client, subject)
            yield from measure_nominal_calls(lane, subject, ask)
            yield from _sweeps(lane, list(call_phrasings(subject)), ask, depth, advance)
    if depth.wrong_calls:
        advance("wrong calls of poolings", 0)
        operators = [name for name in declared.known_operators() if name in OPERATORS]
        found = list(try_wrong_calls(_asking(client, None), operators, ()))
        yield replace(validation_fact(lane, found), operator="poolings")


def _asking(client: Client, subject: PoolingSubject | None) -> Ask:
    """What is said to a lane, whose worker is started again after each question that kills it; calls get their operands
    in the dtype and layout of the subject.
    """

    def ask(said: Said, operands: Mapping[str, Array]) -> Reply:
        if isinstance(said, Plan):
            return client.perform(said, operands)
        if subject is None:
            return client.reply(said, operands)
        numbers = FORMATS[pooling(said).dtype].numpy
        given = {name: facts.laid_out(array, subject.last).astype(numbers) for name, array in operands.items()}
        return _back(client.reply(said, given), subject.last)

    return ask


def _turned(ask: Ask, last: bool) -> Ask:
    """Operands and results with their channels last, whatever the lane's own layout."""

    def turned(said: Said, operands: Mapping[str, Array]) -> Reply:
        return _back(ask(said, {name: facts.laid_out(array, last) for name, array in operands.items()}), last)

    return turned


def _back(reply: Reply, last: bool) -> Reply:
    if last or not isinstance(reply, Answer) or reply.array.ndim < 3:
        return reply
    return Answer(np.moveaxis(reply.array, 1, -1), reply.seconds)


def _sweeps(
    lane: str, phrasings: list[PoolingPhrasing], ask: Ask, depth: Depth, advance: Advance
) -> Iterator[Measurement]:
    for phrasing in phrasings:
        part = f"{phrasing.operator}, {phrasing.name}"
        found = sweep(ask, phrasing, depth.geometries, partial(advance, part))
        example = said_source(phrasing.plan([phrasing.least] * OPERATORS[phrasing.operator].rank))
        yield from facts.sweep_facts(lane, found, example)
        limits = boundary(ask, phrasing, depth.geometries, partial(advance, f"{part}: limits"))
        if limits.answered or limits.unanswered or limits.differing:
            yield facts.boundary_fact(lane, limits)


def _ties(client: Client, dialect: PoolingDialect, ask: Ask) -> Iterator[Measurement]:
    if "value_gradient" not in client.declared.directions:
        return
    for operator, plans in dialect.ties.items():
        if operator in client.declared.known_operators():
            for name, plan in plans:
                yield facts.ties_fact(client.lane.text, operator, name, plan, ask, dialect.last)


def _spellings(ask: Ask, dialect: PoolingDialect) -> Iterator[SpellingFound]:
    """Every spelling of the dialect, beside what the definition makes of the plain call, not what the lane does."""
    value = (np.arange(48) * 7 % 48).reshape(1, 4, 6, 2)
    windows = sliding_window_view(value, (2, 3), axis=(1, 2))[:, ::2, ::2]
    expected = windows.max(axis=(-2, -1))
    for spelling in dialect.spellings:
        layout = spelling.value_layout or ("NHWC" if dialect.last else "NCHW")
        last = layout == "NHWC"
        given = facts.laid_out(value.astype(FORMATS[spelling.dtype].numpy), last)
        yield spelled(spelling, ask(spelling.plan, {"value": given}), facts.laid_out(expected, last))


def _first_of_each(client: Client) -> Iterator[PoolingSubject]:
    """The first subject of maxima, and the first of averages, for which the lane has words."""

    def answers(subject: PoolingSubject) -> None:
        value = np.ones(subject.value_shape(1, (1,) * subject.operator.rank), FORMATS[subject.dtype].numpy)
        reply = client.reply(subject.call(value.shape, ksize=1), {"value": value})
        if isinstance(reply, CannotSay | Refused):
            raise NoWords(in_words(reply))

    for reduction in ("maximum", "average"):
        asked = (
            each
            for each in subjects(client.declared, DTYPES, ("forward",))
            if not each.operator.adaptive and each.operator.reduction == reduction
        )
        try:
            yield first_answered(asked, answers).subject
        except NothingAnswered:
            continue
