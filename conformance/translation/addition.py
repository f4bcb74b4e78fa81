"""A bias that is added around a call: `CALL + b[8]`, `tf.nn.bias_add(CALL, b[8])`, `jnp.add(CALL, b[8])`.

Knows: along which axis each of them adds. Must not know: where a call's result has its channels, which is asked for.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from conformance.adapters.plan import Argument, Invoke
from conformance.translation.code import Part, WrittenCall, WrittenTensor
from conformance.translation.modules import spellings

_TAKES: Mapping[str, tuple[str, ...]] = {
    "+": ("bias",),
    "tf.nn.bias_add": ("bias", "data_format", "name"),
    "jax.numpy.add": ("y",),
    "mlx.core.add": ("b",),
    "keras.ops.add": ("x2",),
    "openvino.opset16.add": ("right_node",),
}
PARAMETERS = {spelled: names for function, names in _TAKES.items() for spelled in spellings(function)}
"""those after the call itself"""
# What `+` is, by the package of the call's function; elsewhere the function takes the bias itself
SUMS = {
    "tf": "tf.add", "keras": "keras.ops.add", "jax": "jax.numpy.add", "mlx": "mlx.core.add", "paddle": "paddle.add",
    "openvino": "openvino.opset16.add",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class AddedBias:
    """A bias around a call."""

    by: str
    bias: Part
    shape: tuple[int, ...]
    data_format: Argument = None
    reshaped: tuple[int, ...] = ()
    """what it is before it is added, such as (8, 1, 1) where channels come first; empty where it stays as it is"""

    def axis(self, rank: int) -> int:
        """The axis of a result with so many spatial axes along which it is added."""
        if isinstance(self.data_format, str) and self.data_format.startswith("NC"):
            return 1
        shape = self.reshaped or self.shape
        longer = [place for place, length in enumerate(shape) if length != 1] or [len(shape) - 1]
        return rank + 2 - len(shape) + longer[0]

    def invoke(self, package: str) -> Invoke:
        """The addition, after a call of a package's function."""
        function = "tf.nn.bias_add" if self.by.endswith("bias_add") else SUMS.get(package, self.by)
        keywords = (("data_format", self.data_format),) if self.data_format is not None else ()
        return Invoke(function, (("", "result"), ("", "bias")), keywords)


def read_addition(call: WrittenCall) -> AddedBias | None:
    """What is added around the call, None for nothing; raises CallError for what is not an addition of a tensor."""
    added = call.added
    if added is None:
        return None
    if added.by not in PARAMETERS:
        accepted = "`+ b[8]`, `tf.nn.bias_add(..., b[8])` or `jnp.add(..., b[8])`"
        raise call.wrong(f"{added.by} of a call is not read; what is around a call must be one of {accepted}")
    names = PARAMETERS[added.by]
    positional, keywords = added.parts.positional, added.parts.keywords
    if len(positional) > len(names):
        raise call.wrong(f"{added.by} takes the call and {', '.join(names)}", positional[len(names)])
    parts = {**dict(zip(names, positional, strict=False)), **dict(keywords)}
    for name, part in keywords:
        if name not in names[len(positional) :]:
            raise call.wrong(f"{added.by} takes the call and {', '.join(names)}", part)
    bias, data_format = parts.get(names[0]), parts.get("data_format")
    if bias is None or not isinstance(bias.value, WrittenTensor):
        raise call.wrong(f"{added.by} adds a tensor with its shape, such as b[8]", bias)
    if data_format is None:
        return _added(added.by, bias, bias.value.shape)
    if not isinstance(data_format.value, str):
        raise call.wrong("data_format is a word, such as 'NHWC'", data_format)
    return AddedBias(added.by, bias, bias.value.shape, data_format.value)


def _added(by: str, bias: Part, shape: tuple[int, ...]) -> AddedBias:
    """Without a word about layouts: what is longer than its channels is added in the shape that it has."""
    channels = tuple(length for length in shape if length != 1) or shape[-1:]
    return (
        AddedBias(by, bias, channels, reshaped=shape)
        if len(shape) > 1 and len(channels) == 1
        else AddedBias(by, bias, shape)
    )
