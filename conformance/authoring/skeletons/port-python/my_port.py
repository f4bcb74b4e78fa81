"""A port: reads calls on standard input and answers them on standard output, by protocol 1 (docs/protocol.md).

It passes `conformance smoke --lane "exec:python my_port.py"` as it stands, with one operator in plain NumPy. It imports
nothing of the suite: replace `depth_to_space` by what you want judged, and `hello` by what that takes.
"""

import json
import struct
import sys
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
FRAMES, REQUESTS = sys.stdout.buffer, sys.stdin.buffer
sys.stdout = sys.stderr  # standard output belongs to frames, whatever a library prints


class InvalidCall(Exception):
    """The call is wrong."""


def depth_to_space(value: Array, block_size: int, mode: str = "DCR", data_format: str | None = None) -> Array:
    """Channels to blocks of pixels. value: (batch, height, width, channels). Yours here."""
    if value.ndim != 4 or data_format not in (None, "NHWC") or mode not in ("DCR", "CRD"):
        raise InvalidCall("a value has four axes, NHWC, and mode is DCR or CRD")
    batch, height, width, channels = value.shape
    if block_size < 1 or channels % block_size**2:
        raise InvalidCall(f"{channels} channels are no blocks of {block_size} by {block_size}")
    left = channels // block_size**2
    parts = (block_size, block_size, left) if mode == "DCR" else (left, block_size, block_size)
    order = (0, 1, 3, 2, 4, 5) if mode == "DCR" else (0, 1, 4, 2, 5, 3)
    split = value.reshape(batch, height, width, *parts).transpose(order)
    return np.ascontiguousarray(split).reshape(batch, height * block_size, width * block_size, left)


def answer(header: dict[str, Any], tensors: dict[str, Array]) -> tuple[dict[str, Any], Array | None]:
    """The header of the answer to a request, and its tensor."""
    given = header["arguments"]
    words = {name: given[name] for name in ("block_size", "mode", "data_format") if given.get(name) is not None}
    try:
        result = depth_to_space(tensors["value"], **words)
    except InvalidCall as refusal:
        return {"type": "refusal", "error": "InvalidCall", "message": str(refusal)}, None
    except Exception as error:
        return {"type": "error", "message": f"{type(error).__name__}: {error}"}, None
    described = {"name": "result", "dtype": result.dtype.name, "shape": list(result.shape)}
    return {"type": "reply", "tensors": [described]}, result


def send(header: dict[str, Any], tensor: Array | None = None) -> None:
    """One frame: the header's length, the header, the elements row by row."""
    text = json.dumps(header).encode()
    FRAMES.write(struct.pack("<Q", len(text)) + text + (b"" if tensor is None else tensor.tobytes()))
    FRAMES.flush()


def main() -> None:
    """One answer to each request, until the input ends."""
    send(
        {
            "type": "hello", "protocol": 1, "framework": "my_port", "version": "0.1", "language": "Python",
            "operators": ["depth_to_space"], "dtypes": ["float32", "float64"], "layouts": ["NHWC"],
        }
    )  # fmt: skip
    while length := REQUESTS.read(8):
        header = json.loads(REQUESTS.read(*struct.unpack("<Q", length)))
        tensors = {}
        for each in header["tensors"]:
            dtype = np.dtype(each["dtype"])
            count = int(np.prod(each["shape"]))
            elements = np.frombuffer(REQUESTS.read(count * dtype.itemsize), dtype)
            tensors[each["name"]] = elements.reshape(each["shape"])
        said, result = answer(header, tensors)
        send({"seq": header["seq"], **said}, result)


if __name__ == "__main__":
    main()
