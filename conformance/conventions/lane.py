"""All that is measured of one lane, as entries of a journal.

Knows: adapters, workers' answers, facts. Must not know: formats, other lanes.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from conformance.adapters.dialects.dialect import Dialect, HasDialect, Phrasing
from conformance.adapters.plan import Plan
from conformance.adapters.protocol import Adapter, SpeaksNominally
from conformance.adapters.reply import Reply
from conformance.conventions import facts
from conformance.conventions.layouts import find_layout
from conformance.conventions.nominal import measure_nominal
from conformance.conventions.probe import Array, Ask
from conformance.conventions.spellings import try_spellings
from conformance.conventions.sweep import Sweep, boundary, sweep
from conformance.conventions.validation import try_wrong_calls
from conformance.running.journal import Convention, ConventionFact
from conformance.running.plan_codec import encode_plan
from conformance.running.process import Worker

Advance = Callable[[str, int], None]
"""which part, and how many of its geometries are done"""


@dataclass(frozen=True, slots=True)
class Depth:
    """How much is measured."""

    geometries: int | None = None
    """at most so many of each phrasing; None for the whole sample"""
    wrong_calls: bool = True


def asking(worker: Worker, timeout: float) -> Ask:
    """Plans to a worker, which is started again after each that kills it."""

    def ask(plan: Plan, operands: dict[str, Array]) -> Reply:
        return worker.ask({"plan": encode_plan(plan)}, operands, timeout)

    return ask  # type: ignore[return-value]


def quick_facts(lane: str, adapter: object, ask: Ask) -> Iterator[Convention | ConventionFact]:
    """What a run can afford to measure: nominal calls, layouts, spellings. No sweep, no wrong call."""
    if isinstance(adapter, SpeaksNominally):
        yield from measure_nominal(lane, adapter, ask)
    if isinstance(adapter, HasDialect):
        yield from _layout_facts(lane, adapter.dialect, ask)
        yield from facts.spelling_facts(lane, try_spellings(ask, adapter.dialect))


def measure_lane(
    lane: str, adapter: Adapter, ask: Ask, depth: Depth, advance: Advance
) -> Iterator[Convention | ConventionFact]:
    """Everything that the adapter lets be measured; what may kill the worker comes last."""
    if isinstance(adapter, SpeaksNominally):
        yield from measure_nominal(lane, adapter, ask)
    if isinstance(adapter, HasDialect):
        dialect = adapter.dialect
        yield from _layout_facts(lane, dialect, ask)
        sweeps = []
        for phrasing in dialect.phrasings:
            found = _swept(ask, dialect, phrasing, depth, advance)
            sweeps.append(found)
            yield from facts.sweep_facts(lane, found)
            yield from _limits(lane, ask, dialect, phrasing, depth, advance)
        spellings = try_spellings(ask, dialect)
        yield facts.default_length_fact(lane, dialect, sweeps, spellings)
        yield from facts.absent_facts(lane, dialect)
        yield from facts.spelling_facts(lane, spellings)
        if depth.wrong_calls:
            advance("wrong calls", 0)
            yield facts.validation_fact(lane, list(try_wrong_calls(ask, adapter, dialect)))


def _layout_facts(lane: str, dialect: Dialect, ask: Ask) -> Iterator[ConventionFact]:
    for layout in dialect.layouts:
        yield from facts.layout_facts(lane, layout, find_layout(ask, dialect, layout))


def _swept(ask: Ask, dialect: Dialect, phrasing: Phrasing, depth: Depth, advance: Advance) -> Sweep:
    return sweep(ask, dialect, phrasing, depth.geometries, lambda done: advance(phrasing.name, done))


def _limits(
    lane: str, ask: Ask, dialect: Dialect, phrasing: Phrasing, depth: Depth, advance: Advance
) -> Iterator[ConventionFact]:
    found = boundary(ask, dialect, phrasing, depth.geometries, lambda done: advance(f"{phrasing.name}: limits", done))
    if found.answered or found.unanswered or found.differing:
        yield facts.boundary_fact(lane, found)
