"""What people get wrong when they say a pooling to PyTorch: SAME by a recipe, and the divisor of an average.

Knows: geometry. Must not know: who said the call.
"""

from collections.abc import Sequence

from conformance.operators.pooling.call import RightPooling
from reference.pooling.geometry import WindowAxis, elements_of, pooling_axis


def remark_on_same(call: RightPooling) -> str | None:
    """What the folk recipe for SAME, padding=(k-1)//2, would make of windows that SAME means; None for others."""
    names = call.definition.spatial_names
    axes = [axis for axis in call.geometry.axes if isinstance(axis, WindowAxis)]  # adaptive ones have no pads
    same = [pooling_axis(axis.input, axis.kernel, axis.stride, axis.dilation, "SAME") for axis in axes]
    if axes != same or not any(axis.pad_before or axis.pad_after for axis in axes):
        return None
    pads = [(axis.kernel - 1) // 2 for axis in axes]
    folk = [
        pooling_axis(axis.input, axis.kernel, axis.stride, axis.dilation, (pad, pad))
        for axis, pad in zip(axes, pads, strict=True)
    ]
    recipe = f"the folk recipe padding={tuple(pads)}"
    wrong = [f"{name} {got.output} instead of {axis.output}" for name, got, axis in zip(names, folk, axes, strict=True)
             if got.output != axis.output]  # fmt: skip
    if wrong:
        return f"{recipe} has the wrong shape: {', '.join(wrong)}"
    moved = _moved(folk, axes, names)
    return f"{recipe} has the right shape and begins {moved}" if moved else f"{recipe} is right here"


def remark_on_divisor(call: RightPooling) -> str | None:
    """That PyTorch counts pads by default, where that makes a difference."""
    padded = any(axis.kernel != count for axis in call.geometry.axes for count in elements_of(axis))
    if not call.averages or call.divisor_override is not None or call.count_include_pad or not padded:
        return None
    return "count_include_pad=False is part of the translation: by default PyTorch divides by pads, too"


def _moved(folk: Sequence[WindowAxis], axes: Sequence[WindowAxis], names: Sequence[str]) -> str:
    texts = []
    for name, got, axis in zip(names, folk, axes, strict=True):
        shift = got.pad_before - axis.pad_before
        if shift:
            texts.append(f"{abs(shift)} {'earlier' if shift > 0 else 'later'} on {name}")
    return ", ".join(texts)
