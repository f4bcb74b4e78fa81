"""Calls of poolings as they are read: what they mean, what is refused and where, what is said of their translation.

That pasted and printed code have the reference's bits is in tests/translation/test_printed_code.py.
"""

from typing import Any

import pytest

from conformance.adapters.lane import load_adapter, parse_lane
from conformance.adapters.plan import Plan, Unsupported
from conformance.operators.pooling.call import RightPooling, pooling
from conformance.operators.pooling.readings.reading import PoolingReading, read_trial
from conformance.protocol.hello import Hello
from conformance.suite.case import Trial, WrongTrial
from conformance.suite.corpus import select
from conformance.translation.code import CallError
from conformance.translation.experiment import Experiment
from conformance.translation.reading import read_call
from conformance.translation.translating import translate
from conformance.workers.process import Worker
from tests.operators.pooling.calls import pooling_call

RESNET = "nn.MaxPool2d(3, 2, 1)(x[1,64,8,8])"


def read(text: str, value: tuple[int, ...] | None = None) -> PoolingReading:
    found = read_call(text, "float32", value)
    assert isinstance(found, PoolingReading)
    return found


def planned(reading: PoolingReading, lane: str) -> Plan | Unsupported:
    return reading.write(load_adapter(parse_lane(lane)))


@pytest.mark.parametrize(
    ("text", "operator", "words"),
    [
        ("tf.nn.max_pool2d(x[1,6,7,3], 2, [1,2,3,1], 'SAME')", "max_pool2d", {"ksize": 2, "strides": (2, 3)}),
        ("tf.nn.avg_pool(x[1,6,3], [2], 2, 'VALID')", "avg_pool1d", {"ksize": 2, "padding": "VALID"}),
        ("tf.nn.pool(x[1,6,7,3], [2,3], 'AVG', dilations=[2,1])", "avg_pool2d",
         {"ksize": (2, 3), "strides": 1, "padding": "VALID", "dilations": (2, 1)}),
        ("tf.nn.max_pool1d(x[1,3,6], 3, 1, [(0,0),(0,0),(2,1)], 'NCW')", "max_pool1d",
         {"value": (1, 6, 3), "strides": 1, "padding": ((0, 0), (2, 1), (0, 0))}),
        ("F.avg_pool2d(x[1,3,6,7], 3, padding=1)", "avg_pool2d",
         {"strides": 3, "padding": ((0, 0), (1, 1), (1, 1), (0, 0)), "count_include_pad": True}),
        ("F.avg_pool2d(x[1,3,6,7], 3, 2, 1, True, False, 4)", "avg_pool2d",
         {"padding": ((0, 0), (1, 1), (1, 1), (0, 0)), "ceil_mode": True, "divisor_override": 4}),
        ("nn.MaxPool2d(3, dilation=2, ceil_mode=True)(x[1,3,6,7])", "max_pool2d",
         {"strides": 3, "padding": "VALID", "dilations": 2, "ceil_mode": True}),
        ("lax.reduce_window(x[1,6,7,3], -jnp.inf, lax.max, (1,3,3,1), (1,2,2,1), 'SAME')", "max_pool2d", {}),
        ("lax.reduce_window(x[1,3,6,7], 0., jax.lax.add, (1,1,3,3), (1,1,2,2))", "avg_pool2d",
         {"padding": "VALID", "divisor_override": 1}),
        ("keras.layers.MaxPooling2D()(x[1,6,7,3])", "max_pool2d", {"ksize": 2, "padding": "VALID"}),
        ("layers.AveragePooling1D(3, 2, 'same')(x[1,6,3])", "avg_pool1d", {}),
    ],
)  # fmt: skip
def test_a_call_means_its_windows_and_its_divisor(text: str, operator: str, words: dict[str, Any]) -> None:
    expected = pooling_call(operator, **{"value": {3: (1, 6, 3), 4: (1, 6, 7, 3)}[len(words.get("value", "4444")) if
                                         operator[-2] == "2" else 3], **words})  # fmt: skip
    found = read(text).judged
    assert (found.operator, found.geometry, found.divisor_override) == (
        operator, expected.geometry, expected.divisor_override
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("F.max_pool2d(x[1,1,8,8], 2, padding=2)", 37, "height: padding is 2; it must be at least 0 and at most 1"),
        ("F.avg_pool3d(x[1,1,2,4,4], 3)", 28, "depth: the window has 3 places"),
        ("F.max_pool1d(x[1,1,8], 2, return_indices=True)", 42, "return_indices is True, and is not read"),
        ("F.avg_pool2d(x[1,1,8,8], 2, divisor_override=0)", 46, "divisor_override is 0; it must be at least 1"),
        ("tf.nn.avg_pool2d(x[1,8,8,1], 2, 2, [(0,0),(1,1),(1,1),(0,0)])", 36, "tf.nn.avg_pool2d takes no pairs"),
        ("tf.nn.max_pool2d(x[1,8,8,1], 2, 2, [(0,0),(2,1),(1,1),(0,0)])", 36, "pads (2, 1) beside a window of 2"),
        ("tf.nn.max_pool2d(x[1,8,8,1], [1,2,2,2], 2, 'SAME')", 30, "windows over batch or channels are not read"),
        ("tf.nn.pool(x[1,8,8,1], [2,2], 'MAX', [3,1])", 38, "tf.nn.pool takes no stride above the length"),
        ("tf.nn.pool(x[1,8,1], [2], 'MAX', [2], dilations=[2])", 34, "takes strides of 1 only beside dilations"),
        ("tf.nn.pool(x[1,8,1], [2], 'MAX', padding='SAME', dilations=[2])", 42, "takes 'VALID' only beside dilations"),
        ("tf.nn.pool(x[1,8,1], [2], 'MIN')", 27, "pooling_type is 'MIN'; expected 'MAX' or 'AVG'"),
        ("tf.nn.max_pool2d(x[1,2,2,1], 3, 1, 'VALID')", 30, "no window finds its place"),
        ("lax.reduce_window(x[1,8,1], 0., lax.max, (1,2,1))", 29, "expected -jnp.inf, where jax.lax.max begins"),
        ("lax.reduce_window(x[4,8,1], -jnp.inf, lax.max, (2,2,1))", 48, "a window over the batch"),
        ("lax.reduce_window(x[1,8,1], -jnp.inf, lax.max, (2,))", 48, "3 integers, one for each axis of the value"),
        ("lax.reduce_window(x[1,8,1], -jnp.inf, lax.max, (1,2,1), None, [(0,0),(-1,0),(0,0)])", 63, "negative pads"),
        ("lax.reduce_window(x[1,8,1], -jnp.inf, lax.max, (1,2,1), base_dilation=(1,2,1))", 71, "base_dilation spreads"),
        ("lax.reduce_window(x[1,8,1], -jnp.inf, lax.min, (1,2,1))", 39, "lax.min is not read"),
        ("keras.layers.MaxPooling2D(2, padding='causal')(x[1,8,8,1])", 38, "expected 'valid' or 'same'"),
        ("tf.nn.max_pool2d(x[1,8,8,1], 2, 2, 'SAME') + b[1]", 1, "not part of a pooling"),
    ],
)  # fmt: skip
def test_an_illegal_call_is_an_error_at_its_argument(text: str, column: int, message: str) -> None:
    with pytest.raises(CallError) as error:
        read(text)
    assert str(error.value).startswith(f"column {column}: ")
    assert message in str(error.value)


def test_resnet_s_stem_is_uneven_to_nobody_and_same_to_nobody() -> None:
    reading = read(RESNET)
    plan = planned(reading, "tensorflow")
    assert isinstance(plan, Plan)
    assert plan.native
    assert "padding=((0, 0), (1, 1), (1, 1), (0, 0))" in "".join(plan.source())
    assert reading.lines() == [
        "max_pool2d, float32, NCHW",
        "height: 8 -> 4, window 3, stride 2; pads: 1 before, 1 after",
        "width: 8 -> 4, window 3, stride 2; pads: 1 before, 1 after",
    ]
    assert reading.document()["axes"][0] == {
        "name": "height", "input": 8, "kernel": 3, "stride": 2, "dilation": 1, "pad_before": 1, "pad_after": 1,
        "output": 4,
    }  # fmt: skip


def test_an_average_that_counts_pads_says_so_and_is_composed_in_tensorflow() -> None:
    reading = read("F.avg_pool2d(x[1,3,8,8], 3, 2, 1)")
    assert reading.remarks == ("the divisor counts pads: count_include_pad is True by default",)
    assert reading.lines()[0] == "avg_pool2d, float32, NCHW, divided by its places, pads included"
    plan = planned(reading, "tensorflow")
    assert isinstance(plan, Plan)
    assert plan.notes == (
        "tf.nn.avg_pool2d counts no pads: zeros are put around the value and count as elements: composed",
    )


def test_what_no_words_say_is_refused_with_the_reason() -> None:
    dilated = planned(read("tf.nn.pool(x[1,8,8,3], [2,2], 'AVG', dilations=[2,2])"), "torch")
    assert dilated == Unsupported("avg_pool2d has no dilation")
    override = planned(read("F.avg_pool2d(x[1,3,8,8], 2, divisor_override=3)"), "tensorflow")
    assert override == Unsupported("tf.nn.avg_pool2d has no divisor_override")
    dilated = planned(read("F.max_pool2d(x[1,3,8,8], 2, 3, dilation=2)"), "tensorflow")
    assert dilated == Unsupported("tf.nn.pool takes no strides beside dilations")


@pytest.mark.parametrize(
    ("text", "remarks"),
    [
        ("tf.nn.max_pool2d(x[1,8,8,3], 3, 2, 'SAME')",
         ["the folk recipe padding=(1, 1) has the right shape and begins 1 earlier on height, 1 earlier on width"]),
        ("tf.nn.max_pool2d(x[1,7,7,3], 3, 2, 'SAME')", ["the folk recipe padding=(1, 1) is right here"]),
        ("tf.nn.max_pool1d(x[1,7,3], 2, 2, 'SAME')",
         ["the folk recipe padding=(0,) has the wrong shape: width 3 instead of 4"]),
        ("tf.nn.max_pool1d(x[1,8,3], 2, 2, 'SAME')", []),
        ("tf.nn.avg_pool1d(x[1,7,3], 3, 2, 'SAME')",
         ["the folk recipe padding=(1,) is right here",
          "count_include_pad=False is part of the translation: by default PyTorch divides by pads, too"]),
    ],
)  # fmt: skip
def test_what_folk_would_get_wrong_in_pytorch_is_said(text: str, remarks: list[str]) -> None:
    reading = read(text)
    assert list(reading.remarks_on("torch", planned(reading, "torch"))) == remarks
    assert reading.remarks_on("jax", planned(reading, "jax")) == ()


def test_a_trial_is_read_in_the_words_of_the_first_framework_that_says_it() -> None:
    said = {
        "tensorflow": pooling_call(),
        "torch": pooling_call(value=(1, 8, 8, 2), padding="VALID", ceil_mode=True),
        "reference": pooling_call("avg_pool2d", value=(1, 7, 7, 2), padding="VALID", ceil_mode=True,
                                  count_include_pad=True, ksize=(2, 3), strides=(3, 1), dilations=2),
    }  # fmt: skip
    for lane, call in said.items():
        assert read_trial(call).lane == lane
    assert read_trial(said["tensorflow"]).text == "tf.nn.max_pool2d(x[2, 6, 7, 3], ksize=3, strides=2, padding='SAME')"
    assert read_trial(pooling_call("max_pool_with_argmax")).text == (
        "tf.nn.max_pool_with_argmax(x[2, 6, 7, 3], ksize=3, strides=2, padding='SAME')[1]"
    )
    gradient = read_trial(pooling_call(direction="value_gradient"), "float64")
    assert gradient.text.startswith("gradient(tf.nn.max_pool2d(x[2, 6, 7, 3], ")
    assert gradient.judged.dtype == "float64"


@pytest.fixture(scope="module")
def corpus() -> list[Trial]:
    return select(["max_pool*", "avg_pool*"])


def test_every_trial_is_read_or_refused_with_the_reason(corpus: list[Trial]) -> None:
    for trial in corpus:
        if isinstance(trial, WrongTrial):
            with pytest.raises(CallError, match=r"the call is wrong \("):
                read_trial(trial.call)
        else:
            assert read_trial(trial.call).judged == trial.call


def test_the_reference_and_its_translation_agree_on_a_sample(corpus: list[Trial]) -> None:
    chosen: dict[object, RightPooling] = {}
    for trial in corpus:
        call = pooling(trial.call)
        if isinstance(call, RightPooling) and call.dtype == "float32" and 0 not in call.value_shape:
            chosen.setdefault((call.operator, call.direction, call.last), call)
    lane = parse_lane("reference")
    worker = Worker(lane)
    try:
        assert isinstance(worker.start(), Hello)
        for call in chosen.values():
            reading = read_trial(call)
            plan = translate(reading, lane).plan
            assert isinstance(plan, Plan)
            verdicts = Experiment(reading, 60.0).verdicts(worker, plan)
            assert verdicts
            assert all(verdict.conforms for _, verdict in verdicts), call
    finally:
        worker.kill()
    assert len(chosen) >= 12
