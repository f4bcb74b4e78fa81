"""What OpenVINO's documents say of the words of Interpolate. Must not know: openvino.

Source: the specifications of the operations of opset 16.
"""

from collections.abc import Iterator
from functools import partial

from conformance.adapters.openvino.resize import FUNCTION, vocabulary
from conformance.adapters.openvino.spelling import Keywords
from conformance.adapters.plan import Invoke, Plan
from conformance.adapters.resize import ResizeSpelling, on_images
from reference.resize.geometry import ResizeAxis


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
