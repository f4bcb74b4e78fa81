"""What nobody foresaw: a status of its own, and a line on how to report it; never a nonconformance's 1."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from conformance.cli import cases

Inside = Callable[..., int]
EXAMPLE = "conv2d_transpose/tutorial/example-1[inputs=mix,dtype=float32]"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (TypeError("of ours"), "this is a fault of the suite, not of what it was asked to judge. Please report it"),
        (RecursionError("too deep"), "this is a fault of the suite"),
        (MemoryError(), "conformance: not enough memory; "),
        (OSError(28, "No space left on device", "a.json"), "conformance: a.json: No space left on device"),
        (KeyboardInterrupt(), "conformance: interrupted"),
    ],
)
def test_whatever_a_verb_raises_is_status_3_and_words(
    inside: Inside,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: BaseException,
    words: str,
) -> None:
    def fails(*_: object) -> None:
        raise error

    monkeypatch.setattr(cases, "select", fails)
    assert inside("cases", "list") == 3
    told = capsys.readouterr().err
    assert words in told
    assert all(line.startswith("conformance: ") for line in told.splitlines() if line.strip())


def test_a_fault_of_the_suite_is_told_with_its_traceback_and_the_command(
    inside: Inside, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cases, "select", lambda *_: 1 + "")  # type: ignore[operator]
    assert inside("cases", "list") == 3
    told = capsys.readouterr().err
    assert "conformance: TypeError: unsupported operand type" in told
    assert "the lines above and the command: conformance cases list (version " in told


@pytest.mark.parametrize("seconds", ["nan", "inf", "-1", "0", "1e300", "soon"])
def test_a_time_limit_is_a_finite_number_of_seconds(
    inside: Inside, capsys: pytest.CaptureFixture[str], tmp_path: Path, seconds: str
) -> None:
    assert inside("run", EXAMPLE, "--lane", "reference", "--timeout", seconds, "--output", str(tmp_path)) == 2
    assert f"'{seconds}' is not a time limit; expected seconds from 0.001 to 604800" in capsys.readouterr().err


@pytest.mark.parametrize("verb", ["run", "explain"])
@pytest.mark.parametrize("threads", ["0", "1025", "99999999999999999999"])
def test_threads_are_as_many_as_a_machine_may_have(
    inside: Inside, capsys: pytest.CaptureFixture[str], tmp_path: Path, verb: str, threads: str
) -> None:
    assert inside(verb, EXAMPLE, "--lane", "reference", "--threads", threads, "--output", str(tmp_path / "out")) == 2
    assert f"{threads} is not in the range 1<=x<=1024" in capsys.readouterr().err


@pytest.mark.parametrize("shard", ["1/99999999999", "1/10001", "1/" + "9" * 5000, "²/4", "1/4/2"])
def test_a_shard_of_more_parts_than_anybody_has_machines_is_refused(
    inside: Inside, capsys: pytest.CaptureFixture[str], tmp_path: Path, shard: str
) -> None:
    assert inside("run", EXAMPLE, "--lane", "reference", "--shard", shard, "--output", str(tmp_path)) == 2
    assert "expected I/N with 1 <= I <= N <= 10000" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("costs", "said"),
    [
        ('{"format": 1, "lanes": ["torch"], "costs": {"a": {"": [1e400]}}}', "not a cost table: OverflowError"),
        ('{"format": 1, "lanes": ["torch"], "costs": {"a": {"": [1e300]}}}', "is not a cost; expected whole micro"),
        ("[" * 100_000, "no costs; expected a journal, or a table that `conformance cases costs` wrote"),
        (json.dumps({"format": 1, "lanes": ["torch"], "costs": {"a": [1]}}), "not a cost table: AttributeError"),
    ],
)
def test_a_cost_table_with_impossible_numbers_or_depth_is_refused(
    inside: Inside, capsys: pytest.CaptureFixture[str], tmp_path: Path, costs: str, said: str
) -> None:
    path = tmp_path / "costs.json"
    path.write_text(costs, encoding="utf-8")
    words = ("--shard", "1/2", "--costs", str(path), "--output", str(tmp_path / "out"))
    assert inside("run", EXAMPLE, "--lane", "reference", *words) == 2
    assert said in capsys.readouterr().err


def test_a_folder_that_is_gone_is_told(
    inside: Inside, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    with monkeypatch.context() as patch:
        patch.chdir(gone)
        gone.rmdir()
        assert inside("cases", "schema") == 2
    assert capsys.readouterr().err == (
        "conformance: the folder that this was called from is gone, or may not be read: call it from another\n"
    )


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--size", "100000x100000", "the arrays would take 400,000,000,072 bytes; at most 1,073,741,824 are"),
        ("--kernel", "9" * 5000, "kernel.0: found '999"),
        ("--padding", "[" * 50_000, "padding"),
        ("--channels", "1e400", "channels.0: found inf"),
        ("--strides", "9" * 20, "strides.0: found 99999999999999999999"),
    ],
    ids=["arrays", "digits", "brackets", "infinity", "an integer of no framework"],
)
def test_generated_cases_that_nobody_could_run_are_wrong_usage(
    inside: Inside, capsys: pytest.CaptureFixture[str], tmp_path: Path, option: str, value: str, said: str
) -> None:
    small = {"--size": "4", "--channels": "1", "--kernel": "3", "--strides": "2", "--output": "largest", option: value}
    words = [word for pair in small.items() for word in pair]
    assert inside("cases", "generate", str(tmp_path / "made.yaml"), *words) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "made.yaml").exists()


def test_verbs_are_imported_when_they_are_called_so_that_help_is_quick() -> None:
    code = "import sys, conformance.cli.main; print(*{'numpy', 'pydantic', 'yaml', 'rich'} & set(sys.modules))"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert ended.stdout.strip() == ""
