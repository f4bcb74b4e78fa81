"""`conformance cases`: what it prints, what it writes, what it refuses."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from conformance.cli.main import program
from conformance.errors import CaseFileError, ConformanceError, UsageError
from conformance.operators.registry import packages
from conformance.suite.corpus import select
from reference.family import DIRECTIONS, OPERATORS

HEAD = "operator: conv2d_transpose\ncases:\n"
CASE = "  - {name: a, why: w, value: [1, 2, 2, 1], filter: [1, 1, 1, 1], output_shape: [1, 2, 2, 1], strides: 1%s}\n"
BOMB = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}' if n else 'x'] * 10)}]\n" for n in range(10))

SWEEP = ["--size", "3", "--size", "2x4", "--channels", "2x3", "--kernel", "1", "--kernel", "3x2", "--strides", "2"]
SWEEP += ["--padding", "SAME", "--padding", "[[1,0],[0,1]]", "--output", "smallest"]


def _cases(*arguments: str) -> Result:
    return CliRunner().invoke(program, ["cases", *arguments])


def _refusal(*arguments: str) -> ConformanceError:
    error = _cases(*arguments).exception
    assert isinstance(error, ConformanceError)
    return error


def _written(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    return str(path)


def _generate(path: Path, arguments: Sequence[str] = SWEEP) -> str:
    result = _cases("generate", str(path), *arguments)
    assert result.exit_code == 0, result.output
    return path.read_text(encoding="utf-8")


def test_check_counts_trials_recordings_and_refusals(tmp_path: Path) -> None:
    path = _written(tmp_path / "mine.yaml", HEAD + CASE % ", sweep: {dtype: [float32, float64]}")
    assert _cases("check", path).stdout == (
        "2 trials are in order; 0 recorded expectations agree with the reference, 0 expect a refusal\n"
    )


def test_check_notes_what_a_case_cannot_see_and_keeps_quiet_when_asked(tmp_path: Path) -> None:
    path = _written(tmp_path / "mine.yaml", HEAD + CASE % "")
    assert _cases("check", path).stderr.startswith(
        f"note: {path}:3: conv2d_transpose/mine/a cannot see a flipped kernel"
    )
    assert _cases("check", path, "--no-witness").stderr == ""


def test_check_accepts_the_shipped_corpus() -> None:
    assert _cases("check").exit_code == 0


def test_list_prints_ids_alone_on_standard_output(tmp_path: Path) -> None:
    path = _written(tmp_path / "mine.yaml", HEAD + CASE % ", sweep: {inputs: [mix, ones]}")
    assert _cases("list", path).stdout.splitlines() == [
        "conv2d_transpose/mine/a[inputs=mix]",
        "conv2d_transpose/mine/a[inputs=ones]",
    ]


def test_list_counts_the_trials_of_each_file_on_standard_error(tmp_path: Path) -> None:
    path = _written(tmp_path / "mine.yaml", HEAD + CASE % "")
    assert _cases("list", path).stderr == "1 trials: 1 in conv2d_transpose/mine\n"


def test_list_as_json_has_the_arguments_of_each_trial(tmp_path: Path) -> None:
    path = _written(tmp_path / "mine.yaml", HEAD + CASE % "")
    (entry,) = json.loads(_cases("list", path, "--format", "json").stdout)
    assert (entry["id"], entry["arguments"]["filter"]) == ("conv2d_transpose/mine/a", [1, 1, 1, 1])


def test_list_of_what_matches_nothing_is_refused() -> None:
    assert isinstance(_refusal("list", "nothing*"), UsageError)


def test_show_prints_the_call_and_its_expected_values(tmp_path: Path) -> None:
    inputs = ", inputs: {value: [[[[3], [5]], [[7], [9]]]], filter: [[[[5]]]]}"
    shown = _cases("show", _written(tmp_path / "mine.yaml", HEAD + CASE % inputs)).output
    assert "output_shape: [1, 2, 2, 1]" in shown
    assert shown.partition("expected [1, 2, 2, 1]:")[2].split() == ["[[[[15.]", "[25.]]", "[[35.]", "[45.]]]]"]


def test_show_of_a_wrong_call_tells_its_fault() -> None:
    shown = _cases("show", "conv2d_transpose/tutorial/example-2-as-printed").output
    assert "[3, 3, 8, 4] would be right" in shown
    assert "expected [" not in shown


def test_show_takes_one_trial() -> None:
    error = _refusal("show", "*/tutorial/example-1*")
    assert str(error) == "'*/tutorial/example-1*' matches 8 trials; `cases show` takes one"


def test_schema_prints_a_json_schema() -> None:
    schema = json.loads(_cases("schema").output)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert len(schema["oneOf"]) == len(packages())
    assert all(set(kind["properties"]) == {"operator", "operators", "cases"} for kind in schema["oneOf"])


def test_generate_writes_the_same_bytes_every_time(tmp_path: Path) -> None:
    assert _generate(tmp_path / "swept.yaml") == _generate(tmp_path / "again" / "swept.yaml")


def test_generate_crosses_every_option_that_is_repeated(tmp_path: Path) -> None:
    assert _generate(tmp_path / "swept.yaml").count("  - name: ") == 2 * 2 * 2


def test_generate_writes_small_results_out_and_large_ones_as_a_checksum(tmp_path: Path) -> None:
    sweep = ["--size", "1", "--size", "9", "--channels", "1", "--kernel", "1", "--output", "smallest"]
    text = _generate(tmp_path / "swept.yaml", sweep)
    assert (text.count("expect: {values: "), text.count("expect: {checksum: ")) == (1, 1)


def test_generate_reads_the_sweep_of_a_file_as_it_reads_options(tmp_path: Path) -> None:
    sweep = "size: [3, [2, 4]]\nchannels: [[2, 3]]\nkernel: [1, [3, 2]]\nstrides: [2]\n"
    sweep += "padding: [SAME, [[1, 0], [0, 1]]]\noutput: [smallest]\n"
    file = _written(tmp_path / "sweep.yaml", sweep)
    assert _generate(tmp_path / "swept.yaml", ["--sweep", file]) == _generate(tmp_path / "again" / "swept.yaml")


def test_a_sample_is_decided_by_its_seed(tmp_path: Path) -> None:
    texts = [_generate(tmp_path / "swept.yaml", [*SWEEP, "--sample", "3", "--seed", seed]) for seed in ("1", "2", "1")]
    assert texts[0] == texts[2] != texts[1]
    assert texts[0].count("  - name: ") == 3


def test_what_generate_wrote_passes_the_check(tmp_path: Path) -> None:
    path = tmp_path / "swept.yaml"
    _generate(path)
    assert "8 recorded expectations agree" in _cases("check", str(path)).output


def test_an_edited_value_fails_the_check_where_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "swept.yaml"
    sweep = ["--size", "1x2", "--channels", "1", "--kernel", "1", "--output", "smallest", "--inputs", "ones"]
    text = _generate(path, sweep)
    _written(path, text.replace("[[[[1], [1]]]]", "[[[[1], [2]]]]"))
    error = _refusal("check", str(path))
    assert isinstance(error, CaseFileError)
    assert error.problems == (
        f"{path}:5: conv2d_transpose/swept/case: recorded values differ from the reference in 1 of 2 elements, "
        "first at [0, 0, 1, 0]: recorded 2.0, reference 1.0",
    )


def test_an_edited_checksum_fails_the_check(tmp_path: Path) -> None:
    path = tmp_path / "swept.yaml"
    text = _generate(path, ["--size", "9", "--channels", "1", "--kernel", "1", "--output", "smallest"])
    digest = text.partition("sha256:")[2][:64]
    _written(path, text.replace(digest, "0" * 64))
    assert f"recorded checksum sha256:{'0' * 64}, reference sha256:{digest}" in str(_refusal("check", str(path)))


@pytest.mark.parametrize("name", OPERATORS)
@pytest.mark.parametrize("direction", DIRECTIONS)
def test_generate_takes_every_operator_and_direction(tmp_path: Path, name: str, direction: str) -> None:
    path, operator = tmp_path / "swept.yaml", OPERATORS[name]
    output = ["--output", "largest"] if operator.transposed else []
    sweep = ["--size", "3", "--channels", "2x4", "--kernel", "2", "--strides", "2", *output, "--bias", "true"]
    layouts = [word for layout in operator.data_formats for word in ("--data-format", layout)]
    groups = [] if operator.depthwise else ["--groups", "2"]
    text = _generate(path, [*sweep, *layouts, *groups, "--operator", name, "--direction", direction])
    assert text.splitlines()[2] == f"operator: {name}"
    assert "2 recorded expectations agree" in _cases("check", str(path)).output
    assert {trial.call.direction for trial in select([str(path)])} == {direction}


def test_generate_has_an_option_for_each_key_of_every_kind(tmp_path: Path) -> None:
    window = ["--operator", "max_pool2d", "--batch", "1", "--size", "5", "--channels", "2", "--strides", "2"]
    window += ["--padding", "SAME", "--ksize", "2", "--ksize", "3x2", "--ceil-mode", "true"]
    text = _generate(tmp_path / "pooled.yaml", window)
    assert [line.strip() for line in text.splitlines() if "ksize:" in line] == ["ksize: 2", "ksize: [3, 2]"]
    assert _cases("check", str(tmp_path / "pooled.yaml")).exit_code == 0


def test_generate_records_complex_numbers_by_their_checksum(tmp_path: Path) -> None:
    sweep = ["--size", "1", "--channels", "1", "--kernel", "1", "--dtype", "complex64", "--operator", "conv1d"]
    text = _generate(tmp_path / "swept.yaml", sweep)
    assert "expect: {checksum: " in text
    assert "1 recorded expectations agree" in _cases("check", str(tmp_path / "swept.yaml")).output


def test_generate_refuses_combinations_that_are_no_trials(tmp_path: Path) -> None:
    error = _refusal("generate", str(tmp_path / "a.yaml"), "--size", "3", "--kernel", "2")
    assert "channels, output missing" in str(error)


def test_a_sweep_file_that_maps_nothing_to_lists_is_refused(tmp_path: Path) -> None:
    file = _written(tmp_path / "sweep.yaml", "size: 3\n")
    error = _refusal("generate", str(tmp_path / "a.yaml"), "--sweep", file)
    assert str(error) == f"{file}: a sweep file maps parameters to lists of values"


@pytest.mark.parametrize(
    ("text", "complaints"),
    [
        pytest.param(
            HEAD + CASE % ", stride: 1",
            ["3: cases[0].stride: unknown key 'stride'; did you mean 'strides'?"],
            id="unknown-key",
        ),
        pytest.param(HEAD + CASE.replace("why: w", "why: 7") % "", ["3: cases[0].why: found 7; "], id="wrong-type"),
        pytest.param(
            HEAD + CASE % "" + CASE % "", ["4: 'a' is the name of the case in line 3 already"], id="repeated-name"
        ),
        pytest.param("operator: conv2d_transpose\ncases:\n\t- a\n", ["3: not YAML: "], id="tab"),
        pytest.param(BOMB, ["6: more than 1000000 values once aliases are expanded"], id="alias-bomb"),
        pytest.param(
            HEAD + (CASE % "").replace("2, 2, 1]", "800000, 800000, 1]"),
            ["3: conv2d_transpose/bad/a: the arrays would take 10,240,000,000,008 bytes"],
            id="ten-terabytes",
        ),
        pytest.param(
            HEAD + CASE % ", stride: 1, dilations: two",
            ["3: cases[0].dilations: found 'two'; ", "3: cases[0].stride: unknown key"],
            id="two-problems",
        ),
    ],
)
def test_a_bad_file_gets_one_message_per_problem_and_exit_status_2(
    tmp_path: Path, text: str, complaints: list[str]
) -> None:
    path = _written(tmp_path / "bad.yaml", text)
    command = [sys.executable, "-m", "conformance", "cases", "check", path]
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = finished.stderr.splitlines()
    assert (finished.returncode, finished.stdout, len(lines)) == (2, "", len(complaints))
    for line, complaint in zip(sorted(lines), complaints, strict=True):
        assert line.startswith(f"conformance: {path}:{complaint}")
