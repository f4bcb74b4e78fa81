"""TensorFlow's ways to execute a call: eager, tf.function, XLA, the v1 Session; with tapes, where it is differentiated.

Knows: how each way is written, which is also how it is run. Must not know: how calls become steps
(`conformance.adapters.tensorflow.adapter`).
"""

from collections.abc import Callable, Mapping

from conformance.adapters.execution import Lines
from conformance.adapters.plan import Invoke
from conformance.adapters.protocol import CallSource

IMPORTS = ("import tensorflow as tf",)
TO_NUMPY = ("result = result.numpy()",)


def _function(step: Invoke, compiled: str = "") -> CallSource:
    operands = ", ".join(step.needed)
    traced = (
        f"@tf.function(autograph=False{compiled})",
        f"def traced({operands}):",
        *(f"    {line}" for line in _taped(step)),
        "    return result",
        "",
    )
    return CallSource(
        IMPORTS, (f"result = traced({operands})",), define=traced, before=_constants(step), after=TO_NUMPY
    )


def _session(step: Invoke) -> CallSource:
    operands = step.needed
    named = ", ".join(operands) + "," * (len(operands) == 1)
    # A placeholder takes its operand's name, so the arrays are kept under another one.
    before = (
        "graph = tf.compat.v1.Graph()",
        f"fed = {named}",
        "with graph.as_default():",
        *(f"    {name} = tf.compat.v1.placeholder({name}.dtype, {name}.shape)" for name in operands),
    )
    call = (
        "with graph.as_default():",
        *(f"    {line}" for line in step.calls()),
        *((f"    {_pulled(step)}",) if step.gradient else ()),
        "with tf.compat.v1.Session(graph=graph) as session:",
        f"    result = session.run(result, feed_dict=dict(zip(({named}), fed)))",
    )
    return CallSource(IMPORTS, call, before=before)


SOURCES: Mapping[str, Callable[[Invoke], CallSource]] = {
    "eager": lambda step: CallSource(IMPORTS, _taped(step), before=_constants(step), after=TO_NUMPY),
    "function": _function,
    "xla": lambda step: _function(step, ", jit_compile=True"),
    "session": _session,
}
"""by the lane's mode"""


def computation(step: Invoke, mode: str) -> Lines:
    """The step as a function of tensors, to be built with others into the graph of a mode."""
    pulled = (_pulled(step),) if step.gradient else ()
    lines = (*step.calls(), *pulled) if mode == "session" else _taped(step)
    return (f"def computation({', '.join(step.needed)}):", *(f"    {line}" for line in lines), "    return result")


def _pulled(step: Invoke) -> str:
    return f"(result,) = tf.compat.v1.gradients(result, [{step.gradient}], grad_ys=[cotangent])"


def _taped(step: Invoke) -> Lines:
    if not step.gradient:
        return step.calls()
    return (
        "with tf.GradientTape() as tape:",
        f"    tape.watch({step.gradient})",
        *(f"    {line}" for line in step.calls()),
        f"result = tape.gradient(result, {step.gradient}, output_gradients=cotangent)",
    )


def _constants(step: Invoke) -> Lines:
    return tuple(f"{operand} = tf.constant({operand})" for operand in step.needed)
