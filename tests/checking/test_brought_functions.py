"""A function in the place of a framework's: how its lane is spelled, and what it is asked."""

from pathlib import Path

import pytest

from conformance.adapters.brought import full_name, parameters_of, says_nothing
from conformance.adapters.lane import load_adapter, parse_lane
from conformance.adapters.plan import Argument, Plan, Unsupported
from conformance.errors import UsageError
from conformance.suite.case import RightTrial, Trial
from tests.corpus import shipped_trials

KERNELS = Path(__file__).parent / "my_kernels.py"


@pytest.mark.parametrize(
    ("text", "name", "framework", "stands_for", "modes", "device"),
    [
        ("k.py:conv2d as conv2d", "k.py:conv2d", "reference", "reference.conv2d", (), None),
        ("./a/k.py:f as F.conv2d", "./a/k.py:f", "torch", "torch.nn.functional.conv2d", (), None),
        ("my.ops.conv as tensorflow.nn.conv2d:xla", "my.ops:conv", "tensorflow", "tf.nn.conv2d", ("xla",), None),
        ("m:A.f as lax.conv:gradients+jit@cuda", "m:A.f", "jax", "jax.lax.conv", ("gradients", "jit"), "cuda"),
    ],
)
def test_a_lane_of_a_function_says_whose_place_it_takes(
    text: str, name: str, framework: str, stands_for: str, modes: tuple[str, ...], device: str | None
) -> None:
    lane = parse_lane(text)
    assert (lane.text, lane.name, lane.framework, lane.stands_for) == (text, name, framework, stands_for)
    assert (lane.modes, lane.device) == (modes, device)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("k.py as conv2d", "expected FUNCTION as NAME, such as ./my_kernels.py:conv2d as torch.nn.functional.conv2d"),
        ("conv2d as conv2d", "expected FUNCTION as NAME"),
        ("k.py:conv2d as pandas.concat", "NAME a function of torch, tf or jax, or an operator of the suite"),
        ("k.py:f as F.conv2d:fast", "torch has no mode 'fast'; it must be one of nomkldnn, "),
    ],
)
def test_a_lane_of_a_function_that_is_misspelt_says_what_is_expected(text: str, problem: str) -> None:
    with pytest.raises(UsageError) as raised:
        parse_lane(text)
    assert problem in str(raised.value)


@pytest.mark.parametrize(
    ("function", "problem"),
    [
        (f"{KERNELS}:nothing", "it defines no nothing; it defines Any, Kernels, _two, conv2d, fails, "),
        ("gone.py:f", "gone.py: cannot be read: No such file or directory"),
        ("no_such_module:f", "no_such_module: no module of this name is installed or lies in "),
    ],
)
def test_a_function_that_is_not_there_is_refused_before_a_worker_is_started(function: str, problem: str) -> None:
    with pytest.raises(UsageError) as raised:
        load_adapter(parse_lane(f"{function} as conv2d"))
    assert problem in str(raised.value)


def test_a_file_that_is_no_python_is_refused(tmp_path: Path) -> None:
    (tmp_path / "k.py").write_text("def f(:")
    with pytest.raises(UsageError, match=r"k\.py: invalid syntax"):
        load_adapter(parse_lane(f"{tmp_path / 'k.py'}:f as conv2d"))


@pytest.mark.parametrize(
    ("source", "attribute", "taken"),
    [
        ("def f(a, /, b, *, c): pass", "f", {"a", "b", "c"}),
        ("def f(a, **more): pass", "f", None),
        ("class A:\n    def f(self, a): pass", "A.f", {"self", "a"}),
        ("from elsewhere import f", "f", None),
        ("f = g", "f", None),
        ("if True:\n    def f(a): pass", "f", None),
        ("from elsewhere import *", "f", None),
    ],
)
def test_the_parameters_are_read_from_the_text(source: str, attribute: str, taken: set[str] | None) -> None:
    assert parameters_of(source, attribute) == taken


@pytest.mark.parametrize(
    ("name", "argument", "nothing"),
    [
        ("dilation", (1, 1), True),
        ("groups", 1, True),
        ("ceil_mode", False, True),
        ("data_format", None, True),
        ("padding", (0, 0), True),
        ("output_padding", 0, True),
        ("dilation", 0, False),
        ("padding", 1, False),
        ("padding", "SAME", False),
        ("ceil_mode", True, False),
        ("data_format", "NCHW", False),
    ],
)
def test_only_an_argument_that_says_nothing_is_left_out(name: str, argument: Argument, nothing: bool) -> None:
    assert says_nothing(name, argument) is nothing


@pytest.mark.parametrize(
    ("name", "full"), [("conv2d", "reference.conv2d"), ("F.pad", "torch.nn.functional.pad"), ("tf.pad", "tf.pad")]
)
def test_names_are_spelled_as_plans_spell_them(name: str, full: str) -> None:
    assert full_name(name) == full


def first(operator: str, **arguments: object) -> Trial:
    """The first shipped trial of a right forward call with these arguments."""
    for trial in shipped_trials():
        call, given = trial.call, trial.arguments()
        right = isinstance(trial, RightTrial) and (call.operator, call.direction) == (operator, "forward")
        if right and all(given.get(name) == argument for name, argument in arguments.items()):
            return trial
    raise AssertionError(f"no trial of {operator} with {arguments}")


@pytest.mark.parametrize(
    ("function", "operator", "place"),
    [
        ("conv2d as conv2d", "conv2d", "reference.brought.conv2d(value, filter, strides="),
        ("Kernels.conv2d as conv2d", "conv2d", "reference.brought.conv2d(value, filter, strides="),
        ("max_pool2d as F.max_pool2d", "max_pool2d", "torch.brought.max_pool2d(value, kernel_size="),
        ("reduce_window as jax.lax.reduce_window", "max_pool1d", "jax.brought.reduce_window(value, init_value="),
    ],
)
def test_a_plan_calls_the_function_where_it_called_the_framework_s(function: str, operator: str, place: str) -> None:
    call = first(operator, data_format=None, dilations=None, padding="VALID", ceil_mode=None).call
    plan = load_adapter(parse_lane(f"{KERNELS}:{function}")).plan(call)
    assert isinstance(plan, Plan)
    assert place in "\n".join(plan.source())


@pytest.mark.parametrize(
    ("function", "asked", "reason"),
    [
        ("conv2d as conv2d", first("conv2d", data_format="NCHW"), "conv2d has no parameter data_format"),
        ("conv2d as conv2d", first("conv1d"), "the call is reference.conv1d's, which was not brought"),
        ("max_pool2d as F.max_pool2d", first("max_pool2d", dilations=2), "max_pool2d has no parameter dilation"),
    ],
)
def test_what_a_function_does_not_take_is_not_declared(function: str, asked: Trial, reason: str) -> None:
    plan = load_adapter(parse_lane(f"{KERNELS}:{function}")).plan(asked.call)
    assert isinstance(plan, Unsupported)
    assert plan.undeclared
    assert reason in plan.reason
