"""The layers that a Keras model has, each as often as it is called, with the shape that it is called with.

Knows: Keras. Must not know: operators of the suite.
"""

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from conformance.models.occurrence import Occurrence, TensorShape, called

MODULE = "keras.layers"


def read_model(path: Path) -> Any:
    """The model of a .keras file."""
    import keras

    return keras.models.load_model(path, compile=False)


def model_calls(model: Any, batch: int, taken: Mapping[str, tuple[str, ...]]) -> list[Occurrence]:
    """The layers of a functional or sequential model.

    batch: how many images, where the model leaves that open
    taken: the parameters by layer that a written layer may have
    """
    return list(_calls(model, batch, taken))


def _calls(model: Any, batch: int, taken: Mapping[str, tuple[str, ...]]) -> Iterator[Occurrence]:
    for layer in model.layers:
        if hasattr(layer, "layers"):
            yield from _calls(layer, batch, taken)
            continue
        function = f"{MODULE}.{type(layer).__name__}"
        config = layer.get_config()
        keywords = {name: _plain(config[name]) for name in taken.get(function, ()) if _said(config.get(name))}
        for node in layer._inbound_nodes:
            if node.input_tensors:
                shape = tuple(batch if length is None else length for length in node.input_tensors[0].shape)
                text = called(called(function, (), keywords), [TensorShape(shape)], {})
                yield Occurrence(function, text, str(layer.compute_dtype), layer.name)


def _said(given: Any) -> bool:
    """Whether a word, a number or several; what is made of objects says nothing about shapes."""
    flat = given if isinstance(given, list | tuple) else [given]
    return given is not None and all(isinstance(each, bool | int | str | list | tuple) for each in flat)


def _plain(given: Any) -> Any:
    if isinstance(given, list | tuple):
        return tuple(map(_plain, given))
    return int(given) if isinstance(given, float) and given == math.floor(given) else given
