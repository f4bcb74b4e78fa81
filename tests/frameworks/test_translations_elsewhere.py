"""What `translate` prints for a lane runs in that lane's environment, and has the bits of the plan that it prints.

Or it is right: what is printed for 32 bits does not switch JAX to 64, in which a worker computes weights.
"""

from collections.abc import Callable, Iterator
from math import prod
from typing import Any

import pytest

from conformance.adapters.lane import parse_lane
from conformance.adapters.plan import Plan
from conformance.adapters.reply import Answer
from conformance.judging.judge import judge
from conformance.judging.question import make_question
from conformance.protocol.hello import Hello
from conformance.protocol.requests import encode_plan
from conformance.suite.case import RightTrial
from conformance.suite.corpus import select
from conformance.translation.experiment import Experiment
from conformance.translation.reading import read_call, readings_of
from conformance.translation.translating import translate
from conformance.workers.process import Worker
from tests.frameworks.test_lanes_elsewhere import LANES
from tests.translation.lines import LINES
from tests.translation.proof import difference, run

pytestmark = pytest.mark.other_frameworks

MOST_ELEMENTS = 5000


def sampled() -> Iterator[RightTrial]:
    """The first small trial of each operator in float32, and of images each direction."""
    seen = set[object]()
    for trial in select([]):
        key = (trial.call.operator, trial.call.direction)
        asked = trial.call.direction == "forward" or "2d" in trial.call.operator
        small = asked and sum(map(prod, trial.call.operands.values())) <= MOST_ELEMENTS
        if isinstance(trial, RightTrial) and trial.call.dtype == "float32" and small and key not in seen:
            seen.add(key)
            yield trial


@pytest.mark.parametrize("lane", LANES)
def test_what_is_printed_for_a_lane_is_what_its_worker_runs(
    lane: str, lane_of: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # As in a worker, which is asked in 64 bits as well: JAX computes weights of float32 in them, too.
    monkeypatch.setenv("JAX_ENABLE_X64", "1")
    parsed = parse_lane(lane_of(lane))
    worker, jobs, expected = Worker(parsed), list[Any](), list[Any]()
    try:
        assert isinstance(worker.start(), Hello)
        for trial in sampled():
            reading = readings_of(trial.call.operator).read_trial(trial.call, None)
            translation = translate(reading, parsed)
            if not isinstance(translation.plan, Plan):
                continue
            operands = reading.given_operands(make_question(trial).operands)
            reply = worker.ask({"plan": encode_plan(translation.plan)}, operands, 60.0)
            if isinstance(reply, Answer):  # what it refuses, the printed code refuses
                jobs.append(("printed", ["\n".join(translation.code)], operands))
                expected.append((trial, reading, reply.array))
    finally:
        worker.kill()
    answers = run("printed", jobs, parsed.python)
    assert len(jobs) >= 7
    for (trial, reading, array), answer in zip(expected, answers, strict=True):
        assert not isinstance(answer, str), (trial.id, answer)
        problem = difference(answer, array)
        right = Answer(reading.as_judged(answer), None)
        assert not problem or judge(trial, right, make_question(trial).expected).conforms, (trial.id, problem)


@pytest.mark.parametrize("lane", LINES)
def test_what_people_write_is_what_their_framework_computes(lane: str, lane_of: Callable[[str], str]) -> None:
    parsed, problems = parse_lane(lane_of(lane)), list[str]()
    worker = Worker(parsed)
    try:
        assert isinstance(worker.start(), Hello)
        for text in LINES[lane]:
            reading = read_call(text, "float32")
            verdicts = Experiment(reading, 60.0).verdicts(worker, reading.plan)
            problems += [f"{text}: {verdict.detail}" for _, verdict in verdicts if not verdict.conforms]
    finally:
        worker.kill()
    assert problems == []
