"""PyTorch crops both sides alike and has no output_shape: `conv_transpose2d` with the crop that is left around it.

Knows: torch's argument meanings, as integers. Imports torch in the worker only.

Per axis torch computes crop_before = padding and output = s(i-1) - 2 padding + d(k-1) + 1 + output_padding, with
0 <= output_padding < max(s, d). So `padding = crop_before, output_padding = crop_before - crop_after` says the call
where that is in range; elsewhere the plan takes a larger result and crops it.
"""

from typing import Any

import ml_dtypes
import numpy as np
from numpy.typing import NDArray

from conformance.adapters.axis_formulas import torch_arguments
from conformance.adapters.dialects.dialect import Dialect
from conformance.adapters.dialects.torch import FUNCTION, torch_dialect
from conformance.adapters.notation import (
    FILTER_TO_IN_OUT,
    TO_CHANNELS_FIRST,
    TO_CHANNELS_LAST,
    is_channels_last,
    spatial_numbers,
)
from conformance.adapters.plan import Argument, Crop, Invoke, Operands, Plan, Step, Transpose, Unsupported, perform
from conformance.adapters.protocol import Call, CallSource, Description, Nominal, calling
from reference.geometry import Axis, TransposedConvolution


class Torch:
    """Eager torch.nn.functional on the CPU, or on the lane's device.

    `nomkldnn` leaves oneDNN out; `channels_last` hands value and weight over in that memory format.
    """

    names_output = False

    def __init__(self, modes: tuple[str, ...] = (), device: str | None = None) -> None:
        self._mkldnn = "nomkldnn" not in modes
        self._channels_last = "channels_last" in modes
        self._device = device or "cpu"

    @property
    def dialect(self) -> Dialect:
        return torch_dialect()

    def describe(self) -> Description:
        import torch

        torch.empty(0, device=self._device)  # raises where the machine has no such device
        torch.backends.mkldnn.set_flags(self._mkldnn)
        flags = {"device": self._device, "threads": str(torch.get_num_threads()), "mkldnn": str(self._mkldnn)}
        return Description("torch", torch.__version__, {"torch": torch.__version__}, flags)

    def plan(self, call: Call) -> Plan | Unsupported:
        if call.geometry is None:
            return _plan_wrong(call)
        return _plan(call.geometry, is_channels_last(call))

    def plan_nominal(self, nominal: Nominal, output: int | None) -> Plan | Unsupported:
        if nominal.word == "SAME":
            return Unsupported("conv_transpose2d has no SAME: its padding takes numbers")
        padding: tuple[tuple[str, Argument], ...] = (("padding", 0),) if nominal.word == "VALID" else ()
        return Plan(
            (
                Transpose("value", TO_CHANNELS_FIRST),
                Transpose("filter", FILTER_TO_IN_OUT),
                _invoke(("stride", nominal.stride), *padding, ("dilation", nominal.dilation)),
                Transpose("result", TO_CHANNELS_LAST),
            )
        )

    def execute(self, plan: Plan, arrays: Operands) -> NDArray[Any]:
        return perform(plan, arrays, self._call)

    def call_source(self, step: Invoke, dtype: str) -> CallSource:
        there, back = ("", "") if self._device == "cpu" else (f".to({self._device!r})", ".cpu()")
        laid_out = ".contiguous(memory_format=torch.channels_last)" if self._channels_last else ""
        tensor, array = _SIXTEEN_BIT_SOURCE if dtype == "bfloat16" else ("torch.from_numpy({})", "{}.numpy()")
        return CallSource(
            imports=("import torch",),
            setup=(
                'torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))',
                *(() if self._mkldnn else ("torch.backends.mkldnn.set_flags(False)",)),
            ),
            before=tuple(f"{operand} = {tensor.format(operand)}{there}{laid_out}" for _, operand in step.operands),
            call=("with torch.no_grad():", f"    {step.source()}"),
            after=(f"result = {array.format(f'result{back}')}",),
        )

    def _call(self, step: Invoke, operands: Operands) -> NDArray[Any]:
        import torch

        tensors = [_tensor(operands[operand]).to(self._device) for _, operand in step.operands]
        if self._channels_last:
            tensors = [tensor.contiguous(memory_format=torch.channels_last) for tensor in tensors]
        with torch.no_grad():
            result = calling(torch.nn.functional.conv_transpose2d, *tensors, **dict(step.keywords))
        return _array(result.cpu())


def _tensor(array: NDArray[Any]) -> Any:
    """PyTorch and NumPy share memory, but for bfloat16, which NumPy knows through ml_dtypes and torch by its bits."""
    import torch

    if array.dtype == ml_dtypes.bfloat16:
        return torch.from_numpy(array.view(np.int16)).view(torch.bfloat16)
    return torch.from_numpy(array)


def _array(tensor: Any) -> NDArray[Any]:
    import torch

    if tensor.dtype == torch.bfloat16:
        bits: NDArray[Any] = tensor.contiguous().view(torch.int16).numpy()
        return bits.view(ml_dtypes.bfloat16)
    array: NDArray[Any] = tensor.numpy()
    return array


_SIXTEEN_BIT_SOURCE = (
    "torch.from_numpy({}.view(np.int16)).view(torch.bfloat16)",
    "{}.contiguous().view(torch.int16).numpy().view(ml_dtypes.bfloat16)",
)
"""what `_tensor` and `_array` do about bfloat16"""


def _plan(geometry: TransposedConvolution, last: bool) -> Plan | Unsupported:
    if any(axis.input == 0 for axis in geometry.axes):
        return Unsupported("torch has no spatial length 0")
    arguments = [torch_arguments(axis) for axis in geometry.axes]
    if any(each.length < 1 for each in arguments):
        return Unsupported("torch has no result of spatial length 0, and the crop leaves nothing of this one")
    steps: list[Step] = [Transpose("value", TO_CHANNELS_FIRST)] if last else []
    steps += [
        Transpose("filter", FILTER_TO_IN_OUT),
        _invoke(
            ("stride", tuple(axis.stride for axis in geometry.axes)),
            ("padding", tuple(each.padding for each in arguments)),
            ("output_padding", tuple(each.output_padding for each in arguments)),
            ("dilation", tuple(axis.dilation for axis in geometry.axes)),
        ),
    ]
    notes = []
    if any(each.length != axis.output for each, axis in zip(arguments, geometry.axes, strict=True)):
        start = (0, 0, *(each.start for each in arguments))
        length = (geometry.batch, geometry.channels_out, *(axis.output for axis in geometry.axes))
        steps.append(Crop("result", start, length))
        notes.append(_why_composed(geometry.axes))
    if last:
        steps.append(Transpose("result", TO_CHANNELS_LAST))
    return Plan(tuple(steps), tuple(notes))


def _why_composed(axes: tuple[Axis, ...]) -> str:
    uneven = next(axis for axis in axes if torch_arguments(axis).length != axis.output)
    return (
        f"PyTorch crops both sides alike; this needs {uneven.crop_before} before and "
        f"{max(uneven.crop_after, 0)} after: composed"
    )


def _plan_wrong(call: Call) -> Plan | Unsupported:
    """The same wrong numbers under torch's names, where torch has a name for them."""
    assert call.fault is not None
    last = is_channels_last(call)
    strides, dilations = spatial_numbers(call.strides, last), spatial_numbers(call.dilations, last)
    match call.fault.reason:
        case "output_shape":
            return Unsupported("conv_transpose2d takes no output_shape")
        case "data_format":
            return Unsupported("conv_transpose2d takes no data_format")
        case "padding" if isinstance(call.padding, str):
            return Unsupported("conv_transpose2d's padding takes no word")
        case "padding":
            return Unsupported("conv_transpose2d's padding takes no pairs")
        case "rank" if len(call.value_shape) != 4 or len(call.filter_shape) != 4:
            return Unsupported("conv_transpose2d takes three axes as an unbatched value, and weights of other ranks")
        case "rank":
            return Unsupported("conv_transpose2d takes no output_shape")
    if strides is None or dilations is None:
        return Unsupported("conv_transpose2d takes strides and dilations of height and width only")
    steps: list[Step] = [Transpose("value", TO_CHANNELS_FIRST)] if last else []
    steps += [Transpose("filter", FILTER_TO_IN_OUT), _invoke(("stride", strides), ("dilation", dilations))]
    return Plan(tuple(steps))


def _invoke(*keywords: tuple[str, Argument]) -> Invoke:
    return Invoke(FUNCTION, (("", "value"), ("", "filter")), keywords)
