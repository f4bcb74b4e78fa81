"""Poolings of Flax, Haiku and Equinox: windows of `jax.lax.reduce_window`, averages divided by what was counted.

Knows: their parameters and defaults. Must not know: these packages; their lane is JAX's, which is asked for the same
pooling in the words of `jax.lax`.

Sources: flax/linen/pooling.py of Flax 0.12, haiku/_src/pool.py of Haiku 0.0.17, equinox/nn/_pool.py of Equinox 0.13.
"""

from dataclasses import replace
from typing import Any

from conformance.adapters.function import REQUIRED, Function, Role, Takes
from conformance.adapters.lane import load_adapter, parse_lane
from conformance.adapters.plan import Plan
from conformance.operators.pooling.readings.reading import PoolingReading, read_windows
from conformance.translation.arguments import CallArguments, integers, pairs
from reference.family import DATA_FORMATS, SPATIAL_NAMES

_STRIDES = Takes("strides", None, "strides")
_WINDOW = (Takes("window_shape", REQUIRED, "kernel"), Takes("strides", REQUIRED, "strides"))
_HAIKU = (
    *_WINDOW, Takes("padding", REQUIRED, "padding"), Takes("channel_axis", -1, "only_default"),
)  # fmt: skip


def _flax(kind: str) -> Function:
    counted = (Takes("count_include_pad", True, "count_include_pad"),) if kind == "avg" else ()
    value = Takes("inputs", REQUIRED, "value")
    return Function(f"flax.linen.{kind}_pool", "", (value, _WINDOW[0], _STRIDES, Takes("padding", "VALID", "padding"),
                                                    *counted))  # fmt: skip


def _equinox(kind: str, rank: int) -> Function:
    counts = (0, rank)
    return Function(
        f"equinox.nn.{kind}Pool{rank}d",
        f"{kind.lower()}_pool{rank}d",
        (
            Takes("kernel_size", REQUIRED, "kernel", counts), Takes("stride", 1, "strides", counts),
            Takes("padding", 0, "padding"), Takes("use_ceil", False, "only_default"),
        ),
    )  # fmt: skip


FUNCTIONS: tuple[Function, ...] = (
    *map(_flax, ("max", "avg")),
    *(Function(f"haiku.{kind}_pool", "", (Takes("value", REQUIRED, "value"), *_HAIKU)) for kind in ("max", "avg")),
    *(Function(f"haiku.{kind}Pool", "", (*_HAIKU, Takes("name", None, "nothing"))) for kind in ("Max", "Avg")),
    *(_equinox(kind, rank) for kind in ("Max", "Avg") for rank in (1, 2, 3)),
)


def read(arguments: CallArguments, dtype: str) -> PoolingReading:
    """What the call means; raises CallError for one that its package refuses."""
    package, _, name = arguments.function.name.rpartition(".")
    averages = name.lower().startswith("avg")
    first = package.startswith("equinox")
    rank = int(arguments.function.operator[-2]) if first else _rank(arguments)
    names = SPATIAL_NAMES[rank]
    role: Role
    windows: dict[Role, tuple[int, ...]] = {}
    for role in ("kernel", "strides"):
        numbers = integers(arguments.said(role))
        if package == "haiku" and isinstance(arguments.said(role), tuple):
            numbers = _of_haiku(arguments, role, rank)
        elif arguments.said(role) is None:
            numbers = (1,) * rank
        elif numbers is None or not (isinstance(arguments.said(role), tuple) or first or package == "haiku"):
            raise arguments.unexpected(role, f"a tuple of {rank} integers")
        elif len(numbers) == 1 and not isinstance(arguments.said(role), tuple):
            numbers = numbers * rank
        if len(numbers) != rank:
            raise arguments.unexpected(role, f"{rank} integers, one for each spatial axis")
        for axis, number in zip(names, numbers, strict=True):
            arguments.check_least(role, number, axis)
        windows[role] = numbers
    words: dict[str, Any] = {}
    if averages:
        # Haiku divides by what is there; the others by the window, unless Flax is asked otherwise.
        of_flax = arguments.has("count_include_pad")
        words["count_include_pad"] = arguments.flag("count_include_pad") if of_flax else first
    reading = read_windows(
        arguments, "jax", f"{'avg' if averages else 'max'}_pool{rank}d", last=not first, plan=Plan(()), dtype=dtype,
        ksize=windows["kernel"], strides=windows["strides"], padding=_padding(arguments, rank, pads=package != "haiku",
        words=not first), **words,
    )  # fmt: skip
    plan = reading.write(load_adapter(parse_lane("jax")))
    if not isinstance(plan, Plan):
        raise arguments.wrong(None, f"in JAX's words: {plan.reason}")
    return replace(reading, plan=plan)


def _rank(arguments: CallArguments) -> int:
    # A layer that is not called has no shape to go by: asking for it says so.
    axes = len(arguments.applied or (0,) * 4) if arguments.function.is_layer else arguments.value_axes
    if axes - 2 not in DATA_FORMATS:
        raise arguments.wrong("value", f"the value has {axes} axes; calls of 1, 2 or 3 spatial axes are read")
    return axes - 2


def _of_haiku(arguments: CallArguments, role: Role, rank: int) -> tuple[int, ...]:
    """The spatial ones of a number for each axis, batch and channels among them."""
    numbers = integers(arguments.said(role)) or ()
    # Of fewer numbers than axes Haiku takes the last axes, that of the channels among them.
    full = (1,) * (rank + 2 - len(numbers)) + numbers
    if len(full) != rank + 2 or (full[0], full[-1]) != (1, 1):
        expected = f"an integer, or {rank + 2} with 1 for batch and channels: Haiku takes a tuple for the last axes"
        raise arguments.unexpected(role, expected)
    return full[1:-1]


def _padding(arguments: CallArguments, rank: int, *, pads: bool, words: bool) -> str | tuple[tuple[int, int], ...]:
    given = arguments.said("padding")
    if words and given in ("SAME", "VALID"):
        return str(given)
    numbers, found = integers(given), pairs(given, rank)
    if pads and not words and numbers is not None and len(numbers) == (rank if isinstance(given, tuple) else 1):
        numbers = numbers if isinstance(given, tuple) else numbers * rank
        found = tuple((number, number) for number in numbers)
    if not pads or found is None or any(number < 0 for pair in found for number in pair):
        accepted = [*(["'SAME', 'VALID'"] if words else ["an integer"]), *(["a pair for each axis"] if pads else [])]
        raise arguments.unexpected("padding", " or ".join(accepted))
    return found
