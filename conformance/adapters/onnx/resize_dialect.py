"""What ONNX's documents say of Resize: modes, coordinates, roundings, coefficients, exclude_outside, antialias.

Source: the operator's documentation of opset 19. Must not know: onnx, the runtimes.
"""

from collections.abc import Iterator
from functools import partial
from itertools import product

from conformance.adapters.onnx.resize import FUNCTION, rule_words
from conformance.adapters.onnx.spelling import Keywords
from conformance.adapters.plan import Invoke, Plan
from conformance.adapters.resize import ResizePhrase, ResizeSpelling, on_images
from reference.resize.arguments import resize_rule
from reference.resize.family import COORDINATES, NEAREST_MODES
from reference.resize.geometry import ResizeAxis, ResizeRule


def onnx_spellings() -> Iterator[ResizeSpelling]:
    """Lengths with every word, and scales with each method."""
    defaults = resize_rule("nearest", "half_pixel", "round_prefer_floor")
    for keywords, rule in (((), defaults), *((rule_words(rule), rule) for rule in _rules())):
        yield ResizeSpelling(ResizePhrase(FUNCTION, keywords, rule).text(), rule, partial(_spelled, keywords))
    for rule in (defaults, resize_rule("nearest", "asymmetric", "floor"), resize_rule("linear")):
        words = ResizePhrase(FUNCTION, rule_words(rule), rule)
        yield ResizeSpelling(words.text("scales"), rule, partial(_scaled, words.keywords), "given")


def _rules() -> Iterator[ResizeRule]:
    yield from (resize_rule("nearest", word, mode) for word, mode in product(COORDINATES, NEAREST_MODES))
    yield from (resize_rule("linear", word) for word in COORDINATES)
    for a, excluded in product((-0.5, -0.75), (True, False)):
        yield resize_rule("cubic", "half_pixel", None, a, excluded)
    for method in ("linear", "cubic"):
        yield resize_rule(method, antialias=True, exclude_outside=False)


def _spelled(keywords: Keywords, axis: ResizeAxis) -> Plan:
    return _on_images(axis, (("sizes", (axis.input, 1, 1, axis.output)), *keywords))


def _scaled(keywords: Keywords, axis: ResizeAxis) -> Plan:
    return _on_images(axis, (("scales", (1.0, 1.0, 1.0, float(axis.scale))), *keywords))


def _on_images(axis: ResizeAxis, keywords: Keywords) -> Plan:
    return on_images(axis, Invoke(FUNCTION, (("X", "value"),), keywords), (axis.input, 1, 1, axis.input))
