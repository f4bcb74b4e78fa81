"""Resizes in PyTorch's words: `torch.nn.functional.interpolate`.

Knows: torch's argument meanings, as rules. Must not know: torch.

The modes have names of their own for one, two and three spatial axes. Cubic weights and antialias are of images alone.
"""

from collections.abc import Iterator, Mapping
from functools import partial

from conformance.adapters.adjoint import gradient_plan
from conformance.adapters.function import REQUIRED, Function, Role, Takes
from conformance.adapters.notation import is_channels_last, to_channels_first, to_channels_last
from conformance.adapters.plan import Argument, Invoke, Plan, Reshape, Step, Transpose, Unsupported
from conformance.adapters.resize import Keywords, ResizeSpelling, Words, choose, geometry_of, on_images
from conformance.operators.resize.call import ResizeCall, WrongResize
from reference.resize.arguments import resize_rule
from reference.resize.geometry import Resize, ResizeAxis, ResizeRule

FUNCTION = "torch.nn.functional.interpolate"
UNIT = "torch has this mode for images: the value is one of height 1"
LINEAR = {1: "linear", 2: "bilinear", 3: "trilinear"}


def vocabulary(rank: int) -> tuple[Words, ...]:
    """What torch says of this many spatial axes, and what it means; measured by `conformance conventions`."""
    return tuple(Words(FUNCTION, keywords, rule) for keywords, rule in _modes(rank))


def _modes(rank: int) -> Iterator[tuple[Keywords, ResizeRule]]:
    yield (("mode", "nearest"),), resize_rule("nearest", "asymmetric", "floor")
    yield (("mode", "nearest-exact"),), resize_rule("nearest")
    for align, word in ((False, "half_pixel"), (True, "align_corners")):
        corners: Keywords = (("align_corners", align),)
        yield (("mode", LINEAR[rank]), *corners), resize_rule("linear", word)
        if rank == 2:
            yield (("mode", "bicubic"), *corners), resize_rule("cubic", word, None, -0.75, False)
    # With align_corners, antialias has coordinates that nobody else has: those of half pixels, scaled as the corners.
    for method in ("linear", "cubic") if rank == 2 else ():
        stretched: Keywords = (("mode", f"bi{method}"), ("align_corners", False), ("antialias", True))
        yield stretched, resize_rule(method, antialias=True)


_SIZES = (
    Takes("size", None, "output_size"),
    Takes("scale_factor", None, "scales"),
    Takes("mode", "nearest", "method"),
    Takes("align_corners", None, "align_corners"),
    Takes("recompute_scale_factor", None, "recompute_scale_factor"),
)
INTERPOLATE = Function(
    FUNCTION, "", (Takes("input", REQUIRED, "value"), *_SIZES, Takes("antialias", False, "antialias"))
)
UPSAMPLE = Function("torch.nn.Upsample", "", _SIZES)
_CORNERS: Mapping[Role, Argument] = {"method": "bilinear", "align_corners": True}
OF_IMAGES: Mapping[Function, Mapping[Role, Argument]] = {
    Function("torch.nn.UpsamplingNearest2d", "resize2d", _SIZES[:2]): {"method": "nearest"},
    Function("torch.nn.UpsamplingBilinear2d", "resize2d", _SIZES[:2]): _CORNERS,
}
"""older layers, and what they say to `interpolate`"""


def torch_spellings() -> Iterator[ResizeSpelling]:
    """What is measured: the modes of one and two axes, antialias with align_corners, which has coordinates of its own,
    and scales that are used as they are given, or recomputed.
    """
    modes = [*_modes(2), *((keywords, rule) for keywords, rule in _modes(1) if ("mode", "linear") in keywords)]
    modes += [((), resize_rule("nearest", "asymmetric", "floor"))]
    for keywords, rule in modes:
        yield ResizeSpelling(Words(FUNCTION, keywords, rule).text(), rule, partial(_spelled, keywords))
    for method in ("linear", "cubic"):
        rule = resize_rule(method, "align_corners", antialias=True)
        corners: Keywords = (("mode", f"bi{method}"), ("align_corners", True), ("antialias", True))
        text = Words(FUNCTION, corners, rule).text()
        yield ResizeSpelling(text, rule, partial(_spelled, corners), quirk="corners")
    for keywords, rule in modes:
        if rule.coordinates == "align_corners" or rule.antialias:
            continue
        recomputed: Keywords = (("recompute_scale_factor", True), *keywords)
        text, again = (Words(FUNCTION, each, rule).text("scale_factor") for each in (keywords, recomputed))
        # nearest-exact of an image and bicubic compute it.
        copied = rule.method == "linear" or rule.coordinates == "asymmetric"
        yield ResizeSpelling(text, rule, partial(_scaled, keywords), "given", "copies" if copied else "none")
        yield ResizeSpelling(again, rule, partial(_scaled, recomputed), "recomputed")


def _spelled(keywords: Keywords, axis: ResizeAxis) -> Plan:
    plain = ("mode", "linear") in keywords
    return _on_images(axis, (("size", (axis.output,) if plain else (1, axis.output)), *keywords), plain)


def _scaled(keywords: Keywords, axis: ResizeAxis) -> Plan:
    plain, scale = ("mode", "linear") in keywords, float(axis.scale)
    return _on_images(axis, (("scale_factor", (scale,) if plain else (1.0, scale)), *keywords), plain)


def _on_images(axis: ResizeAxis, keywords: Keywords, plain: bool) -> Plan:
    shape = (axis.input, 1, axis.input) if plain else (axis.input, 1, 1, axis.input)
    return on_images(axis, Invoke(FUNCTION, (("", "value"),), keywords), shape)


def torch_resize_plan(call: ResizeCall) -> Plan | Unsupported:
    """The plan of a call, right or wrong."""
    rank, geometry = call.definition.rank, geometry_of(call)
    if isinstance(call, WrongResize) and geometry is None:
        return _wrong(call)
    assert geometry is not None
    if "cotangent" in call.operands and len(call.operands["cotangent"]) != rank + 2:
        return Unsupported("the cotangent has its axes in another order, and this one has other axes")
    chosen, image = choose(geometry, vocabulary(rank), scaled=True), False
    if chosen is None and rank == 1:
        chosen, image = choose(geometry, vocabulary(2), scaled=True), True
    if chosen is None:
        return Unsupported("torch has no mode with these coordinates, weights and borders")
    sizes = _sizes(call, geometry, image)
    words, other = chosen
    invoke = Invoke(FUNCTION, (("", "value"),), (*sizes, *words.keywords))
    notes = (*other, *((UNIT,) if image else ()))
    steps: list[Step] = [Transpose("value", to_channels_first(rank))] if is_channels_last(call) else []
    outputs = tuple(axis.output for axis in geometry.axes)
    called = (geometry.batch, geometry.channels, *((1,) if image else ()), *outputs)
    if image:
        steps.append(Reshape("value", (geometry.batch, geometry.channels, 1, geometry.axes[0].input)))
    steps.append(invoke)
    if image:
        steps.append(Reshape("result", (geometry.batch, geometry.channels, *outputs)))
    steps += [Transpose("result", to_channels_last(rank))] if is_channels_last(call) else []
    plan = Plan(tuple(steps), notes)
    return plan if call.direction == "forward" else gradient_plan(plan, "value", call.operands, called)


def _sizes(call: ResizeCall, geometry: Resize, image: bool) -> Keywords:
    """Lengths or scales, as the call has them; of an image of height 1, of this, too."""
    if call.scales is None:
        return (("size", (*((1,) if image else ()), *(axis.output for axis in geometry.axes))),)
    given = call.scales if isinstance(call.scales, tuple) else (call.scales,) * (2 if image else len(geometry.axes))
    scales = given if len(given) == len(geometry.axes) + image else (*((1.0,) if image else ()), *given)
    scales = (1.0, *scales[1:]) if image else scales
    if len(scales) == 1 and len(geometry.axes) > 1:
        scales *= len(geometry.axes)
    # An int is as good, but for torch.compile.
    factors: Keywords = (("scale_factor", tuple(float(scale) for scale in scales)),)
    return (*factors, ("recompute_scale_factor", True)) if call.recompute_scale_factor else factors


def _wrong(call: WrongResize) -> Plan | Unsupported:
    """The same wrong words under torch's names, where torch has a name for them."""
    name, rank = "interpolate", call.definition.rank
    if call.fault.reason in ("data_format", "coordinates"):
        return Unsupported(f"{name} has no such word: its arguments cannot say this mistake")
    if call.fault.reason == "rank":
        return Unsupported(f"{name} takes the number of axes from the value")
    if call.fault.reason == "method" and (call.nearest_mode or call.cubic_coeff_a or call.exclude_outside is not None):
        return Unsupported(f"{name} has no such argument")
    if call.method == "cubic" and rank != 2:
        return Unsupported(f"{name} has cubic weights of images alone")
    mode = {"linear": LINEAR[rank], "cubic": "bicubic"}.get(call.method, call.method)
    given: dict[str, tuple[Argument, Argument]] = {
        "size": (call.output_size, None),
        "scale_factor": (call.scales, None),
        "recompute_scale_factor": (call.recompute_scale_factor, False),
        "antialias": (call.antialias, False),
    }
    keywords: Keywords = (
        *((keyword, argument) for keyword, (argument, default) in given.items() if argument != default),
        ("mode", mode),
    )
    turned = (Transpose("value", to_channels_first(rank)),) if is_channels_last(call) else ()
    plan = Plan((*turned, Invoke(FUNCTION, (("", "value"),), keywords)))
    if call.direction == "forward":
        return plan
    back = (Transpose("result", to_channels_last(rank)),) if turned else ()
    # The result of a wrong call has no shape, and none is needed to turn its axes.
    return gradient_plan(Plan((*plan.steps, *back)), "value", call.operands, (0,) * (rank + 2))
