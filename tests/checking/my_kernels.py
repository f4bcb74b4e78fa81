"""Functions as people bring them: of NumPy, torch and JAX, right ones and ones with a fault."""

from typing import Any

import numpy as np


def conv2d(value: Any, filter: Any, strides: Any, padding: Any, dilations: Any = 1) -> Any:
    """Of NumPy; SAME has its odd pad before instead of after."""
    (sh, sw), (dh, dw) = _two(strides), _two(dilations)
    kernel = [dh * (filter.shape[0] - 1) + 1, dw * (filter.shape[1] - 1) + 1]
    if padding == "SAME":
        totals = [
            max((-(-length // stride) - 1) * stride + extent - length, 0)
            for length, stride, extent in zip(value.shape[1:3], (sh, sw), kernel, strict=True)
        ]
        pads = [(total - total // 2, total // 2) for total in totals]
    else:
        pads = [(0, 0)] * 2 if padding == "VALID" else [tuple(pair) for pair in padding[1:3]]
    padded = np.pad(value, ((0, 0), *pads, (0, 0)))
    out_h, out_w = ((padded.shape[1 + axis] - kernel[axis]) // (sh, sw)[axis] + 1 for axis in (0, 1))
    result = np.zeros((len(value), out_h, out_w, filter.shape[3]), value.dtype)
    for row in range(filter.shape[0]):
        for column in range(filter.shape[1]):
            part = padded[:, row * dh : row * dh + sh * out_h : sh, column * dw : column * dw + sw * out_w : sw]
            result += part[:, :out_h, :out_w] @ filter[row, column]
    return result


def _two(spelled: Any) -> tuple[int, int]:
    if np.ndim(spelled) == 0:
        return (spelled, spelled)
    return tuple(spelled[-3:-1]) if len(spelled) == 4 else tuple(spelled)


def right_conv2d(value: Any, filter: Any, **keywords: Any) -> Any:
    """The reference under another name."""
    import reference

    return reference.conv2d(value, filter, **keywords)


def max_pool2d(input: Any, kernel_size: Any, stride: Any, padding: Any) -> Any:
    """Of torch; a stride above 1 is 1."""
    import torch

    return torch.nn.functional.max_pool2d(input, kernel_size, 1, padding)


def numpy_max_pool2d(input: Any, kernel_size: Any, stride: Any, padding: Any) -> Any:
    """For torch's arguments, and returns an array of NumPy."""
    import torch

    return torch.nn.functional.max_pool2d(input, kernel_size, stride, padding).numpy()


def reduce_window(
    operand: Any, init_value: Any, computation: Any, window_dimensions: Any, window_strides: Any, padding: Any
) -> Any:
    """Of JAX; the window is one too short on its last spatial axis."""
    import jax

    shorter = (*window_dimensions[:-2], max(1, window_dimensions[-2] - 1), window_dimensions[-1])
    return jax.lax.reduce_window(operand, init_value, computation, shorter, window_strides, padding)


def fails(value: Any, filter: Any, strides: Any, padding: Any) -> Any:
    """Raises what is not a refusal of anything."""
    raise RuntimeError("not written yet")


class Kernels:
    """A function that is an attribute of a class."""

    @staticmethod
    def conv2d(value: Any, filter: Any, strides: Any, padding: Any) -> Any:
        """The reference's."""
        return right_conv2d(value, filter, strides=strides, padding=padding)
