"""Waivers: what they excuse, when they are stale, and what is wrong with a file of them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conformance.errors import CaseFileError
from conformance.judging.verdict import Outcome, Verdict, Waived
from conformance.judging.waivers import FACTS, WaiverBook, read_waivers
from conformance.suite.case import Trial
from conformance.suite.corpus import shipped_cases

Trials = Callable[..., Trial]
Books = Callable[..., WaiverBook]
REFUSED = Verdict(Outcome.REFUSED, False, "a valid call was refused")
DIFFERS = Verdict(Outcome.DIFFERS, False, "1 of 1 elements differ")
AGREES = Verdict(Outcome.AGREES, True, "all 1 elements are bitwise right")
UNSUPPORTED = Verdict(Outcome.UNSUPPORTED, True, "no word for it")
MADE = "conv2d_transpose/made/made"
EXCUSE = Waived("bug", "known", None)


@pytest.fixture
def book(tmp_path: Path) -> Books:
    """A book with one waiver, which excuses a refusal of every trial in torch unless the keys say otherwise."""

    def made(**keys: str) -> WaiverBook:
        entry = {"lane": "torch", "trial": '"*"', "outcome": "refused", "class": "bug", "reason": "known", **keys}
        lines = [
            f"{'  - ' if number == 0 else '    '}{key}: {text}" for number, (key, text) in enumerate(entry.items())
        ]
        path = tmp_path / "waivers.yaml"
        path.write_text("\n".join(["waivers:", *lines, ""]), encoding="utf-8")
        return WaiverBook(read_waivers([path]))

    return made


def test_a_waiver_excuses_its_outcome_in_its_lane(trial: Trials, book: Books) -> None:
    found = book()
    assert found.excuse(trial(), "torch", REFUSED) == EXCUSE
    assert found.excuse(trial(), "torch:compile", REFUSED) is None
    assert found.excuse(trial(), "jax", REFUSED) is None
    assert found.excuse(trial(), "torch", DIFFERS) is None


@pytest.mark.parametrize(
    ("lane", "excused"), [("torch*", True), ('"*"', True), ("torch:*", False), ("tor?h", False), ("orch", False)]
)
def test_a_star_in_a_lane_is_any_text_and_nothing_else_is_special(
    trial: Trials, book: Books, lane: str, excused: bool
) -> None:
    assert (book(lane=lane).excuse(trial(), "torch", REFUSED) is not None) is excused


@pytest.mark.parametrize(
    ("where", "asked", "excused"),
    [
        ("{dtype: float64}", {"dtype": "float64"}, True),
        ("{dtype: float64}", {}, False),
        ("{dtype: [float64, float32]}", {}, True),
        ("{data_format: NHWC}", {}, True),
        ("{data_format: NCHW}", {}, False),
        ("{padding: SAME}", {"padding": "SAME"}, True),
        ("{padding: EXPLICIT}", {"padding": [[0, 0]] * 4}, True),
        ("{padding: EXPLICIT}", {"padding": "VALID"}, False),
        ("{dilated: true}", {"dilations": 2}, True),
        ("{dilated: true}", {"dilations": 1}, False),
        ("{refusal: null}", {}, True),
        ("{refusal: null}", {"strides": 0, "expect": {"refusal": "strides"}}, False),
        ("{refusal: strides}", {"strides": 0, "expect": {"refusal": "strides"}}, True),
        ("{inputs: mix}", {}, True),
        ("{inputs: literal}", {"inputs": {"value": [[[[1]]]], "filter": [[[[1]]]]}}, True),
        ("{dtype: float32, inputs: ones}", {}, False),
        ("{dtype: float32, inputs: ones}", {"inputs": "ones"}, True),
    ],
)
def test_where_asks_facts_of_the_call(
    trial: Trials, book: Books, where: str, asked: dict[str, Any], excused: bool
) -> None:
    assert (book(where=where).excuse(trial(**asked), "torch", REFUSED) is not None) is excused


def test_a_record_that_conforms_makes_its_waiver_stale(trial: Trials, book: Books, tmp_path: Path) -> None:
    found = book()
    assert found.excuse(trial(), "torch", AGREES) is None
    assert found.problems([]) == [
        f"{tmp_path / 'waivers.yaml'}:2: waiver no longer needed: {MADE} in torch conforms (agrees)"
    ]


def test_one_record_that_conforms_makes_a_waiver_stale_though_others_need_it(trial: Trials, book: Books) -> None:
    found = book()
    assert found.excuse(trial("one"), "torch", REFUSED) == EXCUSE
    found.excuse(trial("two"), "torch", AGREES)
    assert [problem.rpartition("needed: ")[2] for problem in found.problems(["torch"])] == [
        "conv2d_transpose/made/two in torch conforms (agrees)"
    ]


def test_a_waiver_that_meets_nothing_is_stale_once_its_lane_ran_the_whole_corpus(book: Books, tmp_path: Path) -> None:
    found = book()
    assert found.problems([]) == []
    assert found.problems(["jax"]) == []
    assert found.problems(["jax", "torch"]) == [f"{tmp_path / 'waivers.yaml'}:2: waiver matches nothing: torch *"]


def test_what_a_lane_cannot_say_neither_needs_a_waiver_nor_meets_it(trial: Trials, book: Books) -> None:
    found = book()
    assert found.excuse(trial(), "torch", UNSUPPORTED) is None
    assert len(found.problems(["torch"])) == 1


def test_a_waiver_that_was_needed_is_no_problem(trial: Trials, book: Books) -> None:
    found = book()
    found.excuse(trial(), "torch", REFUSED)
    assert found.problems(["torch"]) == []


def test_another_wrong_outcome_is_not_excused_and_leaves_the_waiver_standing(trial: Trials, book: Books) -> None:
    found = book()
    assert found.excuse(trial(), "torch", DIFFERS) is None
    assert found.problems(["torch"]) == []


def test_a_waiver_keeps_its_class_reason_and_url(trial: Trials, book: Books) -> None:
    found = book(**{"class": "permanent", "reason": '"  by choice "', "url": "https://example.org/1"})
    assert found.excuse(trial(), "torch", REFUSED) == Waived("permanent", "by choice", "https://example.org/1")


WRONG_FILE = """\
waivers:
  - lane: torch
    trial: "*"
    outcome: refused
    class: bug
  - just words
  - {lane: torch, trial: "*", outcome: wrong, class: nuisance, reason: " ", because: no}
  - lane: torch
    trial: "*"
    outcome: refused
    class: bug
    reason: known
    where: {colour: red}
"""


def test_every_problem_of_every_file_is_told_at_once(tmp_path: Path) -> None:
    wrong, none, good = (tmp_path / f"{name}.yaml" for name in ("wrong", "none", "good"))
    wrong.write_text(WRONG_FILE, encoding="utf-8")
    none.write_text("- a list\n", encoding="utf-8")
    good.write_text("waivers: []\n", encoding="utf-8")
    with pytest.raises(CaseFileError) as raised:
        read_waivers([wrong, none, good])
    facts = ", ".join(FACTS)
    assert [problem.removeprefix(f"{tmp_path}/") for problem in raised.value.problems] == [
        "wrong.yaml:2: waivers[0]: missing: reason",
        "wrong.yaml:6: waivers[1]: a waiver is a mapping",
        "wrong.yaml:7: waivers[2]: missing: reason",
        "wrong.yaml:7: waivers[2]: unknown key 'because'; accepted: lane, trial, class, outcome, reason, url, where",
        "wrong.yaml:7: waivers[2]: class 'nuisance'; accepted: bug, unsupported, permanent",
        f"wrong.yaml:7: waivers[2]: outcome 'wrong'; accepted: {', '.join(Outcome)}",
        f"wrong.yaml:8: waivers[3]: where {{'colour': 'red'}}; accepted are facts of the call: {facts}",
        "none.yaml:1: a waiver file is a mapping with one key, waivers: a list",
    ]


def test_the_shipped_waivers_can_be_read() -> None:
    found = read_waivers(sorted((shipped_cases() / "waivers").glob("*.yaml")))
    assert len(found) >= 5
    assert all(waiver.waived.reason for waiver in found)
