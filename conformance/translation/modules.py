"""How people import the modules of frameworks, so that a function is known by each name that a call may have for it.

Knows: names of modules. Must not know: their functions.
"""

from collections.abc import Mapping

_OPSETS = tuple(
    f"{prefix}opset{number}" for prefix in ("openvino.", "ov.", "openvino.runtime.", "") for number in range(1, 17)
)

MODULES: Mapping[str, tuple[str, ...]] = {
    "tf": ("tensorflow",),
    "tf.image": ("tensorflow.image",),
    "tf.nn": ("tensorflow.nn",),
    "tf.compat.v1.nn": ("tensorflow.compat.v1.nn",),
    "torch.nn.functional": ("F", "nn.functional", "torch"),
    "torch.nn": ("nn", ""),
    "keras.layers": ("tf.keras.layers", "tensorflow.keras.layers", "layers", ""),
    "keras.ops": ("ops", "keras.ops.nn", "ops.nn"),
    "keras.ops.image": ("ops.image",),
    "jax.lax": ("lax",),
    "jax.numpy": ("jnp",),
    "tf.compat.v1.image": ("tensorflow.compat.v1.image",),
    "jax.image": (),
    "flax.linen": ("nn", "linen"),
    "flax.nnx": ("nnx",),
    "haiku": ("hk",),
    "equinox.nn": ("eqx.nn",),
    "paddle.nn.functional": ("F", "nn.functional"),
    "paddle.nn": ("nn",),
    "tinygrad.nn": (),
    "tinygrad.Tensor": ("Tensor",),
    "mlx.core": ("mx",),
    "mlx.nn": (),
    "onnx": ("op", "onnx.op"),
    "openvino.opset16": (*_OPSETS, "opset", "ov_opset"),
}
"""by the name that documents have; nothing where a class is imported by its own name"""


# Of functions that took other arguments before, the number of the first set of operators whose they are
_SINCE = {"openvino.opset16.max_pool": 8, "openvino.opset16.interpolate": 11}


def spellings(function: str) -> tuple[str, ...]:
    """Every name that a call may have for a function or layer, its own first."""
    module, _, name = function.rpartition(".")
    since = _SINCE.get(function, 0)
    prefixes = (module, *(each for each in MODULES.get(module, ()) if _number(each) >= since))
    return tuple(dict.fromkeys(f"{prefix}.{name}" if prefix else name for prefix in prefixes))


def _number(module: str) -> int:
    """Of a set of operators; of a module without one it is above all."""
    _, _, number = module.rpartition("opset")
    return int(number) if number.isdigit() else 99
