"""The layers of Flax, Haiku and Equinox: what they are made with, what becomes of operands, what none of them says."""

from typing import Any

import pytest

from conformance.adapters.jax_layers import Equinox, Flax, Haiku
from conformance.adapters.plan import Plan, Unsupported
from conformance.adapters.protocol import Nominal, plan_call
from conformance.operators.convolution.calls import make_call, right_call
from conformance.suite.case import Call

Layers = Flax | Haiku | Equinox

PADDED = right_call("conv1d", ((1, 2, 6), (3, 2, 4), ()), strides=1, padding=((0, 0), (0, 0), (2, 1)),
                    data_format="NCW", bias=True)  # fmt: skip
DEPTHWISE = right_call("depthwise_conv2d", ((1, 4, 4, 2), (3, 3, 2, 2), ()), strides=2)
SHAPES = ((1, 4, 4, 2), (3, 3, 4, 2), (1, 8, 7, 4))
SCATTERED = right_call("conv2d_transpose", SHAPES, strides=2)
WORD = right_call("conv2d_transpose", ((1, 4, 4, 2), (3, 3, 4, 2), (1, 8, 8, 4)), strides=2)
VALID = right_call("conv1d_transpose", ((1, 3, 2), (2, 4, 2), (1, 8, 4)), strides=3, padding="VALID")
EXPLICIT = right_call("conv1d_transpose", ((1, 4, 2), (3, 4, 2), (1, 6, 4)), strides=2,
                      padding=((0, 0), (1, 2), (0, 0)))  # fmt: skip
GROUPED = right_call("conv1d_transpose", ((1, 4, 4), (3, 1, 4), (1, 8, 2)), strides=2, groups=2)


def lines_of(plan: Plan | Unsupported) -> list[str]:
    assert isinstance(plan, Plan), plan
    return list(plan.source())


@pytest.mark.parametrize(
    ("adapter", "call", "lines"),
    [
        (
            Flax(), PADDED,
            ["value = np.ascontiguousarray(np.transpose(value, (0, 2, 1)))",
             "layer = flax.linen.Conv(features=4, kernel_size=(3,), strides=(1,), padding=((2, 1),), "
             "kernel_dilation=(1,), use_bias=True)",
             "result = apply(layer, value, filter, bias)",
             "result = np.ascontiguousarray(np.transpose(result, (0, 2, 1)))"],
        ),
        (
            Haiku(), PADDED,
            ["bias = bias.reshape((4, 1))",
             "layer = lambda: haiku.Conv1D(output_channels=4, kernel_shape=(3,), stride=(1,), rate=(1,), "
             "padding=((2, 1),), with_bias=True, data_format='NCW', name='layer')",
             "result = apply(layer, value, filter, bias)"],
        ),
        (
            Equinox(), PADDED,
            ["filter = np.ascontiguousarray(np.transpose(filter, (2, 1, 0)))",
             "bias = bias.reshape((4, 1))",
             "layer = equinox.nn.Conv1d(in_channels=2, out_channels=4, kernel_size=(3,), stride=(1,), "
             "padding=((2, 1),), dilation=(1,), use_bias=True, key=jax.random.key(0))",
             "result = apply(layer, value, filter, bias)"],
        ),
        (
            Flax(), DEPTHWISE,
            ["filter = filter.reshape((3, 3, 1, 4))",
             "layer = flax.linen.Conv(features=4, kernel_size=(3, 3), strides=(2, 2), padding='SAME', "
             "kernel_dilation=(1, 1), feature_group_count=2, use_bias=False)",
             "result = apply(layer, value, filter)"],
        ),
        (
            Flax(), SCATTERED,
            ["layer = flax.linen.ConvTranspose(features=4, kernel_size=(3, 3), strides=(2, 2), "
             "padding=((2, 1), (1, 1)), kernel_dilation=(1, 1), use_bias=False, transpose_kernel=True)",
             "result = apply(layer, value, filter)"],
        ),
        (
            Haiku(), SCATTERED,
            ["filter = np.flip(filter, (0, 1)).copy()",
             "layer = lambda: haiku.Conv2DTranspose(output_channels=4, kernel_shape=(3, 3), stride=(2, 2), "
             "padding='SAME', with_bias=False, name='layer', output_shape=(8, 7))",
             "result = apply(layer, value, filter)"],
        ),
        (
            Equinox(), GROUPED,
            ["value = np.ascontiguousarray(np.transpose(value, (0, 2, 1)))",
             "filter = filter.reshape((3, 1, 2, 2))",
             "filter = np.ascontiguousarray(np.transpose(filter, (0, 3, 2, 1)))",
             "filter = filter.reshape((3, 2, 2))",
             "filter = np.flip(filter, (0,)).copy()",
             "filter = np.ascontiguousarray(np.transpose(filter, (2, 1, 0)))",
             "layer = equinox.nn.ConvTranspose1d(in_channels=4, out_channels=2, kernel_size=(3,), stride=(2,), "
             "output_padding=(0,), padding='SAME', dilation=(1,), groups=2, use_bias=False, key=jax.random.key(0))",
             "result = apply(layer, value, filter)",
             "result = np.ascontiguousarray(np.transpose(result, (0, 2, 1)))"],
        ),
    ],
)  # fmt: skip
def test_a_layer_is_made_and_applied_to_the_operands(adapter: Layers, call: Call, lines: list[str]) -> None:
    assert lines_of(adapter.plan(call)) == lines


@pytest.mark.parametrize(
    ("adapter", "call", "words"),
    [
        (Flax(), WORD, "padding='SAME', kernel_dilation=(1, 1)"),
        (Flax(), VALID, "padding=((1, 1),)"),
        (Flax(), GROUPED, "strides=(1,), padding=((2, 1),), input_dilation=(2,), kernel_dilation=(1,), feature_group_"),
        (Flax(), EXPLICIT, "padding=((1, 0),)"),
        (Haiku(), VALID, "padding='VALID', with_bias=False, name='layer', output_shape=(8,)"),
        (Haiku(), EXPLICIT, "stride=(2,), padding=((1, 0),)"),
        (Equinox(), SCATTERED, "output_padding=(0, 1), padding='SAME'"),
        (Equinox(), VALID, "output_padding=(0,), padding='VALID'"),
        (Equinox(), EXPLICIT, "output_padding=(0,), padding=((1, 2),)"),
    ],
)
def test_a_transposed_convolution_is_said_by_its_word_where_the_layer_means_the_same(
    adapter: Layers, call: Call, words: str
) -> None:
    assert words in "\n".join(lines_of(adapter.plan(call)))


WRONG = ("conv2d_transpose", SHAPES)
NOT_SAID: list[tuple[Layers, tuple[Any, ...], dict[str, Any], str]] = [
    (Haiku(), WRONG, {"dilations": 2}, "haiku.Conv2DTranspose takes no dilations"),
    (Haiku(), WRONG, {"dilations": 0}, "haiku.Conv2DTranspose takes no dilations"),
    (Haiku(), ("conv1d_transpose", ((1, 4, 4), (3, 1, 4), (1, 4, 2))), {"groups": 2},
     "haiku.Conv1DTranspose has no groups"),
    (Flax(), WRONG, {"groups": 3}, "flax.linen.ConvTranspose has no groups"),
    (Flax(), ("conv1d_transpose", ((1, 0, 2), (3, 4, 2), (1, 0, 4))), {},
     "JAX dilates a spatial length 0 to a length that is not defined"),
    (Equinox(), ("conv2d", ((1, 4, 4, 2), (3, 3, 2, 4), ())), {"bias": True, "bias_given": (1,)},
     "equinox.nn.Conv2d adds a bias of whatever shape broadcasts"),
    (Flax(), ("conv2d_transpose", (*SHAPES[:2], (1, 8, 4))), {"strides": 2},
     "flax.linen.ConvTranspose takes no output_shape of all axes"),
    (Equinox(), ("conv2d", ((4, 4, 2), (3, 3, 2, 4), ())), {},
     "equinox.nn.Conv2d is made for one rank, and takes a value without a batch, or maps over it"),
    (Flax(), WRONG, {"data_format": "NWHC"}, "flax.linen.ConvTranspose takes no data_format"),
    (Equinox(), WRONG, {"strides": 4}, "equinox.nn.ConvTranspose2d takes no output_shape"),
    (Haiku(), ("conv2d_transpose", (*SHAPES[:2], (1, 8, 8, 5))), {"strides": 2},
     "haiku.Conv2DTranspose's output_shape is of the spatial axes alone"),
    (Flax(), ("depthwise_conv2d", ((1, 4, 4, 2), (3, 3, 3, 2), ())), {},
     "flax.linen.Conv is depthwise by its groups alone, which another shape would say"),
    (Equinox(), WRONG, {"strides": (2, 2, 2, 1)},
     "equinox.nn.ConvTranspose2d takes strides and dilations of the spatial axes only"),
    (Haiku(), ("conv1d", ((1, 4, 2), (3, 2, 4), ())), {"padding": ((0, 0), (-1, 0), (0, 0))},
     "haiku.Conv1D takes explicit pads that may be negative, or mean something else"),
]  # fmt: skip


@pytest.mark.parametrize(("adapter", "call", "words", "reason"), NOT_SAID)
def test_what_a_layer_has_no_words_for_is_unsupported(
    adapter: Layers, call: tuple[Any, ...], words: dict[str, Any], reason: str
) -> None:
    assert plan_call(adapter, make_call(*call, **words)) == Unsupported(reason)


@pytest.mark.parametrize(
    ("adapter", "call", "words", "said"),
    [
        (Flax(), WRONG, {"strides": 0}, "strides=(0, 0), padding='SAME', kernel_dilation=(1, 1)"),
        (Haiku(), WRONG, {"strides": 2, "data_format": "NWHC"}, "data_format='NWHC'"),
        (Haiku(), ("conv2d_transpose", (*SHAPES[:2], (1, 8, 99, 4))), {"strides": 2}, "output_shape=(8, 99)"),
        (Equinox(), WRONG, {"strides": 2, "padding": "FULL"}, "padding='FULL', dilation=(1, 1)"),
        (Equinox(), ("conv1d", ((1, 4, 3), (3, 1, 2), ())), {"groups": 2}, "groups=2"),
        (Equinox(), ("conv1d", ((1, 4, 5), (3, 2, 4), ())), {}, "in_channels=2, out_channels=4"),
    ],
)
def test_a_wrong_call_is_handed_over_as_it_is(
    adapter: Layers, call: tuple[Any, ...], words: dict[str, Any], said: str
) -> None:
    assert said in "\n".join(lines_of(adapter.plan(make_call(*call, **words))))


def test_nominal_words_are_handed_over_and_left_out_by_default() -> None:
    def lines(adapter: Layers, word: str) -> str:
        return "\n".join(lines_of(adapter.plan_nominal(Nominal(word, 4, 3, 2, 1), None)))

    assert "strides=(2, 2), padding='VALID'" in lines(Flax(), "VALID")
    assert "transpose_kernel=True" in lines(Flax(), "default")
    assert "stride=(2, 2), padding='SAME'" in lines(Haiku(), "SAME")
    assert "np.transpose(value, (0, 3, 1, 2))" in lines(Equinox(), "SAME")
    assert all("padding" not in lines(adapter, "default") for adapter in (Flax(), Haiku(), Equinox()))
    dilated = Haiku().plan_nominal(Nominal("SAME", 4, 3, 2, 2), None)
    assert dilated == Unsupported("haiku.Conv2DTranspose takes no dilations")


@pytest.mark.parametrize("adapter", [Flax(), Haiku(), Equinox()])
def test_the_lines_apply_the_layer_where_it_is_compiled_and_differentiated(adapter: Layers) -> None:
    plan = adapter.plan(right_call("conv1d", ((1, 4, 2), (3, 2, 4), ()), direction="filter_gradient"))
    assert isinstance(plan, Plan)
    source = adapter.call_source(plan.parts[1], "float32")
    assert source.imports[-1].startswith(f"import {adapter.library}")
    lines = "\n".join(source.lines)
    compile(lines, "<lines>", "exec")
    assert lines.index("def apply(layer, value") < lines.index("@jax.jit") < lines.index("jax.vjp(function, filter)")


def test_layers_compute_on_the_cpu() -> None:
    with pytest.raises(ValueError, match="device 'cuda'; the lanes of flax compute on the cpu"):
        Flax("cuda")
