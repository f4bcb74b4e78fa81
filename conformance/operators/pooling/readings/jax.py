"""JAX's `lax.reduce_window`: a window over every axis, any pads, a reduction and where it begins.

Knows: its parameters and what its pads mean (`conformance.adapters.jax.pooling_words`). Must not know: jax itself.

A sum over windows is an average whose sums are divided by 1.
"""

from math import inf
from typing import Any

from conformance.adapters.function import Function, Role
from conformance.adapters.jax.pooling_words import REDUCE_WINDOW, jax_window_axis
from conformance.adapters.notation import to_channels_last
from conformance.adapters.plan import Name
from conformance.operators.pooling.readings.reading import PoolingReading, read_windows
from conformance.translation.arguments import CallArguments, integers, pairs
from reference.family import DATA_FORMATS

FUNCTIONS: tuple[Function, ...] = (REDUCE_WINDOW,)
_BEGINS = {"jax.lax.max": (-inf, "-jnp.inf"), "jax.lax.add": (0, "0.0")}
SUM = "a sum over windows is read as an average with divisor_override=1"


def read(arguments: CallArguments, dtype: str) -> PoolingReading:
    """What the call means; raises CallError for one that JAX refuses, or that is not a maximum or sum over windows."""
    axes = arguments.value_axes
    if axes - 2 not in DATA_FORMATS:
        raise arguments.wrong("value", f"the value has {axes} axes; calls of 1, 2 or 3 spatial axes are read")
    rank, reduction = axes - 2, arguments.said("reduction")
    if not isinstance(reduction, Name):
        raise arguments.unexpected("reduction", "lax.max or lax.add")
    begins, spelled = _BEGINS[reduction.dotted]
    if isinstance(arguments.said("initial"), bool) or arguments.said("initial") != begins:
        raise arguments.unexpected("initial", f"{spelled}, where {reduction.dotted} begins")
    kernel = _numbers(arguments, "kernel", axes)
    strides = _numbers(arguments, "strides", axes)
    dilations = _numbers(arguments, "dilations", axes)
    if set(_numbers(arguments, "value_dilation", axes)) != {1}:
        raise arguments.wrong("value_dilation", "base_dilation spreads the value: no operator of the family does")
    pads = _padding(arguments, (arguments.shape("value", axes), kernel, strides, dilations))
    plain = [numbers == (1, 1, 1, (0, 0)) for numbers in zip(kernel, strides, dilations, pads, strict=True)]
    orders = {"last": (0, *range(1, axes - 1), axes - 1), "first": to_channels_last(rank)}
    layout = next((name for name, order in orders.items() if plain[order[0]] and plain[order[-1]]), None)
    if layout is None:
        message = "a window over the batch, or over both the second and the last axis, is not a pooling of the family"
        raise arguments.wrong("kernel", message)
    spatial = orders[layout][1:-1]
    if any(number < 0 for axis in spatial for number in pads[axis]):
        raise arguments.wrong("padding", "negative pads cut the value, which no pooling of the family does")
    averaged: dict[str, Any] = {"divisor_override": 1} if reduction.dotted == "jax.lax.add" else {}
    return read_windows(
        arguments, "jax", f"{'avg' if averaged else 'max'}_pool{rank}d", last=layout == "last",
        remarks=(SUM,) if averaged else (), dtype=dtype,
        ksize=tuple(kernel[axis] for axis in spatial), strides=tuple(strides[axis] for axis in spatial),
        padding=tuple(pads[axis] for axis in spatial),
        dilations=tuple(dilations[axis] for axis in spatial), **averaged,
    )  # fmt: skip


def _numbers(arguments: CallArguments, role: Role, axes: int) -> tuple[int, ...]:
    """One number for each axis of the value; ones where none are named."""
    given = arguments.said(role)
    if given is None:
        return (1,) * axes
    numbers = integers(given)
    if numbers is None or not isinstance(given, tuple) or len(numbers) != axes:
        raise arguments.unexpected(role, f"{axes} integers, one for each axis of the value")
    for number in numbers:
        arguments.check_least(role, number)
    return numbers


def _padding(arguments: CallArguments, numbers: tuple[tuple[int, ...], ...]) -> tuple[tuple[int, int], ...]:
    given, axes = arguments.said("padding"), len(numbers[0])
    if isinstance(given, str):
        word = given.upper()
        if word not in ("SAME", "VALID", "SAME_LOWER"):
            raise arguments.unexpected("padding", "'SAME', 'VALID', 'SAME_LOWER' or a pair for each axis")
        found = [jax_window_axis(axis, word) for axis in zip(*numbers, strict=True)]
        return tuple((axis.pad_before, axis.pad_after) for axis in found)
    pads = pairs(given, axes)
    if pads is None:
        raise arguments.unexpected("padding", f"a word or {axes} pairs (before, after), one for each axis")
    return pads
