"""JAX says everything in one `lax.conv_transpose`, once the pads are those of the dilated input.

Knows: JAX's argument meanings, as integers. Imports jax in the worker only.

`transpose_kernel=True` takes TensorFlow's filter [height, width, out, in] unchanged; without it the kernel is not
flipped, and the result is not the adjoint of a convolution. Explicit pads there are what is put around the
zero-dilated input: before = d(k-1) - crop_before, after = output + crop_before - s(i-1) - 1; negative ones crop.
"""

import os
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.adapters.axis_formulas import jax_pads
from conformance.adapters.dialects.dialect import Dialect
from conformance.adapters.dialects.jax import FUNCTION, jax_dialect
from conformance.adapters.notation import is_channels_last, spatial_numbers
from conformance.adapters.plan import Argument, Invoke, Operands, Plan, Unsupported, perform
from conformance.adapters.protocol import Call, CallSource, Description, Nominal, calling


class Jax:
    """Eager `lax.conv_transpose` with 64-bit types enabled; `jit` compiles the call as a whole."""

    names_output = False

    def __init__(self, modes: tuple[str, ...] = (), device: str | None = None) -> None:
        self._jit = "jit" in modes
        self._device = device or "cpu"

    @property
    def dialect(self) -> Dialect:
        return jax_dialect()

    def describe(self) -> Description:
        os.environ["JAX_PLATFORMS"] = self._device
        import jax
        import jaxlib

        jax.config.update("jax_enable_x64", True)
        versions = {"jax": jax.__version__, "jaxlib": jaxlib.__version__}
        return Description("jax", jax.__version__, versions, {"jax_enable_x64": "True", "device": self._device})

    def plan(self, call: Call) -> Plan | Unsupported:
        if call.geometry is None:
            return _plan_wrong(call)
        axes = call.geometry.axes
        if any(axis.input == 0 for axis in axes):
            return Unsupported("JAX dilates a spatial length 0 to a length that is not defined")
        return _plan(
            tuple(axis.stride for axis in axes),
            tuple(jax_pads(axis) for axis in axes),
            tuple(axis.dilation for axis in axes),
            is_channels_last(call),
        )

    def plan_nominal(self, nominal: Nominal, output: int | None) -> Plan | Unsupported:
        if nominal.word == "default":
            return Unsupported("lax.conv_transpose's padding has no default")
        return _plan((nominal.stride,) * 2, nominal.word, (nominal.dilation,) * 2, last=True)

    def execute(self, plan: Plan, arrays: Operands) -> NDArray[Any]:
        return perform(plan, arrays, self._call)

    def call_source(self, step: Invoke, dtype: str) -> CallSource:
        return CallSource(
            imports=("import jax",),
            setup=('jax.config.update("jax_enable_x64", True)',),
            call=(*self._call_lines(step), "result = jax.block_until_ready(result)"),
            after=("result = np.asarray(result)",),
            environment={"JAX_PLATFORMS": self._device},
        )

    def _call_lines(self, step: Invoke) -> tuple[str, ...]:
        if not self._jit:
            return (step.source(),)
        operands = ", ".join(operand for _, operand in step.operands)
        traced = ("@jax.jit", f"def compiled({operands}):", f"    {step.source()}", "    return result", "")
        return (*traced, f"result = compiled({operands})")

    def _call(self, step: Invoke, operands: Operands) -> NDArray[Any]:
        import jax

        function = partial(jax.lax.conv_transpose, **dict(step.keywords))
        result = calling(
            jax.jit(function) if self._jit else function, *(operands[operand] for _, operand in step.operands)
        )
        # JAX dispatches asynchronously: what the call gets wrong may show only when its result is waited for.
        return np.asarray(calling(jax.block_until_ready, result))


def _plan(strides: tuple[int, ...], padding: Argument, dilations: tuple[int, ...], last: bool) -> Plan:
    data_format = "NHWC" if last else "NCHW"
    keywords: tuple[tuple[str, Argument], ...] = (
        ("strides", strides),
        ("padding", padding),
        ("rhs_dilation", dilations),
        ("dimension_numbers", (data_format, "HWIO", data_format)),
        ("transpose_kernel", True),
    )
    return Plan((Invoke(FUNCTION, (("", "value"), ("", "filter")), keywords),))


def _plan_wrong(call: Call) -> Plan | Unsupported:
    """The same wrong numbers under JAX's names, where JAX has a name for them."""
    assert call.fault is not None
    last = is_channels_last(call)
    strides, dilations = spatial_numbers(call.strides, last), spatial_numbers(call.dilations, last)
    match call.fault.reason:
        case "output_shape":
            return Unsupported("lax.conv_transpose takes no output_shape")
        case "data_format":
            return Unsupported("lax.conv_transpose takes dimension_numbers, no data_format")
        case "rank" if len(call.value_shape) == 4 and len(call.filter_shape) == 4:
            return Unsupported("lax.conv_transpose takes no output_shape")
    if strides is None or dilations is None:
        return Unsupported("lax.conv_transpose takes strides and dilations of height and width only")
    if not isinstance(call.padding, str):
        return Unsupported("explicit pads of lax.conv_transpose mean something else, and may be negative")
    return _plan(strides, call.padding, dilations, last)
