"""Cases of every operator: the parametric form for one to three axes, groups, and what each of them refuses."""

from collections.abc import Callable

import pytest

from conformance.operators.convolution.call import ConvolutionTrial, WrongConvolution, convolution
from conformance.suite.case import Trial
from reference.family import OPERATORS

Loaded = Callable[..., list[ConvolutionTrial]]
ProblemOf = Callable[[str, str], str]
FORM = "name: a, why: w, batch: 2, kernel: 3, strides: 2"


@pytest.fixture
def problem_of(problems_of: Callable[[str], list[str]]) -> ProblemOf:
    """The message of the one problem of a case, without where it is."""

    def found(operator: str, keys: str) -> str:
        (problem,) = problems_of(f"operator: {operator}\ncases:\n  - {{name: a, why: w, {keys}}}\n")
        return problem.partition("/example/a")[2].partition(": ")[2]

    return found


@pytest.mark.parametrize(
    ("operator", "size", "shapes"),
    [
        ("conv1d_transpose", "5", ((2, 5, 2), (3, 6, 2), (2, 10, 6))),
        ("conv2d_transpose", "[5, 4]", ((2, 5, 4, 2), (3, 3, 6, 2), (2, 10, 8, 6))),
        ("conv3d_transpose", "[5, 4, 3]", ((2, 5, 4, 3, 2), (3, 3, 3, 6, 2), (2, 10, 8, 6, 6))),
        ("conv1d", "5", ((2, 5, 2), (3, 2, 6), (2, 3, 6))),
        ("conv2d", "[5, 4]", ((2, 5, 4, 2), (3, 3, 2, 6), (2, 3, 2, 6))),
        ("conv3d", "[5, 4, 3]", ((2, 5, 4, 3, 2), (3, 3, 3, 2, 6), (2, 3, 2, 2, 6))),
        ("depthwise_conv2d", "[5, 4]", ((2, 5, 4, 2), (3, 3, 2, 3), (2, 3, 2, 6))),
    ],
)
def test_the_parametric_form_has_as_many_lengths_as_the_operator_has_axes(
    trials_of_operator: Loaded, operator: str, size: str, shapes: tuple[tuple[int, ...], ...]
) -> None:
    output = ", output: largest" if OPERATORS[operator].transposed else ""
    (trial,) = trials_of_operator(operator, f"{FORM}, size: {size}, channels: [2, 6]{output}")
    call = trial.call
    assert (call.value_shape, call.filter_shape, call.output_shape) == shapes
    assert len(call.geometry.axes) == OPERATORS[operator].rank


@pytest.mark.parametrize(
    ("operator", "filter"), [("conv2d_transpose", (3, 3, 2, 4)), ("conv2d", (3, 3, 2, 6)), ("conv3d", (3, 3, 3, 2, 6))]
)
def test_channels_are_those_of_all_groups_and_the_filter_has_those_of_one(
    trials_of_operator: Loaded, operator: str, filter: tuple[int, ...]
) -> None:
    output = ", output: smallest" if OPERATORS[operator].transposed else ""
    (trial,) = trials_of_operator(
        operator, f"{FORM}, size: 4, channels: {'[4, 4]' if output else '[4, 6]'}, groups: 2{output}"
    )
    assert trial.call.filter_shape == filter
    assert (trial.call.geometry.groups, trial.call.arguments()["groups"]) == (2, 2)


def test_a_depthwise_convolution_has_as_many_groups_as_channels_without_being_told(trials_of_operator: Loaded) -> None:
    (trial,) = trials_of_operator("depthwise_conv2d", f"{FORM}, size: 4, channels: [3, 6]")
    assert trial.call.geometry.groups == 3
    assert "groups" not in trial.call.arguments()


@pytest.mark.parametrize(
    ("operator", "first"), [("conv1d", "NCW"), ("conv2d_transpose", "NCHW"), ("conv3d_transpose", "NCDHW")]
)
def test_channels_first_is_the_layout_of_value_and_result_alone(
    trials_of_operator: Loaded, operator: str, first: str
) -> None:
    output = ", output: largest" if OPERATORS[operator].transposed else ""
    keys = f"{FORM}, size: 4, channels: [2, 6]{output}"
    ((last,), (changed,)) = (
        trials_of_operator(operator, keys),
        trials_of_operator(operator, f"{keys}, data_format: {first}"),
    )
    assert changed.call.value_shape == (2, 2, *last.call.value_shape[1:-1])
    assert changed.call.output_shape == (2, 6, *last.call.output_shape[1:-1])
    assert changed.call.filter_shape == last.call.filter_shape


def test_all_outputs_of_three_axes_are_every_combination_of_their_legal_lengths(trials_of_operator: Loaded) -> None:
    trials = trials_of_operator(
        "conv3d_transpose",
        "name: a, why: w, batch: 1, kernel: 1, size: 2, channels: 1, strides: [2, 1, 3], output: all",
    )
    assert len(trials) == 2 * 1 * 3
    assert trials[0].id == "conv3d_transpose/example/a[output=3x2x4]"


def test_a_bias_and_a_direction_are_swept_like_any_parameter(trials_of_operator: Loaded) -> None:
    sweep = "sweep: {bias: [true], direction: [forward, filter_gradient]}"
    trials = trials_of_operator("conv1d", f"{FORM}, size: 4, channels: 2, {sweep}")
    assert [trial.id.partition("/a")[2] for trial in trials] == [
        "[bias=True,direction=forward]",
        "[bias=True,direction=filter_gradient]",
    ]
    forward, gradient = (trial.call for trial in trials)
    assert forward.operands == {"value": (2, 4, 2), "filter": (3, 2, 2), "bias": (2,)}
    assert gradient.operands == {**forward.operands, "cotangent": (2, 2, 2)}
    assert (forward.result_shape, gradient.result_shape) == ((2, 2, 2), (3, 2, 2))


FORWARD = "batch: 1, size: 4, channels: 2, kernel: 3"
CONCRETE = "value: [1, 4, 4, 2], filter: [3, 3, 2, 2], strides: 1"


@pytest.mark.parametrize(
    ("operator", "keys", "message"),
    [
        (
            "conv2d",
            f"{FORWARD}, output: smallest",
            "output is not an argument of conv2d: its result's lengths follow from the others",
        ),
        (
            "conv2d",
            f"{CONCRETE}, output_shape: [1, 4, 4, 2]",
            "output_shape is not an argument of conv2d: its result's lengths follow from the others",
        ),
        (
            "conv2d",
            "batch: 1, size: 4",
            "channels, kernel missing; a case gives batch, size, channels, kernel, in itself or in its sweep",
        ),
        (
            "conv2d",
            "value: [1, 4, 4, 2], strides: 1",
            "filter missing; a case gives value, filter, in itself or in its sweep",
        ),
        ("conv1d", f"{FORWARD}, strides: [1, 2]", "strides is [1, 2]; the parametric form takes one number"),
        ("conv3d", f"{FORWARD}, strides: [1, 2]", "strides is [1, 2]; the parametric form takes one number or 3"),
        (
            "conv1d",
            f"{FORWARD}, padding: [[1, 0], [0, 0]]",
            "padding [[1, 0], [0, 0]]: the parametric form takes 1 or 3 pairs [before, after]",
        ),
        ("conv1d", f"{FORWARD}, data_format: NHWC", "data_format is 'NHWC'; it must be 'NWC' or 'NCW'"),
        ("conv2d", f"{FORWARD}, groups: 3", "groups is 3; it must be a divisor of the 2 channels in"),
        ("conv2d", f"{FORWARD}, groups: 0", "groups is 0; it must be a divisor of the 2 channels in"),
        (
            "conv2d_transpose",
            f"{FORWARD}, output: smallest, groups: 3",
            "groups is 3; it must be a divisor of the 2 channels out",
        ),
        (
            "depthwise_conv2d",
            "batch: 1, size: 4, channels: [2, 3], kernel: 3",
            "channels [2, 3]: out must be a multiple of in, channel by channel",
        ),
        (
            "depthwise_conv2d",
            f"{FORWARD}, groups: 2",
            "groups is 2; leave it out: a depthwise convolution splits into channels (if the case is about "
            "that, it says expect: {refusal: groups})",
        ),
        ("conv2d", f"{FORWARD}, direction: bias_gradient", "direction bias_gradient needs bias: true"),
        (
            "conv2d",
            f"{FORWARD}, direction: value_gradient, dtype: int32",
            "direction value_gradient with dtype int32: integers have no derivative, and frameworks define complex "
            "ones "
            "differently; it must be a floating-point dtype",
        ),
        (
            "conv2d",
            f"{FORWARD}, direction: filter_gradient, dtype: complex64",
            "direction filter_gradient with dtype complex64: integers have no derivative, and frameworks define "
            "complex ones "
            "differently; it must be a floating-point dtype",
        ),
        (
            "conv2d",
            "value: [1, 4, 4, 2], filter: [3, 3, 5, 2], strides: 1, bias: true, expect: {refusal: filter_channels}",
            "a wrong call has no channels of a result: a bias beside it needs bias_shape",
        ),
        (
            "conv2d",
            "value: [1, 4, 4, 2], filter: [3, 3, 5, 2], strides: 1, direction: value_gradient, "
            "expect: {refusal: filter_channels}",
            "a wrong call has no result: its gradient needs cotangent_shape",
        ),
        (
            "conv2d",
            f"{FORWARD}, inputs: normal64, dtype: int32",
            "this generator does not fill int32; those of integer numbers are mix, wide_x, wide_w, small_int, "
            "codes, ones",
        ),
        (
            "conv2d",
            f"{FORWARD}, inputs: codes, dtype: complex64",
            "this generator does not fill complex64; those of complex numbers are mix, wide_x, wide_w, small_int, "
            "ones, normal64, normal_big, uniform01",
        ),
        ("conv2d", f"{FORWARD}, inputs: codes, bias: true", "this generator leaves no room for a bias"),
        (
            "conv2d",
            f"{FORWARD}, inputs: zero_product, groups: 2",
            "disjoint supports need at least two channels that are summed",
        ),
    ],
)
def test_what_an_operator_does_not_take_is_told(problem_of: ProblemOf, operator: str, keys: str, message: str) -> None:
    assert problem_of(operator, keys) == message


def test_a_direction_that_does_not_exist_gets_those_there_are(problems_of: Callable[[str], list[str]]) -> None:
    (problem,) = problems_of(f"operator: conv2d\ncases:\n  - {{name: a, why: w, {FORWARD}, direction: backward}}\n")
    assert problem == (
        "example.yaml:3: cases[0].direction: found 'backward'; expected 'forward', 'value_gradient', "
        "'filter_gradient' or 'bias_gradient'"
    )


def test_a_wrong_call_of_a_forward_convolution_may_be_what_a_case_is_about(
    every_trial_of_operator: Callable[[str, str], list[Trial]],
) -> None:
    (trial,) = every_trial_of_operator(
        "conv1d", "name: a, why: w, value: [1, 4, 2], filter: [3, 5, 2], strides: 1, expect: {refusal: filter_channels}"
    )
    assert isinstance(trial.call, WrongConvolution)
    assert (
        trial.call.around,
        convolution(trial.call).output_shape,
        convolution(trial.call).bias_shape,
    ) == (None, (), (2,))
