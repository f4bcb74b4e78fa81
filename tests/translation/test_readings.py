"""What a call of each framework means, and what each framework's rules refuse."""

import pytest

from conformance.adapters.plan import Crop, Flip, Invoke, Pad, Plan, Transpose
from conformance.translation.code import CallError
from reference.geometry import Axis, TransposedConvolution
from tests.translation.conftest import Read
from tests.translation.reading import read_call

TF = "tf.nn.conv2d_transpose(x[1,4,4,1], f[3,3,1,1], [1,8,8,1], 2"
F = "F.conv_transpose2d(x[1,2,4,4], w[2,3,3,3]"
LAX = "lax.conv_transpose(x[1,4,4,2], k[3,3,2,3]"


def test_tensorflow_s_call_keeps_its_words(read: Read) -> None:
    reading = read(f"{TF})")
    call = reading.meaning.call
    assert (call.strides, call.padding, call.data_format, call.dilations) == (2, "SAME", None, None)
    assert reading.meaning.geometry == TransposedConvolution(1, 1, 1, (Axis(4, 3, 2, 1, 0, 8),) * 2)
    assert (reading.meaning.value, reading.meaning.filter, reading.meaning.result) == ((), (), ())
    assert reading.plan == Plan(
        (
            Invoke(
                "tf.nn.conv2d_transpose",
                (("", "value"), ("", "filter")),
                (("output_shape", (1, 8, 8, 1)), ("strides", 2)),
            ),
        )
    )


def test_the_tutorial_s_own_spelling_is_read(read: Read) -> None:
    operands = "value=x[1,4,4,1], filter=f[3,3,1,1]"
    text = f"tf.compat.v1.nn.conv2d_transpose({operands}, output_shape=[1,8,8,1], strides=[1,2,2,1])"
    assert read(text).meaning.geometry == read(f"{TF})").meaning.geometry


def test_torch_s_call_is_the_symmetric_crop(read: Read) -> None:
    meaning = read(f"{F}, None, 2, 1, (1, 0))").meaning
    assert meaning.geometry == TransposedConvolution(1, 2, 3, (Axis(4, 3, 2, 1, 1, 8), Axis(4, 3, 2, 1, 1, 7)))
    assert meaning.call.padding == ((0, 0), (1, 0), (1, 1), (0, 0))
    assert meaning.filter == (Transpose("filter", (2, 3, 1, 0)),)


def test_output_padding_beyond_a_stride_comes_of_zeros_behind_the_value(read: Read) -> None:
    meaning = read(f"{F}, dilation=3, output_padding=2)").meaning
    assert meaning.fit == Pad("value", ((0, 0), (0, 2), (0, 2), (0, 0)))
    assert (meaning.call.padding, meaning.call.value_shape, meaning.call.output_shape) == (
        "VALID", (1, 6, 6, 2), (1, 12, 12, 3),
    )  # fmt: skip
    assert (meaning.judged.value_shape, meaning.judged.output_shape) == ((1, 4, 4, 2), (1, 12, 12, 3))


def test_jax_s_default_kernel_is_tensorflow_s_flipped_with_its_channels_swapped(read: Read) -> None:
    reading = read(f'{LAX}, (2, 2), "SAME")')
    assert reading.meaning.filter == (Transpose("filter", (0, 1, 3, 2)), Flip("filter", (0, 1)))
    assert reading.filter_layout == ("height", "width", "in", "out")
    assert len(reading.remarks) == 1
    assert "the kernel is not flipped" in reading.remarks[0]


def test_a_transposed_kernel_of_jax_is_tensorflow_s_as_it_is(read: Read) -> None:
    reading = read('lax.conv_transpose(x[1,4,4,2], k[3,3,3,2], (2, 2), "SAME", transpose_kernel=True)')
    assert reading.meaning.filter == (Transpose("filter", (0, 1, 2, 3)),)
    assert reading.filter_layout == ("height", "width", "out", "in")
    assert (reading.remarks, reading.meaning.call.padding) == ((), "SAME")


def test_jax_s_dimension_numbers_name_the_axes(read: Read) -> None:
    text = 'lax.conv_transpose(x[2,1,5,4], k[3,2,7,2], (1, 2), "VALID", dimension_numbers=("CNWH", "HIOW", "NCHW"))'
    meaning = read(text).meaning
    assert meaning.geometry.value_shape == (1, 4, 5, 2)
    assert meaning.geometry.filter_shape == (3, 2, 7, 2)
    assert meaning.value == (Transpose("value", (1, 3, 2, 0)),)
    assert meaning.result == (Transpose("result", (0, 3, 1, 2)),)


def test_jax_s_consistent_padding_is_the_forward_convolution_s(read: Read) -> None:
    text = f"{LAX}, (2, 2), ((1, 0), (0, 1)), use_consistent_padding=True)"
    assert [axis.crop_before for axis in read(text).meaning.geometry.axes] == [1, 0]
    assert [axis.crop_after for axis in read(text).meaning.geometry.axes] == [0, 1]


def test_pads_beyond_the_kernel_come_of_zeros_before_the_value(read: Read) -> None:
    """A pad of 5 before the dilated value is 3 beyond the kernel: 2 zeros of stride 2 give 4, of which 1 is cropped."""
    meaning = read(f"{LAX}, (2, 2), ((5, 2), (2, 2)), transpose_kernel=False)").meaning
    assert meaning.geometry.axes[0] == Axis(4, 3, 2, 1, -3, 12)
    assert meaning.fit == Pad("value", ((0, 0), (2, 0), (0, 0), (0, 0)))
    assert meaning.call.geometry.axes[0] == Axis(6, 3, 2, 1, 1, 12)


def test_negative_pads_of_a_convolution_cut_its_value(read: Read) -> None:
    meaning = read("lax.conv(x[1,2,8,9], k[3,2,3,3], (1, 2), ((-1, 0), (1, -3)))").meaning
    assert meaning.geometry.axes == (Axis(5, 3, 1, 1, -1, 8), Axis(3, 3, 2, 1, 1, 9))
    assert meaning.fit == Crop("value", (0, 1, 0, 0), (1, 7, 6, 2))
    assert (meaning.call.value_shape, meaning.judged.value_shape) == ((1, 7, 6, 2), (1, 8, 9, 2))


def test_a_bias_around_a_call_is_part_of_it(read: Read) -> None:
    text = "tf.nn.bias_add(tf.nn.conv2d(x[1,8,8,2], f[3,3,2,4], 1, 'SAME'), b[4], data_format='NHWC')"
    reading = read(text)
    assert reading.meaning.call.bias
    assert reading.meaning.given == {"value": (1, 8, 8, 2), "filter": (3, 3, 2, 4), "bias": (4,)}
    (invoke,) = reading.plan.steps
    assert isinstance(invoke, Invoke)
    assert invoke.then == (Invoke("tf.nn.bias_add", (("", "result"), ("", "bias")), (("data_format", "NHWC"),)),)
    assert read("tf.nn.conv2d(x[1,8,8,2], f[3,3,2,4], 1, 'SAME') + b[4]").meaning == reading.meaning


def test_pads_that_leave_nothing_of_a_value_are_an_error(read: Read) -> None:
    with pytest.raises(CallError, match="the pads leave nothing of the value: no product reaches the result"):
        read("lax.conv(x[1,1,2,2], k[1,1,1,1], (1, 1), ((-2, 3), (0, 0)))")


def test_the_error_for_an_unknown_function_lists_what_is_understood() -> None:
    with pytest.raises(CallError) as error:
        read_call("f(x[1])", "float32")
    for name in ("tf.nn.conv2d_transpose", "torch.nn.functional.conv_transpose2d", "jax.lax.conv_transpose"):
        assert name in str(error.value)
