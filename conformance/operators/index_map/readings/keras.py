"""Keras' layers `ZeroPadding1D`, `2D` and `3D`: zeros around the spatial axes.

Knows: their parameters. Must not know: keras itself. The lane is asked for `tf.pad`, which the layers call.
"""

from collections.abc import Mapping

from conformance.adapters.function import Function, Takes
from conformance.adapters.plan import Argument
from conformance.adapters.tensorflow.index_map_words import FUNCTIONS as OF_TENSORFLOW
from conformance.operators.index_map.readings import tensorflow
from conformance.operators.index_map.readings.reading import IndexMapReading
from conformance.translation.arguments import CallArguments, integers, pairs

_PADDING, _LAYOUT = Takes("padding", 1, "paddings"), Takes("data_format", None, "data_format")
_NAME = Takes("name", None, "nothing")
LAYERS: Mapping[Function, int] = {
    Function(f"keras.layers.ZeroPadding{rank}D", "pad", (_PADDING, _LAYOUT, _NAME)): rank for rank in (1, 2, 3)
}
"""how many spatial axes each has"""
FUNCTIONS = tuple(LAYERS)
FIRST: Mapping[Argument, bool] = {None: False, "channels_last": False, "channels_first": True}


def read(arguments: CallArguments, dtype: str) -> IndexMapReading:
    """What the layer computes; raises CallError for one that Keras refuses."""
    rank, layout = LAYERS[arguments.function], arguments.said("data_format")
    if layout not in FIRST:
        raise arguments.unexpected("data_format", "'channels_last' or 'channels_first'")
    around = _pads(arguments, rank)
    none = ((0, 0),)
    widths = (*none * 2, *around) if FIRST[layout] else (*none, *around, *none)
    value = arguments.shape("value", rank + 2)
    (pad,) = (each for each in OF_TENSORFLOW if each.operator == "pad")
    return tensorflow.read(arguments.as_call(pad, {"value": value}, {"paddings": widths}), dtype)


def _pads(arguments: CallArguments, rank: int) -> tuple[tuple[int, int], ...]:
    """A pair for each spatial axis, of one number, of one for each axis, or of pairs; of one axis the pair alone."""
    given = arguments.said("paddings")
    numbers, found = integers(given), pairs(given, rank)
    if found is None and numbers is not None and rank == 1 and len(numbers) == 2:
        found = ((numbers[0], numbers[1]),)
    if found is None and numbers is not None and len(numbers) == (rank if isinstance(given, tuple) else 1):
        numbers = numbers if isinstance(given, tuple) else numbers * rank
        found = tuple((number, number) for number in numbers)
    if found is None:
        of = f"{rank} integers or {rank} pairs (before, after)" if rank > 1 else "a pair (before, after)"
        raise arguments.unexpected("paddings", f"an integer, {of}")
    return found
