"""A model, whatever it is written in: a file of a known ending, or what a Python file has under a name.

Knows: endings, and what frameworks' models are like. Must not know: operators of the suite. What a Python file does, it
does to this process.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from conformance.adapters.lane import loaded
from conformance.errors import UsageError, brief
from conformance.models.cases import ModelCalls, of_nodes, of_occurrences
from conformance.translation.reading import readers

ENDINGS = (".onnx", ".pt2", ".keras", ".py:NAME")
EXTRAS = {"torch": "torch", "keras": "tensorflow", "jax": "jax"}
"""the extra that installs a framework"""


def read_model(model: str, batch: int) -> ModelCalls:
    """The calls of a model. Raises UsageError for one that cannot be read."""
    path, _, name = model.partition(":")
    if name or path.endswith(".py"):
        return _of_python(model, path, name, batch)
    if not Path(path).is_file():
        raise UsageError(f"{model}: no such file; a model is a file ({', '.join(ENDINGS)})")
    match Path(path).suffix:
        case ".onnx":
            from conformance.models.onnx_calls import node_calls

            return of_nodes(node_calls(Path(path)))
        case ".pt2":
            from conformance.models.torch_calls import exported_calls

            return of_occurrences(_asked(model, lambda: exported_calls(Path(path))))
        case ".keras":
            from conformance.models.keras_calls import read_model as read_keras

            return _of_keras(_asked(model, lambda: read_keras(Path(path))), batch)
        case ending:
            raise UsageError(f"{model}: {ending or 'a file without an ending'} is not a kind of model that is read; "
                             f"it must be one of {', '.join(ENDINGS)}")  # fmt: skip


def _of_python(model: str, path: str, name: str, batch: int) -> ModelCalls:
    if not name:
        raise UsageError(f"{model}: name what is meant in the file, as in {path}:model")
    found = _asked(model, lambda: loaded(f"{path}:{name}", Path.cwd()))
    if hasattr(found, "get_config") and hasattr(found, "layers"):
        return _of_keras(found, batch)
    made = _asked(model, found) if callable(found) and not hasattr(found, "parameters") else found
    if hasattr(made, "get_config") and hasattr(made, "layers"):
        return _of_keras(made, batch)
    if not isinstance(made, tuple) or len(made) != 2 or not callable(made[0]):
        raise UsageError(
            f"{model}: expected a function that returns a model and its example inputs, `return net, (x,)`, or a Keras "
            f"model; found {type(made).__name__}"
        )
    function, inputs = made
    inputs = inputs if isinstance(inputs, tuple | list) else (inputs,)
    kinds = {type(each).__module__.partition(".")[0] for each in inputs}
    if "torch" in kinds:
        from conformance.models.torch_calls import module_calls

        return of_occurrences(_asked(model, lambda: module_calls(function, inputs)))
    from conformance.models.jax_calls import function_calls

    return of_occurrences(_asked(model, lambda: function_calls(function, inputs)))


def _of_keras(model: Any, batch: int) -> ModelCalls:
    from conformance.models.keras_calls import model_calls

    # What is not of the operator alone, such as an activation, is a call of its own.
    taken = {
        function.name: tuple(each.name for each in function.parameters if each.says not in ("nothing", "only_default"))
        for function, _ in readers().values()
    }
    return of_occurrences(model_calls(model, batch, taken))


def _asked(model: str, ask: Callable[[], Any]) -> Any:
    """What it returns; raises UsageError for what a framework or a user's file raises."""
    try:
        return ask()
    except ModuleNotFoundError as error:
        extra = EXTRAS.get(str(error.name))
        hint = f"; pip install 'nn-conformance[{extra}]' installs it" if extra else ""
        raise UsageError(f"{model}: {error.name} is not installed{hint}") from error
    except Exception as error:
        raise UsageError(f"{model}: {brief(error)}") from error
