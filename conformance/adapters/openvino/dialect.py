"""What OpenVINO's documents say of its operations' words. Must not know: openvino.

Source: the specifications of the operations of opset 16. Of a ConvolutionBackpropData auto_pad alone says that its
pads are 0; beside an output_shape it says which half of them comes first, and same_upper means the larger one.
"""

from collections.abc import Iterator, Sequence
from functools import partial

from conformance.adapters.dialect import AxisWords, Dialect, Layout, Phrasing, Spelling, dtype_spellings
from conformance.adapters.index_map_dialect import (
    BlockWords,
    IndexMapDialect,
    Limit,
    Negative,
    PadWords,
    PatchWords,
    Shape,
    channels_first,
)
from conformance.adapters.openvino.resize import FUNCTION, vocabulary
from conformance.adapters.openvino.spelling import MODULE, WORDS, Keywords, pads_of
from conformance.adapters.phrases import PhrasedOperator, below_stride
from conformance.adapters.plan import Argument, Invoke, Plan
from conformance.adapters.pooling_dialect import (
    Divisor,
    PoolingDialect,
    PoolingPhrasing,
    SpokenWindows,
)
from conformance.adapters.resize import ResizeSpelling, on_images
from conformance.operators.nominal import Nominal
from reference.geometry import Axis
from reference.index_map.geometry import BlockMode, PadMode
from reference.pooling.family import averages
from reference.resize.geometry import ResizeAxis

BACKWARD, FORWARD = f"{MODULE}.convolution_backprop_data", f"{MODULE}.convolution"
POOLS = {"max_pool2d": f"{MODULE}.max_pool", "avg_pool2d": f"{MODULE}.avg_pool"}
_NO_PADS = pads_of(((0, 0), (0, 0)))
_MODES: dict[str, tuple[PadMode, Limit, Negative | None]] = {
    "constant": ("CONSTANT", "any length", "cut off"),
    "edge": ("EDGE", "any length", None),
    "reflect": ("REFLECT", "length - 1", None),
    "symmetric": ("SYMMETRIC", "length", None),
}
_BLOCKS: dict[str, BlockMode] = {"blocks_first": "DCR", "depth_first": "CRD"}


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
    words = _words(axes)
    asked = tuple(words.asked for words in axes)
    if asks and None not in asked:
        words = (*words, (asks, asked))
    return _called(function, words)


def _words(axes: Sequence[AxisWords]) -> Keywords:
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
    return _called(BACKWARD, words)


def _called(function: str, words: Keywords, *operands: str) -> Plan:
    return Plan((Invoke(function, tuple(("", each) for each in operands or ("value", "filter")), words),))


def openvino_pooling_dialect(dtypes: tuple[str, ...]) -> PoolingDialect:
    """Of MaxPool and AvgPool of two axes."""
    plain = _pool("max_pool2d", (), (), [AxisWords(4, 2, 2, 1, (0, 0)), AxisWords(6, 3, 2, 1, (0, 0))])
    return PoolingDialect(
        last=False,
        phrasings=tuple(_pool_phrasings()),
        defaults=(),
        plain=plain,
        spellings=tuple(dtype_spellings(plain, dtypes)),
        nominal=_nominal,
    )


def _pool_phrasings() -> Iterator[PoolingPhrasing]:
    for operator in POOLS:
        for exclude in (True, False) if averages(operator) else (None,):
            counted: Keywords = () if exclude is None else (("exclude_pad", exclude),)
            divisor: Divisor | None = None if exclude is None else "elements" if exclude else "places"
            suffix = "" if exclude is None else f", exclude_pad={exclude}"
            for rounding in ("floor", "ceil", "ceil_torch"):
                said: Keywords = (("rounding_type", rounding),)
                spoken = SpokenWindows(operator, partial(_pool, operator, counted, said), divisor)
                yield spoken.pads(
                    f"pads, rounding_type={rounding}{suffix}", ceil_mode=rounding != "floor", keeps=rounding == "ceil"
                )
            spoken = SpokenWindows(operator, partial(_pool, operator, counted, ()), divisor)
            yield spoken.word(f"same_upper{suffix}", "same_upper", "SAME")
            yield spoken.word(f"same_lower{suffix}", "same_lower", "SAME", odd="before")
            yield spoken.word(f"valid{suffix}", "valid", "VALID")


def _pool(operator: str, counted: Keywords, more: Keywords, axes: Sequence[AxisWords]) -> Plan:
    words: Keywords = (*_words(axes), ("kernel_shape", tuple(words.kernel for words in axes)))
    if averages(operator):
        return _called(POOLS[operator], (*words, *counted, *more), "value")
    # Of a MaxPool's two results the first; of indices of 64 bits, the default, the plugin of the CPU has no kernel.
    both = Invoke("openvino.outputs", (("", "pooled"),), (), leaves="result, _")
    given: Keywords = (*words, ("index_element_type", "i32"), *more)
    return Plan((Invoke(POOLS[operator], (("", "value"),), given, (both,), leaves="pooled"),))


def _nominal(operator: str, nominal: Nominal) -> Plan:
    counted: Keywords = (("exclude_pad", True),) if averages(operator) else ()
    padding = WORDS.get(nominal.word, (0, 0))
    words = AxisWords(nominal.length, nominal.kernel, nominal.stride, nominal.dilation, padding)
    return _pool(operator, counted, (), [words, words])


def openvino_index_map_dialect() -> IndexMapDialect:
    """Pad in four modes, blocks in both orders, patches HWC under two words."""
    return IndexMapDialect(
        tuple(PadWords(f"mode {word}", *held, partial(_pad, word)) for word, held in _MODES.items()),
        tuple(
            BlockWords(f"{operator}, mode {word}", operator, order, (1, 2, 3), partial(_blocks, operator, word))
            for operator in ("depth_to_space", "space_to_depth")
            for word, order in _BLOCKS.items()
        ),
        (
            PatchWords("extract_image_patches, same_upper", "HWC", "SAME", partial(_patches, "same_upper")),
            PatchWords("extract_image_patches, valid", "HWC", "VALID", partial(_patches, "valid")),
        ),
    )


def _pad(mode: str, _: int, pads: tuple[int, int]) -> Plan:
    return _called(f"{MODULE}.pad", (*pads_of(((0, 0), pads)), ("pad_mode", mode)), "value")


def _blocks(operator: str, word: str, _: Shape, block: int) -> Plan:
    words: Keywords = (("mode", word), ("block_size", block))
    return channels_first(Invoke(f"{MODULE}.{operator}", (("", "value"),), words))


def _patches(word: str, _: Shape, sizes: Argument, strides: Argument, rates: Argument) -> Plan:
    words: Keywords = (("sizes", sizes), ("strides", strides), ("rates", rates), ("auto_pad", word))
    return channels_first(Invoke(f"{MODULE}.extract_image_patches", (("", "value"),), words))


def openvino_spellings() -> Iterator[ResizeSpelling]:
    """Of Interpolate: lengths with each word, scales with the linear ones."""
    for antialias in (False, True):
        for words in vocabulary(-0.75, antialias=antialias):
            if antialias and words.rule.method != "linear":  # of which it is not said
                continue
            yield ResizeSpelling(words.text(), words.rule, partial(_lengths, words.keywords))
            if words.rule.method == "linear" and not antialias:
                yield ResizeSpelling(words.text("scales"), words.rule, partial(_scales, words.keywords), "given")


def _lengths(keywords: Keywords, axis: ResizeAxis) -> Plan:
    return _resized(axis, (("scales_or_sizes", (1, axis.output)), ("shape_calculation_mode", "sizes"), *keywords))


def _scales(keywords: Keywords, axis: ResizeAxis) -> Plan:
    return _resized(
        axis, (("scales_or_sizes", (1.0, float(axis.scale))), ("shape_calculation_mode", "scales"), *keywords)
    )


def _resized(axis: ResizeAxis, keywords: Keywords) -> Plan:
    invoke = Invoke(FUNCTION, (("", "value"),), (*keywords, ("axes", (2, 3))))
    return on_images(axis, invoke, (axis.input, 1, 1, axis.input))
