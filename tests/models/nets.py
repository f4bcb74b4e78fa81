"""Public architectures without their weights, in short: what `cases from` is tried on.

ResNet-18 (He and others, 2015), U-Net (Ronneberger and others, 2015, with pads), the generator of DCGAN (Radford and
others, 2015), MobileNetV2 (Sandler and others, 2018), VGG-11 (Simonyan and Zisserman, 2014). Images are smaller than
the papers', channels are theirs.
"""

from itertools import pairwise
from typing import Any

MOBILE = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))
"""expansion, channels, repetitions, stride"""


def resnet18() -> Any:
    import torch
    from torch import nn

    class Block(nn.Module):  # type: ignore[misc]
        def __init__(self, before: int, after: int, stride: int) -> None:
            super().__init__()
            self.conv1 = nn.Conv2d(before, after, 3, stride, 1, bias=False)
            self.conv2 = nn.Conv2d(after, after, 3, 1, 1, bias=False)
            self.norm1, self.norm2 = nn.BatchNorm2d(after), nn.BatchNorm2d(after)
            changes = stride != 1 or before != after
            self.down = nn.Conv2d(before, after, 1, stride, bias=False) if changes else nn.Identity()

        def forward(self, x: Any) -> Any:
            inner = self.norm2(self.conv2(torch.relu(self.norm1(self.conv1(x)))))
            return torch.relu(inner + self.down(x))

    widths = ((64, 64, 1), (64, 128, 2), (128, 256, 2), (256, 512, 2))
    blocks = [
        block for before, after, stride in widths for block in (Block(before, after, stride), Block(after, after, 1))
    ]
    stem = [nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
    net = nn.Sequential(*stem, *blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, 1000)).eval()
    return net, (torch.zeros(1, 3, 64, 64),)


def unet() -> Any:
    import torch
    from torch import nn
    from torch.nn import functional

    class UNet(nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            widths = (1, 64, 128, 256)
            pairs = list(pairwise(widths))
            self.down = nn.ModuleList(self.twice(before, after) for before, after in pairs)
            self.up = nn.ModuleList(nn.ConvTranspose2d(after, before, 2, 2) for before, after in reversed(pairs[1:]))
            self.join = nn.ModuleList(self.twice(2 * before, before) for before, _ in reversed(pairs[1:]))
            self.last = nn.Conv2d(64, 2, 1)

        @staticmethod
        def twice(before: int, after: int) -> Any:
            return nn.Sequential(
                nn.Conv2d(before, after, 3, padding=1), nn.ReLU(), nn.Conv2d(after, after, 3, padding=1), nn.ReLU()
            )

        def forward(self, x: Any) -> Any:
            kept = []
            for place, down in enumerate(self.down):
                x = down(functional.max_pool2d(x, 2) if place else x)
                kept.append(x)
            for up, join, beside in zip(self.up, self.join, kept[-2::-1], strict=True):
                x = join(torch.cat([beside, up(x)], dim=1))
            return functional.interpolate(self.last(x), scale_factor=2, mode="bilinear")

    return UNet().eval(), (torch.zeros(1, 1, 32, 32),)


def dcgan() -> Any:
    """The generator as a JAX function."""
    import jax
    import numpy as np

    widths = (1024, 512, 256, 128, 3)

    def generator(z: Any, *filters: Any) -> Any:
        for each in filters:
            z = jax.lax.conv_transpose(z, each, (2, 2), "SAME")
            z = jax.nn.relu(z)
        return jax.lax.reduce_window(z, -np.inf, jax.lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")

    filters = [np.zeros((5, 5, before, after), np.float32) for before, after in pairwise(widths)]
    return generator, (np.zeros((1, 4, 4, 1024), np.float32), *filters)


def mobilenet() -> Any:
    """MobileNetV2 as a Keras model."""
    import keras
    from keras import layers

    x = inputs = keras.Input((64, 64, 3))
    x = layers.ReLU(6.0)(layers.Conv2D(32, 3, 2, "same", use_bias=False)(x))
    for expansion, channels, count, stride in MOBILE:
        for place in range(count):
            before = x
            if expansion != 1:
                x = layers.ReLU(6.0)(layers.Conv2D(expansion * x.shape[-1], 1, use_bias=False)(x))
            x = layers.DepthwiseConv2D(3, stride if not place else 1, "same", use_bias=False)(x)
            x = layers.Conv2D(channels, 1, use_bias=False)(layers.ReLU(6.0)(x))
            x = layers.Add()([before, x]) if place else x
    x = layers.GlobalAveragePooling2D()(layers.Conv2D(1280, 1, use_bias=False)(x))
    return keras.Model(inputs, layers.Dense(1000)(x))


def vgg11() -> Any:
    """An ONNX model, of nodes without weights' values."""
    import numpy as np
    from onnx import TensorProto, helper, numpy_helper

    nodes, stored, channels, size, name = [], [], 3, 32, "image"
    for place, width in enumerate((64, 0, 128, 0, 256, 256, 0, 512, 512, 0)):
        after = f"x{place}"
        if width:
            weights = {
                f"w{place}": np.zeros((width, channels, 3, 3), np.float32),
                f"b{place}": np.zeros(width, np.float32),
            }
            stored += [numpy_helper.from_array(array, key) for key, array in weights.items()]
            nodes.append(helper.make_node("Conv", [name, *weights], [after], f"conv{place}", pads=[1, 1, 1, 1]))
            channels = width
        else:
            size //= 2
            nodes.append(
                helper.make_node("MaxPool", [name], [after], f"pool{place}", kernel_shape=[2, 2], strides=[2, 2])
            )
        nodes.append(helper.make_node("Relu", [after], [f"r{place}"]))
        name = f"r{place}"
    image = helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, 32, 32])
    result = helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, channels, size, size])
    return helper.make_model(helper.make_graph(nodes, "vgg11", [image], [result], stored))


def nothing() -> Any:
    return 7
