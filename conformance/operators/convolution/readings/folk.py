"""The folk recipe for SAME in PyTorch, and what it really computes.

Many translations of TensorFlow's SAME say padding=(k-1)//2 (k the length of the dilated kernel), and of a transposed
convolution output_padding=s-1 as well. That pads or crops (k-1)//2 before, where SAME takes half of what is needed,
rounded down: the shape is right for every odd kernel, and with a stride the pixels often are not.

Knows: geometry; of a forward convolution that of its adjoint, whose input is the result. Must not know: calls and
frameworks.
"""

from collections.abc import Sequence
from dataclasses import replace

from conformance.operators.convolution.readings.meaning import is_same
from reference.geometry import Axis, convolved_length, legal_output_lengths, transposed_axis


def folk_axis(axis: Axis, *, transposed: bool = True) -> Axis:
    """What the recipe computes for the value, kernel, stride and dilation of an axis."""
    around = (axis.extent - 1) // 2
    if transposed:
        return replace(axis, crop_before=around, output=axis.full - 2 * around + axis.stride - 1)
    result = convolved_length(axis.output, axis.kernel, axis.stride, axis.dilation, (around, around))
    return replace(axis, crop_before=around, input=result)


def remark_on_same(axes: tuple[Axis, ...], names: Sequence[str], *, transposed: bool = True) -> str | None:
    """What the recipe would make of axes that SAME means; None for others."""
    if not all(is_same(axis) for axis in axes):
        return None
    folk = tuple(folk_axis(axis, transposed=transposed) for axis in axes)
    recipe = f"the folk recipe padding={tuple(axis.crop_before for axis in folk)}"
    if transposed:
        recipe += f", output_padding={tuple(axis.stride - 1 for axis in axes)}"
    named = [(name, _result(got, transposed), _result(axis, transposed)) for name, got, axis in
             zip(names, folk, axes, strict=True)]  # fmt: skip
    wrong = [f"{name} {got} instead of {length}" for name, got, length in named if got != length]
    if wrong:
        return f"{recipe} has the wrong shape: {', '.join(wrong)}"
    shifts = [got.crop_before - axis.crop_before for got, axis in zip(folk, axes, strict=True)]
    if not any(shifts):
        return f"{recipe} is right here"
    return f"{recipe} has the right shape and is {_shifted(shifts, names)}"


def remark_on_torch(axes: tuple[Axis, ...], names: Sequence[str], *, transposed: bool = True) -> str | None:
    """What a PyTorch call that is the recipe really computes; None for other calls, and where no stride is above 1."""
    recipe = [folk_axis(axis, transposed=transposed) for axis in axes]
    if all(axis.stride == 1 for axis in axes) or list(axes) != recipe or all(axis.extent == 1 for axis in axes):
        return None
    crops = _by_axes([f"{axis.crop_before} before and {max(axis.crop_after, 0)} after" for axis in axes], names)
    if transposed:
        opening = f"this is the folk recipe for SAME, padding=(k-1)//2, output_padding=stride-1; it crops {crops}"
    else:
        opening = f"this is the folk recipe for SAME, padding=(k-1)//2; it needs {crops}"
    return f"{opening}, which {_beside_same(axes, names, transposed)}"


def _result(axis: Axis, transposed: bool) -> int:
    return axis.output if transposed else axis.input


def _beside_same(axes: tuple[Axis, ...], names: Sequence[str], transposed: bool) -> str:
    shifts = []
    for name, axis in zip(names, axes, strict=True):
        rule = (axis.kernel, axis.stride, axis.dilation)
        legal = legal_output_lengths(axis.input, *rule, "SAME")
        if axis.output not in legal:
            span = f"{legal[0]} to {legal[-1]}" if transposed else convolved_length(axis.output, *rule, "SAME")
            return f"is not SAME at all: its {name} is {_result(axis, transposed)}, and SAME gives {span}"
        shifts.append(axis.crop_before - transposed_axis(axis.input, *rule, "SAME", axis.output).crop_before)
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
