"""The first hour of three people, at a terminal, by the commands that README.md prints, and nothing else.

The third one reads a report, in a browser: tests/report/browser/test_walk.py.
"""

import re
import shlex
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from shutil import copy

import pytest

from conformance.errors import JournalError
from conformance.journal import read_journal
from tests.walks.readme import block_after, command
from tests.walks.terminal import CTRL_C, ROOT, Terminal, seen

FIRST_SCREEN = "proves each verdict, and names each fault in words."
DOOR_1, DOOR_2 = "**I have an implementation.**", "**I move a model.**"
KERNELS = ROOT / "tests" / "checking" / "my_kernels.py"
MODEL = """\
import torch.nn as nn


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, stride=2, padding=1)
        self.pool = nn.MaxPool2d(2)
"""
NARROW = 60


def test_the_first_command_shows_what_readme_says_it_shows() -> None:
    first, *shown = block_after(FIRST_SCREEN)
    status, terminal = seen(first, ROOT, columns=200)
    assert status == 1
    told = terminal.flowed
    for line in shown:
        for piece in line.split("..."):  # what is left out there
            assert " ".join(piece.strip(" '").split()) in told, line


def test_somebody_with_a_numpy_function_gets_its_fault_named_and_a_script_of_it(tmp_path: Path) -> None:
    copy(KERNELS, tmp_path / "my_kernels.py")
    status, terminal = seen(command(DOOR_1, "conformance try my_kernels.py:conv2d --as conv2d"), tmp_path)
    assert status == 1
    assert "1 cause" in terminal.flowed
    assert "behaves as if the two sides of the crop were swapped" in terminal.flowed
    # The one command that is printed there.
    (explain,) = re.findall(r"conformance explain '[^']+' --lane '[^']+'", terminal.flowed)
    status, terminal = seen(f"{explain} --output it.py", tmp_path)
    assert (status, terminal.text) == (0, "")
    script = subprocess.run([sys.executable, "it.py"], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert script.returncode == 1, script.stderr
    assert script.stdout.startswith("expected ")
    assert "\nobserved " in script.stdout


@pytest.mark.frameworks
@pytest.mark.skipif(not (find_spec("torch") and find_spec("jax")), reason="PyTorch and JAX are not installed")
def test_somebody_who_moves_a_model_gets_a_call_and_the_verdict_on_it(tmp_path: Path) -> None:
    translate = next(line for line in block_after(DOOR_2) if line.startswith("conformance translate 'nn."))
    status, terminal = seen(translate, tmp_path, columns=200)
    assert status == 0
    assert "jax: native" in terminal.text
    assert len(re.findall(r"on mix: agrees bitwise", terminal.text)) == 2
    code = terminal.text.partition("jax: native")[2].partition("to convert what is stored:")[0]
    printed = "\n".join(line.strip() for line in code.splitlines() if line.startswith("    "))
    # In a process of its own: frameworks do not get along in one.
    printed = f"{printed}\nassert result.shape == (1, 128, 32, 32)"
    subprocess.run([sys.executable, "-c", printed], check=True, timeout=300)


def test_somebody_with_a_file_of_a_model_gets_each_of_its_calls(tmp_path: Path) -> None:
    (tmp_path / "model.py").write_text(MODEL, encoding="utf-8")
    status, terminal = seen(command(DOOR_2, "conformance translate model.py"), tmp_path)
    assert status == 0
    assert "it needs 1 before and 0 after on height and width" in terminal.flowed
    assert "shifted by 1 pixel" in terminal.flowed
    assert "tensorflow: native: tf.nn.max_pool2d" in terminal.flowed


def test_a_narrow_terminal_cuts_no_word_and_its_command_can_be_copied(tmp_path: Path) -> None:
    wrong = "conformance run conv2d_transpose/tutorial --lane tests.running.stand_ins:OffByOne"
    status, terminal = seen(f"{wrong} --output {tmp_path}", tmp_path, NARROW)
    assert status == 1
    report = terminal.text.partition("nonconformances, ")[2].partition("\nReports: ")[0]
    commands = [line for line in report.splitlines() if line.strip().startswith("conformance explain ")]
    assert max(len(line) for line in report.splitlines() if line not in commands) <= NARROW
    # Whole, on a line that the terminal breaks and not the program.
    status, terminal = seen(f"{commands[0].strip()} --output it.py", tmp_path)
    assert status == 0
    assert (tmp_path / "it.py").is_file()
    assert all(shlex.split(line)[:2] == ["conformance", "explain"] for line in commands)


def test_ctrl_c_ends_a_run_with_a_sentence_and_reports(tmp_path: Path) -> None:
    hanging = "conformance run 'conv2d_transpose/tutorial/example-*' --lane tests.running.stand_ins:Hangs"
    terminal = Terminal(f"{hanging} --output {tmp_path}", tmp_path, NARROW)

    def has_begun() -> bool:
        try:
            return bool(read_journal(tmp_path / "journal.jsonl").lanes)
        except JournalError:
            return False

    terminal.wait_until(has_begun)
    terminal.press(CTRL_C)
    assert terminal.end() == 3
    assert "interrupted; the same command with --resume goes on where it stopped" in terminal.flowed
    assert "Traceback" not in terminal.text
    assert (tmp_path / "report.md").is_file()
    assert read_journal(tmp_path / "journal.jsonl").footer is not None
