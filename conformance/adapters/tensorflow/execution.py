"""TensorFlow's ways to execute a call, and the same as lines of a script.

Knows: eager execution, tf.function, XLA, the v1 Session, tapes. Must not know: how calls become steps
(`conformance.adapters.tensorflow.adapter`). Imports tensorflow where it computes, in the worker only.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, TypeAlias

from numpy.typing import NDArray

from conformance.adapters.plan import Invoke, Operands
from conformance.adapters.protocol import calling

Lines: TypeAlias = tuple[str, ...]
Tensors: TypeAlias = Mapping[str, Any]


def _eager(step: Invoke, operands: Operands) -> NDArray[Any]:
    import tensorflow as tf

    tensors = {name: tf.constant(array) for name, array in operands.items()}
    result: NDArray[Any] = calling(_taped(step), tensors).numpy()
    return result


def _traced(step: Invoke, operands: Operands, *, compiled: bool | None) -> NDArray[Any]:
    import tensorflow as tf

    tensors = {name: tf.constant(array) for name, array in operands.items()}
    result: NDArray[Any] = calling(_tf_function(step, compiled), tensors).numpy()
    return result


@lru_cache(maxsize=1)
def _tf_function(step: Invoke, compiled: bool | None) -> Any:
    """Kept from call to call as a program keeps it: what it remembers is part of the answer."""
    import tensorflow as tf

    return tf.function(_taped(step), autograph=False, jit_compile=compiled)


def _function(step: Invoke, operands: Operands) -> NDArray[Any]:
    return _traced(step, operands, compiled=None)


def _xla(step: Invoke, operands: Operands) -> NDArray[Any]:
    return _traced(step, operands, compiled=True)


def _session(step: Invoke, operands: Operands) -> NDArray[Any]:
    import tensorflow as tf

    v1 = tf.compat.v1
    with v1.Graph().as_default():
        placeholders = {name: v1.placeholder(array.dtype, array.shape) for name, array in operands.items()}
        node = calling(_call(step), placeholders)
        if step.gradient:
            (node,) = calling(v1.gradients, node, [placeholders[step.gradient]], grad_ys=[placeholders["cotangent"]])
        with v1.Session() as session:
            feed = {placeholders[name]: array for name, array in operands.items()}
            result: NDArray[Any] = calling(session.run, node, feed_dict=feed)
    return result


EXECUTE: Mapping[str, Callable[[Invoke, Operands], NDArray[Any]]] = {
    "eager": _eager,
    "function": _function,
    "xla": _xla,
    "session": _session,
}


def _call(step: Invoke) -> Callable[[Tensors], Any]:
    """The calls of the step as a function of their tensors."""

    def call(tensors: Tensors) -> Any:
        tensors = dict(tensors)
        for each in (step, *step.then):
            positional = [tensors[operand] for parameter, operand in each.operands if not parameter]
            named = {parameter: tensors[operand] for parameter, operand in each.operands if parameter}
            tensors["result"] = _named(each.function)(*positional, **named, **dict(each.keywords))
        return tensors["result"]

    return call


def _taped(step: Invoke) -> Callable[[Tensors], Any]:
    """The step as a function of its tensors, its result differentiated where it says so."""
    import tensorflow as tf

    call = _call(step)
    if not step.gradient:
        return call

    def pulled(tensors: Tensors) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(tensors[step.gradient])
            result = call(tensors)
        return tape.gradient(result, tensors[step.gradient], output_gradients=tensors["cotangent"])

    return pulled


def _named(function: str) -> Any:
    import tensorflow as tf

    found: Any = tf
    for part in function.split(".")[1:]:
        found = getattr(found, part)
    return found


def _eager_source(step: Invoke) -> tuple[Lines, Lines, Lines]:
    return _constants(step), _taped_source(step), ("result = result.numpy()",)


def _taped_source(step: Invoke) -> Lines:
    if not step.gradient:
        return step.calls()
    return (
        "with tf.GradientTape() as tape:",
        f"    tape.watch({step.gradient})",
        *(f"    {line}" for line in step.calls()),
        f"result = tape.gradient(result, {step.gradient}, output_gradients=cotangent)",
    )


def _function_source(step: Invoke, compiled: str = "") -> tuple[Lines, Lines, Lines]:
    operands = ", ".join(step.needed)
    traced = (
        "",
        f"@tf.function(autograph=False{compiled})",
        f"def traced({operands}):",
        *(f"    {line}" for line in _taped_source(step)),
        "    return result",
        "",
    )
    return (*_constants(step), *traced), (f"result = traced({operands})",), ("result = result.numpy()",)


def _xla_source(step: Invoke) -> tuple[Lines, Lines, Lines]:
    return _function_source(step, ", jit_compile=True")


def _session_source(step: Invoke) -> tuple[Lines, Lines, Lines]:
    operands = step.needed
    pulled = f"    (result,) = tf.compat.v1.gradients(result, [{step.gradient}], grad_ys=[cotangent])"
    before = (
        "graph = tf.compat.v1.Graph()",
        f"fed = {', '.join(operands)}",
        "with graph.as_default():",
        *(f"    {name} = tf.compat.v1.placeholder({name}.dtype, {name}.shape)" for name in operands),
    )
    call = (
        "with graph.as_default():",
        *(f"    {line}" for line in step.calls()),
        *((pulled,) if step.gradient else ()),
        "with tf.compat.v1.Session(graph=graph) as session:",
        f"    result = session.run(result, feed_dict=dict(zip(({', '.join(operands)}), fed)))",
    )
    return before, call, ()


def _constants(step: Invoke) -> Lines:
    return tuple(f"{operand} = tf.constant({operand})" for operand in step.needed)


SOURCE: Mapping[str, Callable[[Invoke], tuple[Lines, Lines, Lines]]] = {
    "eager": _eager_source,
    "function": _function_source,
    "xla": _xla_source,
    "session": _session_source,
}
"""before the call, the call, after it: what `EXECUTE` does"""
