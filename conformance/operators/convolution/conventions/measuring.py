"""All that is measured of one lane's convolutions, as entries of a journal.

Knows: adapters, workers' answers, facts. Must not know: formats, other lanes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial

import numpy as np

from conformance.adapters.dialect import Dialect, Said
from conformance.adapters.plan import Plan
from conformance.adapters.planning import dialect_of
from conformance.adapters.protocol import Adapter, SpeaksNominally
from conformance.adapters.reply import CannotSay, Refused, Reply, in_words
from conformance.conventions.asking import Array, Ask
from conformance.conventions.lane import Advance, Depth, Measurement
from conformance.conventions.spellings import spelling_facts
from conformance.conventions.validation import try_wrong_calls, validation_fact
from conformance.journal import Convention, ConventionFact
from conformance.operators.convolution.call import Convolution, RightConvolution, convolution
from conformance.operators.convolution.conventions import facts
from conformance.operators.convolution.conventions.calls import CallWords, call_words
from conformance.operators.convolution.conventions.layouts import find_layout
from conformance.operators.convolution.conventions.nominal import measure_nominal, measure_nominal_calls
from conformance.operators.convolution.conventions.spellings import try_spellings
from conformance.operators.convolution.conventions.sweep import boundary, sweep
from conformance.operators.convolution.dialects import DIALECTS
from conformance.operators.convolution.inputs import Operands, factor_names, with_zeros
from conformance.operators.convolution.subject import FIRST, ConvolutionSubject
from conformance.suite.dtypes import FORMATS
from conformance.workers.client import Client
from conformance.workers.declared import Declared, NoWords
from reference.family import OPERATORS


def asking(client: Client) -> Ask:
    """What is said to a lane, whose worker is started again after each question that kills it."""

    def ask(said: Said, operands: Mapping[str, Array]) -> Reply:
        if isinstance(said, Plan):
            return client.perform(said, operands)
        return client.reply(said, given_to(convolution(said), operands))

    return ask


def given_to(call: Convolution, operands: Mapping[str, Array]) -> Operands:
    """A call's operands in its dtypes, from pixels and a kernel under the names of a result's; a wrong call's are its
    own.
    """
    if isinstance(call, RightConvolution):
        return with_zeros(call, dict(zip(factor_names(call), (operands["value"], operands["filter"]), strict=True)))
    return {name: array.astype(FORMATS[call.dtype_of(name)].numpy) for name, array in operands.items()}


def quick_facts(client: Client) -> Iterator[Measurement]:
    """What a run can afford to measure: nominal calls, layouts, spellings. No sweep, no wrong call."""
    lane, declared, ask = client.lane.text, client.declared, asking(client)
    speaking = _speaking(client.adapter, declared)
    dialect = dialect_of(speaking, DIALECTS)
    yield from _nominal(lane, speaking, dialect, declared, ask)
    if dialect is not None:
        yield from _layout_facts(lane, dialect, ask)
        yield from spelling_facts(lane, try_spellings(ask, dialect))


def measure(client: Client, depth: Depth, advance: Advance) -> Iterator[Measurement]:
    """Everything that can be measured; what may kill the worker comes last.

    A lane without words of its own for conv2d_transpose is asked the suite's calls, of what it declares.
    """
    lane, declared, ask = client.lane.text, client.declared, asking(client)
    speaking = _speaking(client.adapter, declared)
    dialect = dialect_of(speaking, DIALECTS)
    yield from _nominal(lane, speaking, dialect, declared, ask)
    if dialect is not None:
        yield from _facts(lane, dialect, ask, depth, advance)
    else:
        words = _words(declared, ask)
        for fact in _facts(lane, words, ask, depth, advance):
            yield replace(fact, operator=words.subject.computed)
    if depth.wrong_calls:
        advance("wrong calls", 0)
        wrong_calls = () if dialect is None else dialect.wrong_calls
        operators = [name for name in declared.known_operators() if name in OPERATORS]
        yield validation_fact(lane, list(try_wrong_calls(ask, operators, wrong_calls)))


def _speaking(adapter: Adapter | None, declared: Declared) -> Adapter | None:
    """The adapter, where it takes what frameworks' own words are about."""
    return adapter if declared.takes(FIRST, "forward") else None


def _words(declared: Declared, ask: Ask) -> CallWords:
    """The suite's calls of what the lane answers."""

    def answers(subject: ConvolutionSubject) -> None:
        call = subject.call(size=2, output=2, kernel=1, channels=1)
        reply = ask(
            call, {"value": np.ones(call.operands[factor_names(call)[0]]), "filter": np.ones(call.filter_shape)}
        )
        if isinstance(reply, CannotSay | Refused):
            raise NoWords(in_words(reply))

    return call_words(declared, answers)


def _facts(
    lane: str, spoken: Dialect | CallWords, ask: Ask, depth: Depth, advance: Advance
) -> Iterator[ConventionFact]:
    dialect = spoken if isinstance(spoken, Dialect) else None
    if dialect is not None:
        yield from _layout_facts(lane, dialect, ask)
    sweeps = []
    for phrasing in spoken.phrasings:
        sweeps.append(sweep(ask, spoken, phrasing, depth.geometries, partial(advance, phrasing.name)))
        yield from facts.sweep_facts(lane, sweeps[-1])
        limits = boundary(ask, spoken, phrasing, depth.geometries, partial(advance, f"{phrasing.name}: limits"))
        if limits.answered or limits.unanswered or limits.differing:
            yield facts.boundary_fact(lane, limits)
    if dialect is not None:
        spellings = try_spellings(ask, dialect)
        yield facts.default_length_fact(lane, sweeps, spellings)
        yield from facts.absent_facts(lane, dialect)
        yield from spelling_facts(lane, spellings)


def _nominal(
    lane: str, adapter: Adapter | None, dialect: Dialect | None, declared: Declared, ask: Ask
) -> Iterator[Convention]:
    if isinstance(adapter, SpeaksNominally):
        return measure_nominal(lane, adapter, ask, () if dialect is None else dialect.recipes)
    return measure_nominal_calls(lane, _words(declared, ask), ask)


def _layout_facts(lane: str, dialect: Dialect, ask: Ask) -> Iterator[ConventionFact]:
    for layout in dialect.layouts:
        yield from facts.layout_facts(lane, layout, find_layout(ask, dialect, layout))
