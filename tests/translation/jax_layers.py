"""Layers of Flax, Haiku and Equinox against what `translate` reads in them: run where the packages are installed.

    python tests/translation/jax_layers.py

Each layer is made and called on whole numbers, and the plan of its reading on the same value and the same parameters.
The packages are no dependency of the suite, so that no test runs this.
"""

import os
import sys
from importlib import import_module
from typing import Any

import numpy as np

os.environ["JAX_PLATFORMS"] = "cpu"

LAYERS = """
nn.Conv(4, (3, 3))(x[2,6,7,3])
nn.Conv(4, (3, 3), strides=(2, 1), padding="VALID", use_bias=False)(x[2,6,7,3])
nn.Conv(4, (3, 2), strides=2, padding=((1, 0), (0, 2)), kernel_dilation=2)(x[2,6,7,3])
nn.Conv(6, (3, 3), feature_group_count=3, padding=1)(x[1,5,5,3])
nn.Conv(4, 3, padding="CAUSAL", kernel_dilation=2)(x[2,6,3])
nn.Conv(4, (2, 2, 2), padding="SAME")(x[1,3,4,5,2])
nn.Conv(4, (3, 3), input_dilation=(2, 2), padding=((1, 2), (2, 1)))(x[1,4,4,2])
nn.ConvTranspose(4, (3, 3), strides=(2, 2))(x[2,4,5,3])
nn.ConvTranspose(4, (3, 2), strides=(2, 3), padding="VALID", transpose_kernel=True)(x[2,4,5,3])
nn.ConvTranspose(4, (4, 4), (2, 2), padding=1, kernel_dilation=(2, 1))(x[1,4,4,3])
nnx.Conv(3, 4, (3, 3), strides=2, rngs=nnx.Rngs(0))(x[1,6,6,3])
nnx.ConvTranspose(3, 4, (3, 3), strides=(2, 2), rngs=nnx.Rngs(0))(x[1,6,6,3])
hk.Conv1D(4, 3, stride=2)(x[2,7,3])
hk.Conv2D(4, 3, stride=2, rate=1, data_format="NCHW")(x[2,3,6,7])
hk.Conv2D(4, (3, 2), rate=2, padding="VALID", with_bias=False)(x[2,6,7,3])
hk.Conv2DTranspose(4, 3, stride=2)(x[2,4,5,3])
hk.Conv2DTranspose(4, 3, stride=2, output_shape=(7, 10))(x[2,4,5,3])
hk.Conv1DTranspose(4, 2, stride=3, output_shape=16, padding="VALID")(x[2,5,3])
hk.Conv2DTranspose(4, (3, 2), stride=(2, 1), padding="VALID", data_format="NCHW")(x[2,3,4,5])
jax.vmap(eqx.nn.Conv1d(3, 4, 3, stride=2, padding=1, key=key))(x[2,3,7])
jax.vmap(eqx.nn.Conv2d(4, 6, 3, padding="SAME", groups=2, key=key))(x[2,4,6,7])
jax.vmap(eqx.nn.ConvTranspose2d(3, 4, 3, stride=2, padding=1, output_padding=1, key=key))(x[2,3,4,5])
jax.vmap(eqx.nn.ConvTranspose2d(3, 4, 3, stride=2, padding="SAME", key=key))(x[2,3,4,5])
jax.vmap(eqx.nn.ConvTranspose2d(4, 4, (3, 2), stride=2, dilation=2, groups=2, use_bias=False, key=key))(x[2,4,4,5])
nn.max_pool(x[2,6,7,3], (2, 3), strides=(2, 2), padding="SAME")
nn.max_pool(x[2,6,7,3], (2, 2))
nn.avg_pool(x[2,6,7,3], (2, 2), strides=(2, 1), padding="SAME")
nn.avg_pool(x[2,6,7,3], (2, 2), strides=(2, 2), padding=((1, 0), (0, 1)), count_include_pad=False)
hk.max_pool(x[2,6,7,3], 2, 2, "SAME")
hk.avg_pool(x[2,6,7,3], (1, 2, 4, 1), (1, 2, 2, 1), "SAME")
hk.AvgPool(4, 2, "VALID")(x[2,6,7,3])
jax.vmap(eqx.nn.MaxPool2d(2, 2))(x[2,3,6,7])
jax.vmap(eqx.nn.AvgPool2d(2, stride=2, padding=1))(x[2,3,6,6])
"""


def computed(text: str, value: Any, operands: dict[str, Any]) -> Any:
    """The layer's own result, with the parameters that are given."""
    packages = ("equinox", "flax.linen", "flax.nnx", "haiku", "jax", "jax.numpy")
    eqx, nn, nnx, hk, jax, jnp = map(import_module, packages)
    key, flat = jax.random.PRNGKey(0), [operands[name] for name in ("filter", "bias") if name in operands]
    names = {"nn": nn, "nnx": nnx, "hk": hk, "eqx": eqx, "jax": jax, "key": key, "jnp": jnp}
    made, _, rest = text.rpartition("x[")
    shown = f"{made}x{rest[rest.index(']') + 1 :]}"

    def laid(current: Any) -> Any:
        """The parameter of this shape."""
        found = operands["filter"] if np.ndim(current) == operands["filter"].ndim else operands.get("bias")
        return jnp.asarray(found).reshape(np.shape(current))

    if shown.startswith("hk."):
        model = hk.without_apply_rng(hk.transform(lambda x: eval(shown, {**names, "x": x})))
        return model.apply(jax.tree.map(laid, model.init(key, value)), value)
    if "pool" in shown.lower():
        return eval(shown, {**names, "x": value})
    if shown.startswith("nn."):
        layer = eval(shown.removesuffix("(x)"), names)
        return layer.apply(jax.tree.map(laid, layer.init(key, value)), value)
    inner = shown.removesuffix("(x)").removeprefix("jax.vmap(")
    layer = eval(inner.removesuffix(")") if shown.startswith("jax.vmap(") else inner, names)
    if shown.startswith("nnx."):
        layer.kernel.value = jnp.asarray(operands["filter"])
        layer.bias.value = jnp.asarray(operands["bias"])
        return layer(value)
    layer = eqx.tree_at(lambda each: each.weight, layer, laid(layer.weight))
    if len(flat) > 1:
        layer = eqx.tree_at(lambda each: each.bias, layer, laid(layer.bias))
    return jax.vmap(layer)(value)


def main() -> int:
    """How many layers are other than what is read in them."""
    from conformance.adapters.lane import load_adapter, parse_lane
    from conformance.translation.reading import read_call

    adapter, wrong = load_adapter(parse_lane("jax")), 0
    adapter.describe()
    for text in filter(None, LAYERS.splitlines()):
        reading, random = read_call(text, "float32"), np.random.default_rng(0)
        operands = {name: random.integers(-4, 5, shape).astype(np.float32) for name, shape in reading.given.items()}
        try:
            theirs = np.asarray(computed(text, operands["value"], operands))
        except Exception as error:
            theirs = np.zeros(0)
            print(f"  {type(error).__name__}: {error}")
        ours = adapter.execute(reading.plan, operands)
        same = theirs.shape == ours.shape and bool(np.allclose(theirs, ours, rtol=1e-6, atol=0))
        wrong += not same
        print(f"{'same ' if same else 'OTHER'} {text}")
    return wrong


if __name__ == "__main__":
    sys.exit(main())
