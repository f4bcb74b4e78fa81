"""TensorFlow's `tf.image.resize`, and the functions of TensorFlow 1 with their two flags: images, channels last.

Knows: their parameters, and what they mean (`conformance.adapters.tensorflow.resize`). Must not know: tensorflow.
"""

from conformance.adapters.function import Function
from conformance.adapters.plan import Argument
from conformance.adapters.tensorflow.resize import LEGACY, RESIZE, VOCABULARY
from conformance.operators.resize.readings.reading import ResizeReading, read_lengths
from conformance.translation.arguments import CallArguments
from reference.resize.geometry import ResizeRule

FUNCTIONS: tuple[Function, ...] = (RESIZE, *LEGACY.values())
METHODS = ("nearest", "bilinear", "bicubic")
SPATIAL = ("height", "width")


def read(arguments: CallArguments, dtype: str) -> ResizeReading:
    """What the call means; raises CallError for one that TensorFlow refuses, or that is not a resize of the family."""
    value = arguments.shape("value", 4)
    lengths = arguments.numbers("output_size", SPATIAL)
    rule = _of_image(arguments) if arguments.function is RESIZE else _of_legacy(arguments)
    if rule.method != "nearest" and dtype != "float32":
        raise arguments.wrong(
            None, f"what it interpolates comes out in float32; a result in {dtype} is none of its own"
        )
    return read_lengths(arguments, "tensorflow", value, rule, last=True, dtype=dtype, output_size=lengths)


def _of_image(arguments: CallArguments) -> ResizeRule:
    method, antialias = arguments.said("method"), arguments.flag("antialias")
    if method not in METHODS:
        raise arguments.unexpected("method", f"one of {', '.join(map(repr, METHODS))}")
    # The method nearest ignores it.
    return _rule(
        "tf.image.resize", {"method": method, **({"antialias": True} if antialias and method != "nearest" else {})}
    )


def _of_legacy(arguments: CallArguments) -> ResizeRule:
    corners, half = arguments.flag("align_corners"), arguments.flag("half_pixel_centers")
    if corners and half:
        raise arguments.wrong("half_pixel_centers", "half_pixel_centers beside align_corners: TensorFlow refuses both")
    if half:  # these are what tf.image.resize calls
        method = arguments.function.name.rpartition("_")[2]
        return _rule("tf.image.resize", {"method": "nearest" if method == "neighbor" else method})
    return _rule(arguments.function.name, {"align_corners": True} if corners else {})


def _rule(function: str, keywords: dict[str, Argument]) -> ResizeRule:
    (rule,) = (each.rule for each in VOCABULARY if each.function == function and dict(each.keywords) == keywords)
    return rule
