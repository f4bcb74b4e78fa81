"""A port that is right, but for the one mistake that it is started with: `python port.py MISTAKE`."""

import os
import sys
import time
from collections.abc import Callable, Mapping
from struct import pack
from typing import Any

import numpy as np

from conformance.protocol.frames import EndOfStream, frame, read_frame
from reference.errors import ArgumentError
from reference.operators import conv1d, conv2d_transpose

Answer = tuple[dict[str, Any], dict[str, Any]]
Header = Mapping[str, Any]
Tensors = Mapping[str, Any]

HELLO = {"type": "hello", "protocol": 1, "framework": "port", "version": "1.0", "language": "Python"}
ARGUMENTS = ("output_shape", "strides", "padding", "data_format", "dilations")


def main(mistake: str) -> None:
    send(GREETINGS.get(mistake, lambda: whole(HELLO))())
    counted = 0
    while True:
        try:
            header, tensors = read_frame(one_read if mistake == "reads-once" else sys.stdin.buffer.read)
        except EndOfStream:
            break
        counted += 1
        answer = ANSWERS.get(mistake, right)(header, tensors)
        if mistake == "counts-itself":
            answer[0]["seq"] = counted
        send(FRAMES.get(mistake, whole)(*answer))
    if mistake == "lives-on":
        time.sleep(600)
    if mistake == "fails-at-the-end":
        raise EOFError("no more requests")


def send(content: bytes) -> None:
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()


def whole(header: Header, tensors: Tensors | None = None) -> bytes:
    return b"".join(bytes(part) for part in frame(header, tensors))


def one_read(count: int) -> bytes:
    """What a first read returns, and zeros for the rest."""
    return os.read(0, count).ljust(count, b"\0") if count > 2**16 else os.read(0, count)


def right(header: Header, tensors: Tensors) -> Answer:
    arguments, seq = header["arguments"], header["seq"]
    if header["operator"] != "conv2d_transpose" or arguments["dtype"] == "int16":
        return {"type": "unsupported", "seq": seq, "reason": "never heard of it"}, {}
    words = {name: arguments[name] for name in ARGUMENTS}
    try:
        return reply(seq, conv2d_transpose(tensors["value"], tensors["filter"], **words))
    except ArgumentError as error:
        return refusal(seq, str(error))


def conv1d_alone(header: Header, tensors: Tensors) -> Answer:
    """Takes one operator in one dtype and layout, and does not say so in its hello."""
    arguments, seq = header["arguments"], header["seq"]
    if (header["operator"], arguments["dtype"], arguments["data_format"]) != ("conv1d", "float64", "NCW"):
        return {"type": "unsupported", "seq": seq, "reason": "not yet"}, {}
    words = {name: arguments[name] for name in ARGUMENTS if name != "output_shape"}
    try:
        return reply(seq, conv1d(tensors["value"], tensors["filter"], **words))
    except ArgumentError as error:
        return refusal(seq, str(error))


def reply(seq: int, result: Any) -> Answer:
    return {"type": "reply", "seq": seq}, {"result": result}


def refusal(seq: int, message: str) -> Answer:
    return {"type": "refusal", "seq": seq, "error": "ValueError", "message": message}, {}


def flipped(header: Header, tensors: Tensors) -> Answer:
    return right(header, {**tensors, "filter": tensors["filter"][::-1, ::-1]})


def accepting(header: Header, tensors: Tensors) -> Answer:
    answer, result = right(header, tensors)
    zeros = np.zeros(header["arguments"]["output_shape"], np.float32)
    return reply(header["seq"], zeros) if answer["type"] == "refusal" else (answer, result)


def refusing_without_axes(header: Header, tensors: Tensors) -> Answer:
    return refusal(header["seq"], "no axes") if header["axes"] is None else right(header, tensors)


def unsupported_without_axes(header: Header, tensors: Tensors) -> Answer:
    unsaid = {"type": "unsupported", "seq": header["seq"], "reason": "plans from axes"}, dict[str, Any]()
    return unsaid if header["axes"] is None else right(header, tensors)


def refusing_all(header: Header, tensors: Tensors) -> Answer:
    return refusal(header["seq"], "not today")


def refusing_in_control_characters(header: Header, tensors: Tensors) -> Answer:
    return refusal(header["seq"], "half a character \ud800, \x1b[31mred\r\n and \x00")


def never(header: Header, tensors: Tensors) -> Answer:
    return {"type": "unsupported", "seq": header["seq"], "reason": "not yet"}, {}


def failing(header: Header, tensors: Tensors) -> Answer:
    return {"type": "error", "seq": header["seq"], "message": "out of memory"}, {}


def refusing_the_foreign(header: Header, tensors: Tensors) -> Answer:
    answer, result = right(header, tensors)
    return refusal(header["seq"], "no") if answer["type"] == "unsupported" else (answer, result)


def ending_on_empty(header: Header, tensors: Tensors) -> Answer:
    if not tensors["value"].size:
        sys.exit("division by zero")
    return right(header, tensors)


def silent(header: Header, tensors: Tensors) -> Answer:
    time.sleep(600)
    return right(header, tensors)


def with_result(change: Callable[[Any], Any]) -> Callable[[Header, Tensors], bytes]:
    return lambda header, tensors: whole(header, {name: change(array) for name, array in tensors.items()})


def swapped_axes(result: Any) -> Any:
    return result.transpose(0, 2, 1, 3).reshape(result.shape)


def half_a_frame(header: Header, tensors: Tensors) -> bytes:
    send(whole(header, tensors)[:-7])
    sys.exit(0)


def flooding(header: Header, tensors: Tensors) -> bytes:
    """Ten million bytes to standard error before the answer."""
    for _ in range(10):
        os.write(2, b"x" * 1_000_000)
    return whole(header, tensors)


GREETINGS: dict[str, Callable[[], bytes]] = {
    "greets-in-words": lambda: b"my_port 1.0 is ready\n" + whole(HELLO),
    "length-of-4": lambda: whole(HELLO)[:4] + whole(HELLO)[8:],
    "length-big-endian": lambda: whole(HELLO)[7::-1] + whole(HELLO)[8:],
    "no-length": lambda: whole(HELLO)[8:],
    "half-a-hello": lambda: whole(HELLO)[:20],
    "misspelt-hello": lambda: whole({**HELLO, "dtype": ["float32"]}),
    "protocol-2": lambda: whole({**HELLO, "protocol": 2}),
    "missing": lambda: whole({"type": "missing", "message": "libfoo is not installed"}),
    "declares": lambda: whole({**HELLO, "operators": ["conv2d_transpose"], "dtypes": ["float64"], "layouts": ["NCHW"]}),
    "declares-nothing-known": lambda: whole({**HELLO, "operators": ["fft"]}),
    "declares-a-word": lambda: whole({**HELLO, "dtypes": "float32", "versions": [1], "flags": {"threads": 1}}),
}
ANSWERS: dict[str, Callable[[Header, Tensors], Answer]] = {
    "conv1d-alone": conv1d_alone,
    "flips": flipped,
    "accepts": accepting,
    "refuses-without-axes": refusing_without_axes,
    "unsupported-without-axes": unsupported_without_axes,
    "refuses-all": refusing_all,
    "refuses-in-control-characters": refusing_in_control_characters,
    "never": never,
    "fails": failing,
    "refuses-the-foreign": refusing_the_foreign,
    "ends-on-empty": ending_on_empty,
    "silent": silent,
}
FRAMES: dict[str, Callable[[Header, Tensors], bytes]] = {
    "answers-twice": lambda header, tensors: whole(header, tensors) * 2,
    "prints-behind": lambda header, tensors: whole(header, tensors) + b"done.\n",
    "unknown-type": lambda header, tensors: whole({**header, "type": "success"}, tensors),
    "unknown-tensor": lambda header, tensors: whole(header, {"output": next(iter(tensors.values()))}),
    "huge": lambda header, tensors: pack("<Q", 2**60 - 1),
    "garbage": lambda header, tensors: b"Segmentation fault (core dumped)\n",
    "half-a-frame": half_a_frame,
    "half-a-frame-and-silence": lambda header, tensors: whole(header, tensors)[:-7],
    "length-of-4-gib": lambda header, tensors: pack("<Q", 2**32) + whole(header, tensors)[8:],
    "wrong-seq": lambda header, tensors: whole({**header, "seq": header["seq"] + 1}, tensors),
    "nan": lambda header, tensors: whole({**header, "seconds": 0}, tensors).replace(b'"seconds":0', b'"second":NaN'),
    "floods": flooding,
    "float64": with_result(lambda result: result.astype(np.float64)),
    "flat": with_result(lambda result: result.reshape(-1)),
    "big-endian": with_result(lambda result: result.byteswap()),
    "swaps-axes": with_result(swapped_axes),
}

if __name__ == "__main__":
    main(sys.argv[1])
