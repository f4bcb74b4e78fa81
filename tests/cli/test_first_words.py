"""What a command line says to somebody who does not know the words yet."""

from collections.abc import Callable
from pathlib import Path

import pytest

from conformance.errors import UsageError
from conformance.journal import read_journal
from conformance.suite.corpus import select

Inside = Callable[..., int]
Capture = pytest.CaptureFixture[str]
LANE = "tests.running.stand_ins:OffByOne"


def test_a_word_without_a_star_selects_what_begins_so_up_to_a_boundary() -> None:
    tutorial = select(["conv2d_transpose/tutorial/*"])
    assert select(["conv2d_transpose/tutorial"]) == select(["conv2d_transpose/tutorial/"]) == tutorial
    example = select(["conv2d_transpose/tutorial/example-1"])
    assert {trial.id.partition("[")[0] for trial in example} == {"conv2d_transpose/tutorial/example-1"}
    assert {trial.call.operator for trial in select(["conv2d"])} == {"conv2d"}


@pytest.mark.parametrize(
    ("word", "problem"),
    [
        ("conv2d_transpos", "'conv2d_transpos' matches no trial; did you mean conv2d_transpose or "),
        ("max_pool2d/ceilmode/*", "did you mean max_pool2d/ceil_mode or "),
        ("nowhere/", "nowhere/: no such folder of cases, and no chapter of the shipped corpus"),
        ("cases.json", "cases.json: a case file is YAML (*.yaml); `conformance cases schema` prints the schema"),
        ("qqqq", "'qqqq' matches no trial; `conformance cases list` shows the ids, * stands for any text"),
    ],
)
def test_a_word_that_selects_nothing_is_told_as_what_it_may_be(word: str, problem: str) -> None:
    with pytest.raises(UsageError) as raised:
        select([word])
    assert problem in str(raised.value)


@pytest.mark.parametrize(
    ("verb", "problem"),
    [("rnu", "did you mean run?"), ("qqqq", "it must be one of run, try, smoke, ")],
)
def test_a_verb_that_is_none_is_told_with_a_near_one(inside: Inside, capsys: Capture, verb: str, problem: str) -> None:
    assert inside(verb) == 2
    assert f"no verb is called {verb!r}; {problem}" in " ".join(capsys.readouterr().err.split())


def test_failed_asks_again_what_did_not_conform(inside: Inside, tmp_path: Path, capsys: Capture) -> None:
    words = ("run", "conv2d_transpose/tutorial", "--lane", LANE, "--output", str(tmp_path), "--quiet")
    assert inside(*words) == 1
    wrong = {record.trial for record in read_journal(tmp_path / "journal.jsonl").records if not record.conforms}
    assert inside(*words, "--failed") == 1
    assert set(read_journal(tmp_path / "journal.jsonl").trials) == wrong
    right = ("run", "conv2d_transpose/tutorial", "--lane", "reference", "--output", str(tmp_path / "r"), "--quiet")
    assert inside(*right) == 0
    capsys.readouterr()
    assert inside(*right, "--failed") == 2
    assert "of the selected trials all conformed or were waived; nothing is left to ask" in capsys.readouterr().err
