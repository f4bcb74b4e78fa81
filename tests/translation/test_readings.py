"""What a call of each framework means, and what each framework's rules refuse."""

import pytest

from conformance.adapters.plan import Flip, Invoke, Plan, Transpose
from conformance.translation.code import CallError
from conformance.translation.readings import read_call
from conformance.translation.readings.tensorflow import Words, read_words
from reference.geometry import Axis, TransposedConvolution
from tests.translation.conftest import Read

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


def test_output_padding_beyond_a_stride_is_zeros_around_tensorflow_s_result(read: Read) -> None:
    meaning = read(f"{F}, dilation=3, output_padding=2)").meaning
    assert meaning.margins == ((0, 2), (0, 2))
    assert (meaning.call.padding, meaning.call.output_shape) == ("VALID", (1, 10, 10, 3))
    assert meaning.judged.output_shape == (1, 12, 12, 3)


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


def test_pads_that_leave_no_product_are_an_error(read: Read) -> None:
    with pytest.raises(CallError, match="the pads leave zeros only: no product reaches the result"):
        read(f"{LAX}, (2, 2), ((-7, 10), (0, 0)))")


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        (f'{TF}, "same")', 62, "padding is 'same'; legal are 'SAME', 'VALID' (upper case), or a list of 4 pairs"),
        (f"{TF}, data_format='NCWH')", 74, "data_format is 'NCWH'; legal are 'NHWC' and 'NCHW'"),
        ("tf.nn.conv2d_transpose(x[1,4,4,1], f[3,3,1,1], [1,9,8,1], 2)", 48, "output_shape has height 9; legal for"),
        ("tf.nn.conv2d_transpose(x[1,4,4,4], f[3,3,4,8], [1,8,8,8], 2)", 36, "the two channel axes are swapped"),
        ("tf.nn.conv2d_transpose(x[1,4,4], f[3,3,1,1], [1,8,8,1], 2)", 1, "value is [1, 4, 4], 3 numbers"),
        ("tf.nn.conv2d_transpose(x[1,-4,4,1], f[3,3,1,1], [1,8,8,1], 2)", 24, "value is [1, -4, 4, 1]"),
        (f"{TF[:-1]}True)", 59, "strides holds a boolean; expected integers"),
        (f"{TF[:-1]}'SAME')", 59, "strides are 'SAME'; legal are 1, 2 or 4 integers"),
        (f"{TF}, 5)", 62, "padding is 5; legal are SAME, VALID, or 4 pairs [before, after]"),
        (f"{TF[:-3]})", 1, "tf.nn.conv2d_transpose needs strides"),
        (f"{TF}, stride=1)", 69, "has no parameter 'stride'; it has input, filters, output_shape, strides, padding"),
        (f"{TF}, strides=1)", 70, "strides is given twice"),
        (f"{TF}, 'SAME', 'NHWC', 1, 'name', 9)", 89, "tf.nn.conv2d_transpose takes 8 arguments"),
        (f"{TF}, padding=y[1])", 70, "padding is the tensor y; expected numbers or words"),
        ("tf.nn.conv2d_transpose(8, f[3,3,1,1], [1,8,8,1], 2)", 24, "input is 8; expected a tensor with its shape"),
        (f"{F}, output_padding=1)", 59, "output_padding is 1 on height; it must be less than max(stride, dilation)"),
        (f"{F}, stride=(1,3), output_padding=(0,3))", 73, "output_padding is 3 on width; it must be less than"),
        (f"{F}, stride=0)", 51, "stride is 0 on height; it must be at least 1"),
        (f"{F}, padding=-1)", 52, "padding is -1 on height; it must be at least 0"),
        (f"{F}, padding='same')", 52, "padding is 'same'; expected an integer or two"),
        (f"{F}, stride=True)", 51, "stride is True; expected an integer or two"),
        (f"{F}, stride=(1,2,3))", 51, "stride is (1, 2, 3); expected an integer or two"),
        (f"{F}, padding=4)", 52, "padding is 4 on height; -2 elements would be left"),
        (f"{F}, groups=2)", 51, "groups is not read: this operator has one group"),
        (f"{F}, b[3])", 44, "bias is the tensor b; expected numbers or words"),
        ("F.conv_transpose2d(x[2,4,4], w[2,3,3,3])", 20, "input has shape [2, 4, 4]; calls of two spatial"),
        ("F.conv_transpose2d(x[1,3,4,4], w[2,3,3,3])", 32, "weight is [in, out, height, width] with 2 in"),
        ("F.conv_transpose2d(x[1,2,0,4], w[2,3,3,3])", 20, "PyTorch takes no length 0 but the batch's"),
        (f"{LAX}, 2, 'SAME')", 44, "strides is 2; expected a tuple of two integers"),
        (f"{LAX}, (2,), 'SAME')", 44, "strides is (2,); expected a tuple of two integers"),
        (f"{LAX}, (2, 0), 'SAME')", 44, "strides is 0 on width; it must be at least 1"),
        (f"{LAX}, (2, 2), 'same')", 52, "padding is 'same'; expected 'SAME', 'VALID' or two pairs"),
        (f"{LAX}, (2, 2), (1, 1))", 52, "padding is (1, 1); expected 'SAME', 'VALID' or two pairs"),
        (f"{LAX}, (2, 2), ((-4, -4), (0, 0)))", 52, "padding (-4, -4) on height crops more than the 7 elements"),
        (f"{LAX}, (2, 2), 'SAME', 2)", 60, "rhs_dilation is 2; expected a tuple of two integers"),
        (f"{LAX}, (2, 2), 'SAME', transpose_kernel=1)", 77, "transpose_kernel is 1; expected True or False"),
        (f"{LAX}, (2, 2), 'SAME', transpose_kernel=True)", 32, "the kernel has 3 channels in, by dimension_numbers"),
        (f"{LAX}, (2, 2), 'SAME', None, ('NHWC', 'HWIO'))", 66, "dimension_numbers are ('NHWC', 'HWIO'); expected"),
        (f"{LAX}, (2, 2), 'SAME', None, ('NHWC', 'HWIC', 'NHWC'))", 66, "expected three words of four axes"),
        (f"{LAX}, (2, 2), 'SAME', precision='highest')", 70, "precision is not read: leave it out"),
        ("lax.conv_transpose(x[1,0,4,2], k[3,3,2,3], (2, 2), 'SAME')", 20, "JAX's meaning of a length 0"),
        ("keras.layers.Conv2DTranspose(3, 3)", 1, "keras.layers.Conv2DTranspose is not understood; understood are"),
        ("onnx.ConvTranspose(x[1,1,4,4], w[1,1,3,3])", 1, "onnx.ConvTranspose is not understood; understood are"),
    ],
)  # fmt: skip
def test_an_illegal_call_is_an_error_at_its_argument(text: str, column: int, message: str) -> None:
    with pytest.raises(CallError) as error:
        read_call(text, "float32")
    assert str(error.value).startswith(f"column {column}: ")
    assert message in str(error.value)


def test_the_error_for_an_unknown_function_lists_what_is_understood() -> None:
    with pytest.raises(CallError) as error:
        read_call("f(x[1])", "float32")
    for name in ("tf.nn.conv2d_transpose", "torch.nn.functional.conv_transpose2d", "jax.lax.conv_transpose"):
        assert name in str(error.value)


def test_flags_that_name_an_illegal_call_are_an_error() -> None:
    words = Words((1, 4, 4, 1), (3, 3, 1, 1), (1, 9, 9, 1), 2)
    with pytest.raises(CallError, match="output_shape has height 9; legal for input 4"):
        read_words(words, "float32")
