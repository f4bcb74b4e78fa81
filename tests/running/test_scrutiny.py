"""Cheats, and engines that are right in another way: a right answer is asked again, and says what came of it."""

import sys
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path

import numpy as np
import pytest

import reference
from conformance.adapters.lane import parse_lane
from conformance.adapters.protocol import Adapter, features_of
from conformance.adapters.reference import Reference
from conformance.adapters.reply import POISON, Answer, Refused, Reply
from conformance.checking.function import check
from conformance.journal import Record, read_journal
from conformance.judging.judge import judge, unwritten
from conformance.judging.question import Question, make_question
from conformance.judging.verdict import Flag, Verdict
from conformance.mutants import CHEATS, Cheater
from conformance.operators.kind import Operands
from conformance.operators.registry import operators
from conformance.running.examination import Examination
from conformance.running.probing import Prober
from conformance.running.scrutiny import (
    LONG,
    SHORT,
    SeriesClient,
    order_length,
    scrutinise,
    with_other_content,
    wrong_calls,
)
from conformance.running.session import LaneSession
from conformance.suite.case import Call, Generated, Literal, RightCall, RightTrial, Trial
from conformance.suite.corpus import of_tier, select
from conformance.suite.tiers import QUICK
from conformance.workers.here import ask_here
from conformance.workers.keeping import Keeping

WRONG = [cheat.name for cheat in CHEATS.values() if cheat.wrong and not cheat.large]
RIGHT = [cheat.name for cheat in CHEATS.values() if not cheat.wrong]
# One of each kind of operator, and one whose numbers are not whole.
FEW = {"conv2d": "mix", "max_pool2d": "mix", "avg_pool1d": "normal", "resize2d": "mix", "extract_patches": "mix"}


@cache
def quick() -> tuple[RightTrial, ...]:
    return tuple(trial for trial in of_tier(select([]), QUICK) if isinstance(trial, RightTrial))


@cache
def few() -> tuple[RightTrial, ...]:
    return tuple(first_of(operator, generator) for operator, generator in FEW.items())


def first_of(operator: str, generator: str) -> RightTrial:
    """A small trial of the shipped corpus."""
    return next(
        trial
        for trial in select([f"{operator}/*"])
        if isinstance(trial, RightTrial)
        and trial.calls == 1
        and trial.inputs == Generated(generator)
        and trial.call.dtype == "float32"
        and trial.call.direction == "forward"
        and not features_of(trial.call)
        and 8 < np.prod(trial.call.result_shape) < 4096
        and next(wrong_calls(trial.call), None) is not None
    )


def verdict_here(adapter: Adapter, trial: RightTrial, *, thorough: bool = True) -> Verdict:
    """As a session makes it, in this process."""
    prober = Prober(lambda call, question: ask_here(adapter, call, question.operands))

    def judged(trial: RightTrial, question: Question, reply: Reply) -> Verdict:
        return judge(trial, reply, question.expected, prober.measured(trial, question).arithmetic)

    question = make_question(trial)
    first = ask_here(adapter, trial.call, question.operands)
    verdict = judged(trial, question, first)
    if not verdict.conforms:
        return verdict
    assert isinstance(first, Answer)
    client = SeriesClient(
        partial(ask_here, adapter, keeping=Keeping()), partial(ask_here, adapter), make_question, judged
    )
    return scrutinise(trial, first, verdict, client, thorough=thorough)


@pytest.mark.parametrize("cheat", WRONG)
def test_each_cheat_is_caught(cheat: str) -> None:
    assert not all(verdict_here(Cheater((cheat,)), trial).conforms for trial in few())


@pytest.mark.parametrize("engine", RIGHT)
def test_a_right_engine_is_not_flagged(engine: str) -> None:
    assert [verdict_here(Cheater((engine,)), trial).flags for trial in few()] == [()] * len(FEW)


def test_there_are_twelve_right_engines_and_more() -> None:
    assert len(RIGHT) >= 12
    assert {"lazy", "own-buffer-copied", "own-buffer-when-free"} <= set(RIGHT)


def test_what_shows_between_calls_alone_is_right_when_it_is_asked_once() -> None:
    trial, between = few()[0], ("result-kept-by-shape", "tenth-call-wrong", "wrong-after-refusal", "operands-read-late")
    for cheat in between:
        reply = ask_here(Cheater((cheat,)), trial.call, make_question(trial).operands)
        assert judge(trial, reply, make_question(trial).expected).conforms


@pytest.mark.parametrize(
    ("cheat", "words"),
    [
        ("result-kept-by-shape", "right at first; asked again, call 2 of 10 (other content): "),
        ("tenth-call-wrong", "right at first; asked again, call 10 of 10 (other content after a wrong call): "),
        ("wrong-after-refusal", "right at first; asked again, call 4 of 10 (the same content after a wrong call): "),
        ("result-buffer-reused", "call 3 of 10 (the same content): the call changed the result of call 1; its result"),
    ],
)
def test_the_detail_says_which_call_was_wrong(cheat: str, words: str) -> None:
    found = verdict_here(Cheater((cheat,)), few()[0])
    assert (str(found.outcome), found.conforms) == ("differs", False)
    assert words in found.detail
    assert Flag.ASKED_AGAIN in found.flags


def test_an_element_that_nobody_wrote_is_told() -> None:
    found = verdict_here(Cheater(("last-unwritten",)), few()[0])
    assert {Flag.UNWRITTEN, Flag.ASKED_AGAIN} <= set(found.flags)
    assert "; 1 of its elements hold what their memory was filled with before" in found.detail


def test_a_result_in_the_memory_of_an_operand_is_told() -> None:
    trial = few()[0]
    answer = ask_here(Cheater(("faithful",)), trial.call, make_question(trial).operands)
    assert isinstance(answer, Answer)
    aliased = Answer(answer.array, None, (), ("the operand value",))
    found = judge(trial, aliased, make_question(trial).expected)
    assert found.detail == "the result lies in the memory of the operand value; its result is right"


def test_a_sample_asks_three_times_and_sees_no_drift() -> None:
    adapter = Cheater(("tenth-call-wrong",))
    assert verdict_here(adapter, few()[0], thorough=False).conforms
    assert (order_length(SHORT), order_length(LONG)) == (4, 10)


def test_other_content_of_numbers_that_are_written_is_their_negative() -> None:
    trial = next(trial for trial in quick() if isinstance(trial.inputs, Literal) and trial.call.dtype == "float32")
    first, other = (make_question(each).operands["value"] for each in (trial, with_other_content(trial)))
    assert np.array_equal(first, -other)
    assert first.any()


def test_wrong_calls_differ_in_one_number_and_the_definition_refuses_them() -> None:
    asked: dict[str, RightCall] = {}
    for trial in quick():
        asked.setdefault(trial.call.operator, trial.call)
    without = [operator for operator, call in asked.items() if next(wrong_calls(call), None) is None]
    assert set(asked) == set(operators())
    assert without in ([], ["pad"])
    wrong = next(wrong_calls(few()[0].call))
    assert sum(wrong.arguments()[name] != value for name, value in few()[0].call.arguments().items()) == 1


def test_elements_are_unwritten_if_all_of_their_bytes_are_poison() -> None:
    array = np.zeros(3, np.float32)
    array.view(np.uint8)[4:10] = POISON
    assert unwritten(array) == 1
    assert unwritten(np.zeros(0)) == 0
    assert unwritten(np.full(3, POISON, np.uint8)) == 0


@pytest.fixture
def session() -> Iterator[Callable[..., LaneSession]]:
    opened: list[LaneSession] = []

    def start(lane: str, *, thorough: bool) -> LaneSession:
        opened.append(LaneSession(parse_lane(lane), Examination(), 60.0, 1, thorough=thorough))
        assert opened[-1].start().status == "ready"
        return opened[-1]

    yield start
    for each in opened:
        each.close()


def test_a_worker_is_asked_again_where_the_run_is_thorough(session: Callable[..., LaneSession]) -> None:
    lane, trial = "conformance.mutants:Cheater:tenth-call-wrong", few()[0]
    assert session(lane, thorough=False).ask(trial).conforms
    found: Record = session(lane, thorough=True).ask(trial)
    assert not found.conforms
    assert "call 10 of 10" in found.detail
    assert found.flags == ("asked_again",)


FORGETFUL_PORT = """
import sys
import numpy as np
from conformance.protocol.frames import EndOfStream, frame, read_frame
from reference.operators import conv2d

def send(header, tensors):
    for part in frame(header, tensors):
        sys.stdout.buffer.write(part)
    sys.stdout.buffer.flush()

send({"type": "hello", "protocol": 1, "framework": "forgetful", "version": "1", "features": FEATURES}, {})
while True:
    try:
        header, tensors = read_frame(sys.stdin.buffer.read)
    except EndOfStream:
        break
    given = header["arguments"]
    right = conv2d(tensors["value"], tensors["filter"], strides=given["strides"], padding=given["padding"])
    result = np.array(right)
    result.reshape(-1)[-1:].view(np.uint8)[...] = header.get("fill", right.reshape(-1)[-1:].view(np.uint8))
    send({"type": "reply", "seq": header["seq"]}, {"result": result})
"""


@pytest.mark.parametrize("features", [(), ("fill",)])
def test_a_port_fills_the_memory_of_its_answer_if_it_says_that_it_can(
    session: Callable[..., LaneSession], tmp_path: Path, features: tuple[str, ...]
) -> None:
    port = tmp_path / "port.py"
    port.write_text(FORGETFUL_PORT.replace("FEATURES", repr(list(features))))
    found = session(f"exec:{sys.executable} {port}", thorough=False).ask(few()[0])
    assert found.conforms is not bool(features)
    assert ("unwritten" in found.flags) is bool(features)


def test_a_run_says_that_it_was_thorough_and_goes_on_as_it_was_begun(
    inside: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("run", few()[0].id, "--output", str(tmp_path), "--quiet")
    lane = ("--lane", "conformance.mutants:Cheater:tenth-call-wrong")
    assert inside(*words, *lane) == 0
    capsys.readouterr()
    assert inside(*words, *lane, "--thorough", "--resume") == 2
    assert "cannot resume: it was begun without --thorough" in capsys.readouterr().err
    assert inside(*words, *lane, "--thorough") == 1
    assert "call 10 of 10" in " ".join(capsys.readouterr().out.split())
    assert read_journal(tmp_path / "journal.jsonl").header.flags["thorough"] == "true"


def test_a_function_is_asked_again_where_its_judge_is_thorough() -> None:
    calls: list[int] = []

    def conv2d(value, filter, strides, padding):  # type: ignore[no-untyped-def]
        calls.append(1)
        right = reference.conv2d(value, filter, strides=strides, padding=padding)
        return -right if len(calls) % 10 == 0 else right

    found = check(conv2d, like="conv2d", quick=True, dtypes=["float32"], thorough=True)
    assert any("asked_again" in record.flags for record in found.records)


def test_the_wrong_call_between_two_gradients_has_their_cotangent() -> None:
    trial = next(
        trial
        for trial in select(["conv2d/*"])
        if isinstance(trial, RightTrial) and trial.call.direction == "filter_gradient" and trial.calls == 1
    )
    question, given = make_question(trial), []

    def ask(call: Call, operands: Operands, number: int = 1) -> Reply:
        if isinstance(call, RightCall):
            return ask_here(Reference(), call, operands)
        given.append(operands["cotangent"].shape)
        return Refused("ValueError", "wrong")

    def judged(trial: Trial, question: Question, reply: Reply) -> Verdict:
        return judge(trial, reply, question.expected)

    first = ask(trial.call, question.operands)
    assert isinstance(first, Answer)
    client = SeriesClient(ask, ask, make_question, judged)
    assert scrutinise(trial, first, judged(trial, question, first), client, thorough=False).conforms
    assert given == [question.operands["cotangent"].shape]
