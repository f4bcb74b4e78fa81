"""Ports that say anything: each field of each message with anything in it, and bytes that are no message."""

import json
import shlex
import sys
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from random import Random

from benchmarks.attack.attack import Attack
from benchmarks.attack.ground import Ground, written_problem

PORT = """\
import json, os, sys, time
from struct import pack, unpack
def send(text, body=b""):
    rest = pack("<Q", len(text)) + text + body
    while rest:
        rest = rest[os.write(1, rest):]
def request():
    prefix = sys.stdin.buffer.read(8)
    if len(prefix) < 8: os._exit(0)
    header = json.loads(sys.stdin.buffer.read(unpack("<Q", prefix)[0]))
    for each in header["tensors"]:
        count = {"float32": 4}[each["dtype"]]
        for length in each["shape"]: count *= length
        sys.stdin.buffer.read(count)
    return str(header["seq"])
hello = b'{"type":"hello","protocol":1,"framework":"port","version":"1"}'
zeros = b'{"type":"reply","seq":SEQ,"tensors":[{"name":"result","dtype":"float32","shape":[1,8,8,1]}]}'
unsupported = b'{"type":"unsupported","seq":SEQ,"reason":"no"}'
def answer(text, body=b""):
    send(text.replace(b"SEQ", request().encode()), body)
"""
HELLO = {
    "type": '"hello"', "protocol": "1", "framework": '"port"', "version": '"1"', "language": '"x"',
    "operators": '["conv2d_transpose"]', "dtypes": '["float32"]', "layouts": '["NHWC"]', "features": '["bias"]',
    "versions": '{"a": "1"}', "flags": '{"a": "1"}', "tensors": "[]",
}  # fmt: skip
REPLY = {
    "type": '"reply"', "seq": "SEQ", "seconds": "0.1", "memory": "1000",
    "tensors": '[{"name": "result", "dtype": "float32", "shape": [1, 8, 8, 1]}]',
}  # fmt: skip
TENSOR = {"name": '"result"', "dtype": '"float32"', "shape": "[1, 8, 8, 1]"}
REFUSAL = {"type": '"refusal"', "seq": "SEQ", "error": '"E"', "message": '"m"'}
ERROR = {"type": '"error"', "seq": "SEQ", "message": '"m"', "traceback": '"t"'}
UNSUPPORTED = {"type": '"unsupported"', "seq": "SEQ", "reason": '"r"'}
VALUES = (
    "null", "true", "-1", "0", "1.5", "1e999", "9" * 400, '"%s"' % ("x" * 100_000), r'"\u001b[2J\n::error::evil"',
    r'"\ud800"', '""', "[]", "{}", "[" * 2000 + "]" * 2000, '[null, {"a": [1e308]}]', "[1099511627775, 1099511627775]",
    '{"values": "none"}', r'["\u0000\n##vso[task.complete]"]',
)  # fmt: skip
PER_FIELD = 2
"""of VALUES, drawn for each field"""

STREAMS: Mapping[str, str] = {
    "nothing": "os._exit(0)",
    "nothing, and it stays": "os.close(1); time.sleep(300)",
    "noise for a hello": "os.write(1, bytes(range(256)) * 100)",
    "a length of 2^64 - 1": "os.write(1, b'\\xff' * 8); time.sleep(300)",
    "a hello of 16 MiB": "send(b' ' * 2**24)",
    "half a hello": "os.write(1, pack('<Q', 100) + b'{')",
    "a hello that is no object": "send(b'[]')",
    "a hello of invalid UTF-8": "send(b'{\"type\": \"\\xff\\xfe\"}')",
    "two hellos": "send(hello); send(hello); answer(zeros, bytes(256)); time.sleep(300)",
    "a hello, and its end": "send(hello); os._exit(3)",
    "a hello, and a signal": "send(hello); request(); os.kill(os.getpid(), 11)",
    "noise for an answer": "send(hello); request(); os.write(1, os.urandom(4096))",
    "half an answer, and it hangs": "send(hello); request(); os.write(1, pack('<Q', 90)); time.sleep(300)",
    "two answers": "send(hello); answer(zeros, bytes(256)); send(zeros.replace(b'SEQ', b'1'), bytes(256)); request()",
    "answers unasked": "send(hello)\nwhile True: send(zeros.replace(b'SEQ', b'1'), bytes(256))",
    "another seq": "send(hello)\nwhile True: answer(zeros.replace(b'SEQ', b'SEQ1'), bytes(256))",
    "a tensor of 2 GiB": "send(hello)\nbig = zeros.replace(b'[1,8,8,1]', b'[536870912]')\n"
    "while True:\n    answer(big)\n    for _ in range(2**11): os.write(1, bytes(2**20))",
    "a tensor without its bytes": "send(hello)\nwhile True: answer(zeros, bytes(255)); os.close(1)",
    "a byte a second": "send(hello); request()\nwhile True: os.write(1, b'x'); time.sleep(0.2)",
    "a flood of standard error": "send(hello)\nwhile True: answer(zeros, bytes(256)); os.write(2, b'\\x1b[2J' * 2**18)",
    "standard output closed at the request": "send(hello); request(); os.close(1); time.sleep(300)",
    "standard input never read": "send(hello); time.sleep(300)",
    "a fork that holds its pipes": "send(hello)\nif os.fork() == 0: time.sleep(300)\nrequest(); os._exit(0)",
    "a child in a session of its own": "send(hello)\nif os.fork() == 0: os.setsid(); time.sleep(300)\n"
    "while True: answer(zeros, bytes(256))",
    "a daemon": "send(hello)\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n        os.close(0)\n"
    "        os.close(1)\n        os.close(2)\n        time.sleep(300)\n    os._exit(0)\nanswer(zeros, bytes(256))",
    "signals ignored": "import signal\nfor each in (1, 2, 3, 15): signal.signal(each, signal.SIG_IGN)\n"
    "send(hello); request(); time.sleep(300)",
    "stopped": "send(hello); request(); os.kill(os.getpid(), 19)",
    "all memory that it may have": "import resource\nresource.setrlimit(resource.RLIMIT_AS, (2**29, 2**29))\n"
    "send(hello); request()\ntry: bytearray(2**33)\nexcept MemoryError: os._exit(9)",
    "another port at each start": "hello = hello.replace(b'\"1\"', b'\"%d\"' % os.getpid())\nsend(hello); request()\n"
    "os._exit(1)",
    "all of this run's descriptors": "send(hello)\nwhile True:\n    try: os.dup(1)\n    except OSError: break\n"
    "while True: answer(zeros, bytes(256))",
}  # fmt: skip
NOT_STARTED = frozenset(
    {"nothing", "nothing, and it stays", "noise for a hello", "a length of 2^64 - 1", "a hello of 16 MiB",
     "half a hello", "a hello that is no object", "a hello of invalid UTF-8"}
)  # fmt: skip
"""of the lane that never said hello, the run is incomplete; of the others, their trials do not conform"""
HANGS_WITH_A_CHILD = "send(hello)\nif os.fork() == 0: os.setsid(); time.sleep(300)\nrequest(); time.sleep(300)"


def attacks(ground: Ground, random: Random) -> Iterator[Attack]:
    """Each field of each message with values drawn for it, or without it; and STREAMS."""
    for field, value in _fields(HELLO, random):
        # Whatever it says, it answers nothing: it is no port, or one that judged nothing.
        does = f"send({_text(HELLO, field, value)!r})\nwhile True: answer(unsupported)"
        yield _attack(ground, f"hello: {_told(field, value)}", does, {3})
    for message, name in ((REPLY, "reply"), (REFUSAL, "refusal"), (ERROR, "error")):
        for field, value in _fields(message, random):
            body = "bytes(256)" if name == "reply" else "b''"
            does = f"send(hello)\nwhile True: answer({_text(message, field, value)!r}, {body})"
            yield _attack(ground, f"{name}: {_told(field, value)}", does, {1})
    for field, value in _fields(TENSOR, random):
        tensors = f"[{_text(TENSOR, field, value).decode()}]"
        does = f"send(hello)\nwhile True: answer({_text(REPLY, 'tensors', tensors)!r}, bytes(256))"
        yield _attack(ground, f"tensor: {_told(field, value)}", does, {1})
    for field, value in _fields(UNSUPPORTED, random):
        does = f"send(hello)\nwhile True: answer({_text(UNSUPPORTED, field, value)!r})"
        yield _attack(ground, f"unsupported: {_told(field, value)}", does, {1, 3})
    for name, does in STREAMS.items():
        yield _attack(ground, f"stream: {name}", does, {3} if name in NOT_STARTED else {1})


def lane_of(does: str) -> str:
    """That of a port with these lines; its command is its whole program."""
    return f"exec:{shlex.join([sys.executable, '-c', PORT + does])}"


def _attack(ground: Ground, name: str, does: str, statuses: set[int]) -> Attack:
    script = partial(_write, text=PORT + does)
    words = ground.words("out", "--timeout", "2", "--lane", f"exec:{shlex.join([sys.executable, 'port.py'])}")
    return Attack(
        "ports", name, words, frozenset(statuses), prepare=script, problem=partial(_left_alone, ground), seconds=90
    )


def _write(here: Path, text: str) -> None:
    (here / "port.py").write_text(text, encoding="utf-8")


def _left_alone(ground: Ground, here: Path, _: object) -> str | None:
    return written_problem(here / "out", ground.run)


def _fields(message: Mapping[str, str], random: Random) -> Iterator[tuple[str, str | None]]:
    """Each field with some of VALUES, and without it."""
    for field in message:
        yield from ((field, value) for value in random.sample(VALUES, PER_FIELD))
        yield field, None


def _text(message: Mapping[str, str], field: str, value: str | None) -> bytes:
    """The message's JSON with another value in a field; None leaves it out."""
    changed = {**message, field: value}
    members = ",".join(f'"{key}":{said}' for key, said in changed.items() if said is not None)
    return f"{{{members}}}".encode()


def _told(field: str, value: str | None) -> str:
    return f"no {field}" if value is None else f"{field} {json.dumps(value[:40])}"
