"""Whatever a worker does costs the request at hand its reply, and nothing more."""

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from conformance.adapters.lane import load_adapter, parse_lane
from conformance.adapters.plan import Plan
from conformance.adapters.reply import Answer, CannotSay, Crashed, Failed, Refused, Reply, TimedOut
from conformance.judging.judge import judge
from conformance.judging.question import make_question
from conformance.judging.verdict import Outcome
from conformance.protocol.hello import Hello, NoWorker, read_hello
from conformance.protocol.messages import greeting_problems
from conformance.protocol.requests import encode_plan
from conformance.suite.case import Trial
from conformance.workers import process
from conformance.workers.process import Worker

TROUBLE = "example-1[inputs=codes,dtype=float32]"
CALM = "example-1[inputs=mix,dtype=float32]"
PATIENCE, IMPATIENCE = 60.0, 0.5

Starting = Callable[[str], Worker]


@pytest.fixture
def started(stand_in: Callable[[str], str]) -> Iterator[Starting]:
    """A worker of a stand-in, which has said hello."""
    workers: list[Worker] = []

    def start(name: str) -> Worker:
        worker = Worker(parse_lane(stand_in(name)))
        workers.append(worker)
        hello = worker.start()
        assert hello == Hello("stand-in", "1.0", {"stand-in": "1.0"}, {"kind": name})
        return worker

    yield start
    for worker in workers:
        worker.kill()


def ask(worker: Worker, trial: Trial, limit: float = PATIENCE) -> Reply:
    question = make_question(trial)
    plan = load_adapter(parse_lane("reference")).plan(trial.call)
    assert isinstance(plan, Plan)
    return worker.ask({"plan": encode_plan(plan)}, {"value": question.value, "filter": question.filter}, limit)


def outcome(trial: Trial, reply: Reply) -> Outcome:
    return judge(trial, reply, make_question(trial).expected).outcome


@pytest.mark.parametrize(
    ("name", "reply"),
    [
        ("RaisesInCall", Refused("ValueError", "invalid literal for int() with base 10: 'not a number'")),
        ("RaisesOutside", Failed("KeyError: 'lost'")),
        ("Segfaults", Crashed("SIGSEGV", "")),
        ("Exits", Crashed("exit status 7", "")),
        ("ExitsOrderly", Crashed("exit status 5", "")),
        ("Hangs", TimedOut(IMPATIENCE)),
        ("HangsWithChild", TimedOut(IMPATIENCE)),
    ],
)
def test_trouble_costs_one_trial_its_outcome_and_the_next_one_agrees(
    started: Starting, tutorial: dict[str, Trial], name: str, reply: Reply
) -> None:
    worker = started(name)
    assert outcome(tutorial[CALM], ask(worker, tutorial[CALM])) is Outcome.AGREES
    found = ask(worker, tutorial[TROUBLE], IMPATIENCE if isinstance(reply, TimedOut) else PATIENCE)
    assert (replace(found, traceback="") if isinstance(found, Failed) else found) == reply
    assert outcome(tutorial[CALM], ask(worker, tutorial[CALM])) is Outcome.AGREES


def test_an_abort_is_told_by_its_signal_and_its_last_words(started: Starting, tutorial: dict[str, Trial]) -> None:
    reply = ask(started("Aborts"), tutorial[TROUBLE])
    assert isinstance(reply, Crashed)
    assert reply.how == "SIGABRT"
    assert "check failed: all is lost" in reply.last_words


@pytest.mark.parametrize("name", ["Sound", "Chatters", "Floods", "ReadsStandardInput", "ReturnsBigEndian"])
def test_noise_costs_nothing(started: Starting, tutorial: dict[str, Trial], name: str) -> None:
    worker = started(name)
    for key in (TROUBLE, CALM, TROUBLE):
        reply = ask(worker, tutorial[key])
        assert isinstance(reply, Answer), reply
        assert reply.seconds is not None
        assert reply.seconds > 0
        assert outcome(tutorial[key], reply) is Outcome.AGREES


def test_an_answer_that_is_no_array_is_the_adapter_s_fault(started: Starting, tutorial: dict[str, Trial]) -> None:
    worker = started("ReturnsNothing")
    reply = ask(worker, tutorial[TROUBLE])
    assert isinstance(reply, Failed)
    assert reply.message.startswith("execute returned no array: tensor 'result' has dtype object")
    assert outcome(tutorial[CALM], ask(worker, tutorial[CALM])) is Outcome.AGREES


@pytest.mark.parametrize(
    ("name", "hello"),
    [
        ("Missing", NoWorker(True, "No module named 'no_such_framework'")),
        ("FailsToStart", NoWorker(False, "RuntimeError: the licence has expired")),
        ("DiesAtStart", NoWorker(False, "the worker ended before its hello: exit status 3 no device")),
    ],
)
def test_a_worker_that_does_not_come_up_says_why(stand_in: Callable[[str], str], name: str, hello: NoWorker) -> None:
    found = Worker(parse_lane(stand_in(name))).start()
    assert isinstance(found, NoWorker)
    assert replace(found, traceback="") == hello
    assert ("in describe" in found.traceback) == (name == "FailsToStart")


def test_a_worker_that_never_says_hello_is_given_up(
    stand_in: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "WARM_UP_SECONDS", 0.5)
    assert Worker(parse_lane(stand_in("HangsAtStart"))).start() == NoWorker(False, "no hello within 0.5 s")


def test_a_worker_that_cannot_start_again_is_not_tried_for_ever(
    started: Starting, tutorial: dict[str, Trial], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TORCH_STARTS_ONCE", str(tmp_path / "started"))
    worker = started("StartsOnce")
    assert isinstance(ask(worker, tutorial[TROUBLE], IMPATIENCE), TimedOut)
    replies = [ask(worker, tutorial[CALM]) for _ in range(4)]
    messages = [reply.message for reply in replies if isinstance(reply, Failed)]
    assert [message.partition(":")[0] for message in messages] == [
        *["the worker did not start again"] * 3,
        "the worker failed to start 3 times in a row; it is not tried again",
    ]


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="the system does not tell of threads")
def test_a_crash_costs_no_second_start(
    started: Starting, tutorial: dict[str, Trial], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TORCH_STARTS_ONCE", str(tmp_path / "started"))
    worker = started("StartsOnceAndAborts")
    for _ in range(2):
        reply = ask(worker, tutorial[TROUBLE])
        assert isinstance(reply, Crashed)
        assert reply.how == "SIGABRT"
        assert reply.last_words.count("check failed: all is lost") == 1
        assert outcome(tutorial[CALM], ask(worker, tutorial[CALM])) is Outcome.AGREES


def test_an_interrupt_ends_a_worker_that_hangs_at_its_start(stand_in: Callable[[str], str]) -> None:
    worker = Worker(parse_lane(stand_in("HangsAtStart")))
    worker.interrupt()
    hello = worker.start()
    assert isinstance(hello, NoWorker)
    assert hello.message.startswith("the worker ended before its hello: SIGKILL")


def test_a_request_too_large_for_the_pipe_arrives_whole(started: Starting) -> None:
    """The worker writes no byte before it has read the last: neither side waits for the other."""
    value = np.arange(1.0, 1 + 2**21).reshape(1, 1, -1, 1)
    plan = [
        {
            "step": "invoke",
            "function": "reference.conv2d_transpose",
            "operands": [["", "value"], ["", "filter"]],
            "keywords": [["output_shape", [1, 1, 2**21, 1]], ["strides", 1]],
        }
    ]
    reply = started("Sound").ask({"plan": plan}, {"value": value, "filter": np.ones((1, 1, 1, 1))}, PATIENCE)
    assert isinstance(reply, Answer)
    assert reply.array.tobytes() == value.tobytes()


PORT = """\
import sys
sys.path.insert(0, {root!r})
from conformance.protocol.frames import frame, read_frame
import numpy as np
def send(header, tensors=None):
    for part in frame(header, tensors):
        sys.stdout.buffer.write(part)
    sys.stdout.buffer.flush()
send({{"type": "hello", "framework": "port", "version": "2"}})
while True:
    request, arrays = read_frame(sys.stdin.buffer.read)
    seq = request["seq"]
    {does}
"""


RAW = "sys.stdout.buffer.write"
NO_FRAME = "the worker's reply is not a frame: "


@pytest.mark.parametrize(
    ("does", "reply"),
    [
        ("send({'seq': seq, 'type': 'unsupported', 'reason': 'no words'})", CannotSay("no words")),
        ("send({'seq': seq + 1, 'type': 'reply'})", Failed("the reply is to request 2; asked was 1")),
        ("sys.stdout.write('Hello, world!'); sys.stdout.flush()", "the worker's reply is not a frame: b'Hello, w' is "),
        ("send({'seq': seq, 'type': 'reply'})", "a reply that is neither result, refusal nor error: {'seq': 1, "),
        ("[send({'seq': seq, 'type': 'error', 'message': 'm'}) for _ in '12']", "the worker sent more than one reply"),
        ("send({'seq': seq, 'type': 'error', 'message': 'm'})", Failed("m")),
        (
            f"{RAW}((40).to_bytes(8, 'little') + b'{{\"seq\"'); sys.exit()",
            f"{NO_FRAME}the stream ended inside a frame's ",
        ),
        (f"{RAW}((2**32).to_bytes(8, 'little')); sys.stdout.flush()", f"{NO_FRAME}b'\\x00\\x00\\x00\\x00\\x01"),
        (
            f"{RAW}((9).to_bytes(8, 'little') + b'{{\"a\":NaN}}'); sys.stdout.flush()",
            f"{NO_FRAME}a frame's header is not ",
        ),
        ("sys.stderr.write('x' * 10**7); send({'seq': seq, 'type': 'error', 'message': 'm'})", Failed("m")),
    ],
)
def test_a_port_is_held_to_one_right_frame_a_request(
    tmp_path: Path, tutorial: dict[str, Trial], does: str, reply: Reply | str
) -> None:
    root = Path(__file__).resolve().parents[2]
    script = tmp_path / "port.py"
    script.write_text(PORT.format(root=str(root), does=does), encoding="utf-8")
    worker = Worker(parse_lane(f"exec:{sys.executable} {script}"))
    try:
        assert worker.start() == Hello("port", "2")
        found = ask(worker, tutorial[CALM])
    finally:
        worker.kill()
    if isinstance(reply, str):
        assert isinstance(found, Failed)
        assert found.message.startswith(reply)
    else:
        assert found == reply


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("/no/such/port", "/no/such/port cannot be executed: No such file or directory"),
        ("echo Hello, world!", "b'Hello, w' is not the length of a frame: "),
        ("true", "the worker ended before its hello: exit status 0"),
    ],
)
def test_a_command_that_is_no_port_says_why(command: str, message: str) -> None:
    hello = Worker(parse_lane(f"exec:{command}")).start()
    assert isinstance(hello, NoWorker)
    assert not hello.missing
    assert hello.message.startswith(message)


def test_the_threads_of_a_framework_are_what_was_asked_for(stand_in: Callable[[str], str]) -> None:
    worker = Worker(parse_lane(stand_in("Sound")), threads=3)
    assert {worker._environment[name] for name in process.THREAD_VARIABLES} == {"3"}
    assert worker._environment["PATH"] == os.environ["PATH"]


def test_a_worker_and_a_port_say_what_they_run_on(stand_in: Callable[[str], str]) -> None:
    worker = Worker(parse_lane(stand_in("Layer")))
    try:
        assert worker.start() == Hello("layer", "1.0", {"reference": "2.0"}, runs_on={"reference": "2.0"})
    finally:
        worker.kill()
    port = {"type": "hello", "protocol": 1, "framework": "port", "version": "2", "runs_on": {"torch": "2.13.0"}}
    assert read_hello(port) == Hello("port", "2", runs_on={"torch": "2.13.0"})
    assert not greeting_problems(port)
    found = read_hello({**port, "runs_on": {"torch": "2" * 1001}})
    assert isinstance(found, NoWorker)
    assert "runs_on.torch has 1,001 characters; at most 1,000 are accepted" in found.message
