"""How each framework is asked a pooling: its own words where they say it, what is put around them, what none say."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from conformance.adapters.jax.pooling import jax_pooling_plan
from conformance.adapters.plan import Invoke, Operands, Plan, Unsupported, perform
from conformance.adapters.pooling import reference_pooling_plan
from conformance.adapters.tensorflow.pooling import tensorflow_pooling_plan
from conformance.adapters.torch.pooling import VOCABULARY
from conformance.operators.pooling.call import PoolingCall, WrongPooling
from conformance.operators.pooling.calls import make_call
from conformance.operators.pooling.expectation import expect
from conformance.operators.pooling.inputs import generate
from conformance.suite.case import Generated
from reference import pooling
from tests.operators.pooling.calls import pooling_call

PAIR = ((0, 0), (1, 0), (0, 0))


def _calls(plan: Plan | Unsupported) -> list[str]:
    assert isinstance(plan, Plan), plan
    return [line for step in plan.steps if isinstance(step, Invoke) for line in step.calls()]


def _wrong(operator: str = "max_pool2d", **words: Any) -> PoolingCall:
    given = {"value": (1, 4, 4, 2), "ksize": 2, "strides": 2, "padding": "VALID", **words}
    return make_call(operator, given.pop("value"), **given)


@pytest.mark.parametrize(
    ("operator", "words", "line"),
    [
        (
            "max_pool2d",
            {},
            "result = torch.nn.functional.max_pool2d(value, kernel_size=(3, 3), stride=(2, 2), padding=(1, 1), "
            "dilation=(1, 1), ceil_mode=False)",
        ),
        (
            "avg_pool1d",
            {"padding": "VALID", "ceil_mode": True, "count_include_pad": True},
            "result = torch.nn.functional.avg_pool1d(value, kernel_size=(3,), stride=(2,), padding=(0,), "
            "ceil_mode=True, count_include_pad=True)",
        ),
        (
            "avg_pool3d",
            {"padding": "VALID", "divisor_override": 5},
            "result = torch.nn.functional.avg_pool3d(value, kernel_size=(3, 3, 3), stride=(2, 2, 2), "
            "padding=(0, 0, 0), ceil_mode=False, count_include_pad=False, divisor_override=5)",
        ),
        (
            "lp_pool1d",
            {"padding": "VALID", "ceil_mode": True, "norm_type": 3},
            "result = torch.nn.functional.lp_pool1d(value, norm_type=3, kernel_size=3, stride=(2,), ceil_mode=True)",
        ),
    ],
)
def test_what_torch_s_words_say_is_said_in_them(operator: str, words: dict[str, Any], line: str) -> None:
    call = pooling_call(operator, **{**words, **({} if operator != "max_pool2d" else {"value": (1, 7, 5, 2)})})
    plan = VOCABULARY.plan(call)
    assert _calls(plan) == [line]
    assert isinstance(plan, Plan)
    assert (plan.native, plan.notes) == (True, ())


def test_same_with_an_odd_pad_is_torch_s_ceil_mode_where_that_reads_the_same_elements() -> None:
    plan = VOCABULARY.plan(pooling_call("avg_pool1d", value=(1, 5, 1), ksize=2))
    assert _calls(plan)[0].endswith("padding=(0,), ceil_mode=True, count_include_pad=False)")


def test_a_window_that_torch_would_make_before_the_first_is_cut_off() -> None:
    plan = VOCABULARY.plan(pooling_call("avg_pool1d", value=(1, 6, 1), ksize=2, strides=1))
    assert isinstance(plan, Plan)
    assert plan.source()[1:] == (
        "result = torch.nn.functional.avg_pool1d(value, kernel_size=(2,), stride=(1,), padding=(1,), ceil_mode=False, "
        "count_include_pad=False)",
        "result = result[0:1, 0:1, 1:7]",
        "result = np.ascontiguousarray(np.transpose(result, (0, 2, 1)))",
    )
    assert plan.notes == ("PyTorch makes more windows than are wanted: composed",)


def test_pads_that_torch_does_not_take_are_put_around_a_maximum_as_the_lowest_number() -> None:
    plan = VOCABULARY.plan(pooling_call("max_pool1d", padding=((0, 0), (2, 0), (0, 0))))
    assert isinstance(plan, Plan)
    assert plan.source()[1] == "value = np.pad(value, ((0, 0), (0, 0), (2, 0)), constant_values=float('-inf'))"
    assert plan.notes == (
        "PyTorch pads both sides alike, at most half of a window; the value is padded instead: composed",
    )


@pytest.mark.parametrize(
    ("operator", "words", "reason"),
    [
        ("avg_pool2d", {"dilations": 2, "strides": 1}, "avg_pool2d has no dilation"),
        ("lp_pool2d", {"dilations": 2, "strides": 1}, "lp_pool2d has no dilation"),
        ("avg_pool1d", {"divisor_override": 2}, "avg_pool1d has no divisor_override"),
        ("max_pool1d", {"value": (1, 2, 1), "padding": "VALID", "strides": 1}, "torch has no spatial length 0"),
        (
            "avg_pool1d",
            {"value": (1, 9, 1), "padding": ((0, 0), (2, 0), (0, 0))},
            "avg_pool1d pads both sides alike and divides by what its windows hold: no pad or crop says this",
        ),
    ],
)
def test_what_torch_cannot_say_is_unsupported(operator: str, words: dict[str, Any], reason: str) -> None:
    assert VOCABULARY.plan(pooling_call(operator, **words)) == Unsupported(reason)


def test_torch_is_asked_an_adaptive_pooling_as_it_stands() -> None:
    plan = VOCABULARY.plan(pooling_call("adaptive_avg_pool2d", output_size=(4, 3), direction="value_gradient"))
    assert _calls(plan) == ["result = torch.nn.functional.adaptive_avg_pool2d(value, output_size=(4, 3))"]
    wrong = make_call("adaptive_max_pool2d", (1, 4, 4, 2), output_size=0)
    assert _calls(VOCABULARY.plan(wrong)) == ["result = torch.nn.functional.adaptive_max_pool2d(value, output_size=0)"]


def test_adaptive_windows_of_one_length_and_stride_are_another_pooling_s_elsewhere() -> None:
    call = pooling_call("adaptive_max_pool1d", value=(2, 6, 3))
    plan = tensorflow_pooling_plan(call)
    assert _calls(plan) == ["result = tf.nn.max_pool1d(value, ksize=(2,), strides=(2,), padding='VALID')"]
    assert isinstance(plan, Plan)
    assert plan.notes == ("TensorFlow has no adaptive pooling; max_pool1d has these windows",)
    assert _calls(jax_pooling_plan(call))[0].startswith("result = jax.lax.reduce_window(value, init_value=")


@pytest.mark.parametrize(("planner", "framework"), [(tensorflow_pooling_plan, "TensorFlow"), (jax_pooling_plan, "JAX")])
def test_adaptive_windows_of_other_lengths_are_unsupported_there(planner: Any, framework: str) -> None:
    reason = f"{framework} has no adaptive pooling, and no ksize with strides means these windows"
    assert planner(pooling_call("adaptive_avg_pool1d", value=(2, 5, 3))) == Unsupported(reason)
    assert planner(make_call("adaptive_avg_pool1d", (1, 6, 2), output_size=0)) == Unsupported(reason)


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        ({"value": (2, 6, 6, 1)}, []),
        (
            {"data_format": "NCHW", "value": (2, 3, 6, 7)},
            [
                "ones = torch.ones_like(result)",
                "number = torch.cumsum(ones, dim=1)",
                "result = torch.add(result, number, alpha=42)",
                "result = torch.sub(result, ones, alpha=42)",
            ],
        ),
        (
            {"include_batch_in_index": True},
            [
                "ones = torch.ones_like(result)",
                "number = torch.cumsum(ones, dim=1)",
                "result = torch.mul(result, other=3)",
                "result = torch.add(result, number, alpha=1)",
                "result = torch.sub(result, ones, alpha=1)",
                "number = torch.cumsum(ones, dim=0)",
                "result = torch.add(result, number, alpha=126)",
                "result = torch.sub(result, ones, alpha=126)",
            ],
        ),
    ],
)
def test_indices_that_torch_counts_in_a_plane_are_counted_anew(words: dict[str, Any], lines: list[str]) -> None:
    plan = VOCABULARY.plan(pooling_call("max_pool_with_argmax", padding="VALID", **words))
    called = (
        "_, result = torch.nn.functional.max_pool2d(value, kernel_size=(3, 3), stride=(2, 2), padding=(0, 0), "
        "dilation=(1, 1), ceil_mode=False, return_indices=True)"
    )
    assert _calls(plan) == [called, *lines]
    assert isinstance(plan, Plan)
    assert plan.parts[1].needed == ("value",)
    assert plan.notes == (
        ("max_pool2d counts within a plane: its indices are counted anew: composed",) if lines else ()
    )


def test_tensorflow_is_asked_indices_in_its_own_words() -> None:
    call = pooling_call("max_pool_with_argmax", include_batch_in_index=True)
    assert _calls(tensorflow_pooling_plan(call)) == [
        "_, result = tf.nn.max_pool_with_argmax(value, ksize=3, strides=2, padding='SAME', include_batch_in_index=True)"
    ]
    same = pooling_call("max_pool_with_argmax", value=(1, 6, 6, 2), padding="VALID", ceil_mode=True)
    plan = tensorflow_pooling_plan(same)
    assert isinstance(plan, Plan)
    assert plan.notes == ("tf.nn.max_pool_with_argmax has no such word; SAME means the same windows here",)


PADS = ((0, 0), (2, 0), (0, 0), (0, 0))


@pytest.mark.parametrize(
    ("planner", "words", "reason"),
    [
        (
            VOCABULARY.plan,
            {"padding": PADS},
            "max_pool2d pads both sides alike, and counts the places of a value that is padded instead",
        ),
        (
            tensorflow_pooling_plan,
            {"padding": PADS},
            "tf.nn.max_pool_with_argmax takes words alone, which mean other windows",
        ),
        (tensorflow_pooling_plan, {"dilations": 2}, "tf.nn.max_pool_with_argmax has no dilations"),
        (
            tensorflow_pooling_plan,
            {"data_format": "NCHW"},
            "tf.nn.max_pool_with_argmax has the channels last alone",
        ),
        (
            jax_pooling_plan,
            {},
            "JAX has no index of a maximum; the reduction of pairs would be a function of the plan's own",
        ),
    ],
)
def test_indices_that_a_framework_has_no_words_for_are_unsupported(
    planner: Any, words: dict[str, Any], reason: str
) -> None:
    assert planner(pooling_call("max_pool_with_argmax", **words)) == Unsupported(reason)


def test_torch_puts_maxima_back_by_windows_that_lead_to_the_output_size() -> None:
    plan = VOCABULARY.plan(pooling_call("max_unpool2d", value=(1, 3, 4, 2), output_size=(7, 4)))
    assert isinstance(plan, Plan)
    assert plan.native
    assert plan.source() == (
        "value = np.ascontiguousarray(np.transpose(value, (0, 3, 1, 2)))",
        "indices = np.ascontiguousarray(np.transpose(indices, (0, 3, 1, 2)))",
        "result = torch.nn.functional.max_unpool2d(value, indices, kernel_size=(3, 1), stride=(2, 1), "
        "output_size=(7, 4))",
        "result = np.ascontiguousarray(np.transpose(result, (0, 2, 3, 1)))",
    )


def test_the_reference_is_handed_the_indices() -> None:
    words: dict[str, Any] = {"value": (1, 3, 4, 2), "output_size": (7, 4)}
    assert _calls(reference_pooling_plan(pooling_call("max_unpool2d", **words))) == [
        "result = reference.pooling.max_unpool2d(value, indices, output_size=(7, 4))"
    ]
    gradient = pooling_call("max_unpool2d", **words, direction="value_gradient")
    assert _calls(reference_pooling_plan(gradient)) == [
        "result = reference.pooling.vector_jacobian_product(value=value, indices=indices, cotangent=cotangent, "
        "operator='max_unpool2d', output_size=(7, 4))"
    ]


@pytest.mark.parametrize(("planner", "framework"), [(tensorflow_pooling_plan, "TensorFlow"), (jax_pooling_plan, "JAX")])
def test_who_puts_no_maxima_back_is_not_asked(planner: Any, framework: str) -> None:
    reason = f"{framework} puts no maxima back; a scatter by indices that the plan computes would be its own"
    assert planner(pooling_call("max_unpool2d")) == Unsupported(reason)


def test_a_wrong_output_size_of_maxima_put_back_is_unsupported_in_torch() -> None:
    wrong = make_call("max_unpool2d", (1, 4, 4, 2), output_size=0)
    assert VOCABULARY.plan(wrong) == Unsupported("max_unpool2d takes windows, and an output_size near to what they say")


def test_zeros_are_put_around_a_norm_and_where_its_last_window_hangs_over() -> None:
    words: dict[str, Any] = {"value": (1, 6, 1), "padding": ((0, 0), (1, 1), (0, 0)), "ceil_mode": True}
    plan = VOCABULARY.plan(pooling_call("lp_pool1d", **words))
    assert isinstance(plan, Plan)
    assert plan.source()[1] == "value = np.pad(value, ((0, 0), (0, 0), (1, 2)))"
    assert plan.source()[2].endswith("lp_pool1d(value, norm_type=2, kernel_size=3, stride=(2,), ceil_mode=False)")
    assert plan.notes == ("lp_pool1d takes no padding: zeros are put around the value: composed",)


@pytest.mark.parametrize(
    ("planner", "reason"),
    [
        (tensorflow_pooling_plan, "TensorFlow has no norm of windows"),
        (
            jax_pooling_plan,
            "JAX has no norm of windows; its powers, sums and roots would be the plan's own arithmetic",
        ),
    ],
)
def test_a_framework_without_norms_is_asked_none(planner: Any, reason: str) -> None:
    assert planner(pooling_call("lp_pool2d")) == Unsupported(reason)


@pytest.mark.parametrize(
    ("operator", "words", "line"),
    [
        ("max_pool2d", {}, "result = tf.nn.max_pool2d(value, ksize=3, strides=2, padding='SAME')"),
        (
            "max_pool1d",
            {"padding": PAIR},
            "result = tf.nn.max_pool1d(value, ksize=3, strides=2, padding=((0, 0), (1, 0), (0, 0)))",
        ),
        (
            "avg_pool2d",
            {"padding": "VALID", "data_format": "NCHW", "value": (1, 2, 8, 8)},
            "result = tf.nn.avg_pool2d(value, ksize=3, strides=2, padding='VALID', data_format='NCHW')",
        ),
        (
            "max_pool2d",
            {"dilations": (2, 1), "strides": 1, "padding": "VALID"},
            "result = tf.nn.pool(value, window_shape=(3, 3), pooling_type='MAX', strides=(1, 1), padding='VALID', "
            "dilations=(2, 1))",
        ),
        (
            "avg_pool1d",
            {"value": (1, 6, 1), "padding": "VALID", "ceil_mode": True},
            "result = tf.nn.avg_pool1d(value, ksize=3, strides=2, padding='SAME')",
        ),
        (
            "avg_pool1d",
            {"count_include_pad": True},
            "result = tf.nn.avg_pool1d(value, ksize=3, strides=2, padding='VALID')",
        ),
    ],
)
def test_what_tensorflow_is_asked(operator: str, words: dict[str, Any], line: str) -> None:
    assert _calls(tensorflow_pooling_plan(pooling_call(operator, **words))) == [line]


@pytest.mark.parametrize(
    ("operator", "words", "reason"),
    [
        ("max_pool2d", {"dilations": 2}, "tf.nn.pool takes no strides beside dilations"),
        ("avg_pool2d", {"divisor_override": 2}, "tf.nn.avg_pool2d has no divisor_override"),
        ("max_pool3d", {"dtype": "float64"}, "tf.nn.max_pool3d takes float16, bfloat16, float32 alone"),
        (
            "avg_pool1d",
            {"padding": PAIR},
            "tf.nn.avg_pool1d takes words alone, which mean other windows, and divides by their elements",
        ),
        (
            "avg_pool1d",
            {"padding": ((0, 0), (2, 0), (0, 0)), "value": (1, 6, 1), "count_include_pad": True, "ceil_mode": True},
            "tf.nn.avg_pool1d has no ceil_mode: zeros that hang over would count as pads do",
        ),
    ],
)
def test_what_tensorflow_cannot_say_is_unsupported(operator: str, words: dict[str, Any], reason: str) -> None:
    assert tensorflow_pooling_plan(pooling_call(operator, **words)) == Unsupported(reason)


@pytest.mark.parametrize(
    ("operator", "words", "lines"),
    [
        (
            "max_pool1d",
            {"dilations": 2},
            [
                "result = jax.lax.reduce_window(value, init_value=float('-inf'), computation=jax.lax.max, "
                "window_dimensions=(1, 3, 1), window_strides=(1, 2, 1), padding='SAME', window_dilation=(1, 2, 1))"
            ],
        ),
        (
            "max_pool1d",
            {"dtype": "int32", "padding": PAIR},
            [
                "lowest = jax.numpy.full(shape=(), fill_value=-2147483648, dtype='int32')",
                "result = jax.lax.reduce_window(value, init_value=lowest, computation=jax.lax.max, "
                "window_dimensions=(1, 3, 1), window_strides=(1, 2, 1), padding=((0, 0), (1, 0), (0, 0)))",
            ],
        ),
        (
            "avg_pool1d",
            {"divisor_override": 4},
            [
                "sums = jax.lax.reduce_window(value, init_value=0.0, computation=jax.lax.add, "
                "window_dimensions=(1, 3, 1), window_strides=(1, 2, 1), padding='SAME')",
                "counts = jax.numpy.full_like(sums, fill_value=4)",
                "result = jax.numpy.divide(sums, counts)",
            ],
        ),
        (
            "avg_pool1d",
            {"value": (1, 6, 1), "padding": PAIR, "ksize": 4, "ceil_mode": True, "count_include_pad": True},
            [
                "sums = jax.lax.reduce_window(value, init_value=0.0, computation=jax.lax.add, "
                "window_dimensions=(1, 4, 1), window_strides=(1, 2, 1), padding=((0, 0), (1, 1), (0, 0)))",
                "ones = jax.numpy.ones_like(value)",
                "ones = jax.numpy.pad(ones, pad_width=((0, 0), (1, 0), (0, 0)), constant_values=1)",
                "counts = jax.lax.reduce_window(ones, init_value=0.0, computation=jax.lax.add, "
                "window_dimensions=(1, 4, 1), window_strides=(1, 2, 1), padding=((0, 0), (0, 1), (0, 0)))",
                "result = jax.numpy.divide(sums, counts)",
            ],
        ),
    ],
)
def test_what_jax_is_asked(operator: str, words: dict[str, Any], lines: list[str]) -> None:
    assert _calls(jax_pooling_plan(pooling_call(operator, **words))) == lines


@pytest.mark.parametrize(
    ("planner", "words", "reason"),
    [
        (VOCABULARY.plan, {"padding": "FULL"}, "max_pool2d's padding takes no words"),
        (
            VOCABULARY.plan,
            {"operator": "lp_pool2d", "padding": "FULL", "norm_type": 2},
            "lp_pool2d takes no padding",
        ),
        (VOCABULARY.plan, {"padding": ((0, 0), (-1, 0), (0, 0), (0, 0))}, "max_pool2d's padding takes no pairs"),
        (VOCABULARY.plan, {"data_format": "NWC"}, "max_pool2d takes no data_format"),
        (VOCABULARY.plan, {"value": (4, 4, 2)}, "max_pool2d takes a value without its batch, too"),
        (VOCABULARY.plan, {"ksize": (1, 2, 2, 2)}, "max_pool2d takes numbers of the spatial axes only"),
        (VOCABULARY.plan, {"operator": "avg_pool2d", "dilations": 0}, "avg_pool2d has no dilation"),
        (
            VOCABULARY.plan,
            {"operator": "avg_pool1d", "divisor_override": 0, "value": (1, 4, 2)},
            "avg_pool1d has no divisor_override",
        ),
        (
            tensorflow_pooling_plan,
            {"operator": "avg_pool2d", "divisor_override": 0},
            "tf.nn.avg_pool2d has no divisor_override",
        ),
        (tensorflow_pooling_plan, {"dilations": (1, 2, 2, 2)}, "tf.nn.pool takes numbers of the spatial axes only"),
        (jax_pooling_plan, {"data_format": "NWC"}, "jax.lax.reduce_window takes no data_format"),
        (
            jax_pooling_plan,
            {"padding": ((0, 0), (-1, 0), (0, 0), (0, 0))},
            "explicit pads of jax.lax.reduce_window may be negative",
        ),
        (
            jax_pooling_plan,
            {"operator": "avg_pool2d", "divisor_override": 0},
            "JAX has no average, and divides by whatever it is given",
        ),
        (
            jax_pooling_plan,
            {"operator": "avg_pool2d", "dtype": "int32"},
            "JAX has no average, and what sums are divided by decides the dtype of a quotient",
        ),
        (jax_pooling_plan, {"ksize": (1, 2, 2, 2)}, "the window of reduce_window has one number for each axis"),
    ],
)
def test_a_wrong_call_that_a_framework_has_no_words_for_is_unsupported(
    planner: Any, words: dict[str, Any], reason: str
) -> None:
    assert planner(_wrong(**words)) == Unsupported(reason)


@pytest.mark.parametrize(
    ("planner", "words", "line"),
    [
        (
            VOCABULARY.plan,
            {"ksize": 0},
            "torch.nn.functional.max_pool2d(value, kernel_size=(0, 0), stride=(2, 2), dilation=(1, 1))",
        ),
        (tensorflow_pooling_plan, {"strides": 0}, "tf.nn.max_pool2d(value, ksize=2, strides=0, padding='VALID')"),
        (tensorflow_pooling_plan, {"padding": "FULL"}, "tf.nn.max_pool2d(value, ksize=2, strides=2, padding='FULL')"),
        (
            jax_pooling_plan,
            {"padding": "FULL"},
            "jax.lax.reduce_window(value, init_value=float('-inf'), computation=jax.lax.max, "
            "window_dimensions=(1, 2, 2, 1), window_strides=(1, 2, 2, 1), padding='FULL')",
        ),
    ],
)
def test_a_wrong_call_is_handed_over_as_it_is_wrong(planner: Any, words: dict[str, Any], line: str) -> None:
    assert _calls(planner(_wrong(**words))) == [f"result = {line}"]


def test_the_reference_is_asked_as_the_call_stands() -> None:
    call = pooling_call(
        "avg_pool2d", ceil_mode=True, count_include_pad=True, padding="VALID", direction="value_gradient"
    )
    assert _calls(reference_pooling_plan(call)) == [
        "result = reference.pooling.vector_jacobian_product(value=value, cotangent=cotangent, operator='avg_pool2d', "
        "ksize=3, strides=2, padding='VALID', ceil_mode=True, count_include_pad=True)"
    ]


def _torch_by_reference(step: Invoke, operands: Operands) -> NDArray[Any]:
    """torch's functions as their documentation has them, computed by the reference."""
    said: dict[str, Any] = dict(step.keywords)
    rank = len(said["stride"])
    pads = ((0, 0), (0, 0), *((pad, pad) for pad in said.get("padding", (0,) * rank)))
    words: dict[str, Any] = {
        "ksize": said["kernel_size"],
        "strides": said["stride"],
        "padding": pads,
        "dilations": said.get("dilation"),
        **({"norm_type": said["norm_type"]} if "norm_type" in said else {}),
        "ceil_mode": said["ceil_mode"],
        "data_format": {1: "NCW", 2: "NCHW", 3: "NCDHW"}[rank],
    }
    name = step.function.rpartition(".")[2]
    if name.startswith("avg"):
        words |= {name: said[name] for name in ("count_include_pad", "divisor_override") if name in said}
    if step.gradient:
        return pooling.vector_jacobian_product(name, **operands, **words)
    function: Any = getattr(pooling, name)
    return np.asarray(function(operands["value"], **words))


@pytest.mark.parametrize("direction", ["forward", "value_gradient"])
@pytest.mark.parametrize("operator", ["max_pool1d", "max_pool2d", "avg_pool1d", "avg_pool2d", "lp_pool1d", "lp_pool2d"])
def test_every_plan_for_torch_means_the_call(operator: str, direction: Any) -> None:
    random, planned = np.random.default_rng(7), 0
    rank = int(operator[-2])
    for _ in range(250):
        below = random.integers
        words: dict[str, Any] = {
            "value": (1, *(int(below(1, 8)) for _ in range(rank)), 2),
            "ksize": tuple(int(below(1, 5)) for _ in range(rank)),
            "strides": tuple(int(below(1, 4)) for _ in range(rank)),
            "ceil_mode": bool(below(2)),
            "direction": direction,
            "padding": ["SAME", "VALID", ((0, 0), *((int(below(3)), int(below(3))) for _ in range(rank)), (0, 0))][
                int(below(3))
            ],
        }
        if operator.startswith("avg"):
            words |= {"count_include_pad": bool(below(2))} if below(3) else {"divisor_override": 3} if rank > 1 else {}
        elif operator.startswith("max"):
            words["dilations"] = int(below(1, 3))
        else:
            words["norm_type"] = int(below(1, 4))
        call = make_call(operator, words.pop("value"), **words)
        plan = VOCABULARY.plan(call)
        if isinstance(call, WrongPooling) or isinstance(plan, Unsupported):
            continue
        planned += 1
        operands = generate("t", call, Generated("mix"))
        answer = perform(plan, operands, _torch_by_reference)
        right = expect(call, Generated("mix"), operands).rounded
        assert answer.shape == right.shape
        assert np.allclose(answer, right, rtol=1e-6, equal_nan=True), call
    assert planned > 100
