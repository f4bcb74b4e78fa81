"""The folk recipe for SAME in PyTorch, and what it really computes.

Many translations of TensorFlow's SAME say padding=(k-1)//2, output_padding=s-1 (k the length of the dilated kernel).
That crops (k-1)//2 before, where SAME crops max(full - output, 0) // 2: the shape is right for every odd kernel, and
the pixels often are not.

Knows: geometry. Must not know: calls and frameworks.
"""

from collections.abc import Sequence
from dataclasses import replace

from conformance.translation.meaning import is_same
from reference.geometry import Axis, legal_output_lengths, transposed_axis


def folk_axis(axis: Axis) -> Axis:
    """What the recipe computes for the input, kernel, stride and dilation of an axis."""
    crop_before = (axis.extent - 1) // 2
    return replace(axis, crop_before=crop_before, output=axis.full - 2 * crop_before + axis.stride - 1)


def remark_on_same(axes: tuple[Axis, ...], names: Sequence[str]) -> str | None:
    """What the recipe would make of axes that SAME means; None for others."""
    if not all(is_same(axis) for axis in axes):
        return None
    folk = tuple(folk_axis(axis) for axis in axes)
    recipe = (
        f"the folk recipe padding={tuple(axis.crop_before for axis in folk)}, "
        f"output_padding={tuple(axis.stride - 1 for axis in axes)}"
    )
    named = list(zip(names, folk, axes, strict=True))
    wrong = [f"{name} {got.output} instead of {axis.output}" for name, got, axis in named if got.output != axis.output]
    if wrong:
        return f"{recipe} has the wrong shape: {', '.join(wrong)}"
    shifts = [got.crop_before - axis.crop_before for _, got, axis in named]
    if not any(shifts):
        return f"{recipe} is right here"
    return f"{recipe} has the right shape and is {_shifted(shifts, names)}"


def remark_on_torch(axes: tuple[Axis, ...], names: Sequence[str]) -> str | None:
    """What a PyTorch call that is the recipe really computes; None for other calls, and where no stride is above 1."""
    if all(axis.stride == 1 for axis in axes) or any(axis != folk_axis(axis) for axis in axes):
        return None
    crops = _by_axes([f"{axis.crop_before} before and {max(axis.crop_after, 0)} after" for axis in axes], names)
    opening = f"this is the folk recipe for SAME, padding=(k-1)//2, output_padding=stride-1; it crops {crops}"
    return f"{opening}, which {_beside_same(axes, names)}"


def _beside_same(axes: tuple[Axis, ...], names: Sequence[str]) -> str:
    shifts = []
    for name, axis in zip(names, axes, strict=True):
        rule = (axis.input, axis.kernel, axis.stride, axis.dilation)
        legal = legal_output_lengths(*rule, "SAME")
        if axis.output not in legal:
            return f"is no SAME at all: its {name} is {axis.output}, and SAME gives {legal[0]} to {legal[-1]}"
        shifts.append(axis.crop_before - transposed_axis(*rule, "SAME", axis.output).crop_before)
    if not any(shifts):
        return "equals TensorFlow's SAME here"
    return f"has the shape of TensorFlow's SAME and is {_shifted(shifts, names)}"


def _shifted(shifts: list[int], names: Sequence[str]) -> str:
    """`shifted by 1 pixel on height and width`: by how much the crop before is off."""
    amounts = {shift: f"{abs(shift)} pixel" if abs(shift) == 1 else f"{abs(shift)} pixels" for shift in shifts}
    return f"shifted by {_by_axes([amounts[shift] if shift else '' for shift in shifts], names)}"


def _by_axes(texts: list[str], names: Sequence[str]) -> str:
    """`A on height and width`, or `A on height, B on width`; nothing of an axis without a text."""
    by_text: dict[str, list[str]] = {}
    for name, text in zip(names, texts, strict=True):
        if text:
            by_text.setdefault(text, []).append(name)
    return ", ".join(f"{text} on {' and '.join(each)}" for text, each in by_text.items())
