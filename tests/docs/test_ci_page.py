"""docs/ci.md: what it tells people to copy is run here, on a few trials, without a framework."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from shutil import copytree
from typing import Any
from xml.etree.ElementTree import parse

import pytest
import yaml

from tests.journals import chained, contents

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "ci.md").read_text("utf-8")
WORKFLOWS = [yaml.safe_load(block) for block in re.findall(r"^```yaml\n(.*?)^```", PAGE, re.M | re.S)]
(COMMANDS,) = re.findall(r"^```sh\n(.*?)^```", PAGE, re.M | re.S)
FEW = "conv2d_transpose/tutorial/example-1*"
OFF_BY_ONE = "tests.running.stand_ins:OffByOne"
SHIM = """\
#!/bin/sh
if [ "$1" = run ]; then shift; set -- run "{few}" "$@"; fi
exec {python} -m conformance "$@"
"""
PYTEST = """\
#!/bin/sh
exec {python} -m pytest -p no:cacheprovider --rootdir . "--conformance-lane" "$LANE" "--conformance-corpus={few}" \
--junit-xml junit.xml
"""


class Machine:
    """A folder in which steps run as they would on GitHub, with `conformance` asking a few trials alone."""

    def __init__(self, folder: Path, lane: str) -> None:
        self.folder = folder
        self.summary = folder / "summary.md"
        programs = folder / "bin"
        programs.mkdir()
        for name, text in (("conformance", SHIM), ("pytest", PYTEST)):
            program = programs / name
            program.write_text(text.format(few=FEW, python=shlex.quote(sys.executable)), "utf-8")
            program.chmod(0o755)
        self._environment = {
            **os.environ,
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "LANE": lane,
            "WAIVERS": "conformance-waivers.yaml",
            "GITHUB_STEP_SUMMARY": str(self.summary),
        }
        (folder / "conformance-waivers.yaml").write_text("waivers: []\n", "utf-8")

    def run(self, script: str) -> subprocess.CompletedProcess[str]:
        """One step, in GitHub's shell."""
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
        return subprocess.run(
            command, cwd=self.folder, env=self._environment, capture_output=True, text=True, timeout=120
        )


def steps(job: dict[str, Any]) -> dict[str, str]:
    return {step["name"]: step["run"] for step in job["steps"] if "name" in step and "run" in step}


def run_shards(machine: Machine, side: str) -> None:
    """Every job of the matrix, and what its artifacts become in the job that merges them."""
    job = WORKFLOWS[0]["jobs"]["shard"]
    for shard in job["strategy"]["matrix"]["shard"]:
        script = steps(job)["Run one shard"].replace("${{ matrix.shard }}", str(shard))
        assert "${{" not in script
        done = machine.run(script)
        assert done.returncode == 0, done.stderr
    copytree(machine.folder / "shards", machine.folder / side)


@pytest.fixture(scope="module")
def right(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shards of a port that conforms, which no test changes."""
    machine = Machine(tmp_path_factory.mktemp("right"), "reference")
    run_shards(machine, "new")
    return machine.folder / "new"


def test_the_matrix_has_all_shards_that_its_command_names() -> None:
    job = WORKFLOWS[0]["jobs"]["shard"]
    (count,) = re.findall(r"--shard \$\{\{ matrix\.shard \}\}/(\d+)", steps(job)["Run one shard"])
    assert job["strategy"]["matrix"]["shard"] == list(range(1, int(count) + 1))


@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_a_workflow_names_actions_of_github_and_no_host(workflow: dict[str, Any]) -> None:
    uses = [step["uses"] for job in workflow["jobs"].values() for step in job["steps"] if "uses" in step]
    assert uses
    assert all(re.fullmatch(r"actions/[a-z-]+@v\d+", used) for used in uses)
    assert "://" not in PAGE


def test_a_green_port_has_a_green_workflow(tmp_path: Path, right: Path) -> None:
    machine = Machine(tmp_path, "reference")
    copytree(right, tmp_path / "new")
    copytree(right, tmp_path / "base")
    for name, script in steps(WORKFLOWS[0]["jobs"]["report"]).items():
        done = machine.run(script)
        assert done.returncode == 0, f"{name}: {done.stdout}{done.stderr}"
    told = machine.summary.read_text("utf-8")
    assert "# Conformance: what changed" in told
    assert "# Conformance report" in told
    assert "All as expected or waived: 8 judged" in told
    assert parse(tmp_path / "junit.xml").getroot().get("failures") == "0"
    assert (tmp_path / "report.html").stat().st_size > 1000


def test_a_wrong_port_fails_in_the_comparison_and_in_the_verdict_and_nowhere_else(tmp_path: Path, right: Path) -> None:
    wrong = Machine(tmp_path, OFF_BY_ONE)
    run_shards(wrong, "new")
    copytree(right, tmp_path / "base")
    script = steps(WORKFLOWS[0]["jobs"]["report"])
    assert wrong.run(script["JUnit and HTML"]).returncode == 0
    assert wrong.run(script["The report, and the verdict"]).returncode == 1
    for journal in (tmp_path / "base").glob("*/journal.jsonl"):
        lines = contents(journal)
        for key in (b'"lane":', b'"lanes":[', b'"asked":{'):
            lines = [line.replace(key + b'"reference"', key + f'"{OFF_BY_ONE}"'.encode()) for line in lines]
        journal.write_bytes(chained(lines))
    assert wrong.run(script["What changed against the base"]).returncode == 1
    assert "## Regressions" in wrong.summary.read_text("utf-8")
    assert "not as expected" in wrong.summary.read_text("utf-8")
    assert parse(tmp_path / "junit.xml").getroot().get("failures") != "0"


def test_a_lost_shard_fails_the_report(tmp_path: Path, right: Path) -> None:
    machine = Machine(tmp_path, "reference")
    copytree(right, tmp_path / "new")
    (tmp_path / "new" / "2" / "journal.jsonl").rename(tmp_path / "lost")
    (tmp_path / "new" / "2").rename(tmp_path / "gone")
    assert machine.run(steps(WORKFLOWS[0]["jobs"]["report"])["The report, and the verdict"]).returncode == 2


def test_the_commands_of_a_waiver_file_of_ones_own_make_it(tmp_path: Path) -> None:
    machine = Machine(tmp_path, OFF_BY_ONE)
    statuses = [machine.run(line).returncode for line in COMMANDS.splitlines()]
    assert statuses == [1, 1, 1, 1]
    file = tmp_path / "conformance-waivers.yaml"
    file.write_text(file.read_text("utf-8").replace("FILL IN", "rolled by one on purpose"), "utf-8")
    assert [machine.run(line).returncode for line in COMMANDS.splitlines()] == [0, 0, 0, 0]


def test_the_pytest_variant_runs_its_line(tmp_path: Path) -> None:
    (step,) = (step for step in WORKFLOWS[1]["jobs"]["pytest"]["steps"] if "--conformance-lane" in step.get("run", ""))
    assert step["run"] == 'pytest --conformance-lane "$LANE" "--conformance-corpus=*" --junit-xml junit.xml'
    done = Machine(tmp_path, "reference").run(step["run"])
    assert done.returncode == 0, done.stdout
    assert parse(tmp_path / "junit.xml").getroot().find("testsuite") is not None
