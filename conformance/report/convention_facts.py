"""Measured facts about frameworks' words, by topic: what was measured, the suite's formula, whether they agree.

Knows: a journal's facts. Must not know: formulas themselves (they come as text), formats.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from conformance.journal import ConventionFact
from conformance.report import wording

Mark: TypeAlias = Literal["agrees", "differs", "no words", "not answered", "not asked"]

# In the order in which a reader asks. A topic that is not here comes last, under its own name.
TOPICS = {
    "filter layout": "Which axis of the filter is height, width, out, in",
    "kernel orientation": "Which way the kernel lies",
    "odd element of SAME": "Where SAME puts the odd element",
    "SAME": "What SAME means",
    "VALID": "What VALID means",
    "default output length": "The output length where none is asked for",
    "legal output lengths": "Which output lengths can be asked for",
    "output_padding": "What output_padding means, and its limits",
    "explicit pads": "What explicit pads mean",
    "coordinates and weights": "Which coordinates and weights a resize has",
    "ceil_mode": "What ceil_mode means",
    "legal words": "Which words can be asked for",
    "divisor of an average": "What an average is divided by, and whether pads count",
    "window without an element": "What a window without an element gives",
    "ties": "Which of equal maxima takes the cotangent",
    "defaults": "What is meant where an argument is left out",
    "strides": "Spellings of strides",
    "output_shape": "Spellings of output_shape",
    "padding": "Spellings of padding",
    "data formats": "Data formats",
    "dtypes": "Dtypes",
    "validation": "What is validated, and what is accepted in silence",
}
_SINGULAR = {
    "filter shapes taken of 24 offered": "filter shape taken of 24 offered",
    "geometries": "geometry",
    "geometries with an odd crop": "geometry with an odd crop",
    "geometries with an odd pad": "geometry with an odd pad",
}


@dataclass(frozen=True, slots=True)
class FactRow:
    """One fact as a row."""

    lane: str
    name: str
    measured: str
    formula: str
    mark: Mark
    over: str
    """over how many of what it was checked, and how many differ or were not answered"""
    smallest: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FactTopic:
    """All facts about one question."""

    title: str
    rows: tuple[FactRow, ...]


@dataclass(frozen=True, slots=True)
class LaneFigures:
    """How far a lane's formulas were checked."""

    lane: str
    geometries: int
    """answered and compared with a formula"""
    differing: int
    facts: int
    agreeing: int
    """facts whose measurement and formula agree"""
    stated: int
    """facts that have a formula and a measurement"""


def fact_topics(facts: Sequence[ConventionFact], lanes: Iterable[str]) -> tuple[FactTopic, ...]:
    """The facts by topic, lanes in the given order."""
    places = {lane: place for place, lane in enumerate(lanes)}
    names = [*TOPICS, *dict.fromkeys(fact.topic for fact in facts if fact.topic not in TOPICS)]
    topics = []
    for name in names:
        about = sorted(
            (fact for fact in facts if fact.topic == name), key=lambda fact: places.get(fact.lane, len(places))
        )
        if about:
            rows = (
                FactRow(
                    fact.lane,
                    wording.of_operator(fact.name, fact.operator),
                    fact.measured or wording.ABSENT,
                    fact.formula,
                    _mark(fact),
                    _over(fact),
                    fact.smallest,
                    fact.notes,
                )
                for fact in about
            )
            topics.append(FactTopic(TOPICS.get(name, name), tuple(rows)))
    return tuple(topics)


def lane_figures(facts: Sequence[ConventionFact], lane: str) -> LaneFigures:
    """The lane's totals; geometries count once per formula that they were compared with."""
    own = [fact for fact in facts if fact.lane == lane]
    swept = [fact for fact in own if fact.unit == "geometries" and fact.agrees is not None]
    stated = [fact for fact in own if fact.agrees is not None]
    return LaneFigures(
        lane, sum(fact.checked for fact in swept), sum(fact.differing for fact in swept), len(own),
        sum(bool(fact.agrees) for fact in stated), len(stated),
    )  # fmt: skip


def _mark(fact: ConventionFact) -> Mark:
    if fact.agrees is not None:
        return "agrees" if fact.agrees else "differs"
    if not fact.measured:
        return "no words"
    return "not answered" if fact.unanswered else "not asked"


def _over(fact: ConventionFact) -> str:
    if fact.agrees is None and not fact.unanswered:
        return wording.ABSENT
    parts = [wording.count(fact.checked, _SINGULAR.get(fact.unit, fact.unit.removesuffix("s")), fact.unit)]
    if fact.differing:
        parts.append(f"{fact.differing:,} differ")
    if fact.unanswered:
        parts.append(f"{fact.unanswered:,} {'more ' if fact.checked else ''}not answered")
    return ", ".join(parts)
