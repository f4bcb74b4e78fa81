"""What OpenVINO's documents say of the words of its convolutions. Must not know: openvino.

Source: the specifications of the operations of opset 16. Of a ConvolutionBackpropData auto_pad alone says that its
pads are 0; beside an output_shape it says which half of them comes first, and same_upper means the larger one.
"""

from collections.abc import Sequence
from functools import partial

from conformance.adapters.dialect import AxisWords, Dialect, Layout, Phrasing, Spelling, dtype_spellings
from conformance.adapters.openvino.spelling import MODULE, Keywords, pads_of
from conformance.adapters.phrases import PhrasedOperator, below_stride
from conformance.adapters.plan import Invoke, Plan
from reference.geometry import Axis

BACKWARD, FORWARD = f"{MODULE}.convolution_backprop_data", f"{MODULE}.convolution"
_NO_PADS = pads_of(((0, 0), (0, 0)))


def openvino_dialect(dtypes: tuple[str, ...]) -> Dialect:
    """Of ConvolutionBackpropData and Convolution."""
    plain = _backward((("strides", (2, 2)), *pads_of(((0, 1), (0, 0)))))
    return Dialect(
        function=BACKWARD,
        value_layout="NCHW",
        filter_layout="IOHW",
        layouts=(Layout("filters", "IOHW", lambda value, result: _backward((("strides", (1, 1)), *_NO_PADS))),),
        phrasings=_phrasings(),
        plain=plain,
        plain_axes=(Axis(3, 3, 2, 1, 0, 6), Axis(4, 2, 2, 1, 0, 8)),
        spellings=(
            *(
                Spelling("strides", label, _backward((("strides", strides), *plain.parts[1].keywords[1:])), count == 2)
                for count, label, strides in ((1, "[s]", (2,)), (2, "[s, s]", (2, 2)), (3, "[s, s, s]", (2, 2, 2)))
            ),
            *dtype_spellings(plain, dtypes),
        ),
    )


def _phrasings() -> tuple[Phrasing, ...]:
    scattered, named = (PhrasedOperator(partial(_said, BACKWARD, each)) for each in ("output_padding", "output_shape"))
    gathered = PhrasedOperator(partial(_said, FORWARD, ""), "conv2d")
    return (
        scattered.pads("pads, output_padding", alike=False, most=below_stride),
        *(scattered.word(each, each, "SAME", length="full", odd=None) for each in ("same_upper", "same_lower")),
        scattered.word("valid", "valid", "VALID", length="full", odd=None),
        named.word("output_shape", "explicit", "legal output lengths", length="o as asked"),
        named.word("same_upper, output_shape", "same_upper", "SAME", length="o as asked", odd="before"),
        named.word("same_lower, output_shape", "same_lower", "SAME", length="o as asked"),
        gathered.forward_pads("pads", alike=False),
        gathered.forward_word("same_upper", "same_upper", "SAME"),
        gathered.forward_word("same_lower", "same_lower", "SAME", odd="before"),
        gathered.forward_word("valid", "valid", "VALID", odd=None),
    )


def _said(function: str, asks: str, *axes: AxisWords) -> Plan:
    words = words_of(axes)
    asked = tuple(words.asked for words in axes)
    if asks and None not in asked:
        words = (*words, (asks, asked))
    return called(function, words)


def words_of(axes: Sequence[AxisWords]) -> Keywords:
    """Strides, dilations, and pads or the word in their place."""
    padding = axes[0].padding
    word: Keywords = (("auto_pad", padding),) if isinstance(padding, str) else ()
    return (
        ("strides", tuple(words.stride for words in axes)),
        *pads_of((words.before, words.after) for words in axes),
        ("dilations", tuple(words.dilation for words in axes)),
        *word,
    )


def _backward(words: Keywords) -> Plan:
    return called(BACKWARD, words)


def called(function: str, words: Keywords, *operands: str) -> Plan:
    """The operation on value and filter, or on the operands named."""
    return Plan((Invoke(function, tuple(("", each) for each in operands or ("value", "filter")), words),))
