"""What the documents of Flax, Haiku and Equinox say of their layers' words. Must not know: the libraries.

Flax's and Haiku's hand their words to `lax.conv_transpose` and mean what it means; Haiku's kernel lies back to front.
Equinox's are those of the convolution of which the layer is the transpose.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from conformance.adapters.dialect import AxisWords, Dialect, Layout, Phrasing, dtype_spellings
from conformance.adapters.function import Role
from conformance.adapters.jax_layers.plans import LIBRARIES
from conformance.adapters.phrases import PhrasedOperator, below_stride, of_axes
from conformance.adapters.plan import Argument, Plan
from reference.geometry import Axis

Words = dict[Role, Argument]
# Each call is compiled.
NUMBER = 60
_FILTERS = {"flax": "HWOI", "haiku": "HWOI", "equinox": "OIHW"}


def layers_dialect(library: str, dtypes: tuple[str, ...]) -> Dialect:
    """Of the layers of a transposed and of a forward convolution of two axes."""
    flipped = library != "flax"
    plain = _say(library, "conv2d_transpose", (2, 3), (3, 2), {"strides": (2, 2), "padding": "SAME"})
    whole: Words = {"strides": (1, 1), "padding": "VALID"}

    def layout(value: tuple[int, ...], result: tuple[int, int, int]) -> Plan:
        height, width, out = result
        return _say(library, "conv2d_transpose", (value[-1], out), (height, width), whole)

    return Dialect(
        function=LIBRARIES[library].functions["conv2d_transpose"].name,
        value_layout="NCHW" if library == "equinox" else "NHWC",
        filter_layout=_FILTERS[library],
        # A layer of Equinox is not made with weights, and takes those of any shape that are put into it.
        layouts=() if library == "equinox" else (Layout("kernel", _FILTERS[library], layout, flipped=flipped),),
        phrasings=tuple(_phrasings(library, flipped)),
        plain=plain,
        plain_axes=(Axis(3, 3, 2, 1, 0, 6), Axis(4, 2, 2, 1, 0, 8)),
        # The plain call's kernel would have to lie the other way.
        spellings=() if flipped else tuple(dtype_spellings(plain, dtypes)),
    )


def _phrasings(library: str, flipped: bool) -> Iterator[Phrasing]:
    spoken = PhrasedOperator(partial(_said, library, "conv2d_transpose"), number=NUMBER)
    if library == "haiku":  # which has no dilation
        spoken = replace(spoken, dilations=range(1, 2))
    gathered = PhrasedOperator(partial(_said, library, "conv2d"), "conv2d", NUMBER)
    rows = [spoken.word("SAME", "SAME", "SAME")]
    if library == "equinox":
        rows += [
            spoken.word("SAME_LOWER", "SAME_LOWER", "SAME", odd="before"),
            spoken.word("VALID", "VALID", "VALID", length="full", odd=None),
            spoken.pads("padding (before, after), output_padding", alike=False, most=below_stride),
        ]
        yield gathered.forward_word("SAME_LOWER", "SAME_LOWER", "SAME", odd="before")
    else:
        rows += [spoken.word("VALID", "VALID", "VALID", length="max(s i, full)", odd=None)]
    yield from (replace(row, flipped=flipped) for row in rows)
    yield gathered.forward_word("SAME", "SAME", "SAME")
    yield gathered.forward_word("VALID", "VALID", "VALID", odd=None)
    yield gathered.forward_pads("padding (before, after)", alike=False)


def _said(library: str, operator: str, *axes: AxisWords) -> Plan:
    word, asked = axes[0].padding, tuple(words.asked for words in axes)
    padding: Argument = word if isinstance(word, str) else tuple((words.before, words.after) for words in axes)
    more: Words = {} if operator == "conv2d" or None in asked else {"output_padding": asked}
    kernel = tuple(words.kernel for words in axes)
    return _say(library, operator, (1, 1), kernel, {**of_axes(axes), "padding": padding, **more})


def _say(library: str, operator: str, channels: tuple[int, int], kernel: tuple[int, ...], words: Words) -> Plan:
    layers = LIBRARIES[library]
    made: Words = {"channels_in": channels[0], "channels_out": channels[1], "kernel": kernel, "transpose_kernel": True}
    return Plan((layers.invoke(layers.functions[operator], {**made, **words}, bias=False),))
