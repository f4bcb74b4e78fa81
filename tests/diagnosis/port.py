"""A port for the tests: speaks frames on its standard streams, and plans for itself."""

import sys
from typing import Any

from conformance.protocol.frames import EndOfStream, frame, read_frame
from reference import conv2d_transpose


def _send(header: dict[str, Any], tensors: dict[str, Any] | None = None) -> None:
    for part in frame(header, tensors):
        sys.stdout.buffer.write(part)
    sys.stdout.buffer.flush()


def main() -> None:
    _send({"type": "hello", "protocol": 1, "framework": "port", "version": "0", "versions": {}, "flags": {}})
    while True:
        try:
            request, arrays = read_frame(sys.stdin.buffer.read)
        except EndOfStream:
            return
        given = request["arguments"]
        keywords = {name: given[name] for name in ("output_shape", "strides", "padding", "data_format", "dilations")}
        result = conv2d_transpose(arrays["value"], arrays["filter"], **keywords)
        _send({"type": "reply", "seq": request["seq"]}, {"result": result})


if __name__ == "__main__":
    main()
