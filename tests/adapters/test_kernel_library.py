"""Which kernels TensorFlow computes with: told by the lane, because waivers depend on it."""

import pytest

from conformance.adapters.lane import parse_lane
from conformance.protocol.hello import Hello
from conformance.workers.process import Worker

pytestmark = pytest.mark.frameworks


@pytest.mark.parametrize(("chosen", "library"), [("0", "0"), ("1", "1")])
def test_the_lane_tells_the_kernels_that_the_environment_chose(
    monkeypatch: pytest.MonkeyPatch, chosen: str, library: str
) -> None:
    monkeypatch.setenv("TF_ENABLE_ONEDNN_OPTS", chosen)
    worker = Worker(parse_lane("tensorflow"))
    try:
        hello = worker.start()
    finally:
        worker.kill()
    assert isinstance(hello, Hello)
    assert hello.flags["onednn"] == library
