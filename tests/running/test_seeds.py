"""`--seed`: the same trials with other numbers."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from conformance.journal import read_journal
from conformance.judging.question import make_question
from conformance.suite.case import Recorded, Trial
from conformance.suite.corpus import seeded
from tests.corpus import shipped_trials

Inside = Callable[..., int]
Capture = pytest.CaptureFixture[str]
EXAMPLE = "conv2d_transpose/tutorial/example-1[inputs=mix,dtype=float32]"


def trial() -> Trial:
    return next(each for each in shipped_trials() if each.id == EXAMPLE)


def test_a_seed_gives_other_numbers_of_the_same_shapes_each_time_the_same() -> None:
    plain, again, other = (make_question(*seeded([trial()], seed)) for seed in ("", "7", "8"))
    assert plain.value.shape == again.value.shape == other.value.shape
    assert not np.array_equal(plain.value, again.value)
    assert not np.array_equal(again.value, other.value)
    (twice,) = seeded([trial()], "7")
    assert np.array_equal(make_question(twice).value, again.value)


def test_what_a_case_has_recorded_keeps_its_numbers() -> None:
    recorded = replace(trial(), expectation=Recorded((1, 2)))
    assert replace(recorded, seed="7").content_id == recorded.content_id == EXAMPLE


def test_a_run_says_its_seed_and_so_do_its_journal_and_its_commands(
    inside: Inside, tmp_path: Path, capsys: Capture
) -> None:
    lane = "tests.running.stand_ins:OffByOne"
    assert inside("run", EXAMPLE, "--lane", lane, "--seed", "007", "--output", str(tmp_path)) == 1
    out, err = capsys.readouterr()
    assert "1 trial in 1 lane, numbers of seed 7, about " in err
    assert "--seed 7" in " ".join(out.split())
    assert read_journal(tmp_path / "journal.jsonl").header.flags["seed"] == "7"


def test_a_script_of_a_seeded_trial_has_its_numbers(inside: Inside, capsys: Capture) -> None:
    scripts = []
    for words in ((), ("--seed", "7"), ("--seed", "7")):
        assert inside("explain", EXAMPLE, "--lane", "reference", *words) == 0
        scripts.append(capsys.readouterr().out)
    assert scripts[0] != scripts[1] == scripts[2]


def test_a_fresh_seed_is_a_number_that_is_said(inside: Inside, tmp_path: Path) -> None:
    assert inside("run", EXAMPLE, "--lane", "reference", "--seed", "fresh", "--output", str(tmp_path), "--quiet") == 0
    assert read_journal(tmp_path / "journal.jsonl").header.flags["seed"].isdecimal()


def test_a_run_goes_on_with_its_own_numbers_alone(inside: Inside, tmp_path: Path, capsys: Capture) -> None:
    words = ("run", EXAMPLE, "--lane", "reference", "--output", str(tmp_path), "--quiet")
    assert inside(*words, "--seed", "7") == 0
    capsys.readouterr()
    assert inside(*words, "--resume") == 2
    assert "cannot resume: its numbers are of seed 7" in capsys.readouterr().err


@pytest.mark.parametrize("seed", ["new", "-1", "1.5"])
def test_a_seed_that_is_none_is_refused(inside: Inside, capsys: Capture, seed: str) -> None:
    assert inside("run", EXAMPLE, "--lane", "reference", "--seed", seed) == 2
    assert "is not a seed; expected a whole number from 0 on, or fresh" in " ".join(capsys.readouterr().err.split())
