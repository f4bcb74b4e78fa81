"""What ONNX's documents say of its nodes' words: auto_pad, pads, output_padding and output_shape; both directions.

Source: the operators' documentation of opset 22. Must not know: onnx, the runtimes.
"""

from collections.abc import Iterator
from functools import partial
from typing import Literal

from conformance.adapters.dialect import AxisWords, Dialect, Layout, Phrasing, RefusedCall, Spelling, dtype_spellings
from conformance.adapters.onnx.spelling import Keywords, begins_and_ends
from conformance.adapters.phrases import PhrasedOperator, below_either
from conformance.adapters.plan import Argument, Invoke, Plan
from reference.geometry import Axis

_PLAIN: Keywords = (("strides", (2, 2)), ("pads", (0, 0, 1, 0)), ("output_padding", (0, 0)))


def onnx_dialect(dtypes: tuple[str, ...]) -> Dialect:
    """The dialect of the nodes Conv and ConvTranspose, of a runtime that takes these dtypes."""
    plain = _transposed(_PLAIN)
    return Dialect(
        function="onnx.ConvTranspose",
        value_layout="NCHW",
        filter_layout="IOHW",
        layouts=(Layout("W", "IOHW", lambda value, result: _transposed(())),),
        phrasings=_phrasings(),
        plain=plain,
        plain_axes=(Axis(3, 3, 2, 1, 0, 6), Axis(4, 2, 2, 1, 0, 8)),
        spellings=tuple(_spellings(dtypes)),
        wrong_calls=tuple(
            RefusedCall(label, _transposed((word,)), (1, 2, 4, 4), (2, 3, 3, 3))
            for label, word in (
                ("pads that leave nothing", ("pads", (3, 3, 3, 3))),
                ("output_padding = stride = dilation", ("output_padding", (1, 1))),
            )
        ),
    )


def _spellings(dtypes: tuple[str, ...]) -> Iterator[Spelling]:
    for label, strides in (("[s]", (2,)), ("[s, s]", (2, 2)), ("[s, s, s]", (2, 2, 2))):
        yield Spelling("strides", label, _transposed((("strides", strides), *_PLAIN[1:])), label == "[s, s]")
    for word, expected in (("SAME_UPPER", True), ("same_upper", False), ("SAME", False)):
        yield Spelling("padding", f"auto_pad={word}", _transposed((_PLAIN[0], ("auto_pad", word))), expected)
    yield from dtype_spellings(_transposed(_PLAIN), dtypes)


def _phrasings() -> tuple[Phrasing, ...]:
    transposed, named = (PhrasedOperator(partial(_said, each)) for each in ("output_padding", "output_shape"))
    forward = PhrasedOperator(partial(_said, "value"), "conv2d")
    return (
        transposed.pads(
            "pads, output_padding", alike=False, most=below_either,
            legal="pads >= 0; 0 <= output_padding < max(s, d); output length >= 1",
        ),
        transposed.word("SAME_UPPER", "SAME_UPPER", "SAME"),
        transposed.word("SAME_LOWER", "SAME_LOWER", "SAME", odd="before"),
        transposed.word("VALID", "VALID", "VALID", length="full", odd=None),
        named.word("output_shape", "NOTSET", "legal output lengths", length="o as asked", odd="before"),
        named.word("SAME_UPPER, output_shape", "SAME_UPPER", "SAME", length="o as asked"),
        named.word("SAME_LOWER, output_shape", "SAME_LOWER", "SAME", length="o as asked", odd="before"),
        forward.forward_pads("pads", alike=False),
        forward.forward_word("SAME_UPPER", "SAME_UPPER", "SAME"),
        forward.forward_word("SAME_LOWER", "SAME_LOWER", "SAME", odd="before"),
        forward.forward_word("VALID", "VALID", "VALID", odd=None),
    )  # fmt: skip


def _said(asks: Literal["output_padding", "output_shape", "value"], *axes: AxisWords) -> Plan:
    padding = axes[0].padding
    pads: tuple[str, Argument] = ("auto_pad", padding)
    if not isinstance(padding, str):
        pads = ("pads", begins_and_ends((words.before, words.after) for words in axes))
    words: Keywords = (
        ("kernel_shape", tuple(words.kernel for words in axes)),
        ("strides", tuple(words.stride for words in axes)),
        ("dilations", tuple(words.dilation for words in axes)),
        pads,
    )
    asked = tuple(words.asked for words in axes)
    if asks != "value" and None not in asked:
        words = (*words, (asks, asked))
    return _node("Conv" if asks == "value" else "ConvTranspose", words)


def _transposed(words: Keywords) -> Plan:
    return _node("ConvTranspose", words)


def _node(kind: str, words: Keywords) -> Plan:
    return Plan((Invoke(f"onnx.{kind}", (("X", "value"), ("W", "filter")), words),))
