"""The nodes of an ONNX model as calls of the suite, by those who read ONNX's published cases.

Knows: the installed `onnx` package, for shapes; which part of a kind reads nodes. Must not know: any kind.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from conformance.errors import UsageError
from conformance.operators.registry import parts
from conformance.scoring.yardstick import PublishedCase
from conformance.suite.case import Call

# Of operands that are shapes, scales or pads and not the values of a tensor: these are read as numbers.
SMALL = 64
WITH_BIAS = 3
"""operands: a value, a weight, and numbers for channels"""


@dataclass(frozen=True, slots=True)
class Node:
    """A node, and the call that it is; None for one that is none."""

    kind: str
    name: str
    call: Call | None
    bias: bool = False


def node_calls(path: Path) -> list[Node]:
    """The nodes of the model's graph. Raises UsageError where there is no onnx package, and for a file that is none."""
    try:
        import onnx
    except ImportError as error:
        raise UsageError(f"{path}: onnx is not installed; pip install onnx") from error
    try:
        model = onnx.shape_inference.infer_shapes(onnx.load(path, load_external_data=False))
    except Exception as error:
        raise UsageError(f"{path}: no ONNX model: {error}") from error
    return list(_nodes(onnx, model.graph))


def _nodes(onnx: Any, graph: Any) -> Iterator[Node]:
    readers = {kind: read for part in parts("yardstick") for kind, read in part.READERS.items()}
    constants = {
        each.name: onnx.numpy_helper.to_array(each) for each in graph.initializer if np.prod(each.dims or (1,)) <= SMALL
    }
    constants |= {
        node.output[0]: onnx.numpy_helper.to_array(node.attribute[0].t)
        for node in graph.node
        if node.op_type == "Constant" and node.attribute[0].name == "value"
    }
    described = {each.name: each for each in (*graph.input, *graph.value_info, *graph.output)}
    stored = {each.name: each for each in graph.initializer}
    for node in graph.node:
        if node.op_type == "Constant":
            continue
        read = readers.get(node.op_type)
        arrays = {
            name: _array(onnx, name, constants, described, stored) for name in (*node.input, node.output[0]) if name
        }
        if read is None or any(each is None for each in arrays.values()):
            yield Node(node.op_type, node.name, None)
            continue
        operands = tuple(arrays[name] if name else None for name in node.input)
        bias = node.op_type.startswith("Conv") and len(operands) == WITH_BIAS
        attributes = {each.name: onnx.helper.get_attribute_value(each) for each in node.attribute}
        given = operands[:2] if bias else operands
        case = read(PublishedCase(node.name, node.op_type, attributes, given, arrays[node.output[0]]))
        yield Node(node.op_type, node.name, None if case is None else case.call, bias)


def _array(
    onnx: Any, name: str, constants: Mapping[str, Any], described: Mapping[str, Any], stored: Mapping[str, Any]
) -> Any:
    """An array of the shape and dtype, that takes no memory; None for one that the model leaves open."""
    if name in constants:
        return constants[name]
    if name in stored:
        shape, element = tuple(stored[name].dims), stored[name].data_type
    elif name in described:
        tensor = described[name].type.tensor_type
        dims = [each.dim_value if each.HasField("dim_value") else None for each in tensor.shape.dim]
        if not tensor.HasField("shape") or None in dims:
            return None
        shape, element = tuple(dims), tensor.elem_type
    else:
        return None
    dtype = onnx.helper.tensor_dtype_to_np_dtype(element)
    return np.broadcast_to(np.zeros((), dtype), shape)
