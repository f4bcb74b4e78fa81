"""A port that takes little, says so, and fails at whatever else it is asked: `python narrow.py JSON`.

The JSON is what hello declares. `flushes` beside it makes subnormal operands and results zero; `silent` answers
unsupported to the direction forward, and says nothing of it.
"""

import json
import sys
from typing import Any

import ml_dtypes
import numpy as np
from numpy.typing import NDArray

import reference
from conformance.protocol.frames import EndOfStream, frame, read_frame
from reference.errors import ArgumentError
from reference.family import OPERATORS

HELLO = {"type": "hello", "protocol": 1, "framework": "narrow", "version": "1"}
KEYWORDS = ("output_shape", "strides", "padding", "data_format", "dilations", "groups")


def main(spec: dict[str, Any]) -> None:
    declared: dict[str, Any] = {
        name: spec[name] for name in ("operators", "dtypes", "layouts", "features", "directions") if name in spec
    }
    send({**HELLO, **declared}, {})
    while True:
        try:
            header, tensors = read_frame(sys.stdin.buffer.read)
        except EndOfStream:
            return
        send(*answer(spec, header, tensors))


def send(header: dict[str, Any], tensors: dict[str, Any]) -> None:
    for part in frame(header, tensors):
        sys.stdout.buffer.write(part)
    sys.stdout.buffer.flush()


def answer(spec: dict[str, Any], header: Any, tensors: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    seq, name, arguments = header["seq"], header["operator"], header["arguments"]
    direction = arguments.get("direction", "forward")
    if spec.get("silent") and direction == "forward":
        return {"type": "unsupported", "seq": seq, "reason": "gradients alone"}, {}
    layout = arguments["data_format"] or (OPERATORS[name].data_formats[0] if name in OPERATORS else "")
    asked = {"operators": name, "dtypes": arguments["dtype"], "layouts": layout, "directions": direction}
    strange = [each for key, each in asked.items() if key in spec and each not in spec[key]]
    if strange:
        return {"type": "error", "seq": seq, "message": f"asked about {strange[0]}, which it does not declare"}, {}
    keywords = {key: arguments[key] for key in KEYWORDS if key in arguments}
    change = flushed if spec.get("flushes") else lambda array: array
    try:
        operands = {key: change(array) for key, array in tensors.items()}
        return {"type": "reply", "seq": seq}, {"result": change(computed(name, direction, operands, keywords))}
    except ArgumentError as error:
        return {"type": "refusal", "seq": seq, "error": type(error).__name__, "message": str(error)}, {}


def computed(name: str, direction: str, operands: Any, keywords: dict[str, Any]) -> NDArray[Any]:
    result: NDArray[Any]
    if direction == "forward":
        result = getattr(reference, name)(operands["value"], operands["filter"], **keywords)
    else:
        arrays = (operands["value"], operands["filter"], operands["cotangent"])
        result = reference.vector_jacobian_product(direction, name, *arrays, **keywords)  # type: ignore[arg-type]
    return result


def flushed(array: NDArray[Any]) -> NDArray[Any]:
    if array.dtype.kind in "ic":
        return array
    smallest = float(ml_dtypes.finfo(array.dtype).smallest_normal)
    return np.where(np.abs(array) < smallest, array.dtype.type(0), array)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
