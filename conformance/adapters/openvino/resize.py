"""Resizes in OpenVINO's words: Interpolate.

Knows: what the operation's attributes mean, as rules. Must not know: openvino.

Weights beyond the border are the border's element's; `axes` names the spatial axes, whatever the layout.
"""

from conformance.adapters.openvino.spelling import MODULE, Keywords
from conformance.adapters.plan import Invoke, Plan, Unsupported
from conformance.adapters.resize import ResizePhrase, choose, geometry_of, is_float32
from conformance.adapters.toolkit import Said, planned
from conformance.operators.resize.call import ResizeCall
from reference.resize.arguments import resize_rule
from reference.resize.family import COORDINATES, NEAREST_MODES

FUNCTION = f"{MODULE}.interpolate"
NAMED = tuple(word for word in COORDINATES if word != "half_pixel_symmetric")
"""coordinates that Interpolate has a word for, which is the suite's own"""


def vocabulary(coefficient: float, *, antialias: bool) -> tuple[ResizePhrase, ...]:
    """What is said beside the lengths, and what it means."""
    found = list[ResizePhrase]()
    for word in NAMED:
        coordinates: Keywords = (("coordinate_transformation_mode", word),)
        for rounding in NEAREST_MODES:
            said: Keywords = (("mode", "nearest"), *coordinates, ("nearest_mode", rounding))
            found.append(ResizePhrase(FUNCTION, said, resize_rule("nearest", word, rounding)))
        stretched: Keywords = (("antialias", True),) if antialias else ()
        linear: Keywords = (("mode", "linear" if antialias else "linear_onnx"), *coordinates, *stretched)
        found.append(ResizePhrase(FUNCTION, linear, resize_rule("linear", word, antialias=antialias)))
        cubic: Keywords = (("mode", "cubic"), *coordinates, ("cube_coeff", coefficient))
        found.append(
            ResizePhrase(FUNCTION, cubic, resize_rule("cubic", word, None, coefficient, exclude_outside=False))
        )
    return tuple(found)


def openvino_resize_plan(call: ResizeCall) -> Plan | Unsupported:
    """The plan of a call, right or wrong."""
    geometry = geometry_of(call)
    if geometry is None:
        return Unsupported("Interpolate has no such wrong words")
    rule = geometry.rule
    chosen = choose(geometry, vocabulary(float(rule.cubic_coeff_a), antialias=rule.antialias), scaled=True)
    if chosen is None:
        return Unsupported("Interpolate has no mode with these coordinates, weights and borders")
    words, notes = chosen
    given = call.scales is not None and not call.recompute_scale_factor
    scales = tuple(float(axis.scale) for axis in geometry.axes)
    if given and not all(map(is_float32, scales)):
        return Unsupported("Interpolate takes scales in float32, and these are none")
    lengths = scales if given else tuple(axis.output for axis in geometry.axes)
    said: Keywords = (
        ("scales_or_sizes", lengths),
        ("shape_calculation_mode", "scales" if given else "sizes"),
        ("axes", tuple(range(2, 2 + len(scales)))),
        *words.keywords,
    )
    return planned(call, Said(invoke=Invoke(FUNCTION, (("", "value"),), said), notes=notes))
