"""Adapters in a file or module beside the author: the workers find them, wherever they are started."""

from pathlib import Path

import pytest

from conformance.adapters.lane import parse_lane
from conformance.distributed.batches import Batch, do, end
from conformance.protocol.hello import Hello
from conformance.suite.corpus import select
from conformance.workers.process import Worker

PORT = "from conformance.adapters.reference import Reference\n\nclass Port(Reference):\n    pass\n"
ROOT = Path(__file__).resolve().parents[2]
SPELLINGS = ("./port_beside_me.py:Port", "port_beside_me:Port")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An author's folder, which is not the one that the workers are started in."""
    (tmp_path / "port_beside_me.py").write_text(PORT, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return tmp_path


@pytest.mark.parametrize("text", SPELLINGS)
def test_a_worker_finds_the_adapter_from_another_folder(folder: Path, text: str) -> None:
    worker = Worker(parse_lane(text, folder))
    try:
        assert isinstance(worker.start(), Hello)
    finally:
        worker.kill()


@pytest.mark.parametrize("text", SPELLINGS)
def test_a_cluster_s_worker_finds_it_too_and_its_records_have_the_name_as_typed(folder: Path, text: str) -> None:
    trials = tuple(select(["conv2d_transpose/tutorial/example-1[inputs=mix,dtype=float32]"]))
    done = do(Batch(text, parse_lane(text, folder), 60.0, 1, trials))
    end(text)
    assert done.lane.status == "ready"
    assert [(record.lane, record.outcome) for _, record in done.records] == [(text, "agrees")]
