"""A call of a convolution as it was read: what it means in words, how it is asked, written and judged.

Knows: meanings, notation, generators. Must not know: how one framework's call is read (`tensorflow.py` and its
neighbours).

The oracle speaks TensorFlow's layout: operands go from there to the given call's layout before they are sent, and
results the other way before they are judged.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from conformance.adapters.plan import Flip, Plan, Transpose, Unsupported
from conformance.adapters.protocol import Adapter
from conformance.adapters.tensorflow.composition import taken
from conformance.operators.convolution.call import Convolution, ConvolutionTrial, RightConvolution
from conformance.operators.convolution.generators import GENERATORS
from conformance.operators.convolution.inputs import check_fit
from conformance.operators.convolution.readings.folk import remark_on_same
from conformance.operators.convolution.readings.meaning import Meaning
from conformance.operators.convolution.readings.writing import fit_notes, write, written
from conformance.operators.kind import Operands
from conformance.suite.case import FromReference, Generated
from conformance.suite.generating import Unfit
from conformance.translation.notation import Shape, undone
from reference.geometry import Axis

# Exact data, which prove which products were summed, and real ones where the bound is sharp
INPUTS = ("mix", "normal64")
KERNEL = "transpose_kernel=True is part of the translation: by default JAX does not flip the kernel"


@dataclass(frozen=True, slots=True)
class ConvolutionReading:
    """A call as it was read."""

    text: str
    lane: str
    """who is asked to run it as it was given"""
    plan: Plan
    """the call as it was given, for that lane"""
    filter_layout: tuple[str, ...]
    """what each axis of the given filter is"""
    meaning: Meaning
    remarks: tuple[str, ...] = ()
    """what a reader of the call may not expect of it"""
    in_tensorflow_s_words: bool = False
    """whether the text is TensorFlow's own call already"""

    @property
    def given(self) -> Mapping[str, Shape]:
        return self.meaning.given

    @property
    def judged(self) -> RightConvolution:
        return self.meaning.judged

    def trials(self) -> list[ConvolutionTrial]:
        call, found = self.judged, []
        for name in INPUTS:
            try:
                check_fit(GENERATORS[name], call)
            except Unfit:
                continue
            id = f"translate/{self.text}"
            found.append(ConvolutionTrial(id, call, Generated(name), FromReference(), "", None, "command line"))
        return found

    def given_operands(self, operands: Operands) -> Operands:
        """A bias and a cotangent have the oracle's layout."""
        notation = {"value": self.meaning.value, "filter": self.meaning.filter}
        shapes = {**self.judged.operands, **self.given}
        return {name: undone(notation.get(name, ()), shapes[name], array) for name, array in operands.items()}

    def as_judged(self, result: NDArray[Any]) -> NDArray[Any]:
        shape = self.judged.result_shape
        return result if result.ndim != len(shape) else undone(self.meaning.result, shape, result)

    def write(self, adapter: Adapter) -> Plan | Unsupported:
        return write(self.meaning, adapter)

    def remarks_on(self, lane: str, plan: Plan | Unsupported) -> tuple[str, ...]:
        operator = self.meaning.call.definition
        if lane == self.lane:
            return ()
        if lane == "torch" and self.meaning.call.padding == "SAME":
            axes = self.meaning.geometry.axes
            remark = remark_on_same(axes, operator.spatial_names, transposed=operator.transposed)
            return (remark,) if remark is not None else ()
        turned = isinstance(plan, Plan) and "transpose_kernel" in dict(plan.parts[1].keywords)
        return (KERNEL,) if turned else ()

    def operands_in(self, plan: Plan) -> Mapping[str, str]:
        return {"filter": _filter(self.filter_layout, plan)}

    def lines(self) -> list[str]:
        call = self.meaning.call
        facts = [call.operator, call.dtype, call.data_format or call.definition.data_formats[0]]
        facts += [f"groups {call.groups}"] if call.groups != 1 else []
        facts += ["with a bias"] if call.bias else []
        facts += [call.direction.replace("_", " ")] if call.direction != "forward" else []
        found = [", ".join(facts), *(f"{name}: {_axis_text(axis, call)}" for name, axis in self._axes())]
        if not self.in_tensorflow_s_words:
            found.append(f"in TensorFlow's words: {'; '.join(_tensorflow_words(self.meaning))}")
        return found

    def document(self) -> Mapping[str, Any]:
        call, words = self.meaning.call, _tensorflow_words(self.meaning)
        return {
            "operator": call.operator,
            "dtype": call.dtype,
            "data_format": call.data_format or call.definition.data_formats[0],
            "groups": call.groups,
            "bias": call.bias,
            "direction": call.direction,
            "axes": [_axis_entry(name, axis, call) for name, axis in self._axes()],
            "tensorflow": words[0],
            "tensorflow_notes": words[1:],
        }

    def _axes(self) -> list[tuple[str, Axis]]:
        return list(zip(self.meaning.call.definition.spatial_names, self.meaning.geometry.axes, strict=True))


def _axis_text(axis: Axis, call: Convolution) -> str:
    dilation = f", dilation {axis.dilation}" if axis.dilation != 1 else ""
    if not call.definition.transposed:
        read = f"{axis.output} -> {axis.input}, kernel {axis.kernel}, stride {axis.stride}{dilation}"
        after = f"{axis.crop_after} after" if axis.crop_after >= 0 else f"the last {-axis.crop_after} not read"
        return f"{read}; zeros around the value: {axis.crop_before} before, {after}"
    crops = (axis.crop_before, axis.crop_after)
    before, after = (f"{-crop} zeros added" if crop < 0 else f"{crop} cropped" for crop in crops)
    shape = f"{axis.input} -> {axis.output}, kernel {axis.kernel}, stride {axis.stride}{dilation}"
    return f"{shape}; the full result has {axis.full}: {before} before, {after} after"


def _tensorflow_words(meaning: Meaning) -> tuple[str, ...]:
    """The call that TensorFlow takes, and what is done around it."""
    if meaning.call.direction != "forward":
        return (written(meaning.call),)
    told = taken(meaning.call)
    return (written(told.call), *told.notes, *fit_notes(meaning))


def _axis_entry(name: str, axis: Axis, call: Convolution) -> dict[str, Any]:
    given, result, cut = axis.input, axis.output, "crop"
    if not call.definition.transposed:
        given, result, cut = axis.output, axis.input, "pad"
    return {
        "name": name, "input": given, "kernel": axis.kernel, "stride": axis.stride, "dilation": axis.dilation,
        "output": result, f"{cut}_before": axis.crop_before, f"{cut}_after": axis.crop_after,
    }  # fmt: skip


def _filter(layout: tuple[str, ...], plan: Plan) -> str:
    """`[height, width, out, in] -> [in, out, height, width]`, and along what it is flipped."""
    given, flipped = layout, ""
    for step in (each for each in plan.parts[0] if each.operand == "filter"):
        match step:
            case Flip(_, axes):
                named = [layout[axis] for axis in axes]
                flipped = f", flipped along {' and '.join(named)}"
            case Transpose(_, axes):
                layout = tuple(layout[axis] for axis in axes)
            case _:
                return "changed by the steps below"
    if layout == given:
        return f"{_listed(given)}, {'as it is' if not flipped else flipped.removeprefix(', ')}"
    return f"{_listed(given)} -> {_listed(layout)}{flipped}"


def _listed(layout: tuple[str, ...]) -> str:
    return f"[{', '.join(layout)}]"
