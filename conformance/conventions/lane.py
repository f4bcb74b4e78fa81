"""All that is measured of one lane, as entries of a journal: the part `conventions` of each kind that it takes.

Knows: no kind. Must not know: formats, other lanes.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from conformance.journal import Convention, ConventionFact
from conformance.workers.client import Client

Measurement: TypeAlias = Convention | ConventionFact
Advance: TypeAlias = Callable[[str, int], None]
"""which part, and how many of its geometries are done"""


@dataclass(frozen=True, slots=True)
class Depth:
    """How much is measured."""

    geometries: int | None = None
    """at most so many of each phrasing; None for the whole sample"""
    wrong_calls: bool = True


class Conventions(Protocol):
    """The module `conventions` of a kind's package."""

    def quick_facts(self, client: Client) -> Iterator[Measurement]:
        """What a run can afford to measure of a lane that has been started. No sweep, no wrong call."""

    def measure(self, client: Client, depth: Depth, advance: Advance) -> Iterator[Measurement]:
        """Everything that can be measured; what may kill the worker comes last."""


def quick_facts(client: Client) -> Iterator[Measurement]:
    """What a run can afford to measure of every kind."""
    for conventions in measured_kinds(client):
        yield from conventions.quick_facts(client)


def measure_lane(client: Client, depth: Depth, advance: Advance) -> Iterator[Measurement]:
    """Everything that can be measured of every kind."""
    for conventions in measured_kinds(client):
        yield from conventions.measure(client, depth, advance)


def measured_kinds(client: Client) -> Sequence[Conventions]:
    """Of the kinds of which the lane takes an operator those whose conventions can be measured."""
    return client.declared.parts("conventions")
