"""The programs that PyTorch makes of a call: compiled, exported, or exported to ONNX and run by ONNX Runtime.

Knows: how each is written, which is also how it is run. Must not know: how calls become steps.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from conformance.adapters.execution import Lines
from conformance.adapters.plan import Invoke


@dataclass(frozen=True, slots=True)
class Captured:
    """A call as lines, which leave `result`."""

    call: Lines
    define: Lines = ()
    """what is defined before it, each time"""
    program: Lines = ()
    """what is made of it once, for operands of one shape"""


def _eager(step: Invoke) -> Captured:
    return Captured(step.calls())


def _compiled(step: Invoke) -> Captured:
    """The calls as a function, compiled anew each time."""
    define = ("@torch.compile(dynamic=False)", f"def compiled({_taken(step)}):", *_body(step, 4))
    return Captured((f"result = compiled({_taken(step)})",), define)


def _exported(step: Invoke) -> Captured:
    program = (*_module(step), f"exported = torch.export.export(Call(), ({_taken(step)},)).module()")
    return Captured((f"result = exported({_taken(step)})",), program=program)


def _run_by_onnx_runtime(step: Invoke) -> Captured:
    return Captured(
        (
            f"fed = zip(session.get_inputs(), ({_taken(step)},), strict=True)",
            "(result,) = session.run(None, {given.name: operand.numpy() for given, operand in fed})",
            "result = torch.from_numpy(result)",
        ),
        program=(
            *_module(step),
            f"program = torch.onnx.export(Call().eval(), ({_taken(step)},), dynamo=True, verbose=False)",
            "model = program.model_proto.SerializeToString()",
            "session = onnxruntime.InferenceSession(model, providers=['CPUExecutionProvider'])",
        ),
    )


CAPTURES: Mapping[str, Callable[[Invoke], Captured]] = {
    "": _eager,
    "compile": _compiled,
    "export": _exported,
    "onnx": _run_by_onnx_runtime,
}
"""by the lane's mode; without one the call is made as it is written"""


def _module(step: Invoke) -> Lines:
    """The calls as a module, which is what is exported."""
    return ("class Call(torch.nn.Module):", f"    def forward(self, {_taken(step)}):", *_body(step, 8))


def _body(step: Invoke, indent: int) -> Lines:
    return tuple(f"{' ' * indent}{line}" for line in (*step.calls(), "return result"))


def _taken(step: Invoke) -> str:
    return ", ".join(operand for operand in step.needed if operand != "cotangent")
