"""The planners that take TensorFlow's words: what an author wrote is what is handed over."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from conformance.adapters.plan import Invoke, Plan, Unsupported
from conformance.adapters.protocol import Adapter, Nominal, SpeaksNominally
from conformance.adapters.reference import Reference
from conformance.adapters.tensorflow.adapter import TensorFlow
from conformance.operators.convolution.call import convolution
from conformance.suite.case import Trial

EXAMPLE_1 = "conv2d_transpose/tutorial/example-1[inputs=mix,dtype=float32]"
TAKE_THE_CALL_AS_IT_STANDS: Mapping[str, Callable[[], Adapter]] = {
    "reference": Reference,
    "tensorflow": TensorFlow,
    "tensorflow:function": lambda: TensorFlow(("function",)),
    "tensorflow:session": lambda: TensorFlow(("session",)),
}


def only_step(plan: Plan | Unsupported) -> Invoke:
    assert isinstance(plan, Plan)
    (step,) = plan.steps
    assert isinstance(step, Invoke)
    return step


@pytest.mark.parametrize("make", TAKE_THE_CALL_AS_IT_STANDS.values(), ids=TAKE_THE_CALL_AS_IT_STANDS)
def test_every_trial_is_one_native_call_with_the_author_s_own_arguments(
    shipped: dict[str, Trial], make: Callable[[], Adapter]
) -> None:
    adapter = make()
    for trial in shipped.values():
        call = trial.call
        written = {
            "output_shape": convolution(call).output_shape,
            "strides": convolution(call).strides,
            "padding": convolution(call).padding,
            **({} if convolution(call).data_format is None else {"data_format": convolution(call).data_format}),
            **({} if convolution(call).dilations is None else {"dilations": convolution(call).dilations}),
        }
        plan = adapter.plan(call)
        assert dict(only_step(plan).keywords) == written
        assert isinstance(plan, Plan)
        assert (plan.native, plan.notes) == (True, ())


@pytest.mark.parametrize(
    ("make", "line"),
    [
        (Reference, "result = reference.conv2d_transpose(value, filter, {})"),
        (TensorFlow, "result = tf.nn.conv2d_transpose(value, filter, {})"),
        (lambda: TensorFlow(("function",)), "result = tf.nn.conv2d_transpose(value, filter, {})"),
        (
            lambda: TensorFlow(("session",)),
            "result = tf.compat.v1.nn.conv2d_transpose(value=value, filter=filter, {})",
        ),
    ],
    ids=TAKE_THE_CALL_AS_IT_STANDS,
)
def test_the_tutorial_s_first_example_is_written_as_it_is_called(
    shipped: dict[str, Trial], make: Callable[[], Adapter], line: str
) -> None:
    plan = make().plan(shipped[EXAMPLE_1].call)
    assert isinstance(plan, Plan)
    keywords = "output_shape=(1, 8, 8, 1), strides=(1, 2, 2, 1), padding='SAME'"
    assert plan.source() == (line.format(keywords),)


def test_modes_of_tensorflow_exclude_one_another() -> None:
    with pytest.raises(ValueError, match=r"modes function\+session exclude one another"):
        TensorFlow(("function", "session"))


@pytest.mark.parametrize("make", [Reference, TensorFlow])
def test_nominal_words_ask_for_each_output_length(make: Callable[[], SpeaksNominally]) -> None:
    adapter = make()
    assert adapter.names_output
    for word in ("SAME", "VALID"):
        told: dict[str, Any] = dict(only_step(adapter.plan_nominal(Nominal(word, 4, 3, 2, 1), 7)).keywords)
        assert told == {"output_shape": (1, 7, 7, 1), "strides": 2, "padding": word, "dilations": 1}
    assert isinstance(adapter.plan_nominal(Nominal("default", 4, 3, 2, 1), 7), Unsupported)
