"""JAX's words: SAME, VALID and pads of the zero-dilated input, each with the kernel as it is or flipped.

Knows: the parameters of `jax.lax.conv*`; the meaning of `conv_transpose`'s arguments, as integers. Must not know: jax.
"""

from collections.abc import Callable, Iterator

from conformance.adapters.axes import Numbers
from conformance.adapters.dialect import AxisWords, Dialect, Layout, Phrasing, Recipe, RefusedCall, Spelling
from conformance.adapters.geometries import definition_axes, drawn, kernels_and_strides
from conformance.adapters.jax.words import CONV_TRANSPOSE, consistent_pads, jax_padded_axis, jax_pads, jax_word_axis
from conformance.adapters.plan import Argument, Invoke, Plan, Unsupported
from conformance.suite.nominal import Nominal
from reference.geometry import Axis

FUNCTION = CONV_TRANSPOSE.name
Keywords = dict[str, Argument]
_NHWC = ("NHWC", "HWIO", "NHWC")
_PLAIN: Keywords = {"strides": (2, 2), "padding": "SAME", "dimension_numbers": _NHWC, "transpose_kernel": True}
_DTYPES = ("float16", "bfloat16", "float32", "float64", "int32", "int64", "complex64")
_SAME = "output length = s i; crop_before = max(full - s i, 0) // 2"
_VALID = "output length = max(s i, full); crop_before = 0"
_EXPLICIT = "output length = s(i-1) + 1 + before + after - d(k-1); crop_before = d(k-1) - before"
_CONSISTENT = "output length = full - before - after; crop_before = before"


def jax_dialect() -> Dialect:
    """The dialect of `lax.conv_transpose`, with transpose_kernel=True unless a name says otherwise."""
    return Dialect(
        function=FUNCTION,
        value_layout="NHWC",
        filter_layout="HWOI",
        layouts=(
            Layout("filter, transpose_kernel=True", "HWOI", lambda value, result: _one_pixel(True)),
            Layout("filter, default", "HWIO", lambda value, result: _one_pixel(None), flipped=True),
        ),
        phrasings=tuple(_phrasings()),
        plain=_say(_PLAIN),
        plain_axes=(Axis(3, 3, 2, 1, 0, 6), Axis(4, 2, 2, 1, 0, 8)),
        spellings=tuple(_spellings()),
        output_length="SAME: s i; VALID: max(s i, full)",
        wrong_calls=tuple(_wrong_calls()),
        recipes=(Recipe("transpose_kernel by default", ("SAME", "VALID"), _default_kernel),),
        absent={
            "output_padding": "no such argument; an explicit pad behind says it",
            "legal output lengths": "no such argument; explicit pads make any length",
        },
    )


def _phrasings() -> Iterator[Phrasing]:
    for number, pads, flipped, suffix in ((360, 1440, False, ""), (100, 200, True, ", transpose_kernel by default")):
        for word, formula in (("SAME", _SAME), ("VALID", _VALID)):
            yield Phrasing(
                f"{word}{suffix}", "SAME" if word == "SAME" else "VALID", formula, _word_meaning,
                _planner(transpose=not flipped), _drawn(_worded(word), number), AxisWords(2, 1, 1, 1, word),
                flipped=flipped,
            )  # fmt: skip
        yield Phrasing(
            f"explicit (before, after){suffix}", "explicit pads", f"{_EXPLICIT}; adapters.jax.jax_pads inverts it",
            _pads_meaning, _planner(transpose=not flipped), _drawn(_planned, pads), AxisWords(2, 1, 1, 1, (0, 0)),
            boundary=tuple if flipped else lambda: drawn(_boundary(), 150), legal="any that leave a length >= 0",
            flipped=flipped,
        )  # fmt: skip
    yield Phrasing(
        "explicit, use_consistent_padding=True", "explicit pads", _CONSISTENT, _consistent_meaning,
        _planner(transpose=True, consistent=True), _drawn(_consistent, 150), AxisWords(2, 1, 1, 1, (0, 0)),
    )  # fmt: skip


def _drawn(population: Callable[[], Iterator[AxisWords]], number: int) -> Callable[[], list[AxisWords]]:
    return lambda: drawn(population(), number)


def _worded(word: str) -> Callable[[], Iterator[AxisWords]]:
    return lambda: (AxisWords(*numbers, word) for numbers in kernels_and_strides())


def _planned() -> Iterator[AxisWords]:
    """What the planner tells JAX for the definition's axes."""
    for axis in definition_axes():
        yield AxisWords(axis.input, axis.kernel, axis.stride, axis.dilation, jax_pads(axis))


def _boundary() -> Iterator[AxisWords]:
    """Pads that leave a length of -1, 0 or 1."""
    for words in _worded("")():
        if words.kernel < 4 and words.dilation == 1:
            for before in (-1, 0, 1):
                for output in (-1, 0, 1):
                    after = output - words.stride * (words.length - 1) - 1 + words.extent - 1 - before
                    numbers = (words.length, words.kernel, words.stride, words.dilation)
                    yield AxisWords(*numbers, (before, after))


def _consistent() -> Iterator[AxisWords]:
    for numbers in kernels_and_strides():
        for before in range(3):
            for after in range(3):
                words = AxisWords(*numbers, (before, after))
                if _consistent_meaning(words) is not None:
                    yield words


def _word_meaning(words: AxisWords) -> Axis | None:
    return jax_word_axis(words.numbers, str(words.padding))


def _pads_meaning(words: AxisWords) -> Axis | None:
    return _padded(words.numbers, (words.before, words.after))


def _consistent_meaning(words: AxisWords) -> Axis | None:
    return _padded(words.numbers, consistent_pads(words.numbers, (words.before, words.after)))


def _padded(numbers: Numbers, pads: tuple[int, int]) -> Axis | None:
    """Words are asked about where they leave a length of the formula's own; below 0, JAX's is 0, or an error."""
    length, kernel, stride, dilation = numbers
    formula = stride * (length - 1) + 1 + sum(pads) - dilation * (kernel - 1)
    return jax_padded_axis(numbers, pads) if formula >= 0 else None


def _planner(*, transpose: bool, consistent: bool = False) -> Callable[[AxisWords, AxisWords], Plan]:
    def plan(height: AxisWords, width: AxisWords) -> Plan:
        padding: Argument = height.padding
        if not isinstance(height.padding, str):
            padding = (height.padding, width.padding)
        keywords: Keywords = {
            "strides": (height.stride, width.stride),
            "padding": padding,
            "rhs_dilation": (height.dilation, width.dilation),
            "dimension_numbers": _NHWC,
        }
        if transpose:
            keywords["transpose_kernel"] = True
        if consistent:
            keywords["use_consistent_padding"] = True
        return _say(keywords)

    return plan


def _say(keywords: Keywords) -> Plan:
    return Plan((Invoke(FUNCTION, (("", "value"), ("", "filter")), tuple(keywords.items())),))


def _one_pixel(transpose: bool | None) -> Plan:
    keywords: Keywords = {"strides": (1, 1), "padding": "VALID", "dimension_numbers": _NHWC}
    return _say(keywords if transpose is None else {**keywords, "transpose_kernel": transpose})


def _default_kernel(nominal: Nominal) -> Plan | Unsupported:
    return _say(
        {
            "strides": (nominal.stride,) * 2,
            "padding": nominal.word,
            "rhs_dilation": (nominal.dilation,) * 2,
            "dimension_numbers": ("NHWC", "HWIO", "NHWC"),
        }
    )


def _spellings() -> Iterator[Spelling]:
    for label, strides, held in (
        ("int", 2, False),
        ("[s]", (2,), False),
        ("[s, s]", (2, 2), True),
        ("[s, s, s]", (2, 2, 2), False),
        ("[1, s, s, 1]", (1, 2, 2, 1), False),
    ):
        yield Spelling("strides", label, _say({**_PLAIN, "strides": strides}), held)
    for label, padding, held in (("SAME", "SAME", True), ("same", "same", False), ("int", 1, False)):
        yield Spelling("padding", label, _say({**_PLAIN, "padding": padding}), held)
    without = {name: argument for name, argument in _PLAIN.items() if name != "padding"}
    yield Spelling("padding", "left out", _say(without), held=False)
    yield Spelling("output_shape", "output_shape=[n, h, w, c]", _say({**_PLAIN, "output_shape": (1, 6, 8, 3)}), False)
    for value, filter in (("NHWC", "HWIO"), ("NCHW", "HWIO"), ("NCHW", "OIHW"), ("NCHW", "IOHW")):
        numbers = (value, filter, value)
        # transpose_kernel exchanges what the filter's I and O are.
        swapped = filter.translate(str.maketrans("IO", "OI"))
        plan = _say({**_PLAIN, "dimension_numbers": numbers})
        yield Spelling("data formats", f"{value} {filter}", plan, True, value, swapped)
    lower = _say({**_PLAIN, "dimension_numbers": ("nhwc", "hwio", "nhwc")})
    yield Spelling("data formats", "nhwc hwio", lower, held=False)
    for dtype in _DTYPES:
        yield Spelling("dtypes", dtype, _say(_PLAIN), held=True, dtype=dtype)


def _wrong_calls() -> Iterator[RefusedCall]:
    value, filter = (1, 4, 4, 2), (3, 3, 3, 2)
    plain = {name: argument for name, argument in _PLAIN.items() if name != "transpose_kernel"}
    yield RefusedCall("TensorFlow's filter, transpose_kernel by default", _say(plain), value, filter)
    yield RefusedCall("three pairs of pads", _say({**_PLAIN, "padding": ((1, 1),) * 3}), value, filter)
    yield RefusedCall("pads that leave nothing", _say({**_PLAIN, "padding": ((-9, 0), (0, 0))}), value, filter)
