"""`--waivers FILE`: a port's own known deviations, beside the shipped ones."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Process = Callable[..., subprocess.CompletedProcess[str]]

EXAMPLE = "conv2d_transpose/tutorial/example-1[inputs=mix,dtype=float32]"
LANE = "tests.running.stand_ins:OffByOne"
WAIVER = """\
waivers:
  - {{lane: "{lane}", trial: "*", outcome: differs, class: bug, reason: rolled by one}}
"""


def written(folder: Path, name: str, lane: str) -> str:
    (folder / name).write_text(WAIVER.format(lane=lane), encoding="utf-8")
    return str(folder / name)


@pytest.mark.parametrize("shipped", [(), ("--no-waivers",)])
def test_a_file_excuses_beside_the_shipped_ones(shipped: tuple[str, ...], program: Process, tmp_path: Path) -> None:
    own, others = written(tmp_path, "own.yaml", LANE), written(tmp_path, "others.yaml", "torch")
    words = ("run", EXAMPLE, "--lane", LANE, "--output", str(tmp_path / "out"), "--waivers", others)
    assert program(*words, *shipped).returncode == 1
    assert program(*words, *shipped, "--waivers", own).returncode == 0


def test_a_file_that_is_not_there_is_wrong_usage(program: Process, tmp_path: Path) -> None:
    done = program("run", EXAMPLE, "--lane", LANE, "--waivers", "none.yaml", "--output", str(tmp_path))
    assert done.returncode == 2
    assert "none.yaml" in done.stderr
