"""PyTorch's words: padding and output_padding as numbers, and no output length.

Knows: the parameters of `torch.nn.functional.conv*` and of the layers of `torch.nn`; the meaning of
`conv_transpose2d`'s arguments, as integers. Must not know: torch.
"""

from collections.abc import Iterator

from conformance.adapters.axes import NoAxis
from conformance.adapters.dialect import AxisWords, Dialect, Layout, Phrasing, Recipe, RefusedCall, Spelling
from conformance.adapters.geometries import definition_axes, drawn, kernels_and_strides
from conformance.adapters.geometries import small_kernels_and_strides as small
from conformance.adapters.notation import FILTER_TO_IN_OUT, TO_CHANNELS_FIRST, TO_CHANNELS_LAST
from conformance.adapters.plan import Argument, Invoke, Plan, Transpose, Unsupported
from conformance.adapters.torch.words import FUNCTIONALS, torch_arguments, torch_transposed_axis
from conformance.suite.nominal import Nominal
from reference.geometry import Axis

FUNCTION = FUNCTIONALS["conv2d_transpose"].name
_FORMULA = "output length = s(i-1) + d(k-1) + 1 - 2 padding + output_padding; crop_before = padding"
_LEGAL = "padding >= 0; 0 <= output_padding < max(s, d); output length >= 1"
_PARTNER = AxisWords(2, 1, 1, 1, (0, 0), 0)
_DTYPES = ("float16", "bfloat16", "float32", "float64", "int64", "complex64")
_OTHER_DTYPES = ("int32",)


def torch_dialect() -> Dialect:
    """The dialect of eager `conv_transpose2d`."""
    return Dialect(
        function=FUNCTION,
        value_layout="NCHW",
        filter_layout="IOHW",
        layouts=(Layout("weight", "IOHW", lambda value, result: _say()),),
        phrasings=(
            Phrasing(
                "padding, output_padding", "output_padding", _FORMULA, _meaning, _plan,
                lambda: drawn(_direct(), 1300), _PARTNER, lambda: drawn(_boundary(), 1500), "output_padding", _LEGAL,
            ),
            Phrasing(
                "padding as the planner sets it", "explicit pads",
                f"{_FORMULA}; adapters.torch.torch_arguments inverts it", _meaning, _plan,
                lambda: drawn(_planned(), 1300), _PARTNER, asks="output_padding",
            ),
        ),
        plain=_plainly(),
        plain_axes=(Axis(3, 3, 2, 1, 1, 6), Axis(4, 2, 2, 1, 1, 7)),
        spellings=tuple(_spellings()),
        output_length="padding, output_padding: full",
        wrong_calls=tuple(_wrong_calls()),
        recipes=(Recipe("padding=(k-1)//2, output_padding=s-1", ("SAME",), _folk_recipe),),
        absent={"SAME": "no such word: padding takes numbers, the same for both ends"},
    )  # fmt: skip


def _meaning(words: AxisWords) -> Axis | None:
    try:
        return torch_transposed_axis(words.numbers, words.before, words.asked or 0)
    except NoAxis:
        return None


def _direct() -> Iterator[AxisWords]:
    for numbers in kernels_and_strides():
        yield from _with_numbers(numbers, range(4), range(max(numbers[2:])))


def _boundary() -> Iterator[AxisWords]:
    for numbers in small():
        for words in _with_numbers(numbers, range(-1, 4), range(-1, max(numbers[2:]) + 2), legal=False):
            if words.full - 2 * words.before + (words.asked or 0) > -2:
                yield words


def _with_numbers(
    numbers: tuple[int, int, int, int], paddings: range, output_paddings: range, *, legal: bool = True
) -> Iterator[AxisWords]:
    for padding in paddings:
        for output_padding in output_paddings:
            words = AxisWords(*numbers, (padding, padding), output_padding)
            if not legal or _meaning(words) is not None:
                yield words


def _planned() -> Iterator[AxisWords]:
    """What the planner tells torch for the definition's axes."""
    for axis in definition_axes():
        told = torch_arguments(axis)
        if told.length > 0:
            numbers = (axis.input, axis.kernel, axis.stride, axis.dilation)
            yield AxisWords(*numbers, (told.padding, told.padding), told.output_padding)


def _plan(height: AxisWords, width: AxisWords) -> Plan:
    return _say(
        stride=(height.stride, width.stride),
        padding=(height.before, width.before),
        output_padding=(height.asked or 0, width.asked or 0),
        dilation=(height.dilation, width.dilation),
    )


def _say(**keywords: Argument) -> Plan:
    return Plan((_invoke(**keywords),))


def _invoke(**keywords: Argument) -> Invoke:
    return Invoke(FUNCTION, (("", "value"), ("", "filter")), tuple(keywords.items()))


def _folk_recipe(nominal: Nominal) -> Plan | Unsupported:
    call = _invoke(
        stride=nominal.stride,
        padding=(nominal.kernel - 1) // 2,
        output_padding=nominal.stride - 1,
        dilation=nominal.dilation,
    )
    moved = (Transpose("value", TO_CHANNELS_FIRST), Transpose("filter", FILTER_TO_IN_OUT))
    return Plan((*moved, call, Transpose("result", TO_CHANNELS_LAST)))


def _spellings() -> Iterator[Spelling]:
    for name in ("stride", "padding", "output_padding"):
        number = 2 if name == "stride" else 1
        for label, written, held in (
            ("int", number, True),
            ("[s]", (number,), True),
            ("[s, s]", (number, number), True),
            ("[s, s, s]", (number,) * 3, False),
            ("[1, s, s, 1]", (1, number, number, 1), False),
        ):
            yield Spelling("strides" if name == "stride" else name, label, _plainly(**{name: written}), held)
    yield Spelling("padding", "pairs [[b, a], [b, a]]", _plainly(padding=((1, 1), (1, 1))), held=False)
    for word in ("SAME", "same", "valid"):
        yield Spelling("padding", f"the word {word}", _plainly(padding=word), held=False)
    yield Spelling("output_shape", "output_size=[h, w]", _plainly(output_size=(6, 8)), held=False)
    yield Spelling("data formats", "NCHW", _plainly(), held=True)
    yield Spelling("data formats", "NHWC", _plainly(), held=False, value_layout="NHWC")
    for dtype in (*_DTYPES, *_OTHER_DTYPES):
        yield Spelling("dtypes", dtype, _plainly(), dtype in _DTYPES, dtype=dtype)


def _plainly(**changes: Argument) -> Plan:
    plain: dict[str, Argument] = {"stride": 2, "padding": 1, "output_padding": 1}
    return _say(**{**plain, **changes})


def _wrong_calls() -> Iterator[RefusedCall]:
    value, filter = (1, 2, 4, 4), (2, 3, 3, 3)
    for label, keywords in (
        ("padding -1", {"stride": 2, "padding": -1}),
        ("output_padding = stride = dilation", {"stride": 2, "output_padding": 2}),
        ("output_padding -1", {"stride": 2, "output_padding": -1}),
        ("padding that leaves nothing", {"stride": 1, "padding": 3}),
    ):
        yield RefusedCall(label, _say(**keywords), value, filter)
    yield RefusedCall("filter [out, in, kh, kw]", _say(stride=2), value, (3, 2, 3, 3))
    yield RefusedCall("groups that do not divide the channels", _say(stride=2, groups=3), value, filter)
