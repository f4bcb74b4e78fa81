"""Calls in the spirit of what people paste: layers with names, sizes that are computed, tensors that are made.

Written anew for this test. Each is read as an operator with the shape of the result that its framework documents, with
the channels last where the reading has them so; the others say what is missing.
"""

import pytest

from conformance.translation.code import CallError
from tests.translation.reading import read_any

UNDERSTOOD = (
    ("nn.Conv2d(3, 64, kernel_size=7, stride=2, padding=3, bias=False)(x[1,3,224,224])", "conv2d", (1, 112, 112, 64)),
    ("nn.Conv2d(64, 64, 3, padding=1, groups=64)(x[2,64,16,16])", "conv2d", (2, 16, 16, 64)),
    (
        "self.conv = nn.Conv2d(16, 32, kernel_size=(3, 5), padding=(1, 2))\nself.conv(torch.randn(4, 16, 20, 20))",
        "conv2d",
        (4, 20, 20, 32),
    ),
    (
        "nn.ConvTranspose2d(128, 64, kernel_size=4, stride=2, padding=1)(x[1,128,8,8])",
        "conv2d_transpose",
        (1, 16, 16, 64),
    ),
    (
        "nn.ConvTranspose2d(16, 8, 3, stride=2, padding=1, output_padding=1, groups=4)(x[1,16,8,8])",
        "conv2d_transpose",
        (1, 16, 16, 8),
    ),
    ("nn.Conv1d(80, 256, 11, padding=(11 - 1) // 2)(torch.randn(8, 80, 100))", "conv1d", (8, 100, 256)),
    ("F.conv2d(torch.randn(1, 4, 5, 5), torch.randn(8, 4, 3, 3), padding=1)", "conv2d", (1, 5, 5, 8)),
    ("x = torch.randn(20, 16, 50)\nw = torch.randn(33, 16, 3)\nF.conv1d(x, w, stride=2)", "conv1d", (20, 24, 33)),
    (
        "h, w = 32, 48\nimport torch.nn.functional as fn\n"
        "fn.conv2d(torch.zeros(1, 3, h, w), torch.zeros(6, 3, 3, 3), dilation=2)",
        "conv2d",
        (1, 28, 44, 6),
    ),
    ("F.conv_transpose1d(x[1,4,10], w[4,6,5], b[6], stride=3)", "conv1d_transpose", (1, 32, 6)),
    ('nn.Conv3d(1, 8, 3, padding="same")(x[1,1,8,16,16])', "conv3d", (1, 8, 16, 16, 8)),
    ("nn.Conv2d(3, 8, 3).cuda()(x[1,3,9,9])", "conv2d", (1, 7, 7, 8)),
    (
        "layers.Conv2DTranspose(64, 5, strides=(2, 2), padding='same', use_bias=False)(x[1,7,7,128])",
        "conv2d_transpose",
        (1, 14, 14, 64),
    ),
    (
        'tf.keras.layers.DepthwiseConv2D(3, padding="same", depth_multiplier=2)(x[1,12,12,4])',
        "depthwise_conv2d",
        (1, 12, 12, 8),
    ),
    (
        'tf.keras.layers.Conv1D(filters=64, kernel_size=3, padding="causal", dilation_rate=2)(tf.zeros([2, 30, 16]))',
        "conv1d",
        (2, 30, 64),
    ),
    (
        'tf.keras.layers.UpSampling2D(size=(2, 2), interpolation="bilinear")(x[1,8,8,16])',
        "resize2d",
        (1, 16, 16, 16),
    ),
    ("UpSampling2D(2)(x[1,8,8,16])", "resize2d", (1, 16, 16, 16)),
    ("ZeroPadding2D(padding=((0, 1), (0, 1)))(x[1,9,9,4])", "pad", (1, 10, 10, 4)),
    ("MaxPooling2D((2, 2), strides=2)(x[1,28,28,32])", "max_pool2d", (1, 14, 14, 32)),
    ("tf.nn.conv2d(x[1,28,28,1], w[5,5,1,32], strides=[1, 1, 1, 1], padding='SAME')", "conv2d", (1, 28, 28, 32)),
    ('tf.nn.bias_add(tf.nn.conv2d(x[1,8,8,3], k[3,3,3,16], 2, "SAME"), b[16])', "conv2d", (1, 4, 4, 16)),
    (
        "tf.nn.conv2d_transpose(tf.random.normal([1, 8, 8, 16]), tf.random.normal([3, 3, 8, 16]), "
        "output_shape=[1, 16, 16, 8], strides=[1, 2, 2, 1])",
        "conv2d_transpose",
        (1, 16, 16, 8),
    ),
    ('tf.pad(x[1,4,4,3], [[0, 0], [1, 1], [1, 1], [0, 0]], mode="REFLECT")', "pad", (1, 6, 6, 3)),
    ("tf.nn.depth_to_space(x[1,4,4,12], block_size=2)", "depth_to_space", (1, 8, 8, 3)),
    ('tf.image.resize(x[1,32,32,3], (64, 64), method="nearest")', "resize2d", (1, 64, 64, 3)),
    ("nn.MaxPool2d(kernel_size=3, stride=2, padding=1)(x[1,64,112,112])", "max_pool2d", (1, 56, 56, 64)),
    # An index within a plane is that of an image of one channel.
    ("F.max_pool2d(x[2,3,8,8], 2, return_indices=True)", "max_pool_with_argmax", (6, 4, 4, 1)),
    ("paddle.nn.functional.max_pool2d(x[2,3,8,8], 2, return_mask=True)", "max_pool_with_argmax", (6, 4, 4, 1)),
    ("tf.nn.max_pool_with_argmax(x[1,8,8,3], 2, 2, 'SAME')", "max_pool_with_argmax", (1, 4, 4, 3)),
    ("F.max_unpool2d(x[1,3,4,4], i[1,3,4,4], kernel_size=2, stride=2)", "max_unpool2d", (1, 8, 8, 3)),
    ("F.max_unpool2d(x[1,3,4,4], i[1,3,4,4], 2, output_size=(9, 8))", "max_unpool2d", (1, 9, 8, 3)),
    (
        "x[1,3,4,4].max_unpool2d(i[1,3,4,4], 3, 2, dilation=2, padding=(1, 0, 0, 2), output_size=None)",
        "max_unpool2d",
        (1, 9, 10, 3),
    ),
    ("x[1,3,4,4].max_unpool2d(i[1,3,4,4], output_size=(30, 31))", "max_unpool2d", (1, 30, 31, 3)),
    ("nn.AvgPool2d(2)(x[1,16,8,8])", "avg_pool2d", (1, 4, 4, 16)),
    ("nn.AdaptiveAvgPool2d((1, 1))(x[1,512,7,7])", "adaptive_avg_pool2d", (1, 1, 1, 512)),
    ('nn.Upsample(scale_factor=2, mode="bilinear", align_corners=True)(x[1,8,16,16])', "resize2d", (1, 32, 32, 8)),
    ("nn.UpsamplingNearest2d(scale_factor=2)(x[1,8,16,16])", "resize2d", (1, 32, 32, 8)),
    ('F.interpolate(x[1,8,16,16], size=(32, 24), mode="nearest")', "resize2d", (1, 32, 24, 8)),
    ("nn.PixelShuffle(upscale_factor=2)(x[1,16,8,8])", "depth_to_space", (1, 16, 16, 4)),
    ("nn.PixelUnshuffle(2)(x[1,4,16,16])", "space_to_depth", (1, 8, 8, 16)),
    ("nn.Unfold(kernel_size=(2, 3))(torch.rand(2, 5, 3, 4))", "extract_patches", (2, 2, 2, 30)),
    ("nn.Fold(output_size=(4, 5), kernel_size=(2, 2))(torch.randn(1, 3 * 2 * 2, 12))", "fold", (1, 4, 5, 3)),
    ("nn.ZeroPad2d((1, 1, 2, 0))(x[1,3,4,4])", "pad", (1, 3, 6, 6)),
    ("nn.ReflectionPad2d(2)(x[1,3,8,8])", "pad", (1, 3, 12, 12)),
    ("nn.ConstantPad1d((3, 1), 3.5)(x[1,2,4])", "pad", (1, 2, 8)),
    ("nn.Conv(features=32, kernel_size=(3, 3))(jnp.ones((1, 28, 28, 1)))", "conv2d", (1, 28, 28, 32)),
    (
        'nn.ConvTranspose(features=16, kernel_size=(4, 4), strides=(2, 2), padding="SAME")(x[1,8,8,32])',
        "conv2d_transpose",
        (1, 16, 16, 16),
    ),
    ("nn.max_pool(x[1,28,28,32], window_shape=(2, 2), strides=(2, 2))", "max_pool2d", (1, 14, 14, 32)),
    ("nnx.Conv(3, 16, kernel_size=(3, 3), strides=2, rngs=rngs)(x[1,32,32,3])", "conv2d", (1, 16, 16, 16)),
    (
        'hk.Conv2D(output_channels=32, kernel_shape=3, stride=2, padding="SAME", w_init=init)(x[1,28,28,3])',
        "conv2d",
        (1, 14, 14, 32),
    ),
    ("hk.Conv2DTranspose(16, kernel_shape=4, stride=2)(x[1,8,8,32])", "conv2d_transpose", (1, 16, 16, 16)),
    ("jax.vmap(eqx.nn.Conv2d(1, 3, kernel_size=4, key=key1))(x[8,1,28,28])", "conv2d", (8, 25, 25, 3)),
    (
        "conv = eqx.nn.ConvTranspose2d(8, 4, 4, stride=2, padding=1, key=jax.random.PRNGKey(0))\n"
        "jax.vmap(conv)(x[2,8,8,8])",
        "conv2d_transpose",
        (2, 16, 16, 4),
    ),
    (
        'lax.conv_general_dilated(x[1,8,8,4], k[3,3,4,8], (2, 2), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC"))',
        "conv2d",
        (1, 4, 4, 8),
    ),
    (
        'lax.conv_transpose(jnp.zeros((1, 8, 8, 4)), jnp.zeros((3, 3, 4, 6)), strides=(2, 2), padding="SAME")',
        "conv2d_transpose",
        (1, 16, 16, 6),
    ),
)
MISSING = (
    ("keras.layers.Conv2D(32, 3, input_shape=(28, 28, 1))", "has no parameter 'input_shape'"),
    (
        'nn.Conv2d(3, 64, 3, padding=1, padding_mode="reflect")(x[1,3,8,8])',
        "padding_mode is 'reflect', and is not read",
    ),
    ("nn.Conv2d(in_ch, 64, 3)(x[1,3,8,8])", "a number is bound by --let in_ch=2"),
    ("nn.Linear(10, 20)(x[1,10])", "nn.Linear is not understood; it must be one of"),
    (
        "eqx.nn.Conv2d(3, 64, 3, key=key)(x[3,32,32])",
        "values without a batch are not read; write jax.vmap(eqx.nn.Conv2d(...))(x[1, 3, 32, 32])",
    ),
)
"""and what the message says"""


@pytest.mark.parametrize(("text", "operator", "shape"), UNDERSTOOD)
def test_what_people_hold_is_read(text: str, operator: str, shape: tuple[int, ...]) -> None:
    judged = read_any(text, "float32").judged
    assert (judged.operator, judged.result_shape) == (operator, shape)


@pytest.mark.parametrize(("text", "message"), MISSING)
def test_what_is_not_read_says_what_is_missing(text: str, message: str) -> None:
    with pytest.raises(CallError) as error:
        read_any(text, "float32")
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("jax.vmap(nn.Conv(4, (3, 3)))(x[1,8,8,3])", "jax.vmap is read around the layers of equinox"),
        ("nn.Conv(4, (3, 3, 3, 3))(x[1,8,8,3])", "1, 2 or 3 integers: Flax takes from it how many spatial axes"),
        ("nn.Conv(4, (3, 3), strides=(2,))(x[1,8,8,3])", "strides is (2,); expected an integer or 2 integers"),
        ("nn.Conv(4, (3, 3), padding='CIRCULAR')(x[1,8,8,3])", "expected 'SAME', 'VALID', integers or a pair"),
        ("nn.Conv(4, (3, 3), feature_group_count=2)(x[1,8,8,3])", "does not divide the 3 channels of the value"),
        ("nnx.Conv(5, 4, (3, 3), rngs=rngs)(x[1,8,8,3])", "in_features is 5; the value has 3 channels"),
        ("hk.Conv2D(4, 3, data_format='CHWN')(x[1,8,8,3])", "expected 'NHWC' or 'NCHW'"),
        ("hk.max_pool(x[1,8,8,3], (2, 2), 2, 'SAME')", "Haiku takes a tuple for the last axes"),
        ("hk.max_pool(x[1,8], 2, 2, 'SAME')", "the value has 2 axes; calls of 1, 2 or 3 spatial axes are read"),
        ("hk.max_pool(x[1,8,8,3], 2, 2, ((0, 0), (0, 0)))", "expected 'SAME', 'VALID'"),
        ("nn.max_pool(x[1,8,8,3], 2)", "window_shape is 2; expected a tuple of 2 integers"),
        ("nn.max_pool(x[1,8,8,3], (2,))", "expected 2 integers, one for each spatial axis"),
        ("jax.vmap(eqx.nn.AvgPool2d(2, padding='SAME'))(x[1,3,8,8])", "expected an integer or a pair for each axis"),
        ("nn.ZeroPad2d((1, 2, 3))(x[1,3,4,4])", "expected an integer or 4 integers, the last axis' first"),
        ("ZeroPadding2D((1, 2, 3))(x[1,4,4,3])", "expected an integer, 2 integers or 2 pairs (before, after)"),
        ("ZeroPadding1D('a')(x[1,4,3])", "expected an integer, a pair (before, after)"),
        ("ZeroPadding2D(1, data_format='NHWC')(x[1,4,4,3])", "expected 'channels_last' or 'channels_first'"),
        ("UpSampling2D(2, data_format='channels_first')(x[1,3,4,4])", "resizes of TensorFlow have their channels last"),
        ("UpSampling2D(2)", "a layer is read with its value's shape: call it"),
        ("nn.MaxPool2d(2)(x[1,2,3,3], x[1,2,3,3])", "a layer is called with one tensor and its shape"),
        ("nn.MaxUnpool2d(2)(x[1,2,3,3])", "it is called with tensors for value and indices, each with its shape"),
        (
            "F.max_unpool2d(x[1,2,3,3], i[1,2,3,2], 2)",
            "indices has shape [1, 2, 3, 2]; expected the value's, [1, 2, 3, 3]",
        ),
        (
            "F.max_unpool2d(x[1,2,3,3], i[1,2,3,3], 2, output_size=[9, 6])",
            "output_size is 9 on height; it must be above 4 and below 8",
        ),
        (
            "paddle.nn.functional.max_unpool2d(x[1,2,3,3], i[1,2,3,3], 2, padding='SAME')",
            "padding is 'SAME'; expected numbers",
        ),
        (
            "x[1,2,8].max_pool2d(2, return_indices=True)",
            "indices of maxima are read of two spatial axes alone",
        ),
        (
            "tf.nn.max_pool_with_argmax(x[1,6,6,2], 2, 2, 'SAME', data_format='NCHW')",
            "data_format is 'NCHW'; expected 'NHWC'",
        ),
        (
            "paddle.nn.functional.max_pool2d(x[1,6,6,2], 2, return_mask=True, data_format='NHWC')",
            "indices are read of channels first alone",
        ),
    ],
)
def test_what_a_layer_does_not_take_is_an_error_at_its_argument(text: str, message: str) -> None:
    with pytest.raises(CallError) as error:
        read_any(text, "float32")
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("layer", "function"),
    [
        ("nn.ZeroPad2d((1, 1, 2, 0))(x[1,3,4,4])", "F.pad(x[1,3,4,4], (1, 1, 2, 0))"),
        ("nn.Unfold(2, stride=2)(x[1,3,4,4])", "F.unfold(x[1,3,4,4], 2, stride=2)"),
        ("nn.AdaptiveMaxPool2d(2)(x[1,3,4,4])", "F.adaptive_max_pool2d(x[1,3,4,4], 2)"),
        ("nn.MaxPool2d(3, return_indices=True)(x[2,3,7,6])", "F.max_pool2d(x[2,3,7,6], 3, return_indices=True)"),
        ("nn.MaxUnpool2d(2, 3)(x[1,2,3,3], i[1,2,3,3])", "F.max_unpool2d(x[1,2,3,3], i[1,2,3,3], 2, 3)"),
        (
            "paddle.nn.MaxUnPool2D(3, 2, 1)(x[1,2,3,4], i[1,2,3,4])",
            "F.max_unpool2d(x[1,2,3,4], i[1,2,3,4], 3, 2, 1)",
        ),
        (
            "nn.UpsamplingBilinear2d((8, 8))(x[1,3,4,4])",
            "F.interpolate(x[1,3,4,4], (8, 8), mode='bilinear', align_corners=True)",
        ),
        ("keras.layers.ZeroPadding1D((1, 2))(x[1,4,3])", "tf.pad(x[1,4,3], [[0, 0], [1, 2], [0, 0]])"),
        (
            "keras.layers.ZeroPadding2D(((1, 0), (0, 2)), data_format='channels_first')(x[1,3,4,4])",
            "tf.pad(x[1,3,4,4], [[0, 0], [0, 0], [1, 0], [0, 2]])",
        ),
        ("keras.layers.UpSampling2D((2, 3))(x[1,4,4,3])", "tf.image.resize(x[1,4,4,3], (8, 12), 'nearest')"),
        (
            "nn.Conv(8, (3, 3), strides=2, padding=1, use_bias=False)(x[1,6,6,4])",
            "lax.conv_general_dilated(x[1,6,6,4], k[3,3,4,8], (2, 2), [(1, 1), (1, 1)], "
            "dimension_numbers=('NHWC', 'HWIO', 'NHWC'))",
        ),
        (
            "hk.Conv2DTranspose(8, 3, 2, with_bias=False)(x[1,6,6,4])",
            "lax.conv_transpose(x[1,6,6,4], k[3,3,8,4], (2, 2), 'SAME', dimension_numbers=('NHWC', 'HWOI', 'NHWC'))",
        ),
        (
            "jax.vmap(eqx.nn.ConvTranspose2d(4, 8, 3, 2, padding=1, use_bias=False, key=key))(x[1,4,6,6])",
            "lax.conv_general_dilated(x[1,4,6,6], k[8,4,3,3], (1, 1), [(1, 1), (1, 1)], (2, 2))",
        ),
        ("hk.AvgPool(3, 2, 'SAME')(x[1,6,6,4])", "hk.avg_pool(x[1,6,6,4], (1, 3, 3, 1), (1, 2, 2, 1), 'SAME')"),
    ],
)
def test_a_layer_is_judged_as_the_function_that_it_calls(layer: str, function: str) -> None:
    one, other = (read_any(text, "float32") for text in (layer, function))
    assert (one.judged, one.given) == (other.judged, other.given)
