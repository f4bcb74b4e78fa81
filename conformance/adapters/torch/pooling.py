"""Poolings in PyTorch's words: `max_pool{1,2,3}d`, `avg_pool{1,2,3}d`, `lp_pool{1,2,3}d`, and what is left around them.

Knows: torch's argument meanings, as integers. Must not know: torch.

torch pads both sides alike, at most half of a window, and counts the windows by floor or, in `ceil_mode`, by ceil. A
call whose first window begins elsewhere is said where windows that torch puts before it can be cut off; otherwise the
plan pads the value itself, with what changes no maximum, or with the zeros that an average counts and a norm does not.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import prod

from conformance.adapters.adjoint import gradient_plan
from conformance.adapters.notation import is_channels_last, spatial_of, to_channels_first, to_channels_last
from conformance.adapters.plan import Argument, Crop, Invoke, Plan, Step, Transpose, Unsupported
from conformance.adapters.pooling import geometry_of, lowest, padded
from conformance.operators.pooling.call import PoolingCall, WrongPooling
from reference.pooling.geometry import Pooling, WindowAxis, pooling_axis

COUNTED_ANEW = "max_pool2d counts within a plane: its indices are counted anew: composed"
Keywords = tuple[tuple[str, Argument], ...]


def torch_pooling_plan(call: PoolingCall) -> Plan | Unsupported:
    """The plan of a call, right or wrong."""
    geometry = geometry_of(call)
    if isinstance(call, WrongPooling) and geometry is None:
        if call.definition.reduction == "unpooled":
            return Unsupported(f"{call.operator} takes windows, and an output_size near to what they say")
        return _wrong(call)
    assert geometry is not None
    rank = call.definition.rank
    if "cotangent" in call.operands and len(call.operands["cotangent"]) != rank + 2:
        return Unsupported(f"{call.operator}'s cotangent has its axes in another order, and this one has other axes")
    said = _adaptive(call, geometry) if call.definition.adaptive else _sliding(call, geometry)
    if isinstance(said, Unsupported):
        return said
    steps: list[Step] = [*said.before]
    moved = [operand for operand in ("value", "indices") if operand in call.operands]
    steps += [Transpose(operand, to_channels_first(rank)) for operand in moved] if is_channels_last(call) else []
    steps.append(_invoke(call, said.keywords))
    called = (geometry.batch, geometry.channels, *said.lengths)
    wanted = (*called[:2], *(axis.output for axis in geometry.axes))
    if called != wanted:
        steps.append(Crop("result", (0, 0, *said.skipped), wanted))
    steps += [Transpose("result", to_channels_last(rank))] if is_channels_last(call) else []
    anew = call.definition.reduction == "index" and any(isinstance(step, Invoke) and step.then for step in steps)
    plan = Plan(tuple(steps), (*said.notes, *((COUNTED_ANEW,) if anew else ())))
    return plan if call.direction == "forward" else gradient_plan(plan, "value", call.operands, called)


@dataclass(frozen=True, slots=True)
class _Said:
    """What is said to torch, and what is done around it."""

    padding: tuple[int, ...]
    ceil_mode: bool
    lengths: tuple[int, ...]
    """of what torch returns"""
    skipped: tuple[int, ...]
    """of these the ones before the first that is wanted"""
    before: tuple[Step, ...] = ()
    notes: tuple[str, ...] = ()
    keywords: Keywords = ()
    """of the call"""


def _adaptive(call: PoolingCall, geometry: Pooling) -> _Said:
    outputs = tuple(axis.output for axis in geometry.axes)
    keywords: Keywords = (("output_size", call.output_size),)
    if call.definition.reduction == "unpooled":
        # Of no consequence but that these lengths have to be near the output_size.
        strides = tuple(axis.output // axis.input for axis in geometry.axes)
        kernel = tuple(
            axis.output - stride * (axis.input - 1) for axis, stride in zip(geometry.axes, strides, strict=True)
        )
        keywords = (("kernel_size", kernel), ("stride", strides), ("output_size", outputs))
    return _Said((), False, outputs, (0,) * len(outputs), keywords=keywords)


def _sliding(call: PoolingCall, geometry: Pooling) -> _Said | Unsupported:
    """What is said of windows that have a length and strides."""
    rank = call.definition.rank
    if any(0 in (axis.input, axis.output) for axis in geometry.sliding):
        return Unsupported("torch has no spatial length 0")
    if _is_dense(call) and any(axis.dilation > 1 for axis in geometry.sliding):
        return Unsupported(f"{call.operator} has no dilation")
    if rank == 1 and call.divisor_override is not None:
        return Unsupported("avg_pool1d has no divisor_override")
    said = _norm(call, geometry) if call.definition.reduction == "norm" else _said(call, geometry)
    if said is None and call.definition.reduction == "index":
        return Unsupported("max_pool2d pads both sides alike, and counts the places of a value that is padded instead")
    if said is None:
        return Unsupported(
            f"{call.operator} pads both sides alike and divides by what its windows hold: no pad or crop says this"
        )
    kernel = tuple(axis.kernel for axis in geometry.sliding)
    keywords: Keywords = (
        *_norm_and_window(call, kernel),
        ("stride", tuple(axis.stride for axis in geometry.sliding)),
        *((("padding", said.padding),) if call.definition.reduction != "norm" else ()),
        *((("dilation", tuple(axis.dilation for axis in geometry.sliding)),) if not _is_dense(call) else ()),
        ("ceil_mode", said.ceil_mode),
        *((("count_include_pad", call.count_include_pad),) if call.averages else ()),
        *((("divisor_override", call.divisor_override),) if call.divisor_override is not None else ()),
    )
    return replace(said, keywords=keywords)


def _is_dense(call: PoolingCall) -> bool:
    """Whether torch has no dilation for the operator."""
    return call.definition.reduction not in ("maximum", "index")


def _invoke(call: PoolingCall, keywords: Keywords) -> Invoke:
    """The call; that of indices, which torch counts within a plane, with what counts them anew."""
    operand = (("", "value"), *((("", "indices"),) if call.definition.reduction == "unpooled" else ()))
    if call.definition.reduction != "index":
        return Invoke(f"torch.nn.functional.{call.operator}", operand, keywords)
    last, (_, *inner) = is_channels_last(call), call.value_shape
    image, channels = prod(inner), inner[-1 if last else 0]
    plane = image // max(channels, 1)
    then: list[Invoke] = []

    def counted(axis: int, numbers: int, times: int = 1) -> None:
        """Add `numbers` for each element along the axis before one, to `times` as much as there was."""
        ones = (("", "ones"),)
        then.append(Invoke("torch.cumsum", ones, (("dim", axis),), leaves="number"))
        alpha: Keywords = (("alpha", numbers),)
        if times != 1:
            then.append(Invoke("torch.mul", (("", "result"),), (("other", times),)))
        then.append(Invoke("torch.add", (("", "result"), ("", "number")), alpha))
        then.append(Invoke("torch.sub", (("", "result"), *ones), alpha))

    if channels > 1 and last:
        counted(1, 1, channels)
    elif channels > 1:
        counted(1, plane)
    if call.include_batch_in_index:
        counted(0, image)
    if then:
        then.insert(0, Invoke("torch.ones_like", (("", "result"),), (), leaves="ones"))
    called: Keywords = (*keywords, ("return_indices", True))
    return Invoke("torch.nn.functional.max_pool2d", operand, called, tuple(then), leaves="_, result")


def _norm_and_window(call: PoolingCall, kernel: tuple[int, ...]) -> Keywords:
    if call.definition.reduction != "norm":
        return (("kernel_size", kernel),)
    # lp_pool1d multiplies by its kernel_size, which therefore has to be a number.
    return (("norm_type", call.norm_type), ("kernel_size", kernel if len(kernel) > 1 else kernel[0]))


def _norm(call: PoolingCall, geometry: Pooling) -> _Said:
    """lp_pool takes no pads: zeros around the value, which add nothing to a norm, also where windows hang over them."""
    axes = geometry.sliding
    none, lengths = (0,) * len(axes), tuple(axis.output for axis in axes)
    if not any(axis.pad_before or axis.pad_after for axis in axes):
        return _Said(none, call.ceil_mode and call.padding != "SAME", lengths, none)
    pads = tuple((axis.pad_before, axis.pad_after + axis.overhang) for axis in axes)
    note = f"{call.operator} takes no padding: zeros are put around the value: composed"
    return _Said(none, False, lengths, none, (padded(call, pads, 0),), (note,))


def _said(call: PoolingCall, geometry: Pooling) -> _Said | None:
    found = [
        each for ceil_mode in (call.ceil_mode, not call.ceil_mode) for each in _by_torch(call, geometry, ceil_mode)
    ]
    for each in found:  # what needs no crop first
        if each.lengths == tuple(axis.output for axis in geometry.sliding):
            return each
    if found:
        return found[0]
    if call.definition.reduction == "index":  # pads around the value would be counted
        return None
    pads = tuple((axis.pad_before, axis.pad_after) for axis in geometry.sliding)
    if not call.averages or call.divisor_override is not None:
        # What hangs over is padded too: then the windows end where the value does.
        pads = tuple((axis.pad_before, axis.pad_after + axis.overhang) for axis in geometry.sliding)
    elif not call.count_include_pad:
        return None
    note = "PyTorch pads both sides alike, at most half of a window; the value is padded instead: composed"
    step = padded(call, pads, 0 if call.averages else lowest(call))
    inner = Pooling(
        geometry.batch,
        geometry.channels,
        tuple(
            WindowAxis(axis.input + first + last, axis.kernel, axis.stride, axis.dilation, 0, 0, axis.output)
            for axis, (first, last) in zip(geometry.sliding, pads, strict=True)
        ),
        geometry.count_include_pad,
        geometry.divisor_override,
    )
    for ceil_mode in (False, True):
        for each in _by_torch(call, inner, ceil_mode):
            return _Said(each.padding, each.ceil_mode, each.lengths, each.skipped, (step,), (note,))
    return None


def _by_torch(call: PoolingCall, geometry: Pooling, ceil_mode: bool) -> Iterator[_Said]:
    """How torch's own padding makes the windows, with the fewest to be cut off, if it does."""
    chosen = [next(_paddings(call, axis, ceil_mode), None) for axis in geometry.sliding]
    known = [each for each in chosen if each is not None]
    if len(known) == len(chosen):
        skipped = tuple(number for number, _ in known)
        lengths = tuple(axis.output for _, axis in known)
        cut = lengths != tuple(axis.output for axis in geometry.sliding)
        notes = ("PyTorch makes more windows than are wanted: composed",) if cut else ()
        yield _Said(tuple(axis.pad_before for _, axis in known), ceil_mode, lengths, skipped, (), notes)


def _paddings(call: PoolingCall, wanted: WindowAxis, ceil_mode: bool) -> Iterator[tuple[int, WindowAxis]]:
    """The axes of torch that have the wanted windows among theirs, with how many come before them."""
    for skipped, pad in enumerate(range(wanted.pad_before, wanted.kernel // 2 + 1, wanted.stride)):
        theirs = pooling_axis(
            wanted.input, wanted.kernel, wanted.stride, wanted.dilation, (pad, pad), ceil_mode=ceil_mode
        )
        chosen = slice(skipped, skipped + wanted.output)
        places = call.averages and call.count_include_pad and call.divisor_override is None
        if theirs.output >= chosen.stop and (not places or theirs.clipped()[chosen] == wanted.clipped()):
            yield skipped, theirs


def _wrong(call: WrongPooling) -> Plan | Unsupported:
    """The same wrong numbers under torch's names, where torch has a name for them."""
    name, rank = call.operator, call.definition.rank
    match call.fault.reason:
        case "data_format":
            return Unsupported(f"{name} takes no data_format")
        case "padding" if call.definition.reduction == "norm":
            return Unsupported(f"{name} takes no padding")
        case "padding":
            return Unsupported(f"{name}'s padding takes no {'words' if isinstance(call.padding, str) else 'pairs'}")
        case "rank":
            return Unsupported(f"{name} takes a value without its batch, too")
        case "dilations" if _is_dense(call):
            return Unsupported(f"{name} has no dilation")
        case "divisor" if rank == 1:
            return Unsupported(f"{name} has no divisor_override")
    keywords: Keywords = (("output_size", call.output_size),)
    if not call.definition.adaptive:
        kernel, strides, dilations = (spatial_of(call, each) for each in (call.ksize, call.strides, call.dilations))
        if kernel is None or strides is None or dilations is None:
            return Unsupported(f"{name} takes numbers of the spatial axes only")
        keywords = (
            *_norm_and_window(call, kernel),
            ("stride", strides),
            *((("dilation", dilations),) if not _is_dense(call) else ()),
            *((("divisor_override", call.divisor_override),) if call.divisor_override is not None else ()),
        )
    turned = (Transpose("value", to_channels_first(rank)),) if is_channels_last(call) else ()
    plan = Plan((*turned, _invoke(call, keywords)))
    if call.direction == "forward":
        return plan
    back = (Transpose("result", to_channels_last(rank)),) if turned else ()
    # The result of a wrong call has no shape, and none is needed to turn its axes.
    return gradient_plan(Plan((*plan.steps, *back)), "value", call.operands, (0,) * (rank + 2))
