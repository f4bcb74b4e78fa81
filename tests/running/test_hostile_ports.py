"""What a port says and sends is bounded: numbers, texts, sizes, and that it stays the one that said hello."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conformance.adapters.lane import parse_lane
from conformance.adapters.reply import Answer, Failed, Misshapen, Reply
from conformance.judging.judge import judge
from conformance.judging.question import make_question
from conformance.judging.verdict import Outcome
from conformance.protocol.hello import LONGEST_NAME, LONGEST_TEXT, MOST_ENTRIES, Hello, NoWorker, read_hello
from conformance.suite.case import Trial
from conformance.workers.client import Client
from conformance.workers.process import HEADROOM, LARGEST_MEMORY, MOST_NOTES, MOST_WORKER_BYTES, most_result_bytes

CALM = "example-1[inputs=mix,dtype=float32]"
WRONG = "example-2-as-printed"
MIB = 2**20
PORT = """\
import json, os, sys
from struct import pack, unpack
def send(header, body=b""):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    os.write(1, pack("<Q", len(text)) + text)
    while body:
        body = body[os.write(1, body):]
def request():
    prefix = sys.stdin.buffer.read(8)
    if len(prefix) < 8: os._exit(0)
    header = json.loads(sys.stdin.buffer.read(unpack("<Q", prefix)[0]))
    for each in header["tensors"]:
        count = 4
        for length in each["shape"]: count *= length
        sys.stdin.buffer.read(count)
    return header["seq"]
def result(shape, dtype="float32"):
    return [{{"name": "result", "dtype": dtype, "shape": shape}}]
hello = {{"type": "hello", "protocol": 1, "framework": "port", "version": "1"}}
started = len(open({log!r}, "a+").write("") and "" or open({log!r}).read())
open({log!r}, "a").write("x")
{start}
send(hello)
while True:
    seq = request()
    {does}
"""
ZEROS = "b'\\0' * 256"
RIGHT = [1, 8, 8, 1]
Made = Callable[..., Client]


@pytest.fixture
def made(tmp_path: Path) -> Any:
    """The client of a port with these lines, which has said hello."""
    clients: list[Client] = []

    def make(does: str, start: str = "") -> Client:
        script = tmp_path / "port.py"
        script.write_text(PORT.format(does=does, start=start, log=str(tmp_path / "log")), encoding="utf-8")
        clients.append(Client(parse_lane(f"exec:{sys.executable} {script}"), 20.0))
        hello = clients[-1].start()
        assert isinstance(hello, Hello), hello
        return clients[-1]

    yield make
    for each in clients:
        each.close()


def ask(asked: Client, trial: Trial) -> Reply:
    return asked.reply(trial.call, make_question(trial).operands)


@pytest.mark.parametrize(
    ("seconds", "kept"),
    [
        ("0.25", 0.25),
        ("0", 0.0),
        ("1e999", None),
        ("-1e999", None),
        ("-0.5", None),
        ("20.1", None),
        ("9" * 400, None),
        ('"0.25"', None),
        ("true", None),
        ("null", None),
        ("[1]", None),
    ],
)
def test_seconds_that_cannot_be_count_as_not_said(
    made: Made, tutorial: dict[str, Trial], seconds: str, kept: float | None
) -> None:
    tensors = json.dumps([{"name": "result", "dtype": "float32", "shape": RIGHT}])
    text = f'\'{{"type":"reply","seq":%d,"seconds":{seconds},"tensors":{tensors}}}\' % seq'
    reply = ask(made(f"send(({text}).encode(), {ZEROS})"), tutorial[CALM])
    assert isinstance(reply, Answer), reply
    assert reply.seconds == kept


@pytest.mark.parametrize(
    ("memory", "starts"),
    [
        (str(MOST_WORKER_BYTES + 1), 2),
        (str(MOST_WORKER_BYTES), 1),
        (str(LARGEST_MEMORY + 1), 1),
        ("9" * 400, 1),
        ("1e999", 1),
        ("-1", 1),
        ("true", 1),
        ('"much"', 1),
    ],
)
def test_memory_that_cannot_be_counts_as_not_said(
    made: Made, tutorial: dict[str, Trial], tmp_path: Path, memory: str, starts: int
) -> None:
    text = f'\'{{"type":"unsupported","seq":%d,"reason":"no","memory":{memory}}}\' % seq'
    port = made(f"send(({text}).encode())")
    ask(port, tutorial[CALM])
    ask(port, tutorial[CALM])
    assert len((tmp_path / "log").read_text(encoding="utf-8")) == starts


@pytest.mark.parametrize(("seq", "is_it"), [("seq", True), ("float(seq)", False), ("seq == 1", False), ("'1'", False)])
def test_a_seq_is_an_integer(made: Made, tutorial: dict[str, Trial], seq: str, is_it: bool) -> None:
    reply = ask(made(f"send({{'type': 'error', 'seq': {seq}, 'message': 'm'}})"), tutorial[CALM])
    assert isinstance(reply, Failed)
    assert (reply.message == "m") == is_it


def held() -> int:
    """Bytes that this process had at most."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) * 1024


@pytest.mark.parametrize(("name", "outcome"), [(CALM, Outcome.WRONG_SHAPE), (WRONG, Outcome.ACCEPTED)])
def test_a_result_beyond_the_call_s_own_is_told_by_its_shape_and_not_read(
    made: Made, tutorial: dict[str, Trial], tmp_path: Path, name: str, outcome: Outcome
) -> None:
    trial = tutorial[name]
    port = made(f"send({{'type': 'reply', 'seq': seq, 'tensors': result([1, 2**14, 2**14, 1])}}, b'\\0' * {64 * MIB})")
    before = held()
    reply = ask(port, trial)
    assert held() - before < 32 * MIB
    assert isinstance(reply, Misshapen)
    assert (reply.shape, reply.dtype) == ((1, 2**14, 2**14, 1), "float32")
    assert reply.message.startswith("answered [1, 16384, 16384, 1] float32, 1,073,741,824 bytes; at most ")
    verdict = judge(trial, reply, make_question(trial).expected)
    assert (verdict.outcome, verdict.conforms, verdict.observed_shape) == (outcome, False, (1, 2**14, 2**14, 1))
    ask(port, trial)
    assert len((tmp_path / "log").read_text(encoding="utf-8")) == 2


def test_a_wrong_shape_within_the_headroom_is_read_and_told_in_full(made: Made, tutorial: dict[str, Trial]) -> None:
    side = 2000
    assert side * side * 4 <= HEADROOM
    port = made(
        f"send({{'type': 'reply', 'seq': seq, 'tensors': result([{side}, {side}])}}, b'\\0' * {side * side * 4})"
    )
    reply = ask(port, tutorial[CALM])
    assert isinstance(reply, Answer)
    assert reply.array.shape == (side, side)


def test_a_result_of_the_right_shape_is_read_in_whatever_dtype_it_comes() -> None:
    for shape in ((1, 8, 8, 1), (64, 1024, 1024, 1), (2, 0, 3)):
        elements = shape[0] * shape[1] * shape[2]
        assert most_result_bytes(shape) >= 16 * elements


def test_an_empty_result_of_long_lengths_is_read() -> None:
    """In a frame a length of 0 counts as 1, and so it does in what is read of one."""
    assert most_result_bytes((0, 726, 726, 8)) >= 4 * 726 * 726 * 8


@pytest.mark.parametrize(
    "tensors",
    ["[*result([1]), *result([2**28])]", "[{'name': 'other', 'dtype': 'float64', 'shape': [2**27]}]"],
)
def test_other_tensors_are_not_read_either(made: Made, tutorial: dict[str, Trial], tensors: str) -> None:
    reply = ask(made(f"send({{'type': 'reply', 'seq': seq, 'tensors': {tensors}}})"), tutorial[CALM])
    assert isinstance(reply, Failed)
    assert reply.message.startswith("the worker's reply was not read: a frame of 1,073,741,8")


def test_a_header_beyond_its_limit_is_not_read(made: Made, tutorial: dict[str, Trial]) -> None:
    before = held()
    reply = ask(made("send({'type': 'error', 'seq': seq, 'message': 'm' * 2**24})"), tutorial[CALM])
    assert isinstance(reply, Failed)
    assert "bytes of header, at most 1,048,576" in reply.message
    assert held() - before < 8 * MIB


HELLO = {"type": "hello", "protocol": 1, "framework": "port", "version": "1"}


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ({"framework": "f" * 201}, "framework has 201 characters; at most 200 are accepted"),
        ({"version": "1" * 8_000_000}, "version has 8,000,000 characters; at most 200 are accepted"),
        ({"language": "C" * 201}, "language has 201 characters; at most 200 are accepted"),
        ({"flags": {"a": "b" * 1001}}, "flags.a has 1,001 characters; at most 1,000 are accepted"),
        ({"versions": {"a" * 201: "b"}}, "a key of versions has 201 characters; at most 200 are accepted"),
        ({"versions": {str(n): "" for n in range(65)}}, "versions has 65 entries; at most 64 are accepted"),
        ({"flags": {"a": [[[]]]}}, "flags.a is list; expected a text"),
        ({"operators": ["x"] * 65}, "operators has 65 entries; at most 64 are accepted"),
        ({"dtypes": ["x" * 201]}, "a word of dtypes has 201 characters; at most 200 are accepted"),
        ({"layouts": [["NHWC"]]}, "a word of layouts is list; expected a text"),
    ],
)
def test_a_hello_that_no_report_could_show_is_refused(said: dict[str, Any], problem: str) -> None:
    assert read_hello({**HELLO, **said}) == NoWorker(False, f"its hello is refused: {problem}")


def test_a_hello_up_to_the_limits_is_taken() -> None:
    names = [f"{n:0{LONGEST_NAME}}" for n in range(MOST_ENTRIES)]
    texts = dict.fromkeys(names, "x" * LONGEST_TEXT)
    said = read_hello({**HELLO, "framework": names[0], "flags": texts, "versions": texts, "operators": names})
    assert isinstance(said, Hello)
    assert said.flags == texts


@pytest.mark.parametrize(
    ("start", "changes"),
    [
        ("hello['version'] = str(started)", "version 0, now 1"),
        ("hello['flags'] = {'values': 'none'} if started else {}", "flags none, now values=none"),
        (
            "hello['operators'] = ['conv2d', 'conv2d_transpose'][started:]",
            "operators conv2d, conv2d_transpose, now conv2d_transpose",
        ),
        ("hello.update({'dtypes': ['float32']} if started else {})", "dtypes undeclared, now float32"),
        ("", None),
    ],
)
def test_a_port_that_comes_back_as_another_is_noted_once(
    made: Made, tutorial: dict[str, Trial], start: str, changes: str | None
) -> None:
    port = made("os._exit(1)", start.replace("started", "min(started, 1)"))
    for _ in range(3):
        ask(port, tutorial[CALM])
    note = f"its process was started again and came back as another: {changes}"
    assert port.worker.notes == ([note] if changes else [])


def test_of_many_such_notes_the_first_are_kept(made: Made, tutorial: dict[str, Trial]) -> None:
    port = made("os._exit(1)", "hello['version'] = str(started)")
    for _ in range(MOST_NOTES + 3):
        ask(port, tutorial[CALM])
    assert len(port.worker.notes) == MOST_NOTES
