"""JAX's `jax.image.resize`: a shape of all axes, of which the spatial ones differ, and antialias by default.

Knows: its parameters, and what its methods mean (`conformance.adapters.jax.resize`). Must not know: jax itself.
"""

from conformance.adapters.function import Function
from conformance.adapters.jax.resize import RESIZE, VOCABULARY
from conformance.operators.resize.readings.reading import ResizeReading, read_lengths
from conformance.translation.arguments import CallArguments, integers
from reference.family import DATA_FORMATS
from reference.resize.arguments import resize_rule
from reference.resize.geometry import ResizeRule

FUNCTIONS: tuple[Function, ...] = (RESIZE,)
NAMES = {
    **dict.fromkeys(("linear", "bilinear", "trilinear", "triangle"), "linear"),
    **dict.fromkeys(("cubic", "bicubic", "tricubic"), "cubic"),
    **dict.fromkeys(("cubic-pytorch", "bicubic-pytorch"), "cubic-pytorch"),
    "nearest": "nearest",
}
SILENT = "antialias is True by default: where an axis becomes shorter, its kernel is stretched"


def read(arguments: CallArguments, dtype: str) -> ResizeReading:
    """What the call means; raises CallError for one that JAX refuses, or that is not a resize of the family."""
    axes = arguments.value_axes
    if axes - 2 not in DATA_FORMATS:
        raise arguments.wrong("value", f"the value has {axes} axes; calls of 1, 2 or 3 spatial axes are read")
    value, shape = arguments.shape("value", axes), integers(arguments.said("output_shape"))
    if shape is None or len(shape) != axes:
        raise arguments.unexpected("output_shape", f"{axes} integers, one for each axis of the value")
    # Batch and channels stay as they are; where both layouts do, the channels are last.
    layouts = {"last": (0, axes - 1), "first": (0, 1)}
    kept = [name for name, outer in layouts.items() if all(value[axis] == shape[axis] for axis in outer)]
    if not kept:
        message = "the batch, or both the second and the last axis, become longer or shorter: no resize of the family"
        raise arguments.wrong("output_shape", message)
    last = kept[0] == "last"
    lengths = shape[1:-1] if last else shape[2:]
    rule = _rule(arguments)
    shorter = any(output < length for length, output in zip(value[1:-1] if last else value[2:], lengths, strict=True))
    silent = rule.antialias and shorter and arguments.name("antialias") not in arguments.parts
    remarks = (SILENT,) if silent else ()
    return read_lengths(arguments, "jax", value, rule, last=last, dtype=dtype, remarks=remarks, output_size=lengths)


def _rule(arguments: CallArguments) -> ResizeRule:
    method, antialias = arguments.said("method"), arguments.flag("antialias")
    if method not in NAMES:
        raise arguments.unexpected("method", f"one of {', '.join(map(repr, NAMES))}")
    name = NAMES[str(method)]
    if name == "nearest":  # antialias is ignored
        return resize_rule("nearest")
    if name == "cubic-pytorch" and antialias:  # the same as cubic
        name = "cubic"
    wanted = {"method": name, "antialias": antialias}
    (rule,) = (each.rule for each in VOCABULARY if dict(each.keywords) == wanted)
    return rule
