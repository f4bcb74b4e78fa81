"""The calls that a torch module makes: recorded while it runs on its example inputs, or read from an exported program.

Knows: torch. Must not know: operators of the suite. What is recorded are functions of torch.nn.functional by their own
parameters; what they call inside is theirs.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from conformance.models.occurrence import Occurrence, TensorShape, called

MODULE = "torch.nn.functional"
# Of an exported program: names of ATen's operators where those are not the functions' own.
RENAMED = {"self": "input"}
RESIZED = {
    "upsample_nearest1d": "nearest", "upsample_nearest2d": "nearest", "upsample_nearest3d": "nearest",
    "_upsample_nearest_exact1d": "nearest-exact", "_upsample_nearest_exact2d": "nearest-exact",
    "_upsample_nearest_exact3d": "nearest-exact", "upsample_linear1d": "linear", "upsample_bilinear2d": "bilinear",
    "upsample_trilinear3d": "trilinear", "upsample_bicubic2d": "bicubic",
}  # fmt: skip
"""the mode of interpolate by the operator that it becomes"""


def module_calls(module: Any, inputs: Iterable[Any]) -> list[Occurrence]:
    """The calls of one run of a module, or a function, on these inputs."""
    import torch
    from torch.overrides import TorchFunctionMode, resolve_name

    found: list[Occurrence] = []

    class Recording(TorchFunctionMode):  # type: ignore[misc]
        def __torch_function__(
            self, function: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None
        ) -> Any:
            name = (resolve_name(function) or getattr(function, "__name__", "?")).removesuffix("_")
            found.extend(_occurrence(name, args, kwargs or {}))
            return function(*args, **(kwargs or {}))

    with torch.no_grad(), Recording():
        module(*inputs)
    return found


def exported_calls(path: Path) -> list[Occurrence]:
    """The calls of a program that `torch.export.save` wrote; what is traced has the shapes of its example inputs."""
    import torch

    program = torch.export.load(path)
    found: list[Occurrence] = []
    for node in program.graph.nodes:
        if node.op == "call_function" and hasattr(node.target, "_schema"):
            schema = node.target._schema
            names = [RENAMED.get(argument.name, argument.name) for argument in schema.arguments]
            given = {**dict(zip(names, node.args, strict=False)), **node.kwargs}
            values = {name: _value(each) for name, each in given.items()}
            name = schema.name.removeprefix("aten::")
            if name not in RESIZED:
                found += _occurrence(f"{MODULE}.{name}", (), values)
                continue
            sizes = {"size": values.get("output_size"), "scale_factor": values.get("scale_factors")}
            words = {**sizes, "mode": RESIZED[name], "align_corners": values.get("align_corners")}
            kept = {name: each for name, each in words.items() if each is not None}
            found += _occurrence(f"{MODULE}.interpolate", (values["input"],), kept)
    return found


def _value(argument: Any) -> Any:
    """What a node of a graph stands for."""
    if isinstance(argument, list | tuple):
        return type(argument)(_value(each) for each in argument)
    return argument.meta.get("val") if hasattr(argument, "meta") else argument


def _occurrence(name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Iterator[Occurrence]:
    import torch

    tensors = [each for each in (*args, *kwargs.values()) if isinstance(each, torch.Tensor)]
    if not tensors or name.startswith("torch.Tensor."):
        return
    function = name if name.startswith(f"{MODULE}.") else f"{MODULE}.{name.rpartition('.')[2]}"
    dtype = str(tensors[0].dtype).removeprefix("torch.")
    keywords = {name: _plain(each) for name, each in kwargs.items()}
    yield Occurrence(function, called(function, [_plain(each) for each in args], keywords), dtype)


def _plain(argument: Any) -> Any:
    import torch

    if isinstance(argument, torch.Tensor):
        return TensorShape(tuple(map(int, argument.shape)))
    if isinstance(argument, list | tuple):
        return tuple(map(_plain, argument))
    return argument
