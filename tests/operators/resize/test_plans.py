"""How each framework is asked a resize: its own words where they mean the same weights, what none say, wrong calls."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from conformance.adapters.jax.resize import jax_resize_plan
from conformance.adapters.plan import Invoke, Operands, Plan, Unsupported, perform
from conformance.adapters.resize import OTHER_WORDS, choose, reference_resize_plan
from conformance.adapters.tensorflow.resize import tensorflow_resize_plan
from conformance.adapters.torch.resize import VOCABULARY, vocabulary
from conformance.operators.resize.call import ResizeCall, WrongResize
from conformance.operators.resize.calls import make_call
from reference import resize
from reference.resize.arguments import resize_rule
from reference.resize.geometry import Resize, ResizeAxis
from tests.operators.resize.calls import resize_call

TORCH_CUBIC: dict[str, Any] = {"method": "cubic", "cubic_coeff_a": -0.75, "exclude_outside": False}
PLANS = {"tensorflow": tensorflow_resize_plan, "torch": VOCABULARY.plan, "jax": jax_resize_plan}


def _lines(plan: Plan | Unsupported) -> list[str]:
    assert isinstance(plan, Plan), plan
    return [line for step in plan.steps if isinstance(step, Invoke) for line in step.calls()]


def _wrong(operator: str = "resize2d", **words: Any) -> ResizeCall:
    given = {"value": (1, 4, 4, 2), "output_size": 6, **words}
    return make_call(operator, given.pop("value"), **given)


@pytest.mark.parametrize(
    ("framework", "operator", "words", "line"),
    [
        ("tensorflow", "resize2d", {}, "tf.image.resize(value, size=(7, 7), method='bilinear')"),
        ("tensorflow", "resize2d", {"method": "nearest"}, "tf.image.resize(value, size=(7, 7), method='nearest')"),
        ("tensorflow", "resize2d", {"method": "cubic"}, "tf.image.resize(value, size=(7, 7), method='bicubic')"),
        (
            "tensorflow",
            "resize2d",
            {"antialias": True, "output_size": 3},
            "tf.image.resize(value, size=(3, 3), method='bilinear', antialias=True)",
        ),
        (
            "tensorflow",
            "resize2d",
            {"method": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"},
            "tf.compat.v1.image.resize_nearest_neighbor(value, size=(7, 7))",
        ),
        (
            "tensorflow",
            "resize2d",
            {"coordinate_transformation_mode": "align_corners"},
            "tf.compat.v1.image.resize_bilinear(value, size=(7, 7), align_corners=True)",
        ),
        (
            "tensorflow",
            "resize2d",
            {**TORCH_CUBIC, "coordinate_transformation_mode": "asymmetric"},
            "tf.compat.v1.image.resize_bicubic(value, size=(7, 7))",
        ),
        (
            "tensorflow",
            "resize2d",
            {"scales": 1.5},
            "tf.raw_ops.ScaleAndTranslate(images=value, size=(7, 10), scale=(1.5, 1.5), translation=(0.0, 0.0), "
            "kernel_type='triangle', antialias=False)",
        ),
        (
            "torch",
            "resize1d",
            {},
            "torch.nn.functional.interpolate(value, size=(7,), mode='linear', align_corners=False)",
        ),
        (
            "torch",
            "resize3d",
            {"method": "nearest"},
            "torch.nn.functional.interpolate(value, size=(7, 7, 7), mode='nearest-exact')",
        ),
        (
            "torch",
            "resize2d",
            {"method": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"},
            "torch.nn.functional.interpolate(value, size=(7, 7), mode='nearest')",
        ),
        (
            "torch",
            "resize2d",
            TORCH_CUBIC,
            "torch.nn.functional.interpolate(value, size=(7, 7), mode='bicubic', align_corners=False)",
        ),
        (
            "torch",
            "resize2d",
            {"scales": (1.5, 2), "recompute_scale_factor": True},
            "torch.nn.functional.interpolate(value, scale_factor=(1.5, 2.0), recompute_scale_factor=True, "
            "mode='bilinear', align_corners=False)",
        ),
        (
            "torch",
            "resize1d",
            {**TORCH_CUBIC, "scales": 1.5},
            "torch.nn.functional.interpolate(value, scale_factor=(1.0, 1.5), mode='bicubic', align_corners=False)",
        ),
        ("jax", "resize1d", {"method": "nearest"}, "jax.image.resize(value, shape=(2, 7, 3), method='nearest')"),
        (
            "jax",
            "resize3d",
            {"method": "cubic"},
            "jax.image.resize(value, shape=(1, 7, 7, 7, 2), method='cubic', antialias=False)",
        ),
        (
            "jax",
            "resize2d",
            TORCH_CUBIC,
            "jax.image.resize(value, shape=(2, 7, 7, 3), method='cubic-pytorch', antialias=False)",
        ),
    ],
)
def test_what_a_framework_s_words_say_is_said_in_them(
    framework: str, operator: str, words: dict[str, Any], line: str
) -> None:
    plan = PLANS[framework](resize_call(operator, **words))
    assert _lines(plan) == [f"result = {line}"]
    assert isinstance(plan, Plan)
    assert plan.native


def test_jax_translates_where_its_resize_has_no_such_coordinates() -> None:
    plan = jax_resize_plan(resize_call("resize1d", coordinate_transformation_mode="align_corners"))
    assert _lines(plan) == [
        "scale = jax.numpy.array(object=(1.5,))",
        "translation = jax.numpy.array(object=(-0.25,))",
        "result = jax.image.scale_and_translate(value, scale=scale, translation=translation, shape=(2, 7, 3), "
        "spatial_dims=(1,), method='linear', antialias=False)",
    ]


@pytest.mark.parametrize("framework", ["tensorflow", "torch"])
def test_an_axis_is_an_image_of_height_1(framework: str) -> None:
    plan = PLANS[framework](resize_call("resize1d", method="cubic", antialias=True, output_size=3))
    assert isinstance(plan, Plan)
    assert "the value is one of height 1" in plan.notes[-1]
    assert "size=(1, 3)" in _lines(plan)[0]


def test_other_words_that_mean_the_same_weights_are_used_with_a_note() -> None:
    plan = VOCABULARY.plan(resize_call(coordinate_transformation_mode="half_pixel_symmetric"))
    assert isinstance(plan, Plan)
    assert plan.notes == (OTHER_WORDS,)


def test_another_method_is_never_used_even_where_it_means_the_same_weights() -> None:
    """Of one element all weights are 1."""
    call = resize_call("resize1d", value=(1, 1, 1), **{**TORCH_CUBIC, "coordinate_transformation_mode": "asymmetric"})
    assert "nearest" not in _lines(tensorflow_resize_plan(call))[0]


@pytest.mark.parametrize(
    ("framework", "operator", "words", "reason"),
    [
        ("tensorflow", "resize3d", {}, "tf.image.resize takes images, which have no depth"),
        ("tensorflow", "resize2d", {"dtype": "float64"}, "comes out in float32, not in float64"),
        ("tensorflow", "resize2d", TORCH_CUBIC, "TensorFlow has no words for these coordinates, weights and borders"),
        (
            "tensorflow",
            "resize2d",
            {"method": "nearest", "scales": 1.9},
            "TensorFlow has no words for these coordinates, weights and borders",
        ),
        (
            "torch",
            "resize2d",
            {"method": "cubic", "output_size": 3},
            "torch has no mode with these coordinates, weights and borders",
        ),
        ("torch", "resize3d", TORCH_CUBIC, "torch has no mode with these coordinates, weights and borders"),
        (
            "torch",
            "resize2d",
            {"antialias": True, "coordinate_transformation_mode": "align_corners", "output_size": 3},
            "torch has no mode with these coordinates, weights and borders",
        ),
        (
            "jax",
            "resize2d",
            {"method": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"},
            "JAX has no words for these coordinates, weights and borders",
        ),
        # Its last coordinate lies beyond the last element's square, where JAX gives 0.
        (
            "jax",
            "resize2d",
            {"coordinate_transformation_mode": "asymmetric", "output_size": 13},
            "JAX has no words for these coordinates, weights and borders",
        ),
        (
            "jax",
            "resize2d",
            {"antialias": True, "exclude_outside": False, "output_size": 3},
            "JAX has no words for these coordinates, weights and borders",
        ),
    ],
)
def test_what_no_words_say_is_unsupported(framework: str, operator: str, words: dict[str, Any], reason: str) -> None:
    plan = PLANS[framework](resize_call(operator, **words))
    assert isinstance(plan, Unsupported)
    assert reason in plan.reason


@pytest.mark.parametrize(
    ("framework", "words", "said"),
    [
        ("tensorflow", {"output_size": 0}, "tf.image.resize(value, size=0, method='bilinear')"),
        ("tensorflow", {"method": "area"}, "method='area'"),
        ("torch", {"output_size": 0}, "interpolate(value, size=0, mode='bilinear')"),
        ("torch", {"scales": 1.5}, "interpolate(value, size=6, scale_factor=1.5, mode='bilinear')"),
        ("torch", {"method": "nearest", "antialias": True}, "antialias=True, mode='nearest'"),
        ("jax", {"output_size": 0}, "jax.image.resize(value, shape=(1, 0, 0, 2), method='linear', antialias=False)"),
        ("jax", {"method": "area"}, "method='area'"),
        ("tensorflow", {"dtype": "int32"}, "tf.image.resize(value, size=(6, 6), method='bilinear')"),
        (
            "jax",
            {"direction": "value_gradient", "cotangent_given": (1, 5, 5, 2)},
            "jax.image.resize(value, shape=(1, 6, 6, 2), method='linear', antialias=False)",
        ),
    ],
)
def test_a_wrong_call_is_handed_over_where_there_is_a_name_for_it(
    framework: str, words: dict[str, Any], said: str
) -> None:
    call = _wrong(**words)
    assert isinstance(call, WrongResize)
    assert said in _lines(PLANS[framework](call))[-1]


@pytest.mark.parametrize(
    ("framework", "operator", "words"),
    [
        ("tensorflow", "resize2d", {"output_size": None, "scales": 0}),
        ("tensorflow", "resize2d", {"data_format": "NWC"}),
        ("tensorflow", "resize2d", {"nearest_mode": "floor"}),
        ("tensorflow", "resize1d", {"value": (1, 4, 2), "output_size": 0}),
        ("tensorflow", "resize1d", {"value": (1, 4, 2), "direction": "value_gradient", "cotangent_given": (1, 5, 2)}),
        ("torch", "resize2d", {"coordinate_transformation_mode": "half"}),
        ("torch", "resize2d", {"value": (4, 4, 2)}),
        ("torch", "resize2d", {"cubic_coeff_a": -0.5}),
        ("torch", "resize1d", {"value": (1, 4, 2), "method": "cubic", "output_size": 0}),
        ("torch", "resize2d", {"direction": "value_gradient", "cotangent_given": (1, 5, 2)}),
        ("jax", "resize2d", {"output_size": None, "scales": 0}),
        ("jax", "resize2d", {"output_size": None}),
        ("jax", "resize2d", {"exclude_outside": True, "method": "nearest"}),
    ],
)
def test_a_mistake_that_has_no_name_is_unsupported(framework: str, operator: str, words: dict[str, Any]) -> None:
    call = _wrong(operator, **words)
    assert isinstance(call, WrongResize)
    assert isinstance(PLANS[framework](call), Unsupported)


@pytest.mark.parametrize("direction", ["forward", "value_gradient"])
def test_the_reference_is_asked_in_the_words_of_the_case(direction: Any) -> None:
    call = resize_call("resize1d", method="nearest", nearest_mode="ceil", data_format="NCW", direction=direction)
    words = "output_size=7, nearest_mode='ceil', data_format='NCW')"
    start = {
        "forward": "result = reference.resize.resize1d(value, method='nearest', ",
        "value_gradient": "result = reference.resize.vector_jacobian_product(value=value, cotangent=cotangent, "
        "operator='resize1d', method='nearest', ",
    }
    assert _lines(reference_resize_plan(call)) == [start[direction] + words]


def _on_reference(call: ResizeCall, plan: Plan, operands: Operands) -> NDArray[Any]:
    """The plan with torch's call answered by the reference, in the layout that torch has."""

    def invoke(step: Invoke, given: Operands) -> NDArray[Any]:
        rank = given["value"].ndim - 2
        words = {**call.words(), "data_format": f"NC{'DHW'[3 - rank :]}"}
        words["output_size"] = dict(step.keywords)["size"]
        if step.gradient:
            return resize.vector_jacobian_product(f"resize{rank}d", given["value"], given["cotangent"], **words)
        result: NDArray[Any] = getattr(resize, f"resize{rank}d")(given["value"], **words)
        return result

    return perform(plan, operands, invoke)


@pytest.mark.parametrize("direction", ["forward", "value_gradient"])
@pytest.mark.parametrize(
    ("operator", "words"), [("resize1d", {}), ("resize2d", {}), ("resize3d", {}), ("resize1d", TORCH_CUBIC)]
)
def test_layouts_are_turned_there_and_back(operator: str, words: dict[str, Any], direction: Any) -> None:
    call = resize_call(operator, direction=direction, dtype="float64", **words)
    plan = VOCABULARY.plan(call)
    assert isinstance(plan, Plan)
    random = np.random.default_rng(1)
    operands = {name: random.standard_normal(shape) for name, shape in call.operands.items()}
    function = getattr(resize, operator) if direction == "forward" else resize.vector_jacobian_product
    given = [operands["value"]] if direction == "forward" else [operator, operands["value"], operands["cotangent"]]
    right = function(*given, **call.words())
    assert np.allclose(_on_reference(call, plan, operands), right, rtol=1e-12, atol=1e-12)


def test_of_one_element_the_words_with_the_calls_coordinates_are_chosen() -> None:
    """All coordinates have the same weights of it, and a framework that sums several weights of it rounds."""
    axis = ResizeAxis(1, 4, Fraction(4))
    geometry = Resize(1, 1, (axis, axis), resize_rule("cubic", "align_corners"))
    chosen = choose(geometry, vocabulary(2))
    assert chosen is not None
    assert chosen[0].keywords == (("mode", "bicubic"), ("align_corners", True))
    assert chosen[1] == (OTHER_WORDS,)
