"""Deliberately wrong results, one for every edit, by sums over single products that share nothing with the edits."""

from collections.abc import Callable, Mapping
from itertools import permutations, product
from typing import Any, TypeAlias

import ml_dtypes
import numpy as np
from numpy.typing import NDArray

from tests.diagnosis.configuration import Array, Configuration, Pair, shortest

Wrong: TypeAlias = Callable[[Configuration], NDArray[Any] | None]
"""None where the fault has no object"""
PAIRS: tuple[Pair, ...] = ((0, 1), (0, 0), (1, 1))


def scattered(
    c: Configuration, *, x: Array | None = None, w: Array | None = None, s: Pair | None = None,
    d: Pair | None = None, b: Pair | None = None, o: Pair | None = None, put: str = "add",
) -> Array:  # fmt: skip
    """The definition, one (tap, input) at a time, with some of its numbers exchanged."""
    x, w = c.x if x is None else x, c.w if w is None else w
    (sh, sw), (dh, dw), (bh, bw), (oh, ow) = s or c.s, d or c.d, b or c.b, o or c.o
    y = np.zeros((len(x), oh, ow, w.shape[2]))
    taken = np.zeros((oh, ow), dtype=bool)
    for th, tw, jh, jw in product(*map(range, (*w.shape[:2], *x.shape[1:3]))):
        p, q = sh * jh + dh * th - bh, sw * jw + dw * tw - bw
        if 0 <= p < oh and 0 <= q < ow:
            term = np.einsum("ni,oi->no", x[:, jh, jw], w[th, tw])
            if put == "last" or (put == "first" and not taken[p, q]):
                y[:, p, q] = term
            elif put == "add":
                y[:, p, q] += term
            taken[p, q] = True
    return y


def _axes(change: Callable[[Configuration, int], int], name: str) -> Wrong:
    """One number of both axes exchanged."""
    return lambda c: c.written(scattered(c, **{name: (change(c, 0), change(c, 1))}))  # type: ignore[arg-type]


def _crop(change: Callable[[Configuration, int], int]) -> Wrong:
    return _axes(change, "b")


def _x(change: Callable[[Array], Array]) -> Wrong:
    return lambda c: c.written(scattered(c, x=change(c.x.copy())))


def _w(change: Callable[[Array], Array]) -> Wrong:
    return lambda c: c.written(scattered(c, w=change(c.w.copy())))


def _y(change: Callable[[Array], Array]) -> Wrong:
    return lambda c: c.written(change(scattered(c)))


def _zero(at: Any) -> Callable[[Array], Array]:
    def change(array: Array) -> Array:
        array[at] = 0
        return array

    return change


def _total(c: Configuration, a: int) -> int:
    return max(c.full[a] - c.o[a], 0)


def _pad(c: Configuration, a: int, side: int) -> int:
    rule = c.rules[a]
    return c.b[a] if isinstance(rule, str) else rule[side]


def _smallest(c: Configuration, a: int) -> int:
    return shortest(c.i[a], c.k[a], c.s[a], c.d[a], c.rules[a])


def _half(c: Configuration, a: int, full: int, output: int) -> int:
    """SAME's crop from other lengths."""
    return max(full - output, 0) // 2 if c.rules[a] == "SAME" else c.b[a]


def _same_only(crop: Callable[[Configuration, int], int]) -> Wrong:
    def wrong(c: Configuration) -> NDArray[Any] | None:
        return _crop(crop)(c) if c.rules[0] == "SAME" else None

    return wrong


def _explicit_only(wrong: Wrong) -> Wrong:
    return lambda c: None if isinstance(c.rules[0], str) else wrong(c)


def _shifts() -> dict[str, Wrong]:
    table = {}
    for place, axes in (("height", (0,)), ("width", (1,)), ("all", (0, 1))):
        for m, word in product((1, 2, 3), ("plus", "minus")):
            by = m if word == "plus" else -m
            table[f"crop_before_{place}_{word}_{m}"] = _crop(lambda c, a, axes=axes, by=by: c.b[a] + by * (a in axes))  # type: ignore[misc]
    return table


def _jax_crop(c: Configuration, a: int) -> int:
    reach = c.d[a] * (c.k[a] - 1)
    return reach - (reach if c.s[a] > reach else (reach + c.s[a]) // 2)


def _outputs(end: int) -> Wrong:
    def wrong(c: Configuration) -> NDArray[Any] | None:
        lengths = [_smallest(c, a) + (c.s[a] - 1) * end for a in (0, 1)]
        crops = [_half(c, a, c.full[a], lengths[a]) for a in (0, 1)]
        if min(lengths) < 1:
            return None
        return c.written(scattered(c, b=(crops[0], crops[1]), o=(lengths[0], lengths[1])))

    return wrong


def _input_padded(c: Configuration) -> NDArray[Any]:
    pads = [(c.b[a], max(c.full[a] - c.b[a] - c.o[a], 0)) for a in (0, 1)]
    return c.written(scattered(c, x=np.pad(c.x, ((0, 0), *pads, (0, 0))), b=(0, 0)))


def _pads_of_dilated_input(c: Configuration) -> NDArray[Any]:
    reach = [c.d[a] * (c.k[a] - 1) for a in (0, 1)]
    crops = [reach[a] - _pad(c, a, 0) for a in (0, 1)]
    lengths = [max(c.full[a] - 2 * reach[a] + _pad(c, a, 0) + _pad(c, a, 1), 0) for a in (0, 1)]
    return c.written(scattered(c, b=(crops[0], crops[1]), o=(lengths[0], lengths[1])))


PADDING: Mapping[str, Wrong] = {
    **_shifts(),
    "swap_crop_sides": _crop(lambda c, a: max(_total(c, a) - c.b[a], 0)),
    "swap_explicit_pads": _explicit_only(_crop(lambda c, a: _pad(c, a, 1))),
    "symmetric_crop": _explicit_only(_crop(lambda c, a: (_pad(c, a, 0) + _pad(c, a, 1)) // 2)),
    "swap_crop_axes": _crop(lambda c, a: c.b[1 - a]),
    "first_crop_for_all": _crop(lambda c, a: c.b[0]),
    "last_crop_for_all": _crop(lambda c, a: c.b[1]),
    "zero_crop": _crop(lambda c, a: 0),
    "half_kernel_crop": _crop(lambda c, a: c.d[a] * (c.k[a] - 1) // 2),
    "crop_ignores_dilations": _same_only(lambda c, a: _half(c, a, c.s[a] * (c.i[a] - 1) + c.k[a], c.o[a])),
    "crop_ignores_strides": _same_only(lambda c, a: _half(c, a, c.i[a] + c.d[a] * (c.k[a] - 1), c.o[a])),
    "crop_of_input_length": _same_only(
        lambda c, a: max(c.s[a] * (-(-c.i[a] // c.s[a]) - 1) + c.d[a] * (c.k[a] - 1) + 1 - c.i[a], 0) // 2
    ),
    "crop_of_smallest_output": _same_only(lambda c, a: _half(c, a, c.full[a], _smallest(c, a))),
    "crop_of_largest_output": _same_only(lambda c, a: _half(c, a, c.full[a], _smallest(c, a) + c.s[a] - 1)),
    "crop_all_before": _crop(_total),
    "crop_at_most_kernel": _crop(lambda c, a: min(c.b[a], c.d[a] * (c.k[a] - 1))),
    "crop_of_first_stride": _same_only(
        lambda c, a: _half(c, a, c.s[0] * (c.i[a] - 1) + c.d[a] * (c.k[a] - 1) + 1, c.o[a])
    ),
    "crop_of_last_stride": _same_only(
        lambda c, a: _half(c, a, c.s[1] * (c.i[a] - 1) + c.d[a] * (c.k[a] - 1) + 1, c.o[a])
    ),
    "jax_same": _same_only(_jax_crop),
    "padding_as_same": _crop(lambda c, a: _total(c, a) // 2),
    "padding_as_valid": _crop(lambda c, a: 0),
    "pads_of_dilated_input": _explicit_only(_pads_of_dilated_input),
    "pads_of_other_layout": _explicit_only(_crop(lambda c, a: ((c.b[1], 0) if c.last else (0, c.b[0]))[a])),
    "pad_input": _input_padded,
    "smallest_output": _outputs(0),
    "largest_output": _outputs(1),
    "uncropped_output": lambda c: c.written(scattered(c, b=(0, 0), o=c.full)),
}


def _undilated(c: Configuration) -> NDArray[Any]:
    crops = [_half(c, a, c.s[a] * (c.i[a] - 1) + c.k[a], c.o[a]) for a in (0, 1)]
    return c.written(scattered(c, d=(1, 1), b=(crops[0], crops[1])))


def _over_taps(c: Configuration) -> NDArray[Any]:
    ones = scattered(c, x=np.ones_like(c.x[:1, ..., :1]), w=np.ones_like(c.w[:, :, :1, :1]))
    return c.written(scattered(c) / np.maximum(ones, 1))


def _phases(keep: Callable[[int, int], bool]) -> Wrong:
    def wrong(c: Configuration) -> NDArray[Any]:
        y = scattered(c)
        for p, q in product(range(c.o[0]), range(c.o[1])):
            if not all(keep(at % s, s) for at, s in ((p, c.s[0]), (q, c.s[1]))):
                y[:, p, q] = 0
        return c.written(y)

    return wrong


def _nearest(c: Configuration) -> NDArray[Any]:
    x: Array = np.kron(c.x, np.ones((1, *c.s, 1))).astype(np.float64)
    return c.written(scattered(c, x=x, s=(1, 1)))


def _zeros_appended(c: Configuration) -> NDArray[Any]:
    y = scattered(c)
    y[:, _smallest(c, 0) :] = 0
    y[:, :, _smallest(c, 1) :] = 0
    return c.written(y)


def _tail_repeated(c: Configuration) -> NDArray[Any]:
    y = scattered(c)
    for p, q in product(range(c.o[0]), range(c.o[1])):
        y[:, p, q] = y[:, min(p, c.full[0] - c.b[0] - 1), min(q, c.full[1] - c.b[1] - 1)]
    return c.written(y)


def _mean(count: Callable[[Configuration], int]) -> Wrong:
    return lambda c: c.written(scattered(c) / count(c))


def _in_strides(c: Configuration, a: int) -> int:
    return c.d[a] * c.s[a] if c.d[a] > 1 else 1


STRUCTURE: Mapping[str, Wrong] = {
    "flip_height": _w(lambda w: w[::-1]),
    "flip_width": _w(lambda w: w[:, ::-1]),
    "flip_all": _w(lambda w: w[::-1, ::-1]),
    "transpose_kernel": _w(lambda w: w.transpose(1, 0, 2, 3)),
    "last_tap_wins": lambda c: c.written(scattered(c, put="last")),
    "first_tap_wins": lambda c: c.written(scattered(c, put="first")),
    "divide_by_overlap": _over_taps,
    "average": _mean(lambda c: c.k[0] * c.k[1]),
    "average_channels": _mean(lambda c: c.w.shape[3]),
    "drop_first_tap": _w(_zero((0, 0))),
    "drop_last_tap": _w(_zero((-1, -1))),
    "drop_centre_tap": lambda c: _w(_zero((c.k[0] // 2, c.k[1] // 2)))(c),
    "at_most_three_taps": _w(lambda w: w[:3, :3]),
    "only_phase_zero": _phases(lambda phase, s: phase == 0),
    "last_phase_missing": _phases(lambda phase, s: s == 1 or phase < s - 1),
    "zeros_appended": _zeros_appended,
    "tail_repeated": _tail_repeated,
    "nearest_upsampling": _nearest,
    "drop_last_input": _x(_zero((slice(None), -1))),
    "drop_first_input": _x(_zero((slice(None), slice(None), 0))),
    "ignore_strides": _axes(lambda c, a: 1, "s"),
    "swap_strides": _axes(lambda c, a: c.s[1 - a], "s"),
    "first_stride_for_all": _axes(lambda c, a: c.s[0], "s"),
    "last_stride_for_all": _axes(lambda c, a: c.s[1], "s"),
    "strides_of_other_layout": _axes(lambda c, a: ((c.s[1], 1) if c.last else (1, c.s[0]))[a], "s"),
    "ignore_dilations": _undilated,
    "ignore_dilations_of_taps": _axes(lambda c, a: 1, "d"),
    "swap_dilations": _axes(lambda c, a: c.d[1 - a], "d"),
    "first_dilation_for_all": _axes(lambda c, a: c.d[0], "d"),
    "last_dilation_for_all": _axes(lambda c, a: c.d[1], "d"),
    "strides_at_most": _axes(lambda c, a: min(c.s[a], 2), "s"),
    "dilations_at_most": _axes(lambda c, a: min(c.d[a], 2), "d"),
    "dilations_in_strides": _axes(_in_strides, "d"),
    "exchange_strides_and_dilations": lambda c: c.written(scattered(c, s=c.d, d=c.s)),
}


def _reinterpreted(order: str) -> Wrong:
    """The filter's flat memory, indexed as an array whose axes come in `order`."""

    def wrong(c: Configuration) -> NDArray[Any]:
        lengths = dict(zip("hwoi", c.w.shape, strict=True))
        flat, w = c.w.ravel(), np.empty(c.w.shape)
        for index in np.ndindex(*c.w.shape):
            at = dict(zip("hwoi", index, strict=True))
            position = 0
            for letter in order:
                position = position * lengths[letter] + at[letter]
            w[index] = flat[position]
        return c.written(scattered(c, w=w))

    return wrong


def _value_misread(c: Configuration) -> NDArray[Any]:
    n, h, w, i = c.x.shape
    memory = np.ascontiguousarray(c.value).astype(np.float64).ravel()
    x = memory.reshape(n, i, h, w).transpose(0, 2, 3, 1) if c.last else memory.reshape(n, h, w, i)
    return c.written(scattered(c, x=x))


def _result_miswritten(c: Configuration) -> NDArray[Any]:
    y = scattered(c)
    memory = y.transpose(0, 3, 1, 2).ravel() if c.last else y.ravel()
    return memory.reshape(c.call.output_shape).astype(c.value.dtype)


def _result_unmoved(c: Configuration) -> NDArray[Any]:
    y = scattered(c)
    return (y.transpose(0, 3, 1, 2) if c.last else y).astype(c.value.dtype)


def _layout_ignored(c: Configuration) -> NDArray[Any]:
    n, h, w, i = c.x.shape
    memory = np.ascontiguousarray(c.value).astype(np.float64).ravel()
    x = memory.reshape(n, i, h, w).transpose(0, 2, 3, 1) if c.last else memory.reshape(n, h, w, i)
    y = scattered(c, x=x)
    memory = y.transpose(0, 3, 1, 2).ravel() if c.last else y.ravel()
    return memory.reshape(c.call.output_shape).astype(c.value.dtype)


def _value_exchanged(c: Configuration) -> NDArray[Any]:
    n, h, w, i = c.x.shape
    return c.written(scattered(c, x=c.x.ravel().reshape(n, w, h, i).transpose(0, 2, 1, 3)))


LAYOUT: Mapping[str, Wrong] = {
    **{
        f"filter_as_{''.join(order)}": _reinterpreted("".join(order))
        for order in permutations("hwoi")
        if "".join(order) != "hwoi"
    },
    "filter_column_major": _w(lambda w: w.ravel().reshape(w.shape, order="F")),
    "value_in_other_layout": _value_misread,
    "value_column_major": _x(lambda x: x.ravel().reshape(x.shape, order="F")),
    "transpose_value": _value_exchanged,
    "result_in_other_layout": _result_miswritten,
    "other_layout_throughout": _layout_ignored,
    "transpose_result": lambda c: c.written(scattered(c).transpose(0, 2, 1, 3)),
    "result_column_major": lambda c: c.written(scattered(c)).ravel().reshape(c.call.output_shape, order="F"),
    "squeeze": lambda c: np.squeeze(c.written(scattered(c))),
}
RESULT_LEFT = _result_unmoved


def _tail(lanes: int) -> Callable[[Array], Array]:
    def change(array: Array) -> Array:
        whole = array.shape[-1] - array.shape[-1] % lanes
        return _zero((..., slice(whole, None)))(array) if whole else array

    return change


def _halves(w: Array) -> Array:
    out, into = w.shape[2] // 2, w.shape[3] // 2
    if w.shape[2] % 2 == w.shape[3] % 2 == 0:
        w[:, :, :out, into:] = 0
        w[:, :, out:, :into] = 0
    return w


def _pixel_tail(c: Configuration) -> NDArray[Any]:
    """Pixels beyond the last whole sixteen."""
    y = scattered(c)
    count = y.shape[1] * y.shape[2]
    for number in range(count // 16 * 16, count) if count > 16 else ():
        y[:, number // y.shape[2], number % y.shape[2]] = 0
    return c.written(y)


BATCH_CHANNELS: Mapping[str, Wrong] = {
    "first_image_everywhere": _y(lambda y: np.stack([y[0]] * len(y))),
    "only_first_image": _y(_zero(slice(1, None))),
    "last_image_missing": _y(_zero(-1)),
    "reverse_batch": _y(lambda y: y[::-1]),
    "image_tail": _y(_zero(slice(16, None))),
    "pixel_tail": _pixel_tail,
    **{f"batch_limit_{n}": _x(_zero(slice(n, None))) for n in (4, 8, 16)},
    "first_input_channel_ignored": _x(_zero((..., 0))),
    "last_input_channel_ignored": _x(_zero((..., -1))),
    "only_first_input_channel": _x(_zero((..., slice(1, None)))),
    "reverse_input_channels": _w(lambda w: w[..., ::-1]),
    "last_output_channel_missing": _y(_zero((..., -1))),
    "first_output_channel_everywhere": _w(lambda w: np.concatenate([w[:, :, :1]] * w.shape[2], axis=2)),
    "reverse_output_channels": _w(lambda w: w[:, :, ::-1]),
    "two_groups": _w(_halves),
    **{f"input_channel_tail_{n}": _w(_tail(n)) for n in (4, 8, 16)},
    **{f"output_channel_tail_{n}": _y(_tail(n)) for n in (4, 8, 16, 32, 64, 128, 256)},
    **{f"input_channel_tail_{n}": _w(_tail(n)) for n in (32, 64, 128, 256)},
    **{f"input_channel_limit_{n}": _w(_zero((..., slice(n, None)))) for n in (4, 8, 16, 32, 64, 128)},
}


def _float_bits(array: Array, drop: int, rounded: bool) -> Array:
    """float32's integer representation with `drop` bits gone, rounded to nearest even or cut."""
    bits = array.astype(np.float32).view(np.uint32).astype(np.uint64)
    if rounded:
        bits = bits + (1 << (drop - 1)) - 1 + ((bits >> drop) & 1)
    kept = ((bits >> drop) << drop).astype(np.uint32)
    return kept.view(np.float32).astype(np.float64)


def _cast(name: str) -> Callable[[Array], Array]:
    return lambda array: array.astype(getattr(ml_dtypes, name, None) or name).astype(np.float64)


def _cut(bits: int) -> Callable[[Array], Array]:
    """Significands cut by decimal-free arithmetic on the exponent."""

    def change(array: Array) -> Array:
        scale = 2.0 ** (bits - 1 - np.floor(np.log2(np.where(array == 0, 1, np.abs(array)))))
        return np.trunc(array * scale) / scale

    return change


_NARROW: Mapping[str, Callable[[Array], Array]] = {
    "bfloat16": _cast("bfloat16"),
    "bfloat16_truncated": lambda array: _float_bits(array, 16, rounded=False),
    "tf32": lambda array: _float_bits(array, 13, rounded=True),
    "tf32_truncated": lambda array: _float_bits(array, 13, rounded=False),
    "float16": _cast("float16"),
    "float16_truncated": lambda array: _cast("float16")(_cut(11)(array)),
    "float32": _cast("float32"),
    "float32_truncated": _cut(24),
}


def _operands(name: str, change: Callable[[Array], Array]) -> dict[str, Wrong]:
    return {
        f"value_{name}": _x(change),
        f"filter_{name}": _w(change),
        f"operands_{name}": lambda c: c.written(scattered(c, x=change(c.x), w=change(c.w))),
    }


def _accumulated(name: str) -> Wrong:
    """Every sum rounded, one product after the other."""
    change = _cast(name)

    def wrong(c: Configuration) -> NDArray[Any]:
        y = np.zeros((len(c.x), *c.o, c.w.shape[2]))
        for channel in range(c.w.shape[3]):
            for th, tw, jh, jw in product(*map(range, (*c.k, *c.i))):
                p, q = (s * j + d * t - b for s, j, d, t, b in zip(c.s, (jh, jw), c.d, (th, tw), c.b, strict=True))
                if 0 <= p < c.o[0] and 0 <= q < c.o[1]:
                    y[:, p, q] = change(y[:, p, q] + np.outer(c.x[:, jh, jw, channel], c.w[th, tw, :, channel]))
        return c.written(y)

    return wrong


def _int8(array: Array) -> Array:
    largest = np.abs(array).max()
    quantised: Array = np.rint(array / largest * 127) * largest / 127
    return quantised


def _towards_zero(c: Configuration) -> NDArray[Any] | None:
    if c.call.dtype != "bfloat16":
        return None
    return c.written(_float_bits(scattered(c), 16, rounded=False))


def _tiny(c: Configuration) -> NDArray[Any]:
    x = np.where(np.abs(c.x) < 2.0**-14, 0, c.x)
    return c.written(scattered(c, x=x, w=np.where(np.abs(c.w) < 2.0**-14, 0, c.w)))


PRECISION: Mapping[str, Wrong] = {
    **{name: wrong for narrow, change in _NARROW.items() for name, wrong in _operands(narrow, change).items()},
    **{f"accumulate_{name}": _accumulated(name) for name in ("float16", "bfloat16", "float32")},
    **{f"result_{name}": _y(_cast(name)) for name in ("float16", "bfloat16", "float32")},
    "result_bfloat16_truncated": _y(lambda y: _float_bits(y, 16, rounded=False)),
    "result_tf32_truncated": _y(lambda y: _float_bits(y, 13, rounded=False)),
    "operands_int8": lambda c: c.written(
        scattered(c, x=_cast(c.call.dtype)(_int8(c.x)), w=_cast(c.call.dtype)(_int8(c.w)))
    ),
    "result_integers": _y(np.rint),
    "result_truncated": _towards_zero,
    "subnormals_flushed": _tiny,
}


def _unreached(c: Configuration, number: float) -> NDArray[Any]:
    y = scattered(c)
    ones = scattered(c, x=np.ones_like(c.x), w=np.ones_like(c.w))
    y[ones == 0] = number
    return c.written(y)


def _element(at: int, number: float) -> Wrong:
    def wrong(c: Configuration) -> NDArray[Any]:
        answer = c.written(scattered(c))
        answer.reshape(-1)[at] = number
        return answer

    return wrong


RESULT: Mapping[str, Wrong] = {
    "all_zeros": _y(np.zeros_like),
    "negated": _y(np.negative),
    "doubled": _y(lambda y: y + y),
    "halved": _y(lambda y: y * 0.5),
    "last_element_nan": _element(-1, np.nan),
    "last_element_zero": _element(-1, 0.0),
    "first_element_infinite": _element(0, np.inf),
    "first_element_zero": _element(0, 0.0),
    "nan_in_gaps": lambda c: _unreached(c, np.nan),
    "gaps_uninitialised": lambda c: _unreached(c, -12345.0),
    "last_element_uninitialised": _element(-1, 6.25e8),
}

WRONG: Mapping[str, Wrong] = {**STRUCTURE, **PADDING, **LAYOUT, **BATCH_CHANNELS, **PRECISION, **RESULT}
