"""What an adapter says becomes a plan: layouts there and back, filters, pads, crops, images, gradients, limits."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from conformance.adapters import protocol, toolkit
from conformance.adapters.plan import Crop, Invoke, Pad, Plan, Reshape, Transpose, Unsupported, perform
from conformance.adapters.protocol import plan_call
from conformance.adapters.toolkit import Layout, Limit, Said, planned, takes_dtypes
from conformance.operators.convolution.calls import make_call, right_call
from conformance.operators.pooling.calls import right_call as right_pooling
from conformance.operators.resize.calls import right_call as right_resize

INVOKE = Invoke("their.function", (("", "value"), ("", "filter")), ())
OF_VALUE = Invoke("their.function", (("", "value"),), ())
TO_FIRST, TO_LAST = Transpose("value", (0, 3, 1, 2)), Transpose("result", (0, 2, 3, 1))
FILTER = Transpose("filter", (3, 2, 0, 1))


def steps(plan: Plan | Unsupported) -> tuple[Any, ...]:
    assert isinstance(plan, Plan)
    return plan.steps


def test_a_value_with_channels_last_is_turned_there_and_back() -> None:
    call = right_call("conv2d", ((1, 5, 6, 2), (3, 3, 2, 4), ()))
    assert steps(planned(call, Said(invoke=INVOKE))) == (TO_FIRST, FILTER, INVOKE, TO_LAST)


def test_a_value_with_channels_first_stays_as_it_is() -> None:
    call = right_call("conv2d", ((1, 2, 5, 6), (3, 3, 2, 4), ()), data_format="NCHW")
    assert steps(planned(call, Said(invoke=INVOKE))) == (FILTER, INVOKE)


def test_a_function_that_takes_both_layouts_is_handed_the_callers() -> None:
    for data_format, value in (("NHWC", (1, 5, 6, 2)), ("NCHW", (1, 2, 5, 6))):
        call = right_call("conv2d", (value, (3, 3, 2, 4), ()), data_format=data_format)
        assert steps(planned(call, Said(invoke=INVOKE), "as_called", turned=False)) == (INVOKE,)


def test_a_depthwise_filter_is_one_of_as_many_groups_as_channels() -> None:
    call = right_call("depthwise_conv2d", ((1, 5, 6, 2), (3, 3, 2, 4), ()))
    _, grouped, turned, *_ = steps(planned(call, Said(invoke=INVOKE)))
    assert (grouped, turned) == (Reshape("filter", (3, 3, 1, 8)), FILTER)


@pytest.mark.parametrize(
    ("layout", "width", "start", "length"),
    [
        ("channels_first", ((0, 0), (0, 0), (1, 0), (2, 0)), (0, 0, 1, 0), (1, 2, 5, 6)),
        ("channels_last", ((0, 0), (1, 0), (2, 0), (0, 0)), (0, 1, 0, 0), (1, 5, 6, 2)),
    ],
)
def test_pads_and_crops_lie_along_the_functions_own_axes(
    layout: Layout, width: tuple[tuple[int, int], ...], start: tuple[int, ...], length: tuple[int, ...]
) -> None:
    call = right_pooling("max_pool2d", (1, 5, 6, 2), ksize=1, strides=1, padding="VALID")
    said = Said(invoke=OF_VALUE, lengths=(6, 8), skipped=(1, 0), pads=((1, 0), (2, 0)), constant=-1, notes=("why",))
    plan = planned(call, said, layout)
    assert isinstance(plan, Plan)
    assert [step for step in plan.steps if isinstance(step, Pad | Crop)] == [
        Pad("value", width, -1),
        Crop("result", start, length),
    ]
    assert plan.notes == ("why",)
    assert not plan.native


@pytest.mark.parametrize("data_format", ["NWC", "NCW"])
@pytest.mark.parametrize("layout", ["channels_first", "channels_last"])
@pytest.mark.parametrize("direction", ["forward", "value_gradient"])
def test_a_value_of_one_axis_goes_as_an_image_and_comes_back(data_format: str, layout: Layout, direction: Any) -> None:
    """Whatever the layouts: the function sees a height of 1, of the value, of the cotangent, and of the gradient."""
    value = (2, 5, 3) if data_format == "NWC" else (2, 3, 5)
    call = right_resize("resize1d", value, output_size=7, data_format=data_format, direction=direction)
    plan = planned(call, Said(invoke=OF_VALUE, image=True), layout)
    assert isinstance(plan, Plan)
    first = layout == "channels_first"

    def function(step: Invoke, arrays: Any) -> NDArray[Any]:
        assert arrays["value"].shape == ((2, 3, 1, 5) if first else (2, 1, 5, 3))
        if direction != "forward":
            assert arrays["cotangent"].shape == ((2, 3, 1, 7) if first else (2, 1, 7, 3))
            return np.zeros(arrays["value"].shape)
        return np.zeros((2, 3, 1, 7) if first else (2, 1, 7, 3))

    arrays = {name: np.zeros(shape) for name, shape in call.operands.items()}
    assert perform(plan, arrays, function).shape == call.result_shape


def test_the_gradient_of_what_is_cropped_gets_zeros_where_the_crop_was() -> None:
    call = right_pooling("avg_pool1d", (1, 4, 1), ksize=1, strides=1, padding="VALID", direction="value_gradient")
    plan = planned(call, Said(invoke=OF_VALUE, lengths=(6,), skipped=(2,)))
    seen: dict[str, NDArray[Any]] = {}
    arrays = {"value": np.zeros((1, 4, 1)), "cotangent": np.ones((1, 4, 1))}

    def function(step: Invoke, operands: Any) -> NDArray[Any]:
        seen.update(operands)
        return np.zeros((1, 1, 4))

    assert isinstance(plan, Plan)
    perform(plan, arrays, function)
    assert seen["cotangent"].tolist() == [[[0, 0, 1, 1, 1, 1]]]


def test_the_result_of_a_wrong_call_is_not_turned_back() -> None:
    wrong = make_call("conv2d", ((1, 5, 6, 2), (3, 3, 3, 4), ()))
    assert steps(planned(wrong, Said(invoke=INVOKE))) == (TO_FIRST, FILTER, INVOKE)


def test_a_cotangent_of_other_axes_cannot_be_turned() -> None:
    wrong = make_call("conv2d", ((1, 5, 6, 2), (3, 3, 2, 4), ()), direction="value_gradient", cotangent_given=(1, 5, 6))
    assert planned(wrong, Said(invoke=INVOKE)) == Unsupported(
        "the cotangent of conv2d has its axes in another order, and this one has others"
    )


@dataclass
class Limited:
    """An adapter that must not be asked for what it declares as a limit."""

    limits: tuple[Limit, ...]
    operators = ("conv2d", "max_pool2d")
    features = ()
    dtypes = ("float32", "float64")
    directions = ("forward",)

    def plan(self, call: Any) -> Plan:
        assert call.dtype == "float32"
        return Plan((INVOKE,))


def test_calls_beyond_a_declared_limit_are_unsupported_and_nobody_is_asked() -> None:
    adapter: Any = Limited((takes_dtypes(("conv*",), ("float32",), "their manual says float32"),))
    right = right_call("conv2d", ((1, 5, 6, 2), (3, 3, 2, 4), ()))
    beyond = right_call("conv2d", ((1, 5, 6, 2), (3, 3, 2, 4), ()), dtype="float64")
    assert plan_call(adapter, right) == Plan((INVOKE,))
    assert plan_call(adapter, beyond) == Unsupported("their manual says float32")


def test_a_limit_is_of_the_operators_that_it_names() -> None:
    limit = takes_dtypes(("conv*",), ("float32",), "their manual says float32")
    pooling = right_pooling("max_pool2d", (1, 5, 6, 2), ksize=1, strides=1, padding="VALID", dtype="float64")
    assert not limit.applies(pooling)


def test_the_protocol_has_what_the_toolkit_offers() -> None:
    """An adapter's author imports one module."""
    inner = {"limited", "spatial_numbers", "Layout"}
    assert set(toolkit.__all__) - inner <= set(protocol.__all__)
    for name in set(toolkit.__all__) - inner:
        assert getattr(protocol, name) is getattr(toolkit, name)
