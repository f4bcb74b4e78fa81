"""What a run measures of a lane's conventions: nominal calls, layouts, spellings; `conventions` measures the rest."""

from collections.abc import Iterator

from conformance.adapters.protocol import Adapter
from conformance.conventions.lane import asking, quick_facts
from conformance.running.declared import Declared
from conformance.running.journal import Convention, ConventionFact
from conformance.running.process import Worker


def measure_conventions(
    lane: str, adapter: Adapter | None, worker: Worker, timeout: float
) -> Iterator[Convention | ConventionFact]:
    """The entries that one lane's worker answers, in some seconds and without risking it."""
    assert worker.hello is not None
    yield from quick_facts(lane, adapter, Declared.of(adapter, worker.hello), asking(worker, adapter, timeout))
