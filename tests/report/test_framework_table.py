"""Frameworks of several runs beside one another."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.journal import Journal, Record
from conformance.judging.verdict import Waived
from conformance.report.frameworks import Framework, frameworks, markdown

Records = Callable[..., Record]
Journals = Callable[..., Journal]
BUG, ABSENT = Waived("bug", "kernels are flipped", None), Waived("unsupported", "not there yet", None)
BELOW = replace(BUG, through="below 2.21")


@pytest.fixture
def run(journal: Journals, record: Records) -> Journal:
    """Two lanes of one framework, one of another, and the reference."""
    return journal(
        [
            record("t1", "torch"),
            record("t1", "torch:compile", "differs", waived=BUG),
            record("t1", "jax", "crashed"),
            record("t1", "reference"),
            record("t2", "torch", native=False),
            record("t2", "torch:compile", "refused", waived=ABSENT),
            record("t2", "jax", "unsupported"),
            record("t3", "torch", "unsupported", flags=("undeclared",)),
            record("t3", "torch:compile"),
        ]
    )


def by_name(found: tuple[Framework, ...]) -> dict[str, Framework]:
    return {each.name: each for each in found}


def test_a_row_is_a_framework_in_a_version_with_all_its_modes(run: Journal) -> None:
    found = by_name(frameworks([run]))
    assert list(found) == ["torch 1.0", "jax 1.0"]
    torch = found["torch 1.0"]
    assert [lane.lane for lane in torch.lanes] == ["torch", "torch:compile"]
    assert (torch.judged, torch.right, torch.refused) == (5, 0.6, 1)
    assert (torch.expression.calls, torch.expression.native, torch.expression.composed) == (6, 4, 1)
    assert (torch.expression.unsupported, torch.expression.asked) == (1, 5)
    assert [(cause.text, len(cause.findings)) for cause in torch.causes] == [("kernels are flipped", 1)]
    assert [len(found["jax 1.0"].of_class(crashes)) for crashes in (False, True)] == [0, 1]


def test_another_version_is_another_row_and_of_one_version_the_newest_run_counts(
    run: Journal, journal: Journals, record: Records
) -> None:
    later = journal([record("t1", "torch", "differs")])
    later = replace(later, header=replace(later.header, started="2026-02-02T03:04:05Z"))
    assert by_name(frameworks([later, run]))["torch 1.0"].judged == 4
    other = replace(later, lanes={"torch": replace(later.lanes["torch"], version="2.0")})
    assert list(by_name(frameworks([other, run]))) == ["torch 1.0", "jax 1.0", "torch 2.0"]


def test_a_layer_has_a_row_for_each_that_it_runs_on_and_says_whose_bugs_they_are(
    journal: Journals, record: Records
) -> None:
    made = journal([record("t1", "layer:a", "differs", waived=BELOW), record("t2", "layer:b", "differs", waived=BUG)])
    lanes = {
        name: replace(made.lanes[name], runs_on=runs_on)
        for name, runs_on in (("layer:a", {"below:fast": "2.21"}), ("layer:b", {"layer": "1.0"}))
    }
    text = markdown([replace(made, lanes=lanes)], "conformance report")
    assert "| layer 1.0 on below 2.21 | `layer:a` | 1 | 0% | 100% | 0% | 0% | 0 | 1 (1) | 0 |" in text
    assert "| layer 1.0 | `layer:b` | 1 | 0% | 100% | 0% | 0% | 0 | 1 | 0 |" in text
    assert "differs, bug of below 2.21" in text


def test_the_page_has_a_table_its_words_and_the_causes_of_each_framework(run: Journal) -> None:
    missing = replace(run, header=replace(run.header, missing={"keras": "pip install it"}))
    text = markdown([missing], "conformance report a b")
    assert text.startswith(
        "# Frameworks\n\nWritten by `conformance report a b`. 2 frameworks, 1 run; trials asked: 3.\n"
    )
    assert "| torch 1.0 | `torch`, `torch:compile` | 5 | 60.0% | 80.0% | 20.0% | 0% | 1 | 1 | 0 |" in text
    assert "| jax 1.0 | `jax` | 1 | 0% | 50.0% | 0% | 50.0% | 0 | 0 | 1 |" in text
    assert "**refused**: right calls that it has words for and refuses" in text
    assert "Not asked:\n\n- `keras`: pip install it\n" in text
    assert "## torch 1.0\n" in text
    assert "| kernels are flipped | differs, bug | 1 | `torch:compile` |" in text
    assert "| crash, not waived | 1 | `jax` |" in text


def test_nothing_wrong_is_said_and_a_share_of_almost_all_is_not_all(journal: Journals, record: Records) -> None:
    right = journal([record("t1", "torch")])
    assert "Nothing wrong was found in what it was asked." in markdown([right], "x")
    most = journal([*(record(f"t{number}", "torch") for number in range(4000)), record("wrong", "torch", "differs")])
    assert "| 4,001 | 99.9% |" in markdown([most], "x")


def test_the_command_takes_several_runs_and_says_the_worst_of_them(
    inside: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:

    for folder, lane, status in (("a", "reference", 0), ("b", "tests.smoke.wrong_adapters:Wrong:constant-ignored", 1)):
        words = ("run", "pad/constants/*", "--lane", lane, "--output", str(tmp_path / folder), "--quiet")
        assert inside(*words) == status
    capsys.readouterr()
    runs = [str(tmp_path / "a"), str(tmp_path / "b")]
    assert inside("report", *runs, "--format", "frameworks") == 1
    assert "| wrong-on-purpose 1.0 |" in capsys.readouterr().out
    assert inside("report", runs[0], "--format", "frameworks") == 0
    assert inside("report", *runs, "--format", "frameworks", "--base", runs[0]) == 2
    assert "--base is for the report of one run" in capsys.readouterr().err
