"""A pytest session of somebody who has the package installed: their folder, their case file, their pytest.

The modules that the plugin loads are imported here, since pytester forgets what an inner session imports, and NumPy
cannot be imported twice.
"""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

import conformance.adapters.reference
import conformance.mutants
import conformance.pytest_plugin.plugin
import conformance.suite.schema
from conformance.operators.registry import operators, part

for operator in operators():
    part(operator, "expectation")

ROOT = Path(__file__).resolve().parents[2]
MINE = """\
operator: conv2d_transpose
cases:
  - name: upsample
    why: TensorFlow crops 0 before and 1 after.
    value: [1, 4, 4, 1]
    filter: [3, 3, 1, 1]
    output_shape: [1, 8, 8, 1]
    strides: 2
    padding: SAME
    sweep: {inputs: [mix, codes], dtype: [float32]}
  - name: too-long
    why: Length 9 leads back to 5, not to 4.
    value: [1, 4, 4, 1]
    filter: [3, 3, 1, 1]
    output_shape: [1, 9, 9, 1]
    strides: 2
    padding: SAME
    inputs: mix
    expect: {refusal: output_shape}
"""
WAIVER = """\
waivers:
  - {{lane: "{lane}", trial: "{trial}", outcome: {outcome}, class: bug, reason: {reason}}}
"""

Asked = Callable[..., pytest.RunResult]


@pytest.fixture(autouse=True)
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(ROOT)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]))
    monkeypatch.setenv("COLUMNS", "250")


@pytest.fixture
def mine(pytester: pytest.Pytester) -> Path:
    """A folder with a case file, under warnings that are errors."""
    pytester.makeini("[pytest]\nfilterwarnings = error\naddopts = -p no:hypothesispytest\n")
    path = pytester.path / "mine.yaml"
    path.write_text(MINE, encoding="utf-8")
    return path


@pytest.fixture
def asked(pytester: pytest.Pytester, mine: Path) -> Asked:
    """Run pytest there with a lane, and words of the command line."""

    def run(lane: str, *words: str) -> pytest.RunResult:
        return pytester.runpytest_inprocess("--conformance-lane", lane, *words)

    return run


@pytest.fixture
def waiver(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., None]:
    """Have the shipped waivers be this one: lane, trial, outcome, and reason or what else follows it."""

    def write(lane: str, trial: str, outcome: str, reason: str = "turned on purpose") -> None:
        folder = tmp_path / "shipped" / "waivers"
        folder.mkdir(parents=True)
        text = WAIVER.format(lane=lane, trial=trial, outcome=outcome, reason=reason)
        (folder / "all.yaml").write_text(text, encoding="utf-8")
        monkeypatch.setattr(conformance.pytest_plugin.plugin, "shipped_cases", lambda: tmp_path / "shipped")

    return write
