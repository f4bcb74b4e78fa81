"""The primitives that a JAX function becomes, in the words of jax.lax.

Knows: JAX. Must not know: operators of the suite.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from conformance.models.occurrence import Occurrence, Raw, TensorShape, called

SPATIAL = "WHD"
REDUCTIONS = {
    "reduce_window_max": (Raw("-jnp.inf"), Raw("lax.max")),
    "reduce_window_sum": (Raw("0.0"), Raw("lax.add")),
}
"""what reduce_window starts from, and what it reduces by"""


def function_calls(function: Any, inputs: Sequence[Any]) -> list[Occurrence]:
    """The calls in the function's jaxpr for these inputs."""
    import jax

    return list(_calls(jax.make_jaxpr(function)(*inputs).jaxpr))


def _calls(jaxpr: Any) -> Iterator[Occurrence]:
    for equation in jaxpr.eqns:
        inner = [each for each in equation.params.values() if hasattr(each, "jaxpr") or hasattr(each, "eqns")]
        for each in inner:
            yield from _calls(getattr(each, "jaxpr", each))
        if not inner:
            yield _occurrence(equation)


def _occurrence(equation: Any) -> Occurrence:
    name, params = equation.primitive.name, equation.params
    operands = [TensorShape(tuple(each.aval.shape)) for each in equation.invars]
    dtype = str(equation.invars[0].aval.dtype) if equation.invars else ""
    if name == "conv_general_dilated":
        numbers = params["dimension_numbers"]
        specs = tuple(
            _layout(spec, letters)
            for spec, letters in ((numbers.lhs_spec, "NC"), (numbers.rhs_spec, "OI"), (numbers.out_spec, "NC"))
        )
        keywords = {
            "window_strides": params["window_strides"],
            "padding": params["padding"],
            "lhs_dilation": params["lhs_dilation"],
            "rhs_dilation": params["rhs_dilation"],
            "dimension_numbers": specs,
            "feature_group_count": params["feature_group_count"],
        }
        if params["batch_group_count"] != 1:
            keywords["batch_group_count"] = params["batch_group_count"]
        return Occurrence(f"jax.lax.{name}", called("jax.lax.conv_general_dilated", operands, keywords), dtype)
    if name in REDUCTIONS:
        windows = [tuple(params[key]) for key in ("window_dimensions", "window_strides", "padding")]
        dilations = {"base_dilation": params["base_dilation"], "window_dilation": params["window_dilation"]}
        function = "jax.lax.reduce_window"
        return Occurrence(function, called(function, [operands[0], *REDUCTIONS[name], *windows], dilations), dtype)
    return Occurrence(f"jax.lax.{name}", "", dtype)


def _layout(spec: Sequence[int], letters: str) -> str:
    """A specification by positions as letters: two of its own, and W, HW or DHW."""
    rank = len(spec) - 2
    names = (*letters, *{1: "W", 2: "HW", 3: "DHW"}.get(rank, "?" * rank))
    placed = dict(zip(spec, names, strict=True))
    return "".join(placed[position] for position in range(len(spec)))
