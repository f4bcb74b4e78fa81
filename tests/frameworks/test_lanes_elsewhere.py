"""Each lane in the environment that it needs: a sample of every chapter ends as the waivers say."""

from collections import defaultdict
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from conformance.suite.corpus import select

pytestmark = pytest.mark.other_frameworks

EACH = 3
"""trials of a chapter"""
LANES = (
    "paddle", "tinygrad", "mlx", "onnx", "onnxruntime", "onnxruntime:auto_pad", "onnxruntime:output_shape",
    "openvino", "openvino:onnx", "litert", "keras:jax", "keras:torch", "keras:tensorflow",
    "torch:export", "torch:onnx", "flax", "haiku", "equinox",
)  # fmt: skip
PATIENCE = "300"
"""seconds of a trial: an answer takes a few at most, and a machine may be slow and busy"""


def sampled_trials() -> list[str]:
    """Of each chapter the few whose ids have the smallest digests, the same on every machine."""
    chapters: dict[str, list[str]] = defaultdict(list)
    for trial in select([]):
        chapters[trial.id.split("/")[1]].append(trial.id)
    by_digest = (sorted(ids, key=lambda each: sha256(each.encode()).digest())[:EACH] for ids in chapters.values())
    return [trial for ids in by_digest for trial in ids]


@pytest.mark.parametrize("lane", LANES)
def test_a_lane_starts_in_its_environment_and_its_harness_is_in_order(
    lane: str, lane_of: Callable[[str], str], inside: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    inside("smoke", "--lane", lane_of(lane), "--timeout", PATIENCE)
    # What the framework answers wrong is for the waivers to know.
    assert "\nThe harness is in order" in capsys.readouterr().out


@pytest.mark.usefixtures("_as_measured")
@pytest.mark.parametrize("lane", LANES)
def test_a_sample_of_every_chapter_is_as_expected_or_waived(
    lane: str, lane_of: Callable[[str], str], inside: Callable[..., int], tmp_path: Path
) -> None:
    asked = (*sampled_trials(), "--lane", lane_of(lane), "--timeout", PATIENCE)
    assert inside("run", *asked, "--output", str(tmp_path), "--quiet") == 0
