"""Calls that networks make every day, each of which the corpus once left out: by name."""

from collections.abc import Callable, Sequence

import pytest

from conformance.operators.convolution.call import ConvolutionTrial, RightConvolution
from conformance.operators.convolution.covering.relations import PaddedAxis, padded_axes
from tests.corpus import shipped_trials

Axes = Sequence[PaddedAxis]
FORWARD = ("conv1d", "conv2d", "conv3d", "depthwise_conv2d")
EVERY = (*FORWARD, "conv1d_transpose", "conv2d_transpose", "conv3d_transpose")
SEVERAL_AXES = tuple(name for name in EVERY if "1d" not in name)
GROUPED = tuple(name for name in EVERY if name != "depthwise_conv2d")
MOST_MULTIPLY_ADDS = 200_000


def _explicit(call: RightConvolution) -> bool:
    return not isinstance(call.padding, str)


def _all(axes: Axes, of: Callable[[PaddedAxis], bool]) -> bool:
    return all(of(axis) for axis in axes)


def _kernel_three_with_a_pad_of_one(call: RightConvolution, axes: Axes, stride: int) -> bool:
    return _explicit(call) and _all(
        axes, lambda each: (each.axis.kernel, each.axis.stride, each.before, each.behind) == (3, stride, 1, 1)
    )


GAPS: dict[str, tuple[Sequence[str], Callable[[RightConvolution, Axes], bool]]] = {
    "torch's padding=1": (
        FORWARD, lambda call, axes: call.direction == "forward" and _kernel_three_with_a_pad_of_one(call, axes, 1)
    ),
    "ResNet's kernel 3, stride 2, padding 1": (
        FORWARD, lambda call, axes: call.direction == "forward" and _kernel_three_with_a_pad_of_one(call, axes, 2)
    ),
    "3 by 3 at stride 1 in float16": (
        FORWARD,
        lambda call, axes: call.dtype == "float16"
        and _all(axes, lambda each: (each.axis.kernel, each.axis.stride) == (3, 1)),
    ),
    "3 by 3 at stride 1 in bfloat16": (
        FORWARD,
        lambda call, axes: call.dtype == "bfloat16"
        and _all(axes, lambda each: (each.axis.kernel, each.axis.stride) == (3, 1)),
    ),
    "kernel = stride that fits exactly": (
        EVERY,
        lambda call, axes: _all(
            axes,
            lambda each: each.axis.kernel == each.axis.stride > 1
            and each.axis.output + each.before + each.behind == each.axis.full,
        ),
    ),
    "VALID with the dilated kernel beyond the value": (
        EVERY, lambda call, axes: call.padding == "VALID" and any(each.axis.extent > each.value for each in axes)
    ),
    "one row or one column": (
        SEVERAL_AXES, lambda call, axes: min(each.value for each in axes) == 1 < max(each.value for each in axes)
    ),
    "a batch of 16 at stride 1": (
        EVERY, lambda call, axes: call.value_shape[0] >= 16 and _all(axes, lambda each: each.axis.stride == 1)
    ),
    "8 groups": (GROUPED, lambda call, axes: call.groups >= 8),
    "groups with a batch of 3": (GROUPED, lambda call, axes: call.groups > 1 and call.value_shape[0] >= 3),
    "a kernel of 6 or more": (EVERY, lambda call, axes: any(each.axis.kernel >= 6 for each in axes)),
    "one bare axis beside a padded one": (
        SEVERAL_AXES,
        lambda call, axes: _explicit(call)
        and any(each.before + each.behind == 0 for each in axes)
        and any(each.before + each.behind > 0 for each in axes),
    ),
    "values longer than 15": (EVERY, lambda call, axes: any(each.value > 15 for each in axes)),
    "stride and dilation above 1 with explicit pads": (
        EVERY,
        lambda call, axes: _explicit(call)
        and any(
            each.axis.stride > 1 and each.axis.dilation > 1 and each.axis.kernel > 1 and each.before + each.behind
            for each in axes
        ),
    ),
    "as many channels out as in, above 1": (
        EVERY,
        lambda call, axes: call.value_shape[-1 if call.last else 1] == call.output_shape[-1 if call.last else 1] > 1,
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def corpus() -> list[ConvolutionTrial]:
    return [trial for trial in shipped_trials() if isinstance(trial, ConvolutionTrial) and trial.call.geometry.batch]


@pytest.mark.parametrize(
    ("gap", "operator"), [(gap, operator) for gap, (operators, _) in GAPS.items() for operator in operators]
)
def test_the_corpus_asks(corpus: list[ConvolutionTrial], gap: str, operator: str) -> None:
    _, asks = GAPS[gap]
    assert any(trial.call.operator == operator and asks(trial.call, padded_axes(trial.call)) for trial in corpus)


def test_generated_trials_are_tiny(corpus: list[ConvolutionTrial]) -> None:
    generated = [trial for trial in corpus if "/relations/" in trial.id]
    assert len(generated) > 700
    assert all(trial.call.geometry.multiply_adds <= MOST_MULTIPLY_ADDS for trial in generated)
