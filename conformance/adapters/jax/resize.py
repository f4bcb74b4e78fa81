"""Resizes in JAX's words: `jax.image.resize`, and `jax.image.scale_and_translate` for other coordinates.

Knows: JAX's argument meanings, as rules. Must not know: jax.

They take any layout, since the caller says which axes become longer or shorter.
"""

from collections.abc import Iterator
from functools import partial
from itertools import product

from conformance.adapters.adjoint import gradient_plan
from conformance.adapters.function import REQUIRED, Function, Takes
from conformance.adapters.notation import is_channels_last
from conformance.adapters.plan import Invoke, Plan, Unsupported
from conformance.adapters.resize import (
    Keywords,
    ResizePhrase,
    ResizeSpelling,
    choose,
    divides_by_sums,
    geometry_of,
    is_within,
    on_images,
    translated,
)
from conformance.operators.resize.call import ResizeCall, WrongResize
from reference.resize.arguments import resize_rule
from reference.resize.geometry import Resize, ResizeAxis, ResizeRule

FUNCTION = "jax.image.resize"
LENGTHS = "JAX takes lengths, which the scales give"


def _methods() -> Iterator[tuple[Keywords, ResizeRule]]:
    yield (("method", "nearest"),), resize_rule("nearest")
    for method, antialias in product(("linear", "cubic"), (False, True)):
        yield (("method", method), ("antialias", antialias)), resize_rule(method, antialias=antialias)
    pytorch = resize_rule("cubic", "half_pixel", None, -0.75, False)
    yield (("method", "cubic-pytorch"), ("antialias", False)), pytorch


VOCABULARY = tuple(ResizePhrase(FUNCTION, keywords, rule) for keywords, rule in _methods())
"""What jax.image.resize says, and what it means; measured by `conformance conventions`"""


RESIZE = Function(
    FUNCTION,
    "",
    (
        Takes("image", REQUIRED, "value"),
        Takes("shape", REQUIRED, "output_shape"),
        Takes("method", REQUIRED, "method"),
        Takes("antialias", True, "antialias"),
        Takes("precision", None, "nothing"),
    ),
)


def jax_spellings() -> Iterator[ResizeSpelling]:
    """What is measured: the vocabulary, and the defaults of antialias."""
    defaults = (
        ResizePhrase(FUNCTION, (("method", method),), resize_rule(method, antialias=True))
        for method in ("linear", "cubic")
    )
    stretched = ResizePhrase(FUNCTION, (("method", "cubic-pytorch"),), resize_rule("cubic", antialias=True))
    for words in (*VOCABULARY, *defaults, stretched):
        yield ResizeSpelling(words.text(), words.rule, partial(_spelled, words))


def _spelled(words: ResizePhrase, axis: ResizeAxis) -> Plan:
    keywords: Keywords = (("shape", (axis.input, axis.output)), *words.keywords)
    return on_images(axis, Invoke(words.function, (("", "value"),), keywords), (axis.input, axis.input))


def jax_resize_plan(call: ResizeCall) -> Plan | Unsupported:
    """The plan of a call, right or wrong."""
    geometry = geometry_of(call)
    if isinstance(call, WrongResize) and geometry is None:
        return _wrong(call)
    assert geometry is not None
    chosen = choose(geometry, VOCABULARY)
    if chosen is not None:
        words, other = chosen
        notes = (*((LENGTHS,) if call.scales is not None else ()), *other)
        keywords: Keywords = (("shape", _shape(call, geometry)), *words.keywords)
        plan = Plan((Invoke(FUNCTION, (("", "value"),), keywords),), notes)
    else:
        invoke = _translated(call, geometry)
        if invoke is None:
            return Unsupported("JAX has no words for these coordinates, weights and borders")
        plan = Plan((invoke,))
    return plan if call.direction == "forward" else gradient_plan(plan, "value", call.operands, call.output_shape)


def _shape(call: ResizeCall, geometry: Resize) -> tuple[int, ...]:
    batch, *spatial, channels = geometry.result_shape
    return (batch, *spatial, channels) if is_channels_last(call) else (batch, channels, *spatial)


def _translated(call: ResizeCall, geometry: Resize) -> Invoke | None:
    """By a scale and a translation of each axis, where JAX has such a kernel with such borders."""
    rule, found = geometry.rule, translated(geometry)
    method = rule.method if divides_by_sums(rule) else None
    repeats = rule.method == "cubic" and not rule.exclude_outside and not rule.antialias
    if method is None and repeats and float(rule.cubic_coeff_a) == -0.75:
        method = "cubic-pytorch"
    # Where it repeats the border it computes everywhere; otherwise it gives 0 beyond the elements' squares.
    if method is None or found is None or (method != "cubic-pytorch" and not is_within(geometry)):
        return None
    first = 1 if is_channels_last(call) else 2
    keywords: Keywords = (
        ("shape", _shape(call, geometry)),
        ("spatial_dims", tuple(range(first, first + len(found)))),
        ("method", method),
        ("antialias", geometry.rule.antialias),
    )
    operands = (("", "value"), ("scale", "scale"), ("translation", "translation"))
    resized = Invoke("jax.image.scale_and_translate", operands, keywords)
    shifts: Keywords = (("object", tuple(float(shift) for _, shift in found)),)
    shift = Invoke("jax.numpy.array", (), shifts, leaves="translation")
    scales: Keywords = (("object", tuple(float(scale) for scale, _ in found)),)
    return Invoke("jax.numpy.array", (), scales, (shift, resized), leaves="scale")


def _wrong(call: WrongResize) -> Plan | Unsupported:
    """The same wrong words under JAX's names, where JAX has a name for them."""
    if call.fault.reason in ("data_format", "coordinates", "scales", "rank"):
        return Unsupported(f"{FUNCTION} has no such word: its arguments cannot say this mistake")
    if call.fault.reason == "method" and (call.nearest_mode or call.cubic_coeff_a or call.exclude_outside is not None):
        return Unsupported(f"{FUNCTION} has no such argument")
    if call.output_size is None or call.scales is not None:
        return Unsupported(f"{FUNCTION} takes a shape, and no scales")
    rank = call.definition.rank
    lengths = call.output_size if isinstance(call.output_size, tuple) else (call.output_size,) * rank
    last = is_channels_last(call)
    batch, channels = call.value_shape[0], call.value_shape[-1 if last else 1]
    shape = (batch, *lengths, channels) if last else (batch, channels, *lengths)
    keywords: Keywords = (("shape", shape), ("method", call.method), ("antialias", call.antialias))
    plan = Plan((Invoke(FUNCTION, (("", "value"),), keywords),))
    return plan if call.direction == "forward" else gradient_plan(plan, "value", call.operands, ())
