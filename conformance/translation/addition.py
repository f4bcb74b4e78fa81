"""A bias that is added around a call: `CALL + b[8]`, `tf.nn.bias_add(CALL, b[8])`, `jnp.add(CALL, b[8])`.

Knows: along which axis each of them adds. Must not know: where a call's result has its channels, which is asked for.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from conformance.adapters.plan import Argument, Invoke
from conformance.translation.code import Part, WrittenCall, WrittenTensor

# After the call itself
PARAMETERS: Mapping[str, tuple[str, ...]] = {
    "+": ("bias",),
    "tf.nn.bias_add": ("bias", "data_format", "name"),
    "tensorflow.nn.bias_add": ("bias", "data_format", "name"),
    "jax.numpy.add": ("y",),
    "jnp.add": ("y",),
}
# What `+` is, by the package of the call's function
SUMS = {"tf": "tf.add", "keras": "tf.add", "jax": "jax.numpy.add"}


@dataclass(frozen=True, slots=True)
class AddedBias:
    """A bias around a call."""

    by: str
    bias: Part
    shape: tuple[int, ...]
    data_format: Argument = None
    reshaped: tuple[int, ...] = ()
    """what it is before it is added, such as (8, 1, 1) where channels come first; empty where it stays as it is"""

    @property
    def along_last(self) -> bool:
        """Whether it is added along the result's last axis; otherwise along the second."""
        return not self.reshaped and not (isinstance(self.data_format, str) and self.data_format.startswith("NC"))

    def invoke(self, package: str) -> Invoke:
        """The addition, after a call of a package's function."""
        function = "tf.nn.bias_add" if self.by.endswith("bias_add") else SUMS.get(package, self.by)
        keywords = (("data_format", self.data_format),) if self.data_format is not None else ()
        return Invoke(function, (("", "result"), ("", "bias")), keywords)


def read_addition(call: WrittenCall) -> AddedBias | None:
    """What is added around the call, None for nothing; raises CallError for what is no addition of a tensor."""
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
        return AddedBias(added.by, bias, bias.value.shape)
    if not isinstance(data_format.value, str):
        raise call.wrong("data_format is a word, such as 'NHWC'", data_format)
    return AddedBias(added.by, bias, bias.value.shape, data_format.value)
