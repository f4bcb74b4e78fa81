"""`conformance try`: a function judged in a worker, and told by cause."""

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

from conformance.journal import read_journal

Inside = Callable[..., int]
Capture = pytest.CaptureFixture[str]
KERNELS = str(Path(__file__).parent / "my_kernels.py")


def test_a_fault_of_a_numpy_function_is_named_with_its_smallest_call(inside: Inside, capsys: Capture) -> None:
    assert inside("try", f"{KERNELS}:conv2d", "--as", "conv2d") == 1
    out, err = capsys.readouterr()
    assert "standard tier: " in err
    assert "differs, " in out
    assert "as if the two sides of the crop were swapped: the padding before" in out
    assert f"--lane '{KERNELS}:conv2d as conv2d'" in out
    assert "not asked: dtypes other than float32, float64 (--dtype), gradients (--gradients), what is beyond the" in out


def test_a_right_function_leaves_with_0_and_its_reports_where_they_are_wanted(
    inside: Inside, tmp_path: Path, capsys: Capture
) -> None:
    words = ("try", f"{KERNELS}:right_conv2d", "--as", "conv2d", "--quick", "--output", str(tmp_path))
    assert inside(*words) == 0
    assert "all as expected" in capsys.readouterr().out
    assert read_journal(tmp_path / "journal.jsonl").header.tier == "quick"
    assert (tmp_path / "report.html").is_file()


def test_a_script_of_a_brought_function_gives_its_answer(inside: Inside, capsys: Capture) -> None:
    lane = f"{KERNELS}:right_conv2d as conv2d"
    assert inside("explain", "conv2d/sizes/kernels[kernel=1x16,direction=forward]", "--lane", lane) == 0
    script = capsys.readouterr().out
    exec(compile(script, "script", "exec"), {})
    assert capsys.readouterr().out.startswith("answered [1,1,21,2] float32 ")


def test_a_file_that_fails_when_it_is_run_is_told_with_its_error(
    inside: Inside, tmp_path: Path, capsys: Capture
) -> None:
    (tmp_path / "k.py").write_text("raise RuntimeError('half written')\ndef f(value): pass\n")
    assert inside("try", f"{tmp_path / 'k.py'}:f", "--as", "conv2d") == 2
    (tmp_path / "k.py").write_text("raise RuntimeError('half written')\ndef f(**words): pass\n")
    assert inside("try", f"{tmp_path / 'k.py'}:f", "--as", "conv2d") == 3
    assert "RuntimeError: half written" in capsys.readouterr().err


@pytest.mark.frameworks
@pytest.mark.skipif(find_spec("torch") is None, reason="torch is not installed")
def test_a_torch_function_gets_tensors_and_its_fault_is_named(inside: Inside, capsys: Capture) -> None:
    assert inside("try", f"{KERNELS}:max_pool2d", "--as", "F.max_pool2d", "--quick") == 1
    assert "behaves as if strides were 1" in capsys.readouterr().out


@pytest.mark.frameworks
@pytest.mark.skipif(find_spec("torch") is None, reason="torch is not installed")
def test_a_function_for_torch_may_return_numpy_s_arrays(inside: Inside, capsys: Capture) -> None:
    assert inside("try", f"{KERNELS}:numpy_max_pool2d", "--as", "F.max_pool2d", "--quick") == 0
    assert "all as expected" in capsys.readouterr().out


@pytest.mark.frameworks
@pytest.mark.skipif(find_spec("jax") is None, reason="jax is not installed")
def test_a_jax_function_gets_arrays_of_jax_and_its_fault_is_named(inside: Inside, capsys: Capture) -> None:
    assert inside("try", f"{KERNELS}:reduce_window", "--as", "jax.lax.reduce_window", "--quick") == 1
    out = capsys.readouterr().out
    assert "jax.brought.reduce_window(" in out
    assert "behaves as if" in out
