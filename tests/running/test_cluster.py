"""Runs over dask: the same records as here, and an end whatever becomes of the cluster."""

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conformance.adapters.lane import parse_lane
from conformance.errors import IncompleteError, UsageError
from conformance.running import cluster as cluster_module
from conformance.running.assignment import Assignment, Listener
from conformance.running.cluster import cluster
from conformance.running.entries import content_hash, trial_entry
from conformance.running.execution import Executor
from conformance.running.journal import Header, Journal, JournalWriter, Record, read_journal
from conformance.running.lane_run import local
from conformance.running.placement import misses, needs
from conformance.running.remote import Batch, Done, do
from conformance.running.runner import run
from conformance.suite.corpus import select

pytest.importorskip("distributed")
CHOSEN = select([])[::180][:30]


@pytest.fixture(scope="module")
def embedded() -> Iterator[Executor]:
    with cluster(None, 2) as executor:
        yield executor


@pytest.fixture
def ran(tmp_path: Path) -> Callable[[str, str, Executor], Journal]:
    def running(name: str, lane: str, executor: Executor) -> Journal:
        assignment = Assignment(CHOSEN, [parse_lane(lane)], (), 60.0, 1, whole_corpus=False)
        header = Header("0", content_hash(map(trial_entry, CHOSEN)), "", (), {}, {}, (lane,), (), len(CHOSEN))
        path = tmp_path / f"{name}.jsonl"
        with JournalWriter(path) as writer:
            run(assignment, header, writer, None, Listener(), executor)
        return read_journal(path)

    return running


def timeless(journal: Journal) -> list[Record]:
    return [replace(record, seconds=None, elapsed=None) for record in journal.records]


def test_a_cluster_of_two_workers_has_the_records_of_a_local_run(
    ran: Callable[..., Journal], embedded: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster_module, "BATCH", 4)
    here, there = ran("here", "reference", local), ran("there", "reference", embedded)
    assert len(here.records) == len(CHOSEN)
    assert timeless(there) == timeless(here)
    assert there.lanes == here.lanes
    assert there.footer is not None
    assert there.footer.complete


def test_an_interrupted_run_is_gone_on_with(
    ran: Callable[..., Journal], embedded: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cluster_module.ClusterExecution, "_take_next", interrupt)
    footer = ran("stopped", "reference", embedded).footer
    assert footer is not None
    assert footer.interrupted


def test_the_trials_of_a_worker_that_dies_are_asked_by_another(
    ran: Callable[..., Journal], embedded: Executor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    died = tmp_path / "died"

    def dies_once(batch: Batch) -> Done:
        if not died.exists():
            died.touch()
            os._exit(1)
        return do(batch)

    monkeypatch.setattr(cluster_module, "do", dies_once)
    journal = ran("retried", "reference", embedded)
    assert died.exists()
    assert len(journal.records) == len(CHOSEN)
    assert journal.footer is not None
    assert journal.footer.complete


def test_a_batch_that_fails_ends_its_lane_and_leaves_the_run_incomplete(
    ran: Callable[..., Journal], embedded: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_: Batch) -> Done:
        raise ValueError("no such thing")

    monkeypatch.setattr(cluster_module, "do", fails)
    footer = ran("failed", "reference", embedded).footer
    assert footer is not None
    assert footer.incomplete == ("lane reference: the harness failed: ValueError: no such thing",)


def test_without_distributed_the_user_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UsageError, match=r"pip install 'nn-conformance\[dask\]'"), cluster(None, 1):
        pass


def test_an_address_without_a_scheduler_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster_module, "CONNECT_SECONDS", 0.2)
    with (
        pytest.raises(IncompleteError, match=r"no scheduler answers at tcp://127\.0\.0\.1:1"),
        cluster("tcp://127.0.0.1:1", 1),
    ):
        pass


@pytest.mark.parametrize(
    ("lane", "declared", "needed"),
    [
        ("torch", [], {}),
        ("torch", ["torch"], {"torch": 1}),
        ("torch@cuda", ["GPU", "torch"], {"GPU": 1, "torch": 1}),
        ("torch", ["GPU"], {}),
    ],
)
def test_a_lane_needs_what_it_is_made_of_and_workers_declare(
    lane: str, declared: list[str], needed: dict[str, int]
) -> None:
    assert needs(parse_lane(lane), declared) == needed


def test_lanes_that_no_worker_could_ask_are_named() -> None:
    assert misses({"torch": {"torch": 1}, "jax": {}}, [{"GPU": 1.0}]) == "torch"
    assert misses({"torch": {"torch": 1}}, [{"torch": 1.0}]) is None
    assert misses({"jax": {}}, []) == "jax"
