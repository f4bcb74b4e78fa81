"""TensorFlow takes the call as it stands: every plan is one step, and every wrong call can be handed over.

Knows: TensorFlow's spellings of the family. Imports tensorflow in the worker only.
"""

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from itertools import chain
from typing import Any, TypeAlias

from numpy.typing import NDArray

from conformance.adapters.dialect import Dialect
from conformance.adapters.execution import Modules, define, execute
from conformance.adapters.function import Takes
from conformance.adapters.notation import bias_add, given_keywords, is_channels_last, nominal_keywords, spatial_numbers
from conformance.adapters.plan import Argument, Invoke, Operands, Plan, Unsupported, prepare
from conformance.adapters.planning import Planned
from conformance.adapters.protocol import DIRECTIONS, FEATURES, Call, CallSource, Description, Nominal
from conformance.adapters.tensorflow.composition import composed_plan
from conformance.adapters.tensorflow.dialect import tensorflow_dialect
from conformance.adapters.tensorflow.execution import SOURCES, computation
from conformance.adapters.tensorflow.words import FUNCTIONS
from conformance.operators.convolution.call import Convolution, convolution

DTYPES = ("float16", "bfloat16", "float32", "float64", "int32", "int8", "uint8")
EXECUTIONS = ("function", "session", "xla")
# In one graph: one of them costs as much as a few calls that each have their own.
MODULE_CALLS = 64
# For the next numbers of the same calls: those of the latest graph, or of the parts of one that failed.
MODULES_KEPT = 4
Shapes: TypeAlias = tuple[tuple[Any, tuple[int, ...]], ...]
"""dtype and shape of each operand of a call"""
Given: TypeAlias = Sequence[Sequence[Any]]
"""the operands of each call"""
Results: TypeAlias = dict[int, NDArray[Any]]
DEVICES = {None: "/CPU:0", "cpu": "/CPU:0", "cuda": "/GPU:0"}


class TensorFlow(Planned):
    """Eager by default; `function` traces a tf.function, `xla` compiles it; `session` is the v1 graph and Session of
    the tutorial. `eigen` leaves oneDNN out, in any of them; `tf32` lets a GPU round float32 operands.
    """

    planner = "tensorflow"
    features = FEATURES
    concurrent = True
    dtypes = DTYPES
    directions = DIRECTIONS
    names_output = True

    def __init__(self, modes: tuple[str, ...] = (), device: str | None = None) -> None:
        executions = [mode for mode in modes if mode in EXECUTIONS]
        if len(executions) > 1:
            raise ValueError(f"modes {'+'.join(executions)} exclude one another")
        if device not in DEVICES:
            raise ValueError(f"device {device!r}; TensorFlow's are cpu and cuda")
        if "tf32" in modes and device != "cuda":
            raise ValueError("mode tf32 is for the device cuda")
        self._mode = executions[0] if executions else "eager"
        self.together = MODULE_CALLS if executions else 0
        self._device = device
        self._tf32 = "tf32" in modes
        # Errors only: the end of standard error is what is shown of a process that dies.
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

        if self._device == "cuda" and not tf.config.list_physical_devices("GPU"):
            raise RuntimeError("TensorFlow sees no GPU on this machine")
        chosen = os.environ.get("TF_ENABLE_ONEDNN_OPTS", "")
        flags = {"mode": self._mode, "TF_ENABLE_ONEDNN_OPTS": chosen, **_kernel_library()}
        if self._device == "cuda":
            tf.config.experimental.enable_tensor_float_32_execution(self._tf32)
            flags |= {"device": "cuda", **({"operands": "tf32"} if self._tf32 else {})}
        return Description("tensorflow", tf.__version__, {"tensorflow": tf.__version__}, flags)

    def plan_convolution(self, call: Convolution) -> Plan | Unsupported:
        """The plan of a call, right or wrong: as it stands."""
        if call.planned_geometry is None and call.groups != 1:
            return Unsupported(f"tf.nn.{call.operator} takes no groups; it infers them from the shapes")
        then = bias_add(call, self._module)
        # As the author wrote them, under the function's own names; where it takes one spelling only, in that.
        given = dict(given_keywords(call))
        parameters = [each for each in FUNCTIONS[call.operator].parameters if each.says in given]
        keywords = tuple((each.name, _spelled(call, each, given[each.says])) for each in parameters)
        return Plan((self._invoke(keywords, call.operator, then, call.gradient),))

    def plan_composed(self, call: Call) -> Plan | Unsupported:
        return composed_plan(convolution(call), self.plan_convolution)

    def plan_nominal(self, nominal: Nominal, output: int | None) -> Plan | Unsupported:
        if nominal.word == "default":
            return Unsupported("tf.nn.conv2d_transpose's padding defaults to SAME: see there")
        return Plan((self._invoke(nominal_keywords(nominal, output)),))

    def execute(self, plan: Plan, arrays: Operands) -> NDArray[Any]:
        import tensorflow as tf

        with tf.device(DEVICES[self._device]):
            return execute(plan, arrays, self.call_source, **self.modules())

    def modules(self) -> Modules:
        """What the lines of a call use, by the names that they have there. Called in the worker."""
        import tensorflow as tf

        return {"tf": tf}

    def execute_together(self, asked: Sequence[tuple[Plan, Operands]]) -> list[NDArray[Any] | None]:
        import tensorflow as tf

        prepared = [prepare(plan, arrays) for plan, arrays in asked]
        operands = [tuple(each.operands.values()) for each in prepared]
        shapes = tuple(tuple((array.dtype, array.shape) for array in arrays) for arrays in operands)
        with tf.device(DEVICES[self._device]):
            results = _module(self._mode, tuple(each.invoke for each in prepared), shapes)(operands)
        return [each.finish(results[place]) if place in results else None for place, each in enumerate(prepared)]

    def call_source(self, step: Invoke, dtype: str) -> CallSource:
        # What it refuses while a graph is built may abort the process where it is run.
        return replace(SOURCES[self._mode](step), environment=self._environment, asked_again=False)

    def _invoke(
        self,
        keywords: tuple[tuple[str, Argument], ...],
        operator: str = "conv2d_transpose",
        then: tuple[Invoke, ...] = (),
        gradient: str = "",
    ) -> Invoke:
        named = self._mode == "session" and operator == "conv2d_transpose"  # the tutorial's own spelling
        operands = (("value", "value"), ("filter", "filter")) if named else (("", "value"), ("", "filter"))
        return Invoke(f"{self._module}.{operator}", operands, keywords, then, gradient)

    @property
    def _module(self) -> str:
        return "tf.compat.v1.nn" if self._mode == "session" else "tf.nn"


@lru_cache(maxsize=MODULES_KEPT)
def _module(mode: str, steps: tuple[Invoke, ...], shapes: tuple[Shapes, ...]) -> Callable[[Given], Results]:
    """The steps as one graph, from the operands of each to the results by place; a step that is refused while the graph
    is built is left out.
    """
    import tensorflow as tf

    functions = [define(computation(step, mode), (("tf", tf),))["computation"] for step in steps]

    def build(operands: Given) -> dict[int, Any]:
        results: dict[int, Any] = {}
        for place, (function, tensors) in enumerate(zip(functions, operands, strict=True)):
            with suppress(Exception):
                results[place] = function(*tensors)
        return results

    if mode == "session":
        graph = tf.compat.v1.Graph()
        with graph.as_default():
            placeholders = [[tf.compat.v1.placeholder(*each) for each in of_step] for of_step in shapes]
            fetched = build(placeholders)
        session = tf.compat.v1.Session(graph=graph)
        fed = [placeholder for of_step in placeholders for placeholder in of_step]
        return lambda operands: session.run(fetched, dict(zip(fed, chain.from_iterable(operands), strict=True)))
    traced = tf.function(build, autograph=False, jit_compile=mode == "xla")
    return lambda operands: {
        place: result.numpy()
        for place, result in traced([[tf.constant(array) for array in arrays] for arrays in operands]).items()
    }


def _kernel_library() -> dict[str, str]:
    """`onednn`: 1 where TensorFlow's kernels are oneDNN's, 0 where they are Eigen's; empty where it does not tell.

    Without the variable TF_ENABLE_ONEDNN_OPTS the processor decides: one without AVX512-VNNI gets Eigen's, which refuse
    and miscalculate other calls.
    """
    try:
        from tensorflow.python.util import _pywrap_util_port
    except ImportError:
        return {}
    return {"onednn": str(int(_pywrap_util_port.IsMklEnabled()))}


def _spelled(call: Convolution, parameter: Takes, given: Argument) -> Argument:
    if not parameter.counts or call.planned_geometry is None:
        return given
    rank, last = call.definition.rank, is_channels_last(call)
    spatial = spatial_numbers(call.strides if parameter.says == "strides" else call.dilations, last, rank)
    assert spatial is not None
    if parameter.counts == (rank,):
        return spatial
    return (1, *spatial, 1) if last else (1, 1, *spatial)
