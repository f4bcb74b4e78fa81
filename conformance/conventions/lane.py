"""All that is measured of one lane, as entries of a journal.

Knows: adapters, workers' answers, facts. Must not know: formats, other lanes.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from conformance.adapters.dialects.dialect import Dialect, HasDialect, Phrasing, Said
from conformance.adapters.plan import Plan
from conformance.adapters.protocol import Adapter, SpeaksNominally
from conformance.adapters.reply import Reply
from conformance.conventions import facts
from conformance.conventions.calls import CallWords
from conformance.conventions.layouts import find_layout
from conformance.conventions.nominal import measure_nominal, measure_nominal_calls
from conformance.conventions.probe import Array, Ask, Layouts
from conformance.conventions.spellings import try_spellings
from conformance.conventions.sweep import Sweep, boundary, sweep
from conformance.conventions.validation import try_wrong_calls
from conformance.running.asking import Door
from conformance.running.journal import Convention, ConventionFact
from conformance.running.process import Worker
from conformance.suite.dtypes import FORMATS

Advance = Callable[[str, int], None]
"""which part, and how many of its geometries are done"""


@dataclass(frozen=True, slots=True)
class Depth:
    """How much is measured."""

    geometries: int | None = None
    """at most so many of each phrasing; None for the whole sample"""
    wrong_calls: bool = True


def asking(worker: Worker, adapter: Adapter | None, timeout: float) -> Ask:
    """What is said to a worker, which is started again after each question that kills it; a port has no adapter."""
    door = Door(worker, adapter, timeout)

    def ask(said: Said, operands: Mapping[str, Array]) -> Reply:
        if isinstance(said, Plan):
            return door.perform(said, operands)
        given = {name: array.astype(FORMATS[said.dtype_of(name)].numpy) for name, array in operands.items()}
        return door.ask(said, given)[1]

    return ask


def quick_facts(
    lane: str, adapter: Adapter | None, words: CallWords, ask: Ask
) -> Iterator[Convention | ConventionFact]:
    """What a run can afford to measure: nominal calls, layouts, spellings. No sweep, no wrong call."""
    yield from _nominal(lane, adapter, words, ask)
    if isinstance(adapter, HasDialect):
        yield from _layout_facts(lane, adapter.dialect, ask)
        yield from facts.spelling_facts(lane, try_spellings(ask, adapter.dialect))


def measure_lane(
    lane: str, adapter: Adapter | None, words: CallWords, ask: Ask, depth: Depth, advance: Advance
) -> Iterator[Convention | ConventionFact]:
    """Everything that can be measured; what may kill the worker comes last.

    words: how the suite's own calls are made, for a port and an adapter without a dialect
    """
    yield from _nominal(lane, adapter, words, ask)
    dialect = adapter.dialect if isinstance(adapter, HasDialect) else None
    spoken: Dialect | CallWords = words if dialect is None else dialect
    if dialect is not None:
        yield from _layout_facts(lane, dialect, ask)
    sweeps = []
    for phrasing in spoken.phrasings:
        found = _swept(ask, spoken, phrasing, depth, advance)
        sweeps.append(found)
        yield from facts.sweep_facts(lane, found)
        yield from _limits(lane, ask, spoken, phrasing, depth, advance)
    if dialect is not None:
        spellings = try_spellings(ask, dialect)
        yield facts.default_length_fact(lane, dialect, sweeps, spellings)
        yield from facts.absent_facts(lane, dialect)
        yield from facts.spelling_facts(lane, spellings)
    if depth.wrong_calls:
        advance("wrong calls", 0)
        wrong_calls = () if dialect is None else dialect.wrong_calls
        yield facts.validation_fact(lane, list(try_wrong_calls(ask, wrong_calls)))


def _nominal(lane: str, adapter: Adapter | None, words: CallWords, ask: Ask) -> Iterator[Convention]:
    if isinstance(adapter, SpeaksNominally):
        return measure_nominal(lane, adapter, ask)
    return measure_nominal_calls(lane, words, ask)


def _layout_facts(lane: str, dialect: Dialect, ask: Ask) -> Iterator[ConventionFact]:
    for layout in dialect.layouts:
        yield from facts.layout_facts(lane, layout, find_layout(ask, dialect, layout))


def _swept(ask: Ask, layouts: Layouts, phrasing: Phrasing, depth: Depth, advance: Advance) -> Sweep:
    return sweep(ask, layouts, phrasing, depth.geometries, lambda done: advance(phrasing.name, done))


def _limits(
    lane: str, ask: Ask, layouts: Layouts, phrasing: Phrasing, depth: Depth, advance: Advance
) -> Iterator[ConventionFact]:
    found = boundary(ask, layouts, phrasing, depth.geometries, lambda done: advance(f"{phrasing.name}: limits", done))
    if found.answered or found.unanswered or found.differing:
        yield facts.boundary_fact(lane, found)
