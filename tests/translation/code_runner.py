"""Runs code of one framework on given operands, all of it in this one process: what users paste, and what
`conformance translate` prints.

    python tests/translation/code_runner.py tensorflow|torch|jax|printed JOBS RESULTS

Of `printed`, all jobs are such: no framework is needed to begin with. JOBS is a pickled list of `Job`s. RESULTS gets a
pickled array, or the words of an error, for each of them as it is run, so that what ends this process costs one job.
Pasted text is evaluated as it stands, with `x[1, 4, 4, 1]` for the operand of that shape; a layer is made, given its
weights, and called. Printed code is executed but for the lines marked `# yours here`, which the operands replace.
Nothing of the suite is imported: what runs is what a reader of the code would run.
"""

import os
import pickle
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np

YOURS = "# yours here"
LETTERS = {"x": "value", "f": "filter", "w": "filter", "k": "filter", "b": "bias", "i": "indices"}
"""names of tensors in pasted text"""

Operands = Mapping[str, Any]
Job = tuple[str, list[str], Operands]
"""`pasted` or `printed`; the texts, of which the first that is not refused counts; the operands by name"""


class Shaped:
    """`x[1, 4, 4, 1]` is the tensor, provided that it has the shape."""

    def __init__(self, tensor: Any) -> None:
        self._tensor = tensor

    def __getitem__(self, shape: int | tuple[int, ...]) -> Any:
        wanted = shape if isinstance(shape, tuple) else (shape,)
        if tuple(self._tensor.shape) != wanted:
            raise AssertionError(f"the text says {wanted}, the operand has {tuple(self._tensor.shape)}")
        return self._tensor


class Speaker(ABC):
    """One framework."""

    @abstractmethod
    def pasted(self, text: str, operands: Operands) -> Any:
        """What the text as it stands returns, as NumPy has it."""


def main() -> None:
    framework, jobs, results = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    os.environ.update({"OMP_NUM_THREADS": "1", "TF_CPP_MIN_LOG_LEVEL": "3", "JAX_PLATFORMS": "cpu"})
    if framework != "printed":  # which is compared with what a worker's flags give
        # Compiles in half the time; sums of integers are exact.
        os.environ["XLA_FLAGS"] = "--xla_backend_optimization_level=0"
    speakers: dict[str, type[Speaker]] = {"tensorflow": TensorFlow, "torch": Torch, "jax": Jax}
    speak = speakers[framework]() if framework in speakers else None
    asked: list[Job] = pickle.loads(jobs.read_bytes())
    with results.open("wb") as answered:
        for job in asked:
            pickle.dump(_answer(speak, *job), answered)
            answered.flush()


def _answer(speak: Speaker | None, kind: str, texts: list[str], operands: Operands) -> Any:
    refusals = []
    for text in texts:
        try:
            return speak.pasted(text, operands) if speak and kind == "pasted" else printed(text, operands)
        except Exception as error:
            refusals.append(f"{type(error).__name__}: {error}")
    return " / ".join(refusals)


def meant(answer: Any) -> Any:
    """The second of two results: the indices beside the maxima."""
    return answer[1] if isinstance(answer, tuple) else answer


def printed(code: str, operands: Operands) -> Any:
    """What the printed lines leave as `result`."""
    lines = [line for line in code.splitlines() if not line.endswith(YOURS)]
    start = next(number for number, line in enumerate(lines) if line.startswith("import numpy")) + 1
    names = {name: array.copy() for name, array in operands.items()}
    exec("\n".join(lines[:start]), names)
    exec("\n".join(lines[start:]), names)
    return np.asarray(names["result"])


class TensorFlow(Speaker):
    """TensorFlow, and Keras on it; a call that eager kernels refuse is compiled by XLA."""

    def __init__(self) -> None:
        import keras
        import tensorflow as tf

        self._tf, self._keras = tf, keras

    def pasted(self, text: str, operands: Operands) -> Any:
        tf = self._tf
        tensors = {name: tf.constant(array) for name, array in operands.items()}
        call = self._layer(text, operands) if "Conv" in text else partial(self._function, text)
        try:
            return meant(call(tensors)).numpy()
        except (tf.errors.InvalidArgumentError, tf.errors.UnimplementedError, tf.errors.AbortedError) as eager:
            try:
                return meant(tf.function(call, jit_compile=True)(tensors)).numpy()
            except Exception as compiled:
                raise RuntimeError(f"{eager} / {compiled}") from compiled

    def _layer(self, text: str, operands: Operands) -> Callable[[Operands], Any]:
        keras = self._keras
        keras.config.set_dtype_policy(operands["value"].dtype.name)
        made, _, _ = text.rpartition("(x[")
        layer = eval(made, {"tf": self._tf, "keras": keras, "layers": keras.layers})
        layer.build(operands["value"].shape)
        layer.set_weights([operands[name] for name in ("filter", "bias") if name in operands])
        return lambda tensors: layer(tensors["value"])

    def _function(self, text: str, tensors: Operands) -> Any:
        self._keras.config.set_dtype_policy(tensors["value"].dtype.name)
        named = {letter: Shaped(tensors[name]) for letter, name in LETTERS.items() if name in tensors}
        return eval(text, {"tf": self._tf, "keras": self._keras, "layers": self._keras.layers, **named})


class Torch(Speaker):
    """PyTorch's functions and layers."""

    def __init__(self) -> None:
        import torch

        torch.set_num_threads(1)
        self._torch = torch

    def pasted(self, text: str, operands: Operands) -> Any:
        torch = self._torch
        tensors = {name: self._tensor(array) for name, array in operands.items()}
        named = {letter: Shaped(tensors[name]) for letter, name in LETTERS.items() if name in tensors}
        modules = {"torch": torch, "nn": torch.nn, "F": torch.nn.functional}
        with torch.no_grad():
            if "Conv" in text:
                layer_text, _, _ = text.rpartition("(x[")
                layer = eval(layer_text, modules)
                layer.weight = torch.nn.Parameter(tensors["filter"])
                assert (layer.bias is not None) == ("bias" in tensors)
                if "bias" in tensors:
                    layer.bias = torch.nn.Parameter(tensors["bias"])
                return self._array(layer(tensors["value"]))
            return self._array(meant(eval(text, {**modules, **named})))

    def _tensor(self, array: Any) -> Any:
        if array.dtype == ml_dtypes.bfloat16:
            return self._torch.from_numpy(array.view(np.int16)).view(self._torch.bfloat16)
        return self._torch.from_numpy(array)

    def _array(self, tensor: Any) -> Any:
        if tensor.dtype == self._torch.bfloat16:
            return tensor.contiguous().view(self._torch.int16).numpy().view(ml_dtypes.bfloat16)
        return tensor.numpy()


class Jax(Speaker):
    """JAX's functions."""

    def __init__(self) -> None:
        import jax

        jax.config.update("jax_enable_x64", True)
        self._modules = {"jax": jax, "lax": jax.lax, "jnp": jax.numpy}

    def pasted(self, text: str, operands: Operands) -> Any:
        named = {letter: Shaped(operands[name]) for letter, name in LETTERS.items() if name in operands}
        return np.asarray(eval(text, {**self._modules, **named}))


if __name__ == "__main__":
    main()
