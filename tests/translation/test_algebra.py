"""Translation is a round trip through the geometry: TensorFlow -> X -> geometry, wherever X can say it."""

from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.adapters.plan import Crop, Pad, Plan, Unsupported
from conformance.operators.convolution.readings.reading import ConvolutionReading
from conformance.translation.code import CallError
from reference.arguments import conv2d_transpose_geometry
from reference.geometry import Axis, AxisPadding, TransposedConvolution, legal_output_lengths
from tests.translation.conftest import call_text, planned
from tests.translation.reading import read_call, read_words


@st.composite
def calls(draw: st.DrawFn) -> ConvolutionReading:
    """Any right TensorFlow call with something to look at."""
    padding = draw(st.sampled_from(("SAME", "VALID", "EXPLICIT")))
    last = draw(st.booleans())
    rules: list[AxisPadding] = [
        draw(st.tuples(st.integers(0, 6), st.integers(0, 6))) if padding == "EXPLICIT" else padding  # type: ignore[misc]
        for _ in range(2)
    ]
    numbers: list[tuple[int, int, int, int]] = []
    outputs: list[int] = []
    for number in range(2):
        axis = draw(st.tuples(st.integers(1, 6), st.integers(1, 6), st.integers(1, 5), st.integers(1, 4)))
        legal = [output for output in legal_output_lengths(*axis, rules[number]) if output > 0]
        if not legal:
            rules[number] = (0, 0)
            legal = list(legal_output_lengths(*axis, rules[number]))
        numbers.append(axis)
        outputs.append(draw(st.sampled_from(legal)))
    sizes, kernels, strides, dilations = zip(*numbers, strict=True)
    (channels_in, channels_out) = draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))

    def laid_out(channels: Any, lengths: list[Any], batch: Any = 1) -> Any:
        return (batch, *lengths, channels) if last else (batch, channels, *lengths)

    value, result = laid_out(channels_in, [*sizes]), laid_out(channels_out, [*outputs])
    return read_words(
        "conv2d_transpose",
        (value, (*kernels, channels_out, channels_in), result),
        strides=strides,
        padding=laid_out((0, 0), [*rules], (0, 0)) if padding == "EXPLICIT" else padding,
        data_format="NHWC" if last else "NCHW",
        dilations=dilations,
    )


def back(reading: ConvolutionReading, plan: Plan) -> TransposedConvolution:
    """The geometry of the plan's call, as its own framework's reading has it."""
    call = reading.meaning.call
    return read_call(call_text(plan, call.value_shape, call.filter_shape), "float32").meaning.geometry


@settings(max_examples=400, deadline=None)
@given(calls())
def test_what_jax_is_told_has_the_geometry_of_the_call(reading: ConvolutionReading) -> None:
    plan = planned(reading, "jax")
    assert isinstance(plan, Plan)
    assert plan.native
    assert back(reading, plan) == reading.meaning.geometry


@settings(max_examples=400, deadline=None)
@given(calls())
def test_what_torch_is_told_has_the_geometry_of_the_call_once_it_is_cropped(reading: ConvolutionReading) -> None:
    plan = planned(reading, "torch")
    geometry = reading.meaning.geometry
    if isinstance(plan, Unsupported):
        assert "spatial length 0" in plan.reason
        return
    told = back(reading, plan)
    crops = [step for step in plan.steps if isinstance(step, Crop)]
    if not crops:
        assert (plan.native, plan.notes, told) == (True, (), geometry)
        return
    (crop,) = crops
    axes = tuple(
        replace(axis, crop_before=axis.crop_before + start, output=length)
        for axis, start, length in zip(told.axes, crop.start[2:], crop.length[2:], strict=True)
    )
    assert replace(told, axes=axes) == geometry
    assert plan.notes[0].startswith("PyTorch crops both sides alike; this needs ")
    assert plan.notes[0].endswith(": composed")


@settings(max_examples=300, deadline=None)
@given(calls())
def test_a_written_call_reads_as_what_it_was_written_from(reading: ConvolutionReading) -> None:
    again = read_call(reading.text, "float32")
    assert (again.text, again.meaning, again.plan) == (reading.text, reading.meaning, again.plan)


@settings(max_examples=300, deadline=None)
@given(calls())
def test_jax_s_call_goes_back_to_tensorflow_with_the_same_geometry(reading: ConvolutionReading) -> None:
    plan = planned(reading, "jax")
    assert isinstance(plan, Plan)
    call = reading.meaning.call
    meaning = read_call(call_text(plan, call.value_shape, call.filter_shape), "float32").meaning
    assert meaning.fit is None
    assert meaning.call.geometry == reading.meaning.geometry


def read_or_error(text: str) -> ConvolutionReading | str:
    """The reading, or the message for the user."""
    try:
        return read_call(text, "float32")
    except CallError as error:
        return str(error)


@st.composite
def jax_axes(draw: st.DrawFn) -> tuple[int, int, int, int, tuple[int, int]]:
    """input, kernel, stride, dilation and any pads around the dilated input, negative ones too."""
    axis = draw(st.tuples(st.integers(1, 5), st.integers(1, 5), st.integers(1, 4), st.integers(1, 3)))
    return (*axis, draw(st.tuples(st.integers(-4, 14), st.integers(-4, 14))))


@settings(max_examples=400, deadline=None)
@given(jax_axes(), jax_axes())
def test_every_jax_call_is_a_tensorflow_call_with_zeros_around_the_value_or_an_error(
    height: tuple[int, int, int, int, tuple[int, int]], width: tuple[int, int, int, int, tuple[int, int]]
) -> None:
    sizes, kernels, strides, dilations, pads = zip(height, width, strict=True)
    text = (
        f"lax.conv_transpose(x[1,{sizes[0]},{sizes[1]},1], k[{kernels[0]},{kernels[1]},1,1], {strides}, {pads}, "
        f"{dilations}, transpose_kernel=True)"
    )
    outputs = [_dilated(*axis) - (axis[1] - 1) * axis[3] for axis in (height, width)]
    reading = read_or_error(text)
    if isinstance(reading, str):
        assert min(outputs) <= 0
        return
    meaning = reading.meaning
    assert [axis.output for axis in meaning.geometry.axes] == [max(output, 0) for output in outputs]
    ends = meaning.fit.width[1:-1] if isinstance(meaning.fit, Pad) else ((0, 0), (0, 0))
    for axis, core, (before, after) in zip(meaning.geometry.axes, _core(meaning.call.geometry), ends, strict=True):
        assert min(before, after) >= 0
        assert core.input == before + axis.input + after
        assert core.crop_before == before * axis.stride + axis.crop_before
        assert core.output == axis.output


def _dilated(size: int, kernel: int, stride: int, dilation: int, pads: tuple[int, int]) -> int:
    return stride * (size - 1) + 1 + sum(pads)


def _core(geometry: TransposedConvolution | None) -> tuple[Axis, ...]:
    assert geometry is not None
    return geometry.axes


@settings(max_examples=300, deadline=None)
@given(
    st.tuples(*[st.tuples(st.integers(1, 5), st.integers(1, 5), st.integers(1, 4), st.integers(1, 4))] * 2),
    st.tuples(st.integers(0, 6), st.integers(0, 6)),
    st.tuples(st.integers(0, 3), st.integers(0, 3)),
)
def test_every_torch_call_comes_back_to_torch_as_it_was(
    axes: tuple[tuple[int, int, int, int], ...], padding: tuple[int, int], output_padding: tuple[int, int]
) -> None:
    sizes, kernels, strides, dilations = zip(*axes, strict=True)
    text = (
        f"F.conv_transpose2d(x[2,3,{sizes[0]},{sizes[1]}], w[3,1,{kernels[0]},{kernels[1]}], stride={strides}, "
        f"padding={padding}, output_padding={output_padding}, dilation={dilations})"
    )
    legal = all(op < max(s, d) for op, s, d in zip(output_padding, strides, dilations, strict=True))
    lengths = [
        (i - 1) * s - 2 * p + d * (k - 1) + op + 1
        for (i, k, s, d), p, op in zip(axes, padding, output_padding, strict=True)
    ]
    reading = read_or_error(text)
    if isinstance(reading, str):
        assert not legal or min(lengths) < 1
        return
    assert legal
    assert [axis.output for axis in reading.meaning.geometry.axes] == lengths
    plan = planned(reading, "torch")
    assert isinstance(plan, Plan)
    if not any(isinstance(step, Pad | Crop) for step in plan.steps):
        assert [type(step).__name__ for step in plan.steps] == ["Invoke"], "no notation is left"
        again = read_call(call_text(plan, (2, 3, *sizes), (3, 1, *kernels)), "float32")
        assert again.meaning == reading.meaning


def test_the_default_output_of_same_and_valid_is_jax_s_own() -> None:
    """FACTS: with transpose_kernel=True, JAX's SAME and VALID equal TensorFlow's at the output length that JAX has."""
    for size, kernel, stride, dilation in [(i, k, s, d) for i in (1, 4) for k in (1, 2, 3, 5) for s in (1, 2, 3, 4)
                                           for d in (1, 2)]:  # fmt: skip
        for word in ("SAME", "VALID"):
            text = (
                f'lax.conv_transpose(x[1,{size},{size},1], k[{kernel},{kernel},1,1], ({stride},{stride}), "{word}", '
                f"({dilation},{dilation}), transpose_kernel=True)"
            )
            meaning = read_call(text, "float32").meaning
            said = conv2d_transpose_geometry(
                (1, size, size, 1), (kernel, kernel, 1, 1), meaning.geometry.output_shape, stride, word, None, dilation
            )
            assert said == meaning.geometry
