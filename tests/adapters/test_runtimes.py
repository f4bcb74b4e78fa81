"""OpenVINO, LiteRT and PyTorch's exporters: what they are handed, as data and as lines; none of them is imported."""

from typing import Any

import pytest

from conformance.adapters.lane import load_adapter, parse_lane
from conformance.adapters.plan import Invoke, Plan, Unsupported
from conformance.adapters.protocol import plan_call, source_of_call
from conformance.errors import UsageError
from conformance.operators.convolution.calls import right_call
from conformance.operators.index_map.calls import right_call as right_index_map
from conformance.operators.pooling.calls import right_call as right_pooling
from conformance.operators.resize.calls import right_call as right_resize


def planned(lane: str, call: Any) -> Plan:
    plan = plan_call(load_adapter(parse_lane(lane)), call)
    assert isinstance(plan, Plan), plan
    return plan


def invoked(lane: str, call: Any) -> Invoke:
    (invoke,) = (step for step in planned(lane, call).steps if isinstance(step, Invoke))
    return invoke


def lines(lane: str, call: Any) -> tuple[str, ...]:
    adapter: Any = load_adapter(parse_lane(lane))
    source = source_of_call(adapter, invoked(lane, call), call.dtype)
    for part in (source.define, source.before, source.program, source.call, source.after):
        compile("\n".join(part), "<lines>", "exec")
    return (*source.define, *source.before, *source.program, *source.call)


CONV = right_call("conv2d", ((1, 5, 6, 2), (3, 3, 2, 4), ()), padding=((0, 0), (1, 0), (2, 1), (0, 0)))


def test_openvino_has_pads_in_two_lists() -> None:
    invoke = invoked("openvino", CONV)
    words = dict(invoke.keywords)
    assert invoke.function == "openvino.opset16.convolution"
    assert (words["pads_begin"], words["pads_end"]) == ((1, 2), (0, 1))


@pytest.mark.parametrize(
    ("operator", "filter", "output", "name", "shape"),
    [
        ("conv2d", (3, 3, 2, 6), (), "group_convolution", (2, 3, 2, 3, 3)),
        ("conv2d_transpose", (3, 3, 3, 4), (1, 5, 6, 6), "group_convolution_backprop_data", (2, 2, 3, 3, 3)),
    ],
)
def test_openvino_has_an_axis_for_groups_in_front_of_the_filter(
    operator: str, filter: tuple[int, ...], output: tuple[int, ...], name: str, shape: tuple[int, ...]
) -> None:
    call = right_call(operator, ((1, 5, 6, 4), filter, output), groups=2)
    plan = planned("openvino", call)
    assert invoked("openvino", call).function.endswith(f".{name}")
    assert f"filter = filter.reshape({shape})" in plan.source()


def test_openvino_adds_a_bias_that_has_the_results_axes() -> None:
    plan = planned("openvino", right_call("conv2d", ((1, 5, 6, 2), (3, 3, 2, 4), ()), bias=True))
    assert "bias = bias.reshape((1, 4, 1, 1))" in plan.source()
    assert "result = openvino.opset16.add(result, bias)" in plan.source()


def test_openvinos_inputs_are_constants_and_its_attributes_are_words() -> None:
    resize = right_resize("resize1d", (1, 5, 1), output_size=7)
    (operation,) = (line for line in lines("openvino", resize) if "interpolate" in line)
    assert "scales_or_sizes=openvino.opset16.constant(np.array((7,), np.int64))" in operation
    assert "shape_calculation_mode='sizes'" in operation


def test_of_openvinos_two_results_of_a_maximum_the_one_that_is_asked_for_is_taken() -> None:
    windows: Any = {"ksize": 2, "strides": 2, "padding": "VALID"}
    maximum = right_pooling("max_pool2d", (1, 4, 4, 2), **windows)
    indices = right_pooling("max_pool_with_argmax", (1, 2, 4, 4), data_format="NCHW", **windows)
    assert "result, _ = pooled.outputs()" in lines("openvino", maximum)
    assert "_, result = pooled.outputs()" in lines("openvino", indices)


def test_openvinos_patches_have_pads_around_the_value() -> None:
    plan = planned("openvino", right_index_map("extract_patches", (1, 4, 4, 1), ksize=3, strides=1, padding="SAME"))
    assert not plan.native
    assert "put around the value" in plan.notes[0]


def test_openvinos_frontend_reads_the_nodes_of_onnx() -> None:
    assert invoked("openvino:onnx", CONV).function == "onnx.Conv"
    assert any("core.read_model(one_node('Conv'" in line for line in lines("openvino:onnx", CONV))


@pytest.mark.parametrize(
    ("lane", "says"),
    [
        ("openvino:auto_pad", "it goes with mode onnx"),
        ("openvino:onnx+auto_pad+output_shape", "exclude one another"),
        ("litert:noxnnpack+reference", "exclude one another"),
        ("torch:export+onnx", "exclude one another"),
        ("openvino@cuda", "this lane asks the plugin of the CPU"),
        ("litert@cuda", "this lane asks LiteRT on the CPU"),
        ("onnxruntime@cuda", "this lane asks the provider of the CPU"),
        ("onnx@cuda", "computes with NumPy"),
    ],
)
def test_modes_and_devices_that_do_not_go_together_are_refused(lane: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        load_adapter(parse_lane(lane))


def test_litert_takes_the_value_as_input_and_the_weights_as_constants() -> None:
    written = lines("litert", CONV)
    assert "filter = tf.constant(filter)" in written
    assert "def function(value):" in written
    assert not any("tf.constant(value)" in line for line in written)


@pytest.mark.parametrize("dtype", ["int8", "uint8"])
def test_litert_is_asked_8_bits_by_a_quantised_model(dtype: str) -> None:
    call = right_pooling("max_pool2d", (1, 4, 4, 2), ksize=2, strides=2, padding="VALID", dtype=dtype)
    written = lines("litert", call)
    assert "    converter.optimizations = [tf.lite.Optimize.DEFAULT]" in written
    assert "    model_content=convert(function, value)," in written
    assert lines("litert", CONV)[: len(written)] != written


def test_litert_is_asked_composed_calls_where_tensorflow_has_no_words() -> None:
    call = right_call("conv1d", ((1, 5, 2), (3, 2, 4), ()), padding=((0, 0), (1, 0), (0, 0)))
    assert not planned("litert", call).native


def test_litert_has_no_doubles() -> None:
    adapter = load_adapter(parse_lane("litert"))
    call = right_pooling("max_pool2d", (1, 4, 4, 2), ksize=2, strides=2, padding="VALID", dtype="int32")
    said = plan_call(adapter, call)
    assert isinstance(said, Unsupported)
    assert "float32" in said.reason


def test_torchs_exporters_are_handed_a_module_of_the_same_call() -> None:
    forward = "result = torch.nn.functional.conv2d(value, filter, stride=(1, 1), padding=(0, 0), dilation=(1, 1))"
    exported, onnx = ([line.strip() for line in lines(lane, CONV)] for lane in ("torch:export", "torch:onnx"))
    assert forward in exported
    assert forward in onnx
    assert any("torch.export.export(Call(), (value, filter,))" in line for line in exported)
    assert any("torch.onnx.export(Call().eval(), (value, filter,)" in line for line in onnx)


def test_what_is_exported_to_onnx_has_no_gradients_and_the_runtimes_dtypes() -> None:
    gradient = right_call("conv2d", ((1, 5, 6, 2), (3, 3, 2, 4), ()), direction="value_gradient")
    double = right_call("conv2d", ((1, 5, 6, 2), (3, 3, 2, 4), ()), dtype="float64")
    adapter = load_adapter(parse_lane("torch:onnx"))
    assert plan_call(adapter, gradient) == Unsupported(
        "value_gradient is not among the directions: forward", undeclared=True
    )
    said = plan_call(adapter, double)
    assert isinstance(said, Unsupported)
    assert "float32" in said.reason
    assert invoked("torch:export", gradient).gradient == "value"
