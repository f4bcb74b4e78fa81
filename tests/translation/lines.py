"""Calls as people write them in frameworks whose lanes ship, by whose they are: one call a text, after its imports."""

from collections.abc import Mapping

_PADDLE = "import paddle\nimport paddle.nn as nn\nimport paddle.nn.functional as F\n"
_MLX = "import mlx.core as mx\nimport mlx.nn as nn\n"
_TINYGRAD = "from tinygrad import Tensor, nn\n"
_OPENVINO = "import openvino as ov\n"

LINES: Mapping[str, tuple[str, ...]] = {
    "paddle": tuple(
        f"{_PADDLE}{line}"
        for line in (
            "nn.Conv2DTranspose(24 // 4, 24 // 4, kernel_size=2, stride=2, weight_attr=ParamAttr(Normal()), "
            "bias_attr=ParamAttr(Constant(1e-4)))(x[1, 6, 8, 8])",
            "nn.Conv2DTranspose(8, 4, 3, stride=2, padding=1, output_padding=1)(x[1, 8, 4, 4])",
            'nn.Conv2DTranspose(8, 4, 3, stride=2, padding="SAME", bias_attr=False)(x[1, 8, 4, 4])',
            "F.conv2d_transpose(y[1, 4, 8, 8], w[4, 2, 4, 4], stride=2, padding=[1, 2, 0, 1], output_size=[15, 18])",
            "F.conv2d(x[1, 9, 9, 3], w[4, 3, 3, 3], b[4], stride=2, padding=[[0, 0], [1, 0], [0, 1], [0, 0]], "
            'data_format="NHWC")',
            "nn.MaxPool2D(kernel_size=3, stride=2, padding=1)(x[1, 3, 9, 9])",
            "nn.AvgPool2D(2, 2, 0, ceil_mode=True)(x[1, 3, 9, 9])",
            'F.avg_pool1d(x[1, 3, 9], 3, 2, "SAME", exclusive=False)',
            "nn.AdaptiveAvgPool2D(1)(x[1, 3, 8, 8])",
            'F.interpolate(x[1, 3, 4, 4], size=[7, 9], mode="bilinear", align_corners=True)',
            "nn.UpsamplingNearest2D(scale_factor=2)(x[1, 3, 4, 4])",
            'nn.Pad2D([1, 2, 0, 1], mode="reflect")(x[1, 3, 4, 4])',
            "nn.ZeroPad2D(1)(x[1, 3, 4, 4])",
            'F.pad(x[1, 5, 7, 3], [1, 2, 0, 1], data_format="NHWC")',
            "nn.PixelShuffle(2)(x[1, 12, 4, 4])",
            "nn.Unfold(3, paddings=[1, 0, 0, 2])(x[1, 3, 5, 7])",
        )
    ),
    "mlx": tuple(
        f"{_MLX}{line}"
        for line in (
            "mx.conv_transpose2d(x[2, 8, 8, 6], w[4, 3, 3, 6], stride=2, padding=0, dilation=1, groups=1)",
            "mx.conv_transpose2d(y[1, 5, 5, 8], w[4, 3, 3, 8], stride=2, padding=1, output_padding=1)",
            "mx.conv2d(x[1, 9, 9, 4], w[6, 3, 3, 4], stride=(1, 1), padding=(1, 1)) + b[6]",
            "mx.conv_general(x[1, 8, 8, 3], w[4, 3, 3, 3], 2, ([1, 0], [0, 1]))",
            "nn.ConvTranspose2d(8, 4, kernel_size=3, stride=2, padding=1, output_padding=1)(x[1, 4, 4, 8])",
            "nn.AvgPool2d(3, 2, padding=1)(x[1, 8, 8, 2])",
            'nn.Upsample(scale_factor=2, mode="linear", align_corners=True)(x[1, 4, 4, 8])',
            'mx.pad(x[3, 4], (1, 2), mode="edge")',
        )
    ),
    "tinygrad": tuple(
        f"{_TINYGRAD}{line}"
        for line in (
            "x[1, 8, 4, 4].conv_transpose2d(w[8, 4, 3, 3], stride=2, padding=1, output_padding=1)",
            "Tensor.randn(1, 3, 8, 8).conv2d(w[4, 3, 3, 3], padding=(1, 1, 1, 0), stride=2)",
            "nn.ConvTranspose2d(8, 4, 4, stride=2, padding=1, bias=False)(x[1, 8, 4, 4])",
            "x[1, 3, 8, 8].avg_pool2d(2)",
            "x[1, 3, 4, 4].interpolate((8, 6), mode='nearest')",
        )
    ),
    "onnx": (
        'onnx.helper.make_node("ConvTranspose", inputs=[x[1, 2, 3, 3], w[2, 3, 3, 3]], outputs=["y"], '
        "kernel_shape=[3, 3])",
        'helper.make_node("ConvTranspose", [x[1, 1, 3, 3], w[1, 2, 3, 3]], ["y"], strides=[3, 2], '
        "output_shape=[10, 8], kernel_shape=[3, 3], output_padding=[1, 1])",
        'y = ConvTranspose <strides = [2, 2], auto_pad = "SAME_LOWER"> (x[1, 2, 4, 4], w[2, 5, 3, 3], b[5])',
        "op.Conv(x[1, 4, 7, 5], w[6, 2, 3, 3], pads=[1, 0, 2, 0], strides=[2, 2], group=2)",
        'op.MaxPool(x[1, 2, 7, 7], kernel_shape=[2, 2], strides=[2, 2], auto_pad="SAME_UPPER")',
        "op.AveragePool(x[1, 1, 4, 4], kernel_shape=[2, 2], pads=[1, 1, 1, 1], count_include_pad=1)",
        'op.Resize(x[1, 2, 4, 4], None, None, [1, 2, 7, 9], mode="linear")',
        'op.Pad(x[3, 4], [1, 0, 0, 2], mode="edge")',
        'op.DepthToSpace(x[1, 12, 4, 4], blocksize=2, mode="CRD")',
    ),
    "openvino": tuple(
        f"{_OPENVINO}{line}"
        for line in (
            "ov.opset8.convolution(x[1, 3, 8, 8], w[4, 3, 3, 3], [2, 1], [1, 0], [0, 1], [1, 1])",
            "ov.opset8.group_convolution(x[1, 4, 8, 8], w[2, 3, 2, 3, 3], [1, 1], [1, 1], [1, 1], [1, 1])",
            'ov.opset8.convolution_backprop_data(x[1, 2, 5, 5], w[2, 3, 3, 3], [2, 2], [9, 10], auto_pad="same_upper")',
            'ov.opset8.convolution_backprop_data(x[1, 2, 5, 5], w[2, 3, 3, 3], [2, 2], [9, 10], auto_pad="same_lower")',
            "ov.opset8.convolution_backprop_data(x[1, 2, 5, 5], w[2, 3, 3, 3], [2, 2], [9, 10])",
            "ov.opset8.convolution_backprop_data(x[1, 2, 8, 8], w[2, 3, 3, 3], [2, 2], auto_pad='same_upper')",
            "ov.opset8.convolution_backprop_data(x[1, 2, 5, 5], w[2, 3, 4, 5], [2, 2], [9, 8], [1, 2], [0, 0])",
            "ov.opset16.avg_pool(x[1, 3, 8, 8], [2, 2], [0, 0], [0, 0], [2, 2], True, dilations=[1, 1])",
            "ov.opset8.max_pool(x[1, 3, 8, 8], [2, 2], [1, 1], [0, 0], [0, 0], [3, 2])",
            "ov.opset11.interpolate(x[1, 3, 5, 7], [9, 12], 'linear_onnx', 'sizes', axes=[2, 3])",
            "ov.opset8.extract_image_patches(x[1, 2, 6, 8], [3, 3], [2, 2], [1, 1], 'same_upper')",
        )
    ),
    "keras": (
        'keras.ops.conv_transpose(x[2, 10, 3], w[3, 4, 3], strides=2, padding="same")',
        'keras.ops.conv(x[1, 8, 8, 3], w[3, 3, 3, 4], strides=2, padding="same")',
        "keras.ops.average_pool(x[1, 8, 8, 3], 3, 2, 'same')",
        "keras.ops.image.resize(x[1, 8, 8, 3], (16, 12))",
        "keras.ops.image.extract_patches(x[1, 6, 8, 2], 2)",
        "keras.ops.depth_to_space(x[1, 4, 4, 12], 2)",
    ),
}
