"""Whatever a port sends, a run gives it its outcome and comes to its end."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from conformance.journal import read_journal

Process = Callable[..., subprocess.CompletedProcess[str]]
LaneOf = Callable[[str], str]

TRIALS = "conv2d_transpose/tutorial/example-1[inputs=mix,*"


@pytest.mark.parametrize(
    ("mistake", "outcome", "detail"),
    [
        ("garbage", "errored", "the worker's reply is not a frame: b'Segmenta' is not the length of a frame: "),
        ("half-a-frame", "errored", "the worker's reply is not a frame: the stream ended inside a frame's tensor"),
        ("half-a-frame-and-silence", "timed_out", "no reply within 1 s"),
        ("length-of-4-gib", "errored", "the worker's reply is not a frame: b'\\x00\\x00\\x00\\x00\\x01\\x00"),
        ("huge", "errored", "the worker's reply is not a frame: "),
        ("wrong-seq", "errored", "the reply is to request "),
        ("nan", "errored", "the worker's reply is not a frame: a frame's header is not JSON: NaN is not JSON"),
        ("floods", "agrees", "all 64 elements are bitwise right"),
    ],
)  # fmt: skip
def test_a_port_s_mistake_is_the_outcome_of_its_trials_and_the_run_ends(
    program: Process, lane_of: LaneOf, tmp_path: Path, mistake: str, outcome: str, detail: str
) -> None:
    done = program("run", TRIALS, "--lane", lane_of(mistake), "--timeout", "1", "--output", str(tmp_path))
    assert done.returncode == (0 if outcome == "agrees" else 1), done.stderr
    assert "Traceback" not in done.stderr
    journal = read_journal(tmp_path / "journal.jsonl")
    assert [record.outcome for record in journal.records] == [outcome] * len(journal.trials)
    assert len(journal.trials) == 2
    for record in journal.records:
        assert record.detail.startswith(detail)
    assert journal.footer is not None
    assert journal.footer.complete
