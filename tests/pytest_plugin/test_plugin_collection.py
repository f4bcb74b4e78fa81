"""What becomes a test, under which name, and what an unusable option or file says."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from conformance.suite.tiers import ASKED

OTHER_LANE = "tests.running.stand_ins:Sound"
MIX = "conv2d_transpose/mine/upsample[inputs=mix,dtype=float32]"
CODES = "conv2d_transpose/mine/upsample[inputs=codes,dtype=float32]"
WRONG = "conv2d_transpose/mine/too-long"
TUTORIAL = "conv2d_transpose/tutorial/"
Asked = Callable[..., pytest.RunResult]

NOT_CASES = {
    "waivers.yaml": "waivers: []\n",
    "workflow.yml": "on: push\njobs: {}\n",
    "broken.yaml": "a: [1\n",
    "cases.txt": "operator: conv2d_transpose\ncases: []\n",
}
LIGHT = """\
import sys

def test_nothing_heavy_is_loaded():
    ours = {name for name in sys.modules if name.partition(".")[0] in ("conformance", "reference")}
    assert ours == {"conformance", "conformance.pytest_plugin"}
    assert not {"numpy", "pydantic", "yaml", "click", "rich"} & set(sys.modules)
"""


def collected(result: pytest.RunResult) -> list[str]:
    return [line for line in result.outlines if "::" in line]


def test_a_node_id_is_the_file_and_the_trial(asked: Asked) -> None:
    assert collected(asked("reference", "--collect-only", "-q")) == [
        f"mine.yaml::{trial}" for trial in (MIX, CODES, WRONG)
    ]


def test_a_file_of_several_operators_has_the_trials_of_each(asked: Asked, mine: Path) -> None:
    mine.with_name("both.yaml").write_text(
        "operators: [conv1d, conv2d]\ncases:\n"
        "  - {name: a, why: w, batch: 1, size: {1d: 5, 2d: [4, 5]}, channels: 2, kernel: [1*, 2]}\n",
        encoding="utf-8",
    )
    assert collected(asked("reference", "--collect-only", "-q"))[:2] == [
        "both.yaml::conv1d/both/a",
        "both.yaml::conv2d/both/a",
    ]


def test_several_lanes_stand_between_file_and_trial(asked: Asked) -> None:
    words = ("--conformance-lane", OTHER_LANE, "--conformance-lane", "reference", "--collect-only", "-q")
    assert collected(asked("reference", *words)) == [
        f"mine.yaml::{lane}::{trial}" for lane in ("reference", OTHER_LANE) for trial in (MIX, CODES, WRONG)
    ]


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ([f"mine.yaml::reference::{MIX}"], 1),
        (["mine.yaml::reference::conv2d_transpose/mine/upsample"], 2),
        (["mine.yaml::reference"], 3),
        (["-k", "codes and Sound"], 1),
        (["-k", "too-long"], 2),
    ],
)
def test_node_ids_and_keywords_select(asked: Asked, words: list[str], count: int) -> None:
    result = asked("reference", "--conformance-lane", OTHER_LANE, *words)
    assert result.parseoutcomes()["passed"] == count


def test_without_a_lane_nothing_is_collected_and_nothing_heavy_loaded(pytester: pytest.Pytester, mine: Path) -> None:
    pytester.makepyfile(LIGHT)
    result = pytester.runpytest_subprocess()
    result.assert_outcomes(passed=1)


def test_importing_the_plugin_imports_pytest_alone() -> None:
    code = "import sys, pytest; before = set(sys.modules); import conformance.pytest_plugin; "
    code += "print(sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['conformance', 'conformance.pytest_plugin']"


def test_other_files_in_a_folder_are_not_looked_at(asked: Asked, mine: Path) -> None:
    for name, text in NOT_CASES.items():
        mine.with_name(name).write_text(text, encoding="utf-8")
    mine.with_name("latin.yaml").write_bytes(b"operator: caf\xe9\ncases: []\n")
    asked("reference").assert_outcomes(passed=3)


def test_tests_in_python_run_beside_cases(asked: Asked, pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_mine(): pass")
    asked("reference").assert_outcomes(passed=4)


def test_every_problem_of_a_case_file_is_a_line_of_its_collection_error(asked: Asked, mine: Path) -> None:
    mine.write_text("operator: conv2d_transpose\ncases:\n  - name: x\n  - nme: y\n", encoding="utf-8")
    result = asked("reference")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        [
            "mine.yaml:3: cases[[]0[]]: missing: why",
            "mine.yaml:4: cases[[]1[]]: missing: name, why",
            "mine.yaml:4: cases[[]1[]].nme: unknown key 'nme'; did you mean 'name'?",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: [1\n", "other.yaml:2: not YAML: *"),
        ("a: 1\n", "other.yaml:1: missing: operator (or operators), cases"),
    ],
)
def test_a_file_that_is_named_has_to_be_a_case_file(asked: Asked, mine: Path, text: str, problem: str) -> None:
    mine.with_name("other.yaml").write_text(text, encoding="utf-8")
    result = asked("reference", "other.yaml")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([problem])


def test_recorded_values_that_drifted_are_a_collection_error(asked: Asked, mine: Path) -> None:
    recorded = mine.read_text("utf-8").replace("inputs: mix\n    expect: {refusal: output_shape}", "DROPPED")
    recorded = recorded[: recorded.index("  - name: too-long")].replace("[mix, codes]", "[mix]")
    mine.write_text(f"{recorded}    expect: {{checksum: sha256:{'0' * 64}}}\n", encoding="utf-8")
    result = asked("reference")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"mine.yaml:3: {MIX.replace('[', '[[]', 1)}: *"])


def test_one_id_cannot_be_two_trials(asked: Asked, mine: Path) -> None:
    folder = mine.with_name("twice")
    folder.mkdir()
    (folder / "mine.yaml").write_text(mine.read_text("utf-8").replace("[3, 3, 1, 1]", "[2, 2, 1, 1]"), encoding="utf-8")
    result = asked("reference")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"*: the id {WRONG} is taken already, at *mine.yaml:*"])


def test_the_shipped_corpus_joins_what_is_collected(asked: Asked) -> None:
    result = asked("reference", f"--conformance-corpus={TUTORIAL}example-*", "--collect-only", "-q")
    shipped = [line for line in collected(result) if not line.startswith("mine.yaml::")]
    assert len(shipped) == 19
    assert all(line.startswith(f"conformance-corpus::{TUTORIAL}example-") for line in shipped)
    assert len(collected(result)) == 19 + 3


def test_the_whole_corpus_needs_no_pattern(asked: Asked) -> None:
    result = asked("reference", "mine.yaml", "--conformance-corpus", "--collect-only", "-q")
    assert len(collected(result)) > 1000


def test_a_tier_of_the_corpus_joins_what_is_collected(asked: Asked) -> None:
    words = ("--conformance-corpus=conv1d/combinations/*", "--collect-only", "-q")
    all_of_them = len(collected(asked("reference", *words))) - 3
    quick, standard = (
        len(collected(asked("reference", f"--conformance-tier={tier}", *words))) - 3 for tier in ("quick", "standard")
    )
    assert 0 < quick < standard < all_of_them == 100


def test_the_tiers_are_those_of_a_run(asked: Asked) -> None:
    result = asked("reference", "--conformance-tier=slow")
    result.stderr.fnmatch_lines([f"*--conformance-tier: invalid choice: 'slow' (choose from *{'*'.join(ASKED)}*"])


def test_a_shipped_finding_is_explained_without_a_path(asked: Asked) -> None:
    lane, trial = "conformance.mutants:Mutant:flipped-kernel", f"{TUTORIAL}example-1[inputs=mix,dtype=float32]"
    result = asked(lane, f"--conformance-corpus={trial}", "-k", "tutorial")
    result.assert_outcomes(failed=1, deselected=3)
    result.stdout.fnmatch_lines([f"*conformance explain '{trial.replace('[', '[[]', 1)}' --lane {lane}"])


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--conformance-corpus=*"], "ERROR: --conformance-corpus: which lane? add --conformance-lane LANE"),
        (["--conformance-lane=caffe"], "ERROR: lane 'caffe': no adapter is called 'caffe'; it must be one of *"),
        (["--conformance-lane=no.such:Adapter"], "ERROR: lane 'no.such:Adapter': cannot load no.such:Adapter: *"),
        (["--conformance-lane=tests.running.stand_ins:DeclaresTooLittle"], "    features = ()  # of groups, bias, *"),
        (
            ["--conformance-lane=reference", "--conformance-corpus", "mine.yaml"],
            "ERROR: --conformance-corpus takes a pattern of trial ids, and 'mine.yaml' is a path; write *",
        ),
        (["--conformance-lane=reference", "--conformance-corpus=nix"], "ERROR: 'nix' matches no trial; *"),
        (["--conformance-timeout=0"], "*error: argument --conformance-timeout: '0' is not a time; expected *"),
        (["--conformance-timeout=soon"], "*error: argument --conformance-timeout: 'soon' is not a time; *"),
        (["--conformance-threads=0"], "*: '0' is not a number of threads; expected 1 or more"),
    ],
)
@pytest.mark.usefixtures("mine")
def test_wrong_usage_is_one_message(pytester: pytest.Pytester, words: list[str], message: str) -> None:
    result = pytester.runpytest_inprocess(*words)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([message])
    result.stderr.no_fnmatch_line("*Traceback*")


def test_a_lane_without_its_framework_says_how_to_install_it(
    pytester: pytest.Pytester, mine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conformance.adapters.lane.find_spec", lambda name: None)
    result = pytester.runpytest_inprocess("--conformance-lane=torch")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        ["ERROR: lane torch: torch is not installed; pip install 'nn-conformance[[]torch[]]' installs it"]
    )
