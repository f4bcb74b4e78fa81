"""Ports that break the protocol: `exec:python -m conformance.mutants.ports FAULT`.

Knows: frames, and what a port is asked (the call's arguments). Must not know: what is expected, how the parent reads.
They compute rightly; what most do wrong, they do to the reply of large batches only, so that the next trial shows
whether the lane recovers.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np

import conformance
from conformance.mutants.kinds import Outcome
from conformance.operators.convolution.mutants.engine import PLAIN, store
from conformance.operators.convolution.mutants.problem import Array, GivenCall, Keywords, read, write
from conformance.protocol.frames import LENGTH, EndOfStream, frame, read_frame
from reference.errors import ArgumentError
from reference.family import OPERATORS

PROTOCOL = 1
# As of the mutants that run in a worker (`families/process.py`), so that one corpus catches both.
LARGE_BATCH = 16
# Seconds; longer than any time limit, so that the port is ended first.
LONG = 3600.0
# Seconds, in which the suite has read the first answer: the second comes when nobody asked.
PAUSE = 0.1
# None that Python ends with by itself, which are 1 and 2.
EXIT_STATUS = 3


@dataclass(frozen=True, slots=True)
class Reply:
    """A right reply, before a fault gets hold of it."""

    header: Mapping[str, Any]
    tensors: Mapping[str, Array]

    @property
    def bytes(self) -> bytes:
        return b"".join(bytes(part) for part in frame(self.header, self.tensors))


def _hello() -> bytes:
    version = conformance.__version__
    return Reply({"type": "hello", "protocol": PROTOCOL, "framework": "mutant", "version": version}, {}).bytes


@dataclass(frozen=True, slots=True)
class PortFault:
    """One way to break the protocol, and the outcomes that the suite may give it; a right one has none."""

    name: str
    summary: str
    outcomes: tuple[Outcome, ...]
    spoil: Callable[[Reply], bytes] = lambda reply: reply.bytes
    """what goes out instead of the reply"""
    hello: Callable[[], bytes] = _hello
    always: bool = False
    """for every request, since the lane must agree all the same"""


def main(name: str) -> None:
    """Serve on standard input and output until the input ends."""
    fault, replies = PORT_FAULTS[name], sys.stdout.buffer
    _send(replies, fault.hello())
    while True:
        try:
            header, tensors = read_frame(sys.stdin.buffer.read)
        except EndOfStream:
            return
        reply = _reply(header, tensors)
        value = tensors["value"]
        spoilt = fault.always or (value.ndim == 4 and len(value) >= LARGE_BATCH)
        _send(replies, fault.spoil(reply) if spoilt else reply.bytes)


def _send(replies: BinaryIO, content: bytes) -> None:
    replies.write(content)
    replies.flush()


def _reply(header: Mapping[str, Any], tensors: Mapping[str, Array]) -> Reply:
    seq = header["seq"]
    names = ("output_shape", "strides", "padding", "data_format", "dilations")
    keywords = Keywords(**{name: _tuples(header["arguments"][name]) for name in names})
    try:
        problem = read(
            GivenCall(OPERATORS["conv2d_transpose"], "forward", keywords, tensors["value"], tensors["filter"])
        )
    except ArgumentError as error:
        return Reply({"type": "refusal", "seq": seq, "error": type(error).__name__, "message": str(error)}, {})
    return Reply({"type": "reply", "seq": seq}, {"result": write(store(PLAIN(problem, {}), problem), problem)})


def _tuples(written: Any) -> Any:
    return tuple(_tuples(each) for each in written) if isinstance(written, list) else written


def _twice_with_a_pause(reply: Reply) -> bytes:
    _send(sys.stdout.buffer, reply.bytes)
    time.sleep(PAUSE)
    return reply.bytes


def _half(reply: Reply) -> bytes:
    _send(sys.stdout.buffer, reply.bytes[: len(reply.bytes) // 2])
    return b""


def _raw(header: Any) -> bytes:
    """A frame of a header that `frame` would not write."""
    text = json.dumps(header).encode()
    return LENGTH.pack(len(text)) + text


def _with(reply: Reply, **header: Any) -> bytes:
    return Reply({**reply.header, **header}, reply.tensors).bytes


def _swapped(reply: Reply) -> bytes:
    """The result in big-endian bytes, under a header that cannot say so."""
    return Reply(reply.header, {name: tensor.byteswap() for name, tensor in reply.tensors.items()}).bytes


def _trickle(reply: Reply) -> bytes:
    """The frame in many small writes: right, and slow."""
    for start in range(0, len(reply.bytes), 64):
        _send(sys.stdout.buffer, reply.bytes[start : start + 64])
    return b""


def _hang(*_: object) -> bytes:
    time.sleep(LONG)
    return b""


# 8 EiB: more than a frame may announce, and than any machine could set aside.
_TOO_LARGE = [{"name": "result", "dtype": "float64", "shape": [2**30, 2**30]}]

_TABLE = (
    PortFault("faithful", "Answers each request once.", ()),
    PortFault("trickles", "Sends its replies in small pieces: right all the same.", (), _trickle, always=True),
    PortFault("answers-twice", "Sends a reply twice at once.", ("errored",), lambda reply: reply.bytes * 2),
    PortFault("answers-twice-late", "Sends a reply again a moment later.", ("errored",), _twice_with_a_pause),
    PortFault("answers-wrong-trial", "Replies to the request before.", ("errored",),
              lambda reply: _with(reply, seq=reply.header["seq"] - 1)),
    PortFault("answers-no-trial", "Replies to no request.", ("errored",),
              lambda reply: Reply({"type": reply.header["type"]}, reply.tensors).bytes),
    PortFault("garbage", "Prints text instead of a frame.", ("errored",),
              lambda reply: b"Traceback (most recent call last):\n  segmentation of the answer failed\n"),
    PortFault("chatters", "Prints text before a frame.", ("errored",), lambda reply: b"computing ...\n" + reply.bytes),
    PortFault("chatters-behind", "Prints text after a frame.", ("errored",), lambda reply: reply.bytes + b"done.\n"),
    PortFault("half-a-frame", "Ends in the middle of a frame.", ("errored",),
              lambda reply: _half(reply) or os._exit(EXIT_STATUS)),
    PortFault("half-a-frame-hangs", "Hangs in the middle of a frame.", ("timed_out",),
              lambda reply: _half(reply) or _hang()),
    PortFault("huge-length", "Announces a header of 2^60 bytes.", ("errored",),
              lambda reply: LENGTH.pack(2**60) + b"{}"),
    PortFault("huge-tensor", "Announces a tensor of 2^63 bytes.", ("wrong_shape",),
              lambda reply: _raw({**reply.header, "tensors": _TOO_LARGE})),
    PortFault("nan-in-header", "Writes NaN into a header.", ("errored",),
              lambda reply: _raw({**reply.header, "seconds": float("nan"), "tensors": []})),
    PortFault("header-is-a-list", "Sends a header that is not an object.", ("errored",), lambda reply: _raw([1, 2, 3])),
    PortFault("no-result", "Calls its tensor something else.", ("errored",),
              lambda reply: Reply(reply.header, {"output": reply.tensors["result"]}).bytes),
    PortFault("unknown-type", "Sends a reply of no known type.", ("errored",),
              lambda reply: _with(reply, type="success")),
    PortFault("big-endian", "Sends big-endian bytes.", ("differs",), _swapped),
    PortFault("hangs", "Takes an hour.", ("timed_out",), _hang),
    PortFault("exits", "Ends with status 3.", ("crashed",), lambda reply: os._exit(EXIT_STATUS)),
    PortFault("no-hello", "Ends before its hello.", ("errored",), hello=lambda: sys.exit(EXIT_STATUS)),
    PortFault("hello-is-text", "Greets in plain text.", ("errored",), hello=lambda: b"mutant 1.0 ready\n"),
    PortFault("hello-is-a-reply", "Sends a reply before it is asked.", ("errored",),
              hello=lambda: Reply({"type": "reply", "seq": 0}, {"result": np.zeros(1)}).bytes),
)  # fmt: skip

# Every port, by the name it is started with.
PORT_FAULTS: Mapping[str, PortFault] = {fault.name: fault for fault in _TABLE}

if __name__ == "__main__":
    main(sys.argv[1])
