"""An adapter: how the suite asks one framework. docs/protocol.md is for ports, this file for what Python can import.

It passes `conformance smoke --lane ./my_adapter.py:MyAdapter` as it stands, with one operator in plain NumPy. Replace
`depth_to_space` by a call of your framework, and what is declared by what that takes.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.adapters.plan import Invoke, Operands, Plan, Unsupported, perform
from conformance.adapters.protocol import Call, Description, calling

Array = NDArray[Any]


def depth_to_space(value: Array, block_size: int, mode: str = "DCR", data_format: str | None = None) -> Array:
    """Channels to blocks of pixels. value: (batch, height, width, channels). Yours here."""
    if value.ndim != 4 or data_format not in (None, "NHWC") or mode not in ("DCR", "CRD"):
        raise ValueError("a value has four axes, NHWC, and mode is DCR or CRD")
    batch, height, width, channels = value.shape
    if block_size < 1 or channels % block_size**2:
        raise ValueError(f"{channels} channels are no blocks of {block_size} by {block_size}")
    left = channels // block_size**2
    parts = (block_size, block_size, left) if mode == "DCR" else (left, block_size, block_size)
    order = (0, 1, 3, 2, 4, 5) if mode == "DCR" else (0, 1, 4, 2, 5, 3)
    split = value.reshape(batch, height, width, *parts).transpose(order)
    return np.ascontiguousarray(split).reshape(batch, height * block_size, width * block_size, left)


class MyAdapter:
    """What the suite asks. It is asked about what it declares, and about nothing else."""

    operators = ("depth_to_space",)
    features = ()
    dtypes = ("float32", "float64")
    directions = ("forward",)

    def describe(self) -> Description:
        """Called in a worker, first: import your framework here, and say its versions."""
        return Description("my-framework", "0.1", {"numpy": np.__version__})

    def plan(self, call: Call) -> Plan | Unsupported:
        """The call in your framework's words, from integers alone; nothing is imported here. Never repair a wrong call:
        hand it over as it is, or say why it cannot be said.
        """
        given = call.arguments()
        if given.get("data_format") == "NCHW":
            return Unsupported("the function takes channels last alone")
        names = ("block_size", "mode", "data_format")
        keywords = tuple((name, given[name]) for name in names if given.get(name) is not None)
        return Plan((Invoke("my_framework.depth_to_space", (("", "value"),), keywords),))

    def execute(self, plan: Plan, arrays: Operands) -> Array:
        """The result. Called in the worker."""
        return perform(plan, arrays, self._invoke)

    def _invoke(self, step: Invoke, operands: Operands) -> Array:
        # What is raised inside `calling` is a refusal; anywhere else it is this adapter's own fault.
        result: Array = calling(depth_to_space, *operands.values(), **dict(step.keywords))
        return result
