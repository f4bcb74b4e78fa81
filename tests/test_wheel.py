"""The wheel in an empty environment, far from the checkout: what a user gets."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from venv import EnvBuilder
from zipfile import ZipFile

import pytest

from conformance.documentation.place import pages
from conformance.journal import read_journal
from conformance.operators.registry import operators

ROOT = Path(__file__).resolve().parents[1]
BACKEND = ("hatchling", "editables")
"""what the build needs; with it at hand nothing has to be fetched for the build itself"""


def output_of(*command: str | Path, cwd: Path) -> str:
    environment = {name: text for name, text in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    alone = ("--no-isolation",) if all(find_spec(name) is not None for name in BACKEND) else ()
    output_of(sys.executable, "-m", "build", "--wheel", *alone, "--outdir", folder, ROOT, cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def conformance(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program of an environment that has nothing but the wheel and what it needs."""
    folder = tmp_path_factory.mktemp("environment")
    EnvBuilder(with_pip=False, symlinks=True).create(folder)
    python = folder / "bin" / "python"
    quiet = ("--quiet", "--no-compile", "--disable-pip-version-check", "--constraint", ROOT / "constraints.txt")
    output_of(sys.executable, "-m", "pip", "--python", python, "install", *quiet, wheel, cwd=folder)
    return folder / "bin" / "conformance"


@pytest.mark.parametrize(
    "path",
    [
        "conformance/py.typed",
        "reference/py.typed",
        "conformance/shipped_cases/conv2d_transpose/tutorial.yaml",
        "conformance/shipped_cases/forward/gradients.yaml",
        "conformance/shipped_cases/costs.json",
        "conformance/shipped_cases/waivers/tensorflow.yaml",
        "conformance/cli/main.py",
        "conformance/report/templates/report.html.j2",
        "conformance/report/templates/scripts/matrix.js",
        "conformance/authoring/skeletons/port-rust/my_port.rs",
        "conformance/shipped_examples/port-c/port.c",
        "conformance/shipped_examples/port-tfjs/frames.js",
        "reference/geometry.py",
    ],
)
def test_the_wheel_holds_what_is_needed(wheel: Path, path: str) -> None:
    assert path in ZipFile(wheel).namelist()


def test_every_file_of_the_corpus_and_the_packages_is_in_the_wheel(wheel: Path) -> None:
    names = set(ZipFile(wheel).namelist())
    wanted = {f"conformance/shipped_{path.relative_to(ROOT)}" for path in (ROOT / "cases").rglob("*.*")}
    for package in ("conformance", "reference"):
        files = [path for path in (ROOT / package).rglob("*") if path.is_file() and "__pycache__" not in path.parts]
        wanted |= {str(path.relative_to(ROOT)) for path in files}
    assert wanted <= names


def test_nothing_but_the_packages_and_their_description_is_in_the_wheel(wheel: Path) -> None:
    tops = {name.partition("/")[0] for name in ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"conformance", "reference"}


def test_the_installed_program_lists_the_corpus(conformance: Path, tmp_path: Path) -> None:
    listed = output_of(conformance, "cases", "list", cwd=tmp_path).splitlines()
    assert len(listed) >= 5000
    assert len(set(listed)) == len(listed)
    assert {line.partition("/")[0] for line in listed} == set(operators())


def test_the_installed_program_runs_every_operator_through_the_reference(conformance: Path, tmp_path: Path) -> None:
    asked = ("*/dtypes/*", "*/refusals/*", "conv2d_transpose/tutorial/*", "conv3d/gradients/*")
    output_of(conformance, "run", *asked, "--lane", "reference", "--output", "out", "--quiet", cwd=tmp_path)
    journal = read_journal(tmp_path / "out" / "journal.jsonl")
    assert len(journal.records) == len(journal.trials) >= 600
    assert {trial.operator for trial in journal.trials.values()} == set(operators())
    assert all(record.conforms for record in journal.records)
    assert (tmp_path / "out" / "report.html").stat().st_size > 1000


def test_the_installed_program_says_which_frameworks_are_missing(conformance: Path, tmp_path: Path) -> None:
    table = output_of(conformance, "adapters", "--format", "json", cwd=tmp_path)
    for name in ("tensorflow", "torch", "jax"):
        assert f"pip install 'nn-conformance[{name}]' installs it" in table


def test_the_wheel_has_every_page_of_the_documentation(conformance: Path, tmp_path: Path) -> None:
    listed = output_of(conformance, "docs", cwd=tmp_path).splitlines()
    assert [line.split()[0] for line in listed] == list(pages())
    assert output_of(conformance, "docs", "adapters", cwd=tmp_path) == (ROOT / "docs" / "adapters.md").read_text(
        "utf-8"
    )
