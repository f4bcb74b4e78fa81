"""Resizes in ONNX's words, which are the suite's own: the node Resize.

Knows: what the attributes of the node mean. Must not know: onnx, the runtimes.
"""

from conformance.adapters.onnx.spelling import Keywords
from conformance.adapters.plan import Argument, Invoke, Plan, Unsupported
from conformance.adapters.resize import geometry_of, is_float32
from conformance.adapters.toolkit import Said, planned
from conformance.operators.resize.call import ResizeCall
from reference.resize.geometry import Resize, ResizeRule

FUNCTION = "onnx.Resize"
UNIT = "the runtime has these weights for images: the value is one of height 1"


def onnx_resize_plan(call: ResizeCall, images: bool) -> Plan | Unsupported:
    """The plan of a call, right or wrong; images: whether weights of one axis are asked for on an image of height 1."""
    geometry = geometry_of(call)
    if geometry is None:
        return _wrong(call)
    image = images and len(geometry.axes) == 1 and geometry.rule.method != "nearest"
    lengths = _lengths(call, geometry, (1,) if image else ())
    if isinstance(lengths, Unsupported):
        return lengths
    invoke = Invoke(FUNCTION, (("X", "value"),), (*lengths, *rule_words(geometry.rule)))
    return planned(call, Said(invoke=invoke, image=image, notes=(UNIT,) if image else ()))


def _lengths(call: ResizeCall, geometry: Resize, height: tuple[int, ...]) -> Keywords | Unsupported:
    """Sizes, or scales where the call has them: of batch and channels, too."""
    if call.scales is None or call.recompute_scale_factor:
        outputs = (axis.output for axis in geometry.axes)
        return (("sizes", (geometry.batch, geometry.channels, *height, *outputs)),)
    scales = [float(axis.scale) for axis in geometry.axes]
    if not all(map(is_float32, scales)):
        return Unsupported("Resize takes scales in float32, and these are none")
    return (("scales", (1.0, 1.0, *map(float, height), *scales)),)


def rule_words(rule: ResizeRule) -> Keywords:
    """The attributes that say a rule."""
    if rule.method == "nearest":
        words: Keywords = (("nearest_mode", rule.nearest_mode),)
    else:
        cubic: Keywords = (("cubic_coeff_a", float(rule.cubic_coeff_a)),) if rule.method == "cubic" else ()
        antialias: Keywords = (("antialias", 1),) if rule.antialias else ()
        # Of two weights, dropping the one beyond the border and repeating the border are the same.
        matters = rule.method == "cubic" or rule.antialias
        outside: Keywords = (("exclude_outside", int(rule.exclude_outside)),) if matters else ()
        words = (*cubic, *outside, *antialias)
    return (("mode", rule.method), ("coordinate_transformation_mode", rule.coordinates), *words)


def _wrong(call: ResizeCall) -> Plan | Unsupported:
    """The same wrong words, where the node has an attribute for them."""
    if call.data_format is not None and call.data_format not in call.definition.data_formats:
        return Unsupported("Resize takes no data_format")
    if len(call.value_shape) != call.definition.rank + 2:
        return Unsupported("Resize takes any number of axes")
    if call.recompute_scale_factor:
        return Unsupported("Resize recomputes no scale")
    rank, lengths = call.definition.rank, list[tuple[str, Argument]]()
    outer = (call.value_shape[0], call.value_shape[-1 if call.last else 1])
    if call.scales is not None:
        scales = call.scales if isinstance(call.scales, tuple) else (call.scales,) * rank
        lengths.append(("scales", (1.0, 1.0, *map(float, scales))))
    if call.output_size is not None:
        size = call.output_size if isinstance(call.output_size, tuple) else (call.output_size,) * rank
        lengths.append(("sizes", (*outer, *size)))
    given = {
        "mode": call.method,
        "coordinate_transformation_mode": call.coordinate_transformation_mode,
        "nearest_mode": call.nearest_mode,
        "cubic_coeff_a": call.cubic_coeff_a,
        "exclude_outside": None if call.exclude_outside is None else int(call.exclude_outside),
        "antialias": 1 if call.antialias else None,
    }
    words: Keywords = tuple((name, word) for name, word in given.items() if word is not None)
    return planned(call, Said(invoke=Invoke(FUNCTION, (("X", "value"),), (*lengths, *words))))
