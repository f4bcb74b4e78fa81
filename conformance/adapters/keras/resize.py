"""Resizes in Keras's words: `keras.ops.image.resize`, and `scale_and_translate` for other coordinates, or three axes.

Knows: Keras's argument meanings, as rules. Must not know: keras.

`resize` takes images, and lengths. Its documents name methods alone: they mean what they mean in TensorFlow and JAX.
"""

from collections.abc import Iterator
from itertools import product

from conformance.adapters.adjoint import gradient_plan
from conformance.adapters.function import REQUIRED, Function, Takes
from conformance.adapters.keras.words import keras_layout
from conformance.adapters.notation import is_channels_last
from conformance.adapters.plan import Invoke, Plan, Reshape, Unsupported
from conformance.adapters.resize import (
    Keywords,
    ResizePhrase,
    ResizeSpelling,
    choose,
    divides_by_sums,
    geometry_of,
    is_within,
    spelled_in_rows,
    translated,
)
from conformance.operators.resize.call import ResizeCall, WrongResize
from reference.resize.arguments import resize_rule
from reference.resize.geometry import Resize

LENGTHS = "Keras takes lengths, which the scales give"
UNIT = "keras.ops.image.resize takes images: the value is one of height 1"
RESIZE = Function(
    "keras.ops.image.resize",
    "resize2d",
    (
        Takes("images", REQUIRED, "value"),
        Takes("size", REQUIRED, "output_size", (2,)),
        Takes("interpolation", "bilinear", "method"),
        Takes("antialias", False, "antialias"),
        *(Takes(f"{way}_to_aspect_ratio", False, "only_default") for way in ("crop", "pad")),
        Takes("fill_mode", "constant", "nothing"),
        Takes("fill_value", 0.0, "nothing"),
        Takes("data_format", None, "data_format"),
    ),
)


def _vocabulary() -> Iterator[ResizePhrase]:
    yield ResizePhrase(RESIZE.name, (("interpolation", "nearest"),), resize_rule("nearest"))
    for method, antialias in product(("linear", "cubic"), (False, True)):
        keywords: Keywords = (("interpolation", f"bi{method}"), ("antialias", antialias))
        yield ResizePhrase(RESIZE.name, keywords, resize_rule(method, antialias=antialias))


VOCABULARY = tuple(_vocabulary())
"""What Keras says, and what it means; measured by `conformance conventions`"""


def keras_spellings() -> Iterator[ResizeSpelling]:
    """What is measured: the vocabulary, and the default method."""
    for words in (ResizePhrase(RESIZE.name, (), resize_rule("linear")), *VOCABULARY):
        yield spelled_in_rows(words, (("data_format", "channels_last"),))


def keras_resize_plan(call: ResizeCall) -> Plan | Unsupported:
    """The plan of a call, right or wrong."""
    rank, geometry = call.definition.rank, geometry_of(call)
    if isinstance(call, WrongResize) and geometry is None:
        return _wrong(call)
    assert geometry is not None
    if isinstance(call, WrongResize) and "cotangent" in call.operands and rank == 1:
        return Unsupported("the cotangent has its axes in another order, and this one has other axes")
    notes = (LENGTHS,) if call.scales is not None else ()
    chosen = choose(geometry, VOCABULARY) if rank < 3 else None
    if chosen is not None:
        words, other = chosen
        lengths = tuple(axis.output for axis in geometry.axes)
        size: Keywords = (("size", lengths if rank == 2 else (1, *lengths)),)
        keywords = (*size, *words.keywords, ("data_format", keras_layout(call)))
        return _on_images(call, geometry, Invoke(RESIZE.name, (("", "value"),), keywords), (*notes, *other))
    invoke = _translated(call, geometry)
    if invoke is None:
        return Unsupported("Keras has no words for these coordinates, weights and borders")
    plan = Plan((invoke,))
    return plan if call.direction == "forward" else gradient_plan(plan, "value", call.operands, call.output_shape)


def _on_images(call: ResizeCall, geometry: Resize, invoke: Invoke, notes: tuple[str, ...]) -> Plan:
    """The call of an image: of one axis, of one of height 1."""
    plan, called = Plan((invoke,), notes), _laid_out(call, geometry.result_shape)
    if call.definition.rank == 1:
        place = 1 if is_channels_last(call) else 2
        value, called = ((*shape[:place], 1, *shape[place:]) for shape in (call.value_shape, called))
        result = Reshape("result", _laid_out(call, geometry.result_shape))
        plan = Plan((Reshape("value", value), invoke, result), (*notes, UNIT))
    return plan if call.direction == "forward" else gradient_plan(plan, "value", call.operands, called)


def _laid_out(call: ResizeCall, shape: tuple[int, ...]) -> tuple[int, ...]:
    """[batch, *spatial, channels] in the layout of the call."""
    batch, *spatial, channels = shape
    return (batch, *spatial, channels) if is_channels_last(call) else (batch, channels, *spatial)


def _translated(call: ResizeCall, geometry: Resize) -> Invoke | None:
    """By a scale and a translation of each axis, beyond whose border there are zeros."""
    found = translated(geometry)
    if found is None or not divides_by_sums(geometry.rule) or not is_within(geometry):
        return None
    first = 1 if is_channels_last(call) else 2
    keywords: Keywords = (
        ("output_shape", _laid_out(call, geometry.result_shape)),
        ("spatial_dims", tuple(range(first, first + len(found)))),
        ("method", geometry.rule.method),
        ("antialias", geometry.rule.antialias),
    )
    operands = (("", "value"), ("scale", "scale"), ("translation", "translation"))
    resized = Invoke("keras.ops.image.scale_and_translate", operands, keywords)
    # By itself Keras makes them of its floatx, 32 bits.
    wide = (("dtype", "float64"),)
    shifts: Keywords = (("x", tuple(shift for _, shift in found)), *wide)
    shift = Invoke("keras.ops.array", (), shifts, leaves="translation")
    scales: Keywords = (("x", tuple(scale for scale, _ in found)), *wide)
    return Invoke("keras.ops.array", (), scales, (shift, resized), leaves="scale")


def _wrong(call: WrongResize) -> Plan | Unsupported:
    """The same wrong words, where Keras has a name for them."""
    if call.definition.rank != 2:
        return Unsupported("keras.ops.image.resize takes images")
    if call.scales is not None or call.output_size is None:
        return Unsupported("keras.ops.image.resize takes lengths, and no scales")
    if call.fault.reason == "coordinates":
        return Unsupported("keras.ops.image.resize has no such word: its arguments cannot say this mistake")
    if call.fault.reason == "method" and (call.nearest_mode or call.cubic_coeff_a or call.exclude_outside is not None):
        return Unsupported("keras.ops.image.resize has no such argument")
    method = {"linear": "bilinear", "cubic": "bicubic"}.get(call.method, call.method)
    antialias: Keywords = (("antialias", True),) if call.antialias else ()
    keywords: Keywords = (
        ("size", call.output_size),
        ("interpolation", method),
        *antialias,
        ("data_format", keras_layout(call)),
    )
    plan = Plan((Invoke(RESIZE.name, (("", "value"),), keywords),))
    return plan if call.direction == "forward" else gradient_plan(plan, "value", call.operands, ())
