"""PyTorch: `torch.nn.functional`, eager, compiled, or on the meta device, which knows shapes alone.

Knows: torch's modes, tensors and derivatives. Imports torch in the worker only; `plans` says calls in its words.
"""

from typing import Any

import ml_dtypes
import numpy as np
from numpy.typing import NDArray

from conformance.adapters.dialect import Dialect
from conformance.adapters.plan import Invoke, Operands, Plan, Unsupported, perform
from conformance.adapters.protocol import DIRECTIONS, FEATURES, Call, CallSource, Description, Nominal, calling
from conformance.adapters.torch.dialect import torch_dialect
from conformance.adapters.torch.plans import torch_nominal_plan, torch_plan
from conformance.adapters.torch.words import DTYPES
from reference.family import OPERATORS

CHANNELS_LAST = {4: "channels_last", 5: "channels_last_3d"}
"""torch's name of the memory format, by the number of axes; others have none"""


class Torch:
    """Eager torch.nn.functional on the CPU, or on the lane's device.

    `nomkldnn` leaves oneDNN out; `channels_last` hands value and weight over in that memory format, `strided` as views
    whose elements do not lie side by side; `compile` compiles each call; `meta` computes shapes and dtypes only; `tf32`
    lets a GPU round float32 operands.
    """

    operators = tuple(OPERATORS)
    features = FEATURES
    concurrent = True
    dtypes = DTYPES
    directions = DIRECTIONS
    names_output = False

    def __init__(self, modes: tuple[str, ...] = (), device: str | None = None) -> None:
        if "meta" in modes and (len(modes) > 1 or device is not None):
            raise ValueError("mode meta computes nothing; it goes with no other mode and no device")
        if {"channels_last", "strided"} <= set(modes):
            raise ValueError("modes channels_last+strided exclude one another: both say how operands lie in memory")
        if "tf32" in modes and device != "cuda":
            raise ValueError("mode tf32 is for the device cuda")
        self._mkldnn = "nomkldnn" not in modes
        self._channels_last = "channels_last" in modes
        self._strided = "strided" in modes
        self._compile = "compile" in modes
        self._tf32 = "tf32" in modes
        self._device = "meta" if "meta" in modes else device or "cpu"

    @property
    def dialect(self) -> Dialect:
        return torch_dialect()

    def describe(self) -> Description:
        import torch

        torch.empty(0, device=self._device)  # raises where the machine has no such device
        torch.backends.mkldnn.set_flags(self._mkldnn)
        flags = {"device": self._device, "threads": str(torch.get_num_threads()), "mkldnn": str(self._mkldnn)}
        if self._device == "cuda":
            torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = self._tf32
            flags |= {"operands": "tf32"} if self._tf32 else {}
        if self._device == "meta":
            flags["values"] = "none"
        return Description("torch", torch.__version__, {"torch": torch.__version__}, flags)

    def plan(self, call: Call) -> Plan | Unsupported:
        return torch_plan(call)

    def plan_nominal(self, nominal: Nominal, output: int | None) -> Plan | Unsupported:
        if nominal.word == "SAME":
            return Unsupported("conv_transpose2d has no SAME: its padding takes numbers")
        return torch_nominal_plan(nominal, {"padding": 0} if nominal.word == "VALID" else {})

    def execute(self, plan: Plan, arrays: Operands) -> NDArray[Any]:
        return perform(plan, arrays, self._call)

    def call_source(self, step: Invoke, dtype: str) -> CallSource:
        tensor, array = _SIXTEEN_BIT_SOURCE if dtype == "bfloat16" else ("torch.from_numpy({})", "{}.numpy()")
        there, back = ("", "") if self._device == "cpu" else (f".to({self._device!r})", ".cpu()")
        after = array.format(f"result{back}") if self._device != "meta" else "np.zeros(result.shape, dtype)"
        return CallSource(
            imports=("import torch",),
            setup=(
                'torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))',
                *(() if self._mkldnn else ("torch.backends.mkldnn.set_flags(False)",)),
                *(("torch.backends.cudnn.allow_tf32 = True",) if self._tf32 else ()),
            ),
            before=tuple(f"{operand} = {tensor.format(operand)}{there}" for operand in step.needed)
            + self._laid_out_source(step),
            call=self._call_source(step),
            after=(f"result = {after}",),
        )

    def _laid_out_source(self, step: Invoke) -> tuple[str, ...]:
        """As `_given` does; what the operands' ranks are only the script itself sees."""
        if self._strided:
            return tuple(f"{name} = torch.stack(({name}, {name}), dim=-1)[..., 0]" for name in step.needed)
        if not self._channels_last:
            return ()
        formats = "formats = {4: torch.channels_last, 5: torch.channels_last_3d}"
        return formats, *(
            f"{name} = {name}.contiguous(memory_format=formats.get({name}.ndim, torch.contiguous_format))"
            for name in step.needed
        )

    def _call_source(self, step: Invoke) -> tuple[str, ...]:
        operands = ", ".join(operand for operand in step.needed if operand != "cotangent")
        calls = step.calls()
        compiled: tuple[str, ...] = ()
        if self._compile:
            returned = (*calls[:-1], calls[-1].replace("result = ", "return ", 1))
            compiled = ("@torch.compile(dynamic=False)", f"def compiled({operands}):", *(f"    {c}" for c in returned))
            calls = (f"result = compiled({operands})",)
        if not step.gradient:
            return (*compiled, "with torch.no_grad():", *(f"    {line}" for line in calls))
        return (
            *compiled,
            f"{step.gradient}.requires_grad_()",
            *calls,
            f"(result,) = torch.autograd.grad(result, {step.gradient}, cotangent)",
        )

    def _call(self, step: Invoke, operands: Operands) -> NDArray[Any]:
        import torch

        tensors = {name: self._given(name, array) for name, array in operands.items()}
        function = _function(step)
        if self._compile:
            torch._dynamo.reset()  # what was compiled for other shapes would be kept, and its limit reached
            function = torch.compile(function, dynamic=False)
        names = [name for name in tensors if name != "cotangent"]
        if step.gradient:
            tensors[step.gradient].requires_grad_()
            result = calling(function, *(tensors[name] for name in names))
            (result,) = calling(torch.autograd.grad, result, tensors[step.gradient], tensors["cotangent"])
        else:
            with torch.no_grad():
                result = calling(function, *(tensors[name] for name in names))
        return _array(result) if self._device != "meta" else _nothing(result, next(iter(operands.values())))

    def _given(self, name: str, array: NDArray[Any]) -> Any:
        """The tensor as the lane lays it out, on its device; a bias has one axis, and no memory format."""
        import torch

        tensor = _tensor(array).to(self._device)
        if self._strided:
            return torch.stack((tensor, tensor), dim=-1)[..., 0]
        named = CHANNELS_LAST.get(tensor.ndim)
        if self._channels_last and named is not None:
            return tensor.contiguous(memory_format=getattr(torch, named))
        return tensor


def _function(step: Invoke) -> Any:
    """The step as a function of its operands, in order."""
    import torch

    function = getattr(torch.nn.functional, step.function.rpartition(".")[2])
    keywords = dict(step.keywords)

    def call(*tensors: Any) -> Any:
        return function(*tensors, **keywords)

    return call


def _tensor(array: NDArray[Any]) -> Any:
    """PyTorch and NumPy share memory, but for bfloat16, which NumPy knows through ml_dtypes and torch by its bits."""
    import torch

    if array.dtype == ml_dtypes.bfloat16:
        return torch.from_numpy(array.view(np.int16)).view(torch.bfloat16)
    return torch.from_numpy(array)


def _array(tensor: Any) -> NDArray[Any]:
    import torch

    tensor = tensor.detach().cpu()
    if tensor.dtype == torch.bfloat16:
        bits: NDArray[Any] = tensor.contiguous().view(torch.int16).numpy()
        return bits.view(ml_dtypes.bfloat16)
    array: NDArray[Any] = tensor.resolve_conj().numpy()
    return array


def _nothing(tensor: Any, operand: NDArray[Any]) -> NDArray[Any]:
    """An array of the tensor's shape: it has no values. Its dtype is the operands' where torch says so."""
    import torch

    same = tensor.dtype == _tensor(operand).dtype
    dtype = operand.dtype if same else torch.empty(0, dtype=tensor.dtype).numpy().dtype
    return np.zeros(tuple(tensor.shape), dtype)


_SIXTEEN_BIT_SOURCE = (
    "torch.from_numpy({}.view(np.int16)).view(torch.bfloat16)",
    "{}.contiguous().view(torch.int16).numpy().view(ml_dtypes.bfloat16)",
)
"""what `_tensor` and `_array` do about bfloat16"""
