"""PyTorch's `interpolate`, and the layer `Upsample`: channels first, lengths or scales, a mode and its flags.

Knows: their parameters, and what modes mean (`conformance.adapters.torch.resize`). Must not know: torch itself.
"""

from typing import Any

from conformance.adapters.function import Function
from conformance.adapters.plan import Argument, Invoke, Plan
from conformance.adapters.resize_vocabulary import LINEAR
from conformance.adapters.torch.resize import FUNCTION, INTERPOLATE, OF_IMAGES, UPSAMPLE, vocabulary
from conformance.operators.resize.readings.reading import ResizeReading, read_lengths
from conformance.translation.arguments import CallArguments, integers
from reference.resize.geometry import ResizeRule

FUNCTIONS: tuple[Function, ...] = (INTERPOLATE, UPSAMPLE, *OF_IMAGES)
MODES = ("nearest", "nearest-exact", *LINEAR.values(), "bicubic")
NOT_EXACT = "mode='nearest' rounds down without the half pixel; with it, it is 'nearest-exact'"


def read(arguments: CallArguments, dtype: str) -> ResizeReading:
    """What the call means; raises CallError for one that PyTorch refuses, or that is no resize of the family."""
    if arguments.function in OF_IMAGES:
        layer = arguments.as_call(INTERPOLATE, {"value": arguments.shape("value", 4)}, OF_IMAGES[arguments.function])
        return read(layer, dtype)
    # A layer that is not called has no shape to go by: asking for it says so.
    axes = len(arguments.applied or (0,) * 4) if arguments.function.is_layer else arguments.value_axes
    rank = axes - 2
    if rank not in LINEAR:
        raise arguments.wrong("value", f"the value has {axes} axes; calls of 1, 2 or 3 spatial axes are read")
    value = arguments.shape("value", rank + 2)
    rule = _rule(arguments, rank)
    sizes: dict[str, Any] = {}
    size, scales = arguments.said("output_size"), arguments.said("scales")
    if (size is None) == (scales is None):
        raise arguments.wrong(None, "size or scale_factor is given, and not both")
    recompute = arguments.said("recompute_scale_factor")
    if recompute not in (None, True, False):
        raise arguments.unexpected("recompute_scale_factor", "True, False or None")
    if size is not None:
        numbers = integers(size)
        if numbers is None or len(numbers) not in (1, rank) or (isinstance(size, tuple) and len(numbers) != rank):
            raise arguments.unexpected("output_size", f"an integer or {rank} integers")
        if recompute:
            raise arguments.wrong("recompute_scale_factor", "recompute_scale_factor goes with scale_factor alone")
        sizes["output_size"] = numbers * rank if len(numbers) == 1 else numbers
    else:
        given = scales if isinstance(scales, tuple) else (scales,) * rank
        factors = [each for each in given if isinstance(each, int | float) and not isinstance(each, bool)]
        if len(factors) != rank:
            raise arguments.unexpected("scales", f"a number or {rank} numbers")
        sizes |= {"scales": tuple(map(float, factors)), "recompute_scale_factor": bool(recompute)}
    remarks = (NOT_EXACT,) if arguments.said("method") == "nearest" else ()
    plan = Plan((_given(arguments),))
    return read_lengths(arguments, "torch", value, rule, last=False, dtype=dtype, plan=plan, remarks=remarks, **sizes)


def _rule(arguments: CallArguments, rank: int) -> ResizeRule:
    """What the mode means with its flags; raises CallError for one that torch refuses."""
    mode, align = arguments.said("method"), arguments.said("align_corners")
    antialias = arguments.flag("antialias") if arguments.has("antialias") else False
    if mode not in MODES:
        raise arguments.unexpected("method", f"one of {', '.join(map(repr, MODES))}")
    nearest = str(mode).startswith("nearest")
    if nearest and align is not None:
        raise arguments.wrong("align_corners", f"align_corners is of linear and cubic modes, not of {mode!r}")
    if antialias and align:
        raise arguments.wrong(
            "align_corners",
            "align_corners beside antialias has coordinates that no other framework has: half pixels scaled as corners",
        )
    wanted: dict[str, Argument] = {"mode": mode}
    if not nearest:
        wanted["align_corners"] = bool(align)
    if antialias:
        wanted["antialias"] = True
    for words in vocabulary(rank):
        if dict(words.keywords) == wanted:
            return words.rule
    raise arguments.wrong("method", f"torch has no mode {mode!r} {'with antialias ' * antialias}of {rank} spatial axes")


def _given(arguments: CallArguments) -> Invoke:
    """The call as its lane is asked for it: the layer as the function that it calls."""
    if not arguments.function.is_layer:
        return arguments.invoke()
    said = ((each.name, arguments.said(each.says)) for each in UPSAMPLE.parameters)
    return Invoke(FUNCTION, (("", "value"),), tuple((name, given) for name, given in said if given is not None))
