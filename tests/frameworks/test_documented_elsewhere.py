"""The tables of parameters are those of the installed frameworks, asked in their environments."""

import json
import subprocess
from collections.abc import Callable

import pytest

from conformance.adapters.lane import parse_lane
from tests.translation.reading import READERS
from tests.translation.test_documented_parameters import SCRIPT, compact, known

pytestmark = pytest.mark.other_frameworks

MODULES = ("paddle", "tinygrad", "mlx.nn", "openvino", "keras.ops")
"""whose functions have signatures that Python can ask for"""


@pytest.mark.parametrize("module", MODULES)
def test_the_parameters_of_a_function_are_those_of_the_installed_version(
    module: str, lane_of: Callable[[str], str]
) -> None:
    python = parse_lane(lane_of(module.partition(".")[0])).python
    own = {function.name: function for function, _ in READERS.values() if f"{function.name}.".startswith(f"{module}.")}
    asked = {"openvino": "import openvino.opset16", "mlx.nn": "import mlx.nn"}.get(module, "")
    done = subprocess.run(
        [python, "-c", f"{asked}\n{SCRIPT}"], input=json.dumps(sorted(own)), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
    documented = json.loads(done.stdout.splitlines()[-1])
    assert documented.keys() == own.keys()
    problems = list[str]()
    for name, parameters in documented.items():
        own_names = [each.name for each in own[name].parameters]
        named = [each for each, _ in parameters]
        if [each for each in named if each in own_names] != own_names or {*named} - {*own_names} - {"self"}:
            problems.append(f"{name}: {named}, and not {own_names}")
        defaults = {each: compact(default) for each, default in parameters}
        for parameter in own[name].parameters:
            found = defaults.get(parameter.name)
            if parameter.says not in ("nothing", "value") and compact(list_of(known(parameter.default))) != found:
                problems.append(f"{name}: {parameter.name} is {found!r}, and not {parameter.default!r}")
    assert problems == []


def list_of(default: object) -> object:
    return list(default) if isinstance(default, tuple) else default
