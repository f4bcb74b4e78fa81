"""A call as an ONNX model of one node, in lines of Python that run it and that scripts print.

Knows: which keywords of a plan are constants of the model. Must not know: onnx itself, who runs the model.
"""

from conformance.adapters.execution import Lines
from conformance.adapters.onnx.spelling import CONSTANTS, OPSET
from conformance.adapters.plan import Invoke, written

ONE_NODE: Lines = (
    "def one_node(kind, operands, leaves, constants=None, **attributes):",
    '    """A model of one node: operands are fed, constants are part of it, and it leaves `result`."""',
    "    element = onnx.helper.np_dtype_to_tensor_dtype",
    "    fed = [onnx.helper.make_tensor_value_info(name, element(array.dtype), array.shape)",
    "           for name, array in operands.items()]",
    "    kept = [onnx.numpy_helper.from_array(array, name) for name, array in (constants or {}).items()",
    "            if array is not None]",
    "    names = [*operands, *(name if array is not None else '' for name, array in (constants or {}).items())]",
    "    node = onnx.helper.make_node(kind, names, leaves, **attributes)",
    "    graph = onnx.helper.make_graph([node], 'call', fed, [onnx.ValueInfoProto(name='result')], kept)",
    f"    opset = onnx.helper.make_opsetid('', {OPSET})",
    "    return onnx.helper.make_model(graph, opset_imports=[opset], ir_version=10)",
    "",
)
"""the function that `model_of` calls: ir_version 10 is the newest that goes with the opset"""
# What a constant is made of: numbers of an input that has the value's dtype, and of others.
_DTYPES = {"constant_value": "value.dtype", "scales": "np.float32", "roi": "np.float32"}


def model_of(step: Invoke) -> str:
    """The expression that makes the model of a step's node, of operands under their own names."""
    kind, given = step.function.rpartition(".")[2], dict(step.keywords)
    inputs = CONSTANTS.get(kind, ())
    # An input that is left out is an empty name, where another follows.
    last = max((place for place, name in enumerate(inputs) if name in given), default=-1)
    constants = ", ".join(
        f"{name!r}: np.array({written(given[name])}, {_DTYPES.get(name, 'np.int64')})" if name in given
        else f"{name!r}: None"
        for name in inputs[: last + 1]
    )  # fmt: skip
    attributes = "".join(f", {name}={written(word)}" for name, word in given.items() if name not in inputs)
    operands = ", ".join(f"{name!r}: {name}" for _, name in step.operands)
    leaves = step.leaves.split(", ")
    return f"one_node({kind!r}, {{{operands}}}, {leaves}, {{{constants}}}{attributes})"


def fed_to(step: Invoke) -> str:
    """The operands as a runtime is fed them."""
    return "{" + ", ".join(f"{name!r}: {name}" for _, name in step.operands) + "}"
