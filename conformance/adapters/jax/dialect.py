"""What the suite expects of JAX's `conv_transpose`: SAME, VALID, pads of the dilated input; kernels flipped or not.

Knows: the words of its arguments, and what the suite takes them to mean. Must not know: jax.
"""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import product

from conformance.adapters.axes import Numbers
from conformance.adapters.dialect import (
    AxisWords,
    Dialect,
    Layout,
    Phrasing,
    Recipe,
    RefusedCall,
    Spelling,
    Topic,
    dtype_spellings,
)
from conformance.adapters.function import Role
from conformance.adapters.geometries import definition_axes, drawn, kernels_and_strides
from conformance.adapters.jax.plans import jax_nominal_plan
from conformance.adapters.jax.words import (
    CONV_TRANSPOSE,
    consistent_pads,
    dimension_numbers,
    jax_padded_axis,
    jax_pads,
    jax_word_axis,
)
from conformance.adapters.plan import Argument, Plan
from conformance.adapters.protocol import DTYPES
from reference.geometry import Axis

Said = dict[Role, Argument]
_NHWC: Said = {"dimension_numbers": dimension_numbers(2, last=True)}
_TURNED: Said = {"transpose_kernel": True}
_PLAIN: Said = {"strides": (2, 2), "padding": "SAME", **_NHWC, **_TURNED}
_SAME = "output length = s i; crop_before = max(full - s i, 0) // 2"
_VALID = "output length = max(s i, full); crop_before = 0"
_EXPLICIT = "output length = s(i-1) + 1 + before + after - d(k-1); crop_before = d(k-1) - before"
_CONSISTENT = "output length = full - before - after; crop_before = before"
_ANY_PADS = AxisWords(2, 1, 1, 1, (0, 0))


def jax_dialect() -> Dialect:
    """The dialect of `lax.conv_transpose`, with transpose_kernel=True unless a name says otherwise."""
    one_pixel: Said = {"strides": (1, 1), "padding": "VALID", **_NHWC}
    return Dialect(
        function=CONV_TRANSPOSE.name,
        value_layout="NHWC",
        filter_layout="HWOI",
        layouts=(
            Layout("filter, transpose_kernel=True", "HWOI", lambda value, result: _say({**one_pixel, **_TURNED})),
            Layout("filter, default", "HWIO", lambda value, result: _say(one_pixel), flipped=True),
        ),
        phrasings=tuple(_phrasings()),
        plain=_say(_PLAIN),
        plain_axes=(Axis(3, 3, 2, 1, 0, 6), Axis(4, 2, 2, 1, 0, 8)),
        spellings=tuple(_spellings()),
        wrong_calls=tuple(_wrong_calls()),
        recipes=(
            Recipe("transpose_kernel by default", ("SAME", "VALID"), lambda nominal, _: jax_nominal_plan(nominal, {})),
        ),
        absent={
            "output_padding": "no such argument; an explicit pad behind says it",
            "legal output lengths": "no such argument; explicit pads make any length",
        },
    )


def _phrasings() -> Iterator[Phrasing]:
    # All 360 geometries of a word and 1,440 of the planner's pads, and fewer where the kernel is flipped besides.
    for number, pads, flipped, suffix in ((360, 1440, False, ""), (100, 200, True, ", transpose_kernel by default")):
        plan = _planner({} if flipped else _TURNED)
        words: tuple[tuple[Topic, str], ...] = (("SAME", _SAME), ("VALID", _VALID))
        for word, formula in words:
            yield Phrasing(
                f"{word}{suffix}", word, formula, lambda words: jax_word_axis(words.numbers, str(words.padding)), plan,
                drawn(partial(_worded, word), number), AxisWords(2, 1, 1, 1, word), flipped=flipped,
            )  # fmt: skip
        yield Phrasing(
            f"explicit (before, after){suffix}", "explicit pads", f"{_EXPLICIT}; the planner inverts it",
            lambda words: _padded(words.numbers, (words.before, words.after)), plan, drawn(_planned, pads), _ANY_PADS,
            boundary=tuple if flipped else drawn(_boundary, 150), legal="any that leave a length >= 0", flipped=flipped,
        )  # fmt: skip
    yield Phrasing(
        "explicit, use_consistent_padding=True", "explicit pads", _CONSISTENT, _consistent_meaning,
        _planner({**_TURNED, "consistent_padding": True}), drawn(_consistent, 150), _ANY_PADS,
    )  # fmt: skip


def _worded(word: str) -> Iterator[AxisWords]:
    return (AxisWords(*numbers, word) for numbers in kernels_and_strides())


def _planned() -> Iterator[AxisWords]:
    """What the planner tells JAX for the definition's axes."""
    for axis in definition_axes():
        yield AxisWords(axis.input, axis.kernel, axis.stride, axis.dilation, jax_pads(axis))


def _boundary() -> Iterator[AxisWords]:
    """Pads that leave a length of -1, 0 or 1."""
    for length, kernel, stride, dilation in kernels_and_strides():
        if kernel < 4 and dilation == 1:
            for before, output in product((-1, 0, 1), (-1, 0, 1)):
                after = output - stride * (length - 1) - 1 + kernel - 1 - before
                yield AxisWords(length, kernel, stride, dilation, (before, after))


def _consistent() -> Iterator[AxisWords]:
    for numbers, before, after in product(kernels_and_strides(), range(3), range(3)):
        words = AxisWords(*numbers, (before, after))
        if _consistent_meaning(words) is not None:
            yield words


def _consistent_meaning(words: AxisWords) -> Axis | None:
    return _padded(words.numbers, consistent_pads(words.numbers, (words.before, words.after)))


def _padded(numbers: Numbers, pads: tuple[int, int]) -> Axis | None:
    """Words are asked about where they leave a length of the formula's own; below 0, JAX's is 0, or an error."""
    length, kernel, stride, dilation = numbers
    formula = stride * (length - 1) + 1 + sum(pads) - dilation * (kernel - 1)
    return jax_padded_axis(numbers, pads) if formula >= 0 else None


def _planner(kernel: Said) -> Callable[..., Plan]:
    """Plans from the words of each axis, with these words about the kernel."""

    def plan(*axes: AxisWords) -> Plan:
        pads: Argument = axes[0].padding
        if not isinstance(pads, str):
            pads = tuple(words.padding for words in axes)
        numbers: Said = {
            "strides": tuple(words.stride for words in axes),
            "padding": pads,
            "dilations": tuple(words.dilation for words in axes),
        }
        return _say({**numbers, **_NHWC, **kernel})

    return plan


def _say(said: Said) -> Plan:
    return Plan((CONV_TRANSPOSE.invoke(said),))


def _spellings() -> Iterator[Spelling]:
    roles: tuple[tuple[Role, str, Argument, bool], ...] = (
        ("strides", "int", 2, False),
        ("strides", "[s]", (2,), False),
        ("strides", "[s, s]", (2, 2), True),
        ("strides", "[s, s, s]", (2, 2, 2), False),
        ("strides", "[1, s, s, 1]", (1, 2, 2, 1), False),
        ("padding", "SAME", "SAME", True),
        ("padding", "same", "same", False),
        ("padding", "int", 1, False),
    )
    for role, label, written, expected in roles:
        yield Spelling(role, label, _say({**_PLAIN, role: written}), expected)
    without: Said = {role: argument for role, argument in _PLAIN.items() if role != "padding"}
    yield Spelling("padding", "left out", _say(without), expected=False)
    shaped = CONV_TRANSPOSE.invoke(_PLAIN, output_shape=(1, 6, 8, 3))
    yield Spelling("output_shape", "output_shape=[n, h, w, c]", Plan((shaped,)), expected=False)
    for value, filter in (("NHWC", "HWIO"), ("NCHW", "HWIO"), ("NCHW", "OIHW"), ("NCHW", "IOHW")):
        plan = _say({**_PLAIN, "dimension_numbers": (value, filter, value)})
        # transpose_kernel exchanges what the filter's I and O are.
        swapped = filter.translate(str.maketrans("IO", "OI"))
        yield Spelling("data formats", f"{value} {filter}", plan, True, value, swapped)
    lower = _say({**_PLAIN, "dimension_numbers": ("nhwc", "hwio", "nhwc")})
    yield Spelling("data formats", "nhwc hwio", lower, expected=False)
    yield from dtype_spellings(_say(_PLAIN), DTYPES)


def _wrong_calls() -> Iterator[RefusedCall]:
    value, filter = (1, 4, 4, 2), (3, 3, 3, 2)
    plain: Said = {role: argument for role, argument in _PLAIN.items() if role != "transpose_kernel"}
    calls: tuple[tuple[str, Said], ...] = (
        ("TensorFlow's filter, transpose_kernel by default", plain),
        ("three pairs of pads", {**_PLAIN, "padding": ((1, 1),) * 3}),
        ("pads that leave nothing", {**_PLAIN, "padding": ((-9, 0), (0, 0))}),
    )
    return (RefusedCall(label, _say(said), value, filter) for label, said in calls)
