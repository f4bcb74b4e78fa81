"""TensorFlow takes the call as it stands: every plan is one step, and every wrong call can be handed over.

Knows: TensorFlow's spellings and its three ways to execute a call. Imports tensorflow in the worker only.
"""

import os
from collections.abc import Callable
from typing import Any, TypeAlias

from numpy.typing import NDArray

from conformance.adapters.dialects.dialect import Dialect
from conformance.adapters.dialects.tensorflow import tensorflow_dialect
from conformance.adapters.notation import given_keywords, nominal_keywords
from conformance.adapters.plan import Argument, Invoke, Operands, Plan, Unsupported, perform
from conformance.adapters.protocol import Call, CallSource, Description, Nominal, calling

DTYPES = ("float16", "bfloat16", "float32", "float64", "int32")


class TensorFlow:
    """Eager by default; `function` traces a tf.function, `xla` compiles it; `session` is the v1 graph and Session of
    the tutorial. `eigen` leaves oneDNN out, in any of them.
    """

    names_output = True

    def __init__(self, modes: tuple[str, ...] = (), device: str | None = None) -> None:
        executions = [mode for mode in modes if mode != "eigen"]
        if len(executions) > 1:
            raise ValueError(f"modes {'+'.join(executions)} exclude one another")
        if device is not None:
            raise ValueError(f"device {device!r}: TensorFlow's lanes run on the CPU so far")
        self._mode = executions[0] if executions else "eager"
        self._environment = {"TF_CPP_MIN_LOG_LEVEL": "2"}
        if "eigen" in modes:
            self._environment["TF_ENABLE_ONEDNN_OPTS"] = "0"

    @property
    def dialect(self) -> Dialect:
        function = self._invoke(()).function
        return tensorflow_dialect(function, self._invoke, DTYPES, short_output_shape=True)

    def describe(self) -> Description:
        os.environ.update(self._environment)
        import tensorflow as tf

        flags = {name: os.environ.get(name, "") for name in ("TF_ENABLE_ONEDNN_OPTS",)}
        return Description("tensorflow", tf.__version__, {"tensorflow": tf.__version__}, {"mode": self._mode, **flags})

    def plan(self, call: Call) -> Plan | Unsupported:
        return Plan((self._invoke(given_keywords(call)),))

    def plan_nominal(self, nominal: Nominal, output: int | None) -> Plan | Unsupported:
        if nominal.word == "default":
            return Unsupported("tf.nn.conv2d_transpose's padding defaults to SAME: see there")
        return Plan((self._invoke(nominal_keywords(nominal, output)),))

    def execute(self, plan: Plan, arrays: Operands) -> NDArray[Any]:
        return perform(plan, arrays, _EXECUTE[self._mode])

    def call_source(self, step: Invoke, dtype: str) -> CallSource:
        before, call, after = _SOURCE[self._mode](step)
        return CallSource(
            imports=("import tensorflow as tf",),
            before=before,
            call=call,
            after=after,
            environment=self._environment,
        )

    def _invoke(self, keywords: tuple[tuple[str, Argument], ...]) -> Invoke:
        if self._mode == "session":
            function, operands = "tf.compat.v1.nn.conv2d_transpose", (("value", "value"), ("filter", "filter"))
        else:
            function, operands = "tf.nn.conv2d_transpose", (("", "value"), ("", "filter"))
        return Invoke(function, operands, keywords)


def _eager(step: Invoke, operands: Operands) -> NDArray[Any]:
    import tensorflow as tf

    tensors = {name: tf.constant(array) for name, array in operands.items()}
    result: NDArray[Any] = calling(_call(step), tensors).numpy()
    return result


def _function(step: Invoke, operands: Operands) -> NDArray[Any]:
    import tensorflow as tf

    tensors = {name: tf.constant(array) for name, array in operands.items()}
    traced = tf.function(_call(step), autograph=False)
    result: NDArray[Any] = calling(traced, tensors).numpy()
    return result


def _xla(step: Invoke, operands: Operands) -> NDArray[Any]:
    import tensorflow as tf

    tensors = {name: tf.constant(array) for name, array in operands.items()}
    compiled = tf.function(_call(step), autograph=False, jit_compile=True)
    result: NDArray[Any] = calling(compiled, tensors).numpy()
    return result


def _session(step: Invoke, operands: Operands) -> NDArray[Any]:
    import tensorflow as tf

    v1 = tf.compat.v1
    with v1.Graph().as_default():
        placeholders = {name: v1.placeholder(array.dtype, array.shape) for name, array in operands.items()}
        node = calling(_call(step), placeholders)
        with v1.Session() as session:
            feed = {placeholders[name]: array for name, array in operands.items()}
            result: NDArray[Any] = calling(session.run, node, feed_dict=feed)
    return result


_EXECUTE = {"eager": _eager, "function": _function, "xla": _xla, "session": _session}


def _call(step: Invoke) -> Callable[[dict[str, Any]], Any]:
    """The step as a function of its tensors."""
    import tensorflow as tf

    function: Any = tf
    for part in step.function.split(".")[1:]:
        function = getattr(function, part)

    def call(tensors: dict[str, Any]) -> Any:
        positional = [tensors[operand] for parameter, operand in step.operands if not parameter]
        named = {parameter: tensors[operand] for parameter, operand in step.operands if parameter}
        return function(*positional, **named, **dict(step.keywords))

    return call


_Lines: TypeAlias = tuple[str, ...]


def _eager_source(step: Invoke) -> tuple[_Lines, _Lines, _Lines]:
    return _constants(step), (step.source(),), ("result = result.numpy()",)


def _function_source(step: Invoke, compiled: str = "") -> tuple[_Lines, _Lines, _Lines]:
    operands = ", ".join(operand for _, operand in step.operands)
    traced = (
        "",
        f"@tf.function(autograph=False{compiled})",
        f"def traced({operands}):",
        f"    {step.source()}",
        "    return result",
        "",
    )
    return (*_constants(step), *traced), (f"result = traced({operands})",), ("result = result.numpy()",)


def _session_source(step: Invoke) -> tuple[_Lines, _Lines, _Lines]:
    operands = [operand for _, operand in step.operands]
    before = (
        "graph = tf.compat.v1.Graph()",
        f"fed = {', '.join(operands)}",
        "with graph.as_default():",
        *(f"    {name} = tf.compat.v1.placeholder({name}.dtype, {name}.shape)" for name in operands),
    )
    call = (
        "with graph.as_default():",
        f"    {step.source()}",
        "with tf.compat.v1.Session(graph=graph) as session:",
        f"    result = session.run(result, feed_dict=dict(zip(({', '.join(operands)}), fed)))",
    )
    return before, call, ()


def _constants(step: Invoke) -> _Lines:
    return tuple(f"{operand} = tf.constant({operand})" for _, operand in step.operands)


def _xla_source(step: Invoke) -> tuple[_Lines, _Lines, _Lines]:
    return _function_source(step, ", jit_compile=True")


_SOURCE = {"eager": _eager_source, "function": _function_source, "xla": _xla_source, "session": _session_source}
"""before the call, the call, after it: what `_EXECUTE` does"""
