"""action.yml and its scripts: what they ask, what GitHub shows, and the one comment on a pull request."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / ".github" / "action"
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
OFF_BY_ONE = "tests.running.stand_ins:OffByOne"
FEW = "conv2d_transpose/tutorial/example-1*"
# Stands for GitHub's program: lists the comments that the file `comments` has, and writes down what it is told to do.
GH = """\
#!/bin/sh
case "$*" in
*--paginate*) cat comments ;;
*) echo "$@" >> told ;;
esac
"""


def program(folder: Path, name: str, text: str) -> None:
    path = folder / "bin" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")
    path.chmod(0o755)


def run(script: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    program(folder, "conformance", f'#!/bin/sh\nexec {sys.executable} -m conformance "$@"\n')
    environment = {
        **os.environ,
        "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "GITHUB_OUTPUT": str(folder / "outputs"),
        "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
        **variables,
    }
    command = ["bash", str(SCRIPTS / script)]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)


def asked(folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    given = {"LANES": "", "SELECT": FEW, "TIER": "full", "WAIVERS": "", "REQUIRE": "", "OUTPUT": "out", "BASE": "base"}
    return run("run.sh", folder, **{**given, **variables})


def test_a_lane_with_a_fault_is_annotated_summed_up_and_ends_with_the_status_of_the_run(tmp_path: Path) -> None:
    done = asked(tmp_path, LANES=f"reference\n{OFF_BY_ONE}", REQUIRE=OFF_BY_ONE)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "outputs").read_text() == "status=1\n"
    annotations = re.findall(r"^::error (.*)$", done.stdout, re.M)
    assert re.match(r"file=.*conv2d_transpose/tutorial\.yaml,line=\d+,title=differs in tests", annotations[0])
    summary = (tmp_path / "summary.md").read_text("utf-8")
    assert summary == (tmp_path / "out" / "comment.md").read_text("utf-8")
    assert summary.startswith("<!-- nn-conformance -->\n### Conformance: Not conforming: ")
    assert "Since the base" not in summary
    assert len(summary.splitlines()) <= 30


def test_a_run_after_another_says_what_changed(tmp_path: Path) -> None:
    asked(tmp_path, LANES="mine=exec:true", OUTPUT="nothing")
    asked(tmp_path, LANES="tests.running.stand_ins:Sound", OUTPUT="base")
    asked(tmp_path, LANES="tests.running.stand_ins:Sound")
    assert "\nSince the base: " in (tmp_path / "out" / "comment.md").read_text("utf-8")
    assert (tmp_path / "outputs").read_text().split() == ["status=3", "status=0", "status=0"]


def test_a_wrong_selection_has_its_status_and_no_comment(tmp_path: Path) -> None:
    done = asked(tmp_path, LANES="reference", SELECT="nothing/like/this")
    assert done.returncode == 0
    assert (tmp_path / "outputs").read_text() == "status=2\n"
    assert "nothing/like/this" in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("comments", "told"),
    [
        ("", "api --silent --method POST repos/o/n/issues/7/comments --field body=@comment.md"),
        ("31\n32\n", "api --silent --method PATCH repos/o/n/issues/comments/31 --field body=@comment.md"),
    ],
    ids=["none yet", "written by an earlier run"],
)
def test_a_pull_request_has_one_comment(comments: str, told: str, tmp_path: Path) -> None:
    program(tmp_path, "gh", GH)
    (tmp_path / "comments").write_text(comments)
    (tmp_path / "comment.md").write_text("<!-- nn-conformance -->\n### Conformance\n")
    done = run("comment.sh", tmp_path, COMMENT="comment.md", PULL_REQUEST="7", GITHUB_REPOSITORY="o/n")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "told").read_text().split() == told.split()


def test_without_a_comment_nothing_is_done(tmp_path: Path) -> None:
    assert run("comment.sh", tmp_path, COMMENT="no.md", PULL_REQUEST="7", GITHUB_REPOSITORY="o/n").returncode == 0


def test_the_action_hands_every_input_on() -> None:
    text = (ROOT / "action.yml").read_text("utf-8")
    for name in ACTION["inputs"]:
        assert f"inputs.{name}" in text
    scripts = {
        step["run"].partition(".github/action/")[2].strip('"') for step in ACTION["runs"]["steps"] if "run" in step
    }
    assert {path.name for path in SCRIPTS.iterdir()} == scripts - {""}


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_has_permissions_and_limits_of_time(path: Path) -> None:
    workflow: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    assert workflow["permissions"]["contents"] == "read"
    assert all("timeout-minutes" in job for job in workflow["jobs"].values())


def test_the_hook_of_pre_commit_calls_a_verb_that_there_is() -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    words = hook["entry"].split()
    done = subprocess.run([sys.executable, "-m", *words, "--help"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0
