"""PyTorch: `torch.nn.functional`, eager, compiled, or on the meta device, which knows shapes alone.

Knows: torch's modes, tensors and derivatives. Imports torch in the worker only; `plans` says calls in its words.
"""

from typing import Any

import ml_dtypes
from numpy.typing import NDArray

from conformance.adapters.execution import Lines, Modules, execute
from conformance.adapters.onnx.limits import ONNX_RUNTIME
from conformance.adapters.plan import Invoke, Operands, Plan, Unsupported
from conformance.adapters.planning import Planned
from conformance.adapters.protocol import DIRECTIONS, FEATURES, CallSource, Description, Nominal
from conformance.adapters.torch.capture import CAPTURES
from conformance.adapters.torch.plans import VOCABULARY
from conformance.adapters.torch.words import DTYPES


class Torch(Planned):
    """Eager torch.nn.functional on the CPU, or on the lane's device.

    `nomkldnn` leaves oneDNN out; `channels_last` hands value and weight over in that memory format, `strided` as views
    whose elements do not lie side by side; `compile` compiles each call, `export` calls what torch.export makes of
    it, and `onnx` has ONNX Runtime run what torch.onnx makes of it; `meta` computes shapes and dtypes only; `tf32` lets
    a GPU round float32 operands.
    """

    planner = "torch"
    features = FEATURES
    dtypes = DTYPES
    names_output = False

    def __init__(self, modes: tuple[str, ...] = (), device: str | None = None) -> None:
        if "meta" in modes and (len(modes) > 1 or device is not None):
            raise ValueError("mode meta computes nothing; it goes with no other mode and no device")
        if {"channels_last", "strided"} <= set(modes):
            raise ValueError("modes channels_last+strided exclude one another: both say how operands lie in memory")
        if "tf32" in modes and device != "cuda":
            raise ValueError("mode tf32 is for the device cuda")
        captured = [mode for mode in modes if mode in CAPTURES]
        if len(captured) > 1:
            raise ValueError(f"modes {'+'.join(captured)} exclude one another: each makes another program of a call")
        self._mkldnn = "nomkldnn" not in modes
        self._channels_last = "channels_last" in modes
        self._strided = "strided" in modes
        self._capture = captured[0] if captured else ""
        # torch.export keeps what it traces in globals: of two threads one fails.
        self.concurrent = self._capture not in ("export", "onnx")
        # What is exported to ONNX has no derivatives, and of dtypes what the runtime takes.
        self.directions = DIRECTIONS[:1] if self._capture == "onnx" else DIRECTIONS
        self.limits = ONNX_RUNTIME if self._capture == "onnx" else ()
        self._tf32 = "tf32" in modes
        self._device = "meta" if "meta" in modes else device or "cpu"

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
        versions, below = {"torch": torch.__version__}, dict[str, str]()
        if self._capture == "onnx":
            import onnxruntime
            import onnxscript

            below = {"onnxruntime": onnxruntime.__version__}
            versions |= {**below, "onnxscript": onnxscript.__version__}
        return Description("torch", torch.__version__, versions, flags, runs_on=below)

    def plan_nominal(self, nominal: Nominal, output: int | None) -> Plan | Unsupported:
        return VOCABULARY.nominal_plan_in_numbers(nominal)

    def execute(self, plan: Plan, arrays: Operands) -> NDArray[Any]:
        import torch

        if self._capture == "compile":
            torch._dynamo.reset()  # what was compiled for other shapes would be kept, and its limit reached
        return execute(plan, arrays, self.call_source, **self.modules())

    def modules(self) -> Modules:
        """What the lines of a call use, by the names that they have there. Called in the worker."""
        import torch

        modules = {"torch": torch, "ml_dtypes": ml_dtypes}
        if self._capture == "onnx":
            import onnxruntime

            modules["onnxruntime"] = onnxruntime
        return modules

    def call_source(self, step: Invoke, dtype: str) -> CallSource:
        narrow = dtype == "bfloat16"
        captured = CAPTURES[self._capture](step)
        tensor = "to_torch({})" if narrow else "torch.from_numpy({})"
        there = "" if self._device == "cpu" else f".to({self._device!r})"
        return CallSource(
            imports=("import torch", *(("import onnxruntime",) if self._capture == "onnx" else ())),
            setup=(
                'torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))',
                *(() if self._mkldnn else ("torch.backends.mkldnn.set_flags(False)",)),
                *(("torch.backends.cudnn.allow_tf32 = True",) if self._tf32 else ()),
            ),
            define=_SIXTEEN_BITS if narrow else (),
            before=(
                *(f"{operand} = {tensor.format(operand)}{there}" for operand in step.needed),
                *self._laid_out(step),
                *((f"{step.gradient}.requires_grad_()",) if step.gradient else ()),
                *captured.define,
            ),
            program=captured.program if step.gradient else _without_gradients(captured.program),
            call=(*captured.call, f"(result,) = torch.autograd.grad(result, {step.gradient}, cotangent)")
            if step.gradient
            else _without_gradients(captured.call),
            after=self._after(dtype),
        )

    def _laid_out(self, step: Invoke) -> Lines:
        """Operands as the lane has them lie in memory; what their ranks are only the lines themselves see."""
        if self._strided:
            return tuple(f"{name} = torch.stack(({name}, {name}), dim=-1)[..., 0]" for name in step.needed)
        if not self._channels_last:
            return ()
        # A bias has one axis, a width alone three: torch has no such memory format for them.
        formats = "formats = {4: torch.channels_last, 5: torch.channels_last_3d}"
        return formats, *(
            f"{name} = {name}.contiguous(memory_format=formats.get({name}.ndim, torch.contiguous_format))"
            for name in step.needed
        )

    def _after(self, dtype: str) -> Lines:
        """The result as NumPy has it. A gradient of complex numbers may be a view that conjugates."""
        there = "" if self._device == "cpu" else ".cpu()"
        array = f"result{there}{'.resolve_conj()' * dtype.startswith('complex')}.numpy()"
        lines = (f"result = {f'to_numpy(result{there})' if dtype == 'bfloat16' else array}",)
        if self._device == "meta":  # which has shapes and no values
            return ("result = torch.zeros(result.shape, dtype=result.dtype)", *lines)
        return lines


def _without_gradients(lines: Lines) -> Lines:
    return ("with torch.no_grad():", *(f"    {line}" for line in lines)) if lines else ()


# PyTorch and NumPy share memory, but for bfloat16, which NumPy knows through ml_dtypes and torch by its bits.
_SIXTEEN_BITS = (
    "def to_torch(array):",
    "    if array.dtype == ml_dtypes.bfloat16:",
    "        return torch.from_numpy(array.view(np.int16)).view(torch.bfloat16)",
    "    return torch.from_numpy(array)",
    "",
    "def to_numpy(tensor):",
    "    if tensor.dtype == torch.bfloat16:",
    "        return tensor.contiguous().view(torch.int16).numpy().view(ml_dtypes.bfloat16)",
    "    return tensor.numpy()",
    "",
)
