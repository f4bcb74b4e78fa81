"""The tables of parameters are those of the installed frameworks: names, order and defaults."""

import json
import subprocess
import sys
from typing import Any

import pytest

from conformance.adapters.function import Function, Required
from conformance.adapters.lane import missing_framework, parse_lane
from tests.translation.reading import READERS

SCRIPT = """
import ast, importlib, inspect, json, sys

def parameters(name):
    module, _, attribute = name.replace("tf.", "tensorflow.", 1).rpartition(".")
    module = "torch.nn.functional" if module == "torch" else module
    found = importlib.import_module(module.split(".")[0])
    for part in module.split(".")[1:]:
        found = getattr(found, part)
    function = getattr(found, attribute)
    try:
        documented = inspect.signature(function).parameters.values()
    except ValueError:
        documented = ()
    if not [each for each in documented if each.kind not in (each.VAR_POSITIONAL, each.VAR_KEYWORD)]:
        # Built in, or one of two that flags choose: its documentation begins with the signature.
        line = next(line for line in map(str.strip, function.__doc__.splitlines()) if line.startswith(f"{attribute}("))
        arguments = ast.parse(f"def {line.partition(' -> ')[0]}: pass").body[0].args
        defaults = [ast.literal_eval(default) for default in arguments.defaults]
        required = [None] * (len(arguments.args) - len(defaults))
        return [[argument.arg, default] for argument, default in zip(arguments.args, required + defaults)]
    kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    own = [each for each in documented if each.kind in kinds]
    return [[each.name, None if each.default is each.empty else each.default] for each in own]

print(json.dumps({name: parameters(name) for name in json.load(sys.stdin)}, default=str))
"""
OWNERS = {"tf": "tensorflow", "keras": "tensorflow", "torch": "torch", "jax": "jax"}
KEYWORDS = ("name", "trainable", "dtype")
"""which the layers of Keras hand on"""


@pytest.mark.frameworks
@pytest.mark.parametrize("framework", ["tensorflow", "torch", "jax"])
def test_the_parameters_of_a_function_are_those_of_the_installed_version(framework: str) -> None:
    hint = missing_framework(parse_lane(framework))
    if hint is not None:
        pytest.skip(hint)
    functions = {function.name: function for function, _ in READERS.values()}
    own = {name: each for name, each in functions.items() if OWNERS.get(name.partition(".")[0]) == framework}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], input=json.dumps(sorted(own)), capture_output=True, text=True, check=True
    )
    documented: dict[str, list[Any]] = json.loads(done.stdout)
    assert documented.keys() == own.keys()
    for name, parameters in documented.items():
        if "compat.v1" in name:
            continue  # its operands have two names each
        assert [each for each, _ in parameters] == names(own[name])
        defaults = {each: compact(default) for each, default in parameters}
        for parameter in own[name].parameters:
            if parameter.says != "nothing" and parameter.name in defaults:
                assert known(parameter.default) == defaults[parameter.name], (name, parameter.name)


def names(function: Function) -> list[str]:
    written = [parameter.name for parameter in function.parameters]
    if function.name == "jax.numpy.pad":  # takes what NumPy's modes take by name
        written.remove("constant_values")
    handed_on = function.name.startswith("keras") and "Pooling" not in function.name  # which has `name` itself
    return [name for name in written if name not in KEYWORDS] if handed_on else written


def known(default: object) -> object:
    return None if isinstance(default, Required) else default


def compact(default: Any) -> Any:
    """`(1, 1)` says what `1` does, and so do pairs of it."""
    if not isinstance(default, list):
        return default
    each = [compact(one) for one in default]
    return each[0] if each and each.count(each[0]) == len(each) else default
