"""Resizes in TensorFlow's words: `tf.image.resize`, and `tf.compat.v1.image.resize_*` with their two flags.

Knows: TensorFlow's argument meanings, as rules. Must not know: tensorflow.

They take images, [batch, height, width, channels], and lengths; what they interpolate comes out in float32.
"""

from collections.abc import Iterator
from itertools import product

from conformance.adapters.adjoint import gradient_plan
from conformance.adapters.function import REQUIRED, Function, Takes
from conformance.adapters.notation import is_channels_last, to_channels_first, to_channels_last
from conformance.adapters.plan import Invoke, Plan, Reshape, Step, Transpose, Unsupported
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

LENGTHS = "TensorFlow takes lengths, which the scales give"
UNIT = "tf.image.resize takes images: the value is one of height 1"


def _vocabulary() -> Iterator[ResizePhrase]:
    yield ResizePhrase("tf.image.resize", (("method", "nearest"),), resize_rule("nearest"))
    for method, antialias in product(("linear", "cubic"), (False, True)):
        stretched: Keywords = (("antialias", True),) if antialias else ()
        rule = resize_rule(method, antialias=antialias)
        yield ResizePhrase("tf.image.resize", (("method", f"bi{method}"), *stretched), rule)
    flags: dict[str, Keywords] = {"asymmetric": (), "align_corners": (("align_corners", True),)}
    for word, flag in flags.items():
        rounding = "floor" if word == "asymmetric" else "round_prefer_ceil"
        legacy = "tf.compat.v1.image.resize"
        yield ResizePhrase(f"{legacy}_nearest_neighbor", flag, resize_rule("nearest", word, rounding))
        yield ResizePhrase(f"{legacy}_bilinear", flag, resize_rule("linear", word))
        yield ResizePhrase(f"{legacy}_bicubic", flag, resize_rule("cubic", word, None, -0.75, False))


VOCABULARY = tuple(_vocabulary())
"""What TensorFlow says, and what it means; which of them do is measured by `conformance conventions`"""


RESIZE = Function(
    "tf.image.resize",
    "resize2d",
    (
        Takes("images", REQUIRED, "value"),
        Takes("size", REQUIRED, "output_size", (2,)),
        Takes("method", "bilinear", "method"),
        Takes("preserve_aspect_ratio", False, "only_default"),
        Takes("antialias", False, "antialias"),
        Takes("name", None, "nothing"),
    ),
)
LEGACY = {
    method: Function(
        f"tf.compat.v1.image.resize_{method}",
        "resize2d",
        (
            Takes("images", REQUIRED, "value"),
            Takes("size", REQUIRED, "output_size", (2,)),
            Takes("align_corners", False, "align_corners"),
            Takes("name", None, "nothing"),
            Takes("half_pixel_centers", False, "half_pixel_centers"),
        ),
    )
    for method in ("nearest_neighbor", "bilinear", "bicubic")
}
"""TensorFlow 1's functions, by the methods in their names"""


def tensorflow_spellings() -> Iterator[ResizeSpelling]:
    """What is measured: the vocabulary, the default method, and TensorFlow 1 with its flag half_pixel_centers."""
    legacy = "tf.compat.v1.image.resize"
    half: Keywords = (("half_pixel_centers", True),)
    for words in (
        ResizePhrase("tf.image.resize", (), resize_rule("linear")),
        *VOCABULARY,
        ResizePhrase(f"{legacy}_nearest_neighbor", half, resize_rule("nearest")),
        ResizePhrase(f"{legacy}_bilinear", half, resize_rule("linear")),
        ResizePhrase(f"{legacy}_bicubic", half, resize_rule("cubic")),
    ):
        yield spelled_in_rows(words)


def tensorflow_resize_plan(call: ResizeCall) -> Plan | Unsupported:
    """The plan of a call, right or wrong."""
    rank, geometry = call.definition.rank, geometry_of(call)
    if rank > 2:
        return Unsupported("tf.image.resize takes images, which have no depth")
    if isinstance(call, WrongResize) and geometry is None:
        return _wrong(call)
    assert geometry is not None
    if call.method != "nearest" and call.dtype != "float32" and not isinstance(call, WrongResize):
        return Unsupported(f"what tf.image.resize interpolates comes out in float32, not in {call.dtype}")
    if isinstance(call, WrongResize) and "cotangent" in call.operands and (rank == 1 or not is_channels_last(call)):
        return Unsupported("the cotangent has its axes in another order, and this one has other axes")
    lengths = tuple(axis.output for axis in geometry.axes)
    notes = [LENGTHS] if call.scales is not None else []
    chosen = choose(geometry, VOCABULARY)
    if chosen is not None:
        words, other = chosen
        size: Keywords = (("size", lengths if rank == 2 else (1, *lengths)),)
        return _around(
            call, geometry, Invoke(words.function, (("", "value"),), (*size, *words.keywords)), [*notes, *other]
        )
    invoke = _translated(call, geometry)
    if invoke is None:
        return Unsupported("TensorFlow has no words for these coordinates, weights and borders")
    return _around(call, geometry, invoke, [])


def _translated(call: ResizeCall, geometry: Resize) -> Invoke | None:
    """The op behind antialias, whose scale and translation are free, where it means the call."""
    found = translated(geometry)
    if found is None or not divides_by_sums(geometry.rule) or not is_within(geometry):
        return None
    pairs = ((1.0, 0.0), *found) if len(found) == 1 else found
    lengths = tuple(axis.output for axis in geometry.axes)
    keywords: Keywords = (
        ("size", (1, *lengths) if len(found) == 1 else lengths),
        ("scale", tuple(scale for scale, _ in pairs)),
        ("translation", tuple(shift for _, shift in pairs)),
        ("kernel_type", "keyscubic" if call.method == "cubic" else "triangle"),
        ("antialias", call.antialias),
    )
    return Invoke("tf.raw_ops.ScaleAndTranslate", (("images", "value"),), keywords)


def _around(call: ResizeCall, geometry: Resize, invoke: Invoke, notes: list[str]) -> Plan:
    """The call on an image with its channels last."""
    rank, last = call.definition.rank, is_channels_last(call)
    steps: list[Step] = [] if last else [Transpose("value", to_channels_last(rank))]
    batch, *lengths, channels = geometry.result_shape
    called = (batch, *lengths, channels)
    if rank == 1:
        notes = [*notes, UNIT]
        steps.append(Reshape("value", (geometry.batch, 1, *geometry.value_shape[1:])))
        called = (batch, 1, *lengths, channels)
    steps.append(invoke)
    if rank == 1:
        steps.append(Reshape("result", (batch, *lengths, channels)))
    steps += [] if last else [Transpose("result", to_channels_first(rank))]
    plan = Plan(tuple(steps), tuple(notes))
    return plan if call.direction == "forward" else gradient_plan(plan, "value", call.operands, called)


def _wrong(call: WrongResize) -> Plan | Unsupported:
    """The same wrong words, where TensorFlow has a name for them."""
    if call.definition.rank == 1:
        return Unsupported("tf.image.resize takes images")
    if call.scales is not None or call.output_size is None:
        return Unsupported("tf.image.resize takes lengths, and no scales")
    if call.fault.reason in ("data_format", "coordinates"):
        return Unsupported("tf.image.resize has no such word: its arguments cannot say this mistake")
    if call.fault.reason == "method" and (call.nearest_mode or call.cubic_coeff_a or call.exclude_outside is not None):
        return Unsupported("tf.image.resize has no such argument")
    method = {"linear": "bilinear", "cubic": "bicubic"}.get(call.method, call.method)
    antialias: Keywords = (("antialias", True),) if call.antialias else ()
    keywords: Keywords = (("size", call.output_size), ("method", method), *antialias)
    plan = Plan((Invoke("tf.image.resize", (("", "value"),), keywords),))
    return plan if call.direction == "forward" else gradient_plan(plan, "value", call.operands, ())
