"""Waivers: what they excuse, when they are stale, and what is wrong with a file of them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from conformance.errors import CaseFileError
from conformance.judging.explanation import explanations
from conformance.judging.verdict import Outcome, Verdict, Waived
from conformance.judging.waivers import WaiverBook, read_waivers
from conformance.operators.facts import absent_facts
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
TODAY = date(2027, 3, 1)


@pytest.fixture
def book(tmp_path: Path) -> Books:
    """A book with one waiver, which excuses a refusal of every trial in torch unless the keys say otherwise."""

    def made(today: date = TODAY, **keys: str) -> WaiverBook:
        entry = {"lane": "torch", "trial": '"*"', "outcome": "refused", "class": "bug", "reason": "known", **keys}
        lines = [
            f"{'  - ' if number == 0 else '    '}{key}: {text}" for number, (key, text) in enumerate(entry.items())
        ]
        path = tmp_path / "waivers.yaml"
        path.write_text("\n".join(["waivers:", *lines, ""]), encoding="utf-8")
        return WaiverBook(read_waivers([path]), today)

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
    assert [problem.partition(": ")[2] for problem in found.problems(["torch"])] == [
        "waiver is too wide: 1 record needs it and 1 conforms, the first conv2d_transpose/made/two in torch (agrees); "
        'what fits is explanation: "a valid call was refused"'
    ]


def test_a_waiver_that_is_too_wide_in_some_lanes_is_said_with_those_that_need_it(trial: Trials, book: Books) -> None:
    found = book(lane="[torch, jax]")
    for name in ("one", "two"):
        found.excuse(trial(name), "torch", REFUSED)
        found.excuse(trial(name), "jax", AGREES)
    (problem,) = found.problems([])
    assert problem.partition("; ")[0].endswith("2 records need it and 2 conform, the first conv2d_transpose/made/one "
                                               "in jax (agrees)")  # fmt: skip
    assert problem.partition("; ")[2] == 'what fits is lane: ["torch"]'


def test_a_waiver_that_is_too_wide_for_several_faults_is_said_with_the_trials_that_need_it(
    trial: Trials, book: Books
) -> None:
    found = book()
    found.excuse(trial("one"), "torch", REFUSED)
    found.excuse(trial("two"), "torch", replace(REFUSED, detail="no kernel"))
    found.excuse(trial("three"), "torch", AGREES)
    (problem,) = found.problems([])
    needed = '["conv2d_transpose/made/one", "conv2d_transpose/made/two"]'
    assert problem.partition("; ")[2] == f"what fits is an entry of each trial: {needed}"


SHIFTED = Verdict(Outcome.DIFFERS, False, "3 of 4", diagnosis=("one step late", "crop_before on height 1 instead of 0"))


def test_a_waiver_with_an_explanation_names_what_it_explains_whatever_the_numbers(trial: Trials, book: Books) -> None:
    found = book(outcome="differs", explanation="crop_before on height 7 instead of 3")
    assert found.excuse(trial("one"), "torch", SHIFTED) == EXCUSE
    assert found.excuse(trial("two"), "torch", DIFFERS) is None
    assert found.excuse(trial("three"), "torch", AGREES) is None
    assert found.problems(["torch"]) == []


def test_an_explanation_that_is_cut_before_a_word_names_what_it_was_written_for(trial: Trials, book: Books) -> None:
    refused = Verdict(Outcome.REFUSED, False, f"{'a' * 159} word that is too far")
    (entry,) = explanations(refused)
    assert book(explanation=entry).excuse(trial(), "torch", refused) == EXCUSE


def test_a_waiver_with_an_explanation_that_nothing_shows_matches_nothing(trial: Trials, book: Books) -> None:
    found = book(outcome="differs", explanation="taps in the other order")
    assert found.excuse(trial("one"), "torch", SHIFTED) is None
    assert found.problems([]) == []
    (problem,) = found.problems(["torch"])
    assert problem.endswith("waiver matches nothing: torch *")


def test_without_a_diagnosis_an_explanation_is_what_was_observed(trial: Trials, book: Books) -> None:
    found = book(outcome="differs", explanation='"# of # elements differ"')
    assert found.excuse(trial("one"), "torch", DIFFERS) == EXCUSE


def test_a_waiver_of_one_cause_names_every_outcome_that_it_shows_in(trial: Trials, book: Books) -> None:
    found = book(outcome="[refused, differs]")
    assert found.excuse(trial("one"), "torch", REFUSED) == EXCUSE
    assert found.excuse(trial("two"), "torch", DIFFERS) == EXCUSE
    assert found.problems(["torch"]) == []
    found.excuse(trial("three"), "torch", AGREES)
    assert len(found.problems(["torch"])) == 1


def test_a_waiver_does_not_name_its_exceptions(trial: Trials, book: Books) -> None:
    found = book(**{"except": '["*/two", "*/three*"]'})
    assert found.excuse(trial("one"), "torch", REFUSED) == EXCUSE
    assert found.excuse(trial("two"), "torch", AGREES) is None
    assert found.excuse(trial("three-more"), "torch", REFUSED) is None
    assert found.problems(["torch"]) == []


def test_an_exception_that_no_trial_is_makes_its_waiver_stale_once_its_lane_ran_the_whole_corpus(
    trial: Trials, book: Books, tmp_path: Path
) -> None:
    found = book(**{"except": '["*/two", "*/gone"]'})
    found.excuse(trial("one"), "torch", REFUSED)
    found.excuse(trial("two"), "torch", AGREES)
    assert found.problems([]) == []
    assert found.problems(["torch"]) == [f"{tmp_path / 'waivers.yaml'}:2: waiver excepts what no trial is: */gone"]


def test_a_waiver_of_chance_excuses_its_outcome_and_lets_records_conform(trial: Trials, book: Books) -> None:
    found = book(sometimes="true")
    assert found.excuse(trial(), "torch", REFUSED) == EXCUSE
    assert found.excuse(trial(), "torch", AGREES) is None
    assert found.excuse(trial(), "torch", DIFFERS) is None
    assert found.problems(["torch"]) == []
    strict = book(sometimes="false")
    assert strict.excuse(trial(), "torch", AGREES) is None
    assert len(strict.problems([])) == 1


def test_a_waiver_of_chance_that_meets_nothing_is_stale_too(book: Books, tmp_path: Path) -> None:
    assert book(sometimes="true").problems(["torch"]) == [f"{tmp_path}/waivers.yaml:2: waiver matches nothing: torch *"]


def test_a_waiver_that_meets_nothing_is_stale_once_its_lane_ran_the_whole_corpus(book: Books, tmp_path: Path) -> None:
    found = book()
    assert found.problems([]) == []
    assert found.problems(["jax"]) == []
    assert found.problems(["jax", "torch"]) == [f"{tmp_path / 'waivers.yaml'}:2: waiver matches nothing: torch *"]


def test_what_a_lane_cannot_say_neither_needs_a_waiver_nor_meets_it(trial: Trials, book: Books) -> None:
    found = book()
    assert found.excuse(trial(), "torch", UNSUPPORTED) is None
    assert len(found.problems(["torch"])) == 1


@pytest.mark.parametrize(
    ("outcome", "alone"), [("refused", True), ("crashed", True), ("differs", False), ("[differs, crashed]", True)]
)
def test_what_is_known_to_be_refused_or_to_crash_is_asked_alone(
    trial: Trials, book: Books, outcome: str, alone: bool
) -> None:
    found = book(outcome=outcome)
    assert found.asks_alone(trial(), "torch") is alone
    assert not found.asks_alone(trial(), "jax")


def test_what_other_versions_are_known_to_refuse_is_asked_with_others(trial: Trials, book: Books) -> None:
    found = book(versions='">=2"')
    found.answers("torch", "1.0", {})
    assert not found.asks_alone(trial(), "torch")
    found.answers("torch", "2.0", {})
    assert found.asks_alone(trial(), "torch")


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
    versions: 2.20
    expires: 2027-02-30
  - {lane: torch, trial: "*", outcome: refused, class: bug, reason: known, versions: {jaxlib: newer}, expires: soon}
  - {lane: torch, trial: "*", outcome: refused, class: bug, reason: known, versions: {}, expires: }
  - {lane: torch, trial: "*", outcome: refused, class: bug, reason: known, sometimes: "yes"}
  - {lane: torch, trial: "*", outcome: [differs, wrong], class: bug, reason: known, except: [1]}
  - {lane: [1], trial: [conv1d/*, conv2d/*], outcome: refused, class: bug, reason: known}
"""


def test_every_problem_of_every_file_is_told_at_once(tmp_path: Path) -> None:
    wrong, none, good = (tmp_path / f"{name}.yaml" for name in ("wrong", "none", "good"))
    wrong.write_text(WRONG_FILE, encoding="utf-8")
    none.write_text("- a list\n", encoding="utf-8")
    good.write_text("waivers: []\n", encoding="utf-8")
    with pytest.raises(CaseFileError) as raised:
        read_waivers([wrong, none, good])
    facts = ", ".join(absent_facts())
    days = "it must be a day, such as 2027-03-01"
    ranges = 'it must be a range such as ">=2.20, <2.22", or a mapping of names to ranges, such as {jaxlib: "<0.11"}'
    assert [problem.removeprefix(f"{tmp_path}/") for problem in raised.value.problems] == [
        "wrong.yaml:2: waivers[0]: missing: reason",
        "wrong.yaml:6: waivers[1]: a waiver is a mapping",
        "wrong.yaml:7: waivers[2]: missing: reason",
        "wrong.yaml:7: waivers[2]: unknown key 'because'; it must be one of lane, trial, class, outcome, reason, "
        "url, where, versions, expires, sometimes, except, explanation",
        "wrong.yaml:7: waivers[2]: class 'nuisance'; it must be one of bug, unsupported, permanent",
        f"wrong.yaml:7: waivers[2]: outcome 'wrong'; it must be one of {', '.join(Outcome)}",
        f"wrong.yaml:8: waivers[3]: where {{'colour': 'red'}}; its keys must be facts of the call: {facts}",
        f"wrong.yaml:8: waivers[3]: versions 2.2; {ranges}",
        f"wrong.yaml:8: waivers[3]: expires '2027-02-30'; {days}",
        f"wrong.yaml:16: waivers[4]: versions 'newer'; {ranges}",
        f"wrong.yaml:16: waivers[4]: expires 'soon'; {days}",
        f"wrong.yaml:17: waivers[5]: versions {{}}; {ranges}",
        f"wrong.yaml:17: waivers[5]: expires None; {days}",
        "wrong.yaml:18: waivers[6]: sometimes 'yes'; it must be true or false",
        f"wrong.yaml:19: waivers[7]: outcome 'wrong'; it must be one of {', '.join(Outcome)}",
        "wrong.yaml:19: waivers[7]: except [1]; it must be a pattern of trial ids, or a list of such",
        "wrong.yaml:20: waivers[8]: lane [1]; it must be a text, or a list of texts",
        "wrong.yaml:20: waivers[8]: trial ['conv1d/*', 'conv2d/*']; it must be one text: write an entry for each",
        "none.yaml:1: a waiver file is a mapping with one key, waivers: a list",
    ]


def test_the_shipped_waivers_can_be_read() -> None:
    found = read_waivers(sorted((shipped_cases() / "waivers").glob("*.yaml")))
    assert len(found) >= 5
    assert all(waiver.waived.reason for waiver in found)


@pytest.mark.parametrize(
    ("versions", "version", "applies"),
    [
        ('">=2.20, <2.22"', "2.21.0", True),
        ('">=2.20, <2.22"', "2.21.0+cpu", True),
        ('">=2.20, <2.22"', "2.22.0", False),
        ('">=2.20, <2.22"', "2.22.0rc1", False),
        ('">=2.20, <2.22"', "2.21.0rc1", True),
        ('">=2.20, <2.22"', "2.19.1", False),
        ('"==2.21.*"', "2.21.3", True),
        ('"!=2.21.1"', "2.21.1", False),
        ('{jaxlib: "<0.11"}', "0.12", True),
        ('{jaxlib: ">=0.11"}', "0.12", False),
        ('{jaxlib: "<0.11", jax: ">=1"}', "0.12", False),
    ],
)
def test_a_range_is_of_the_framework_or_of_a_part_that_it_names(
    trial: Trials, book: Books, versions: str, version: str, applies: bool
) -> None:
    found = book(versions=versions)
    found.answers("torch", version, {"jaxlib": "0.10.2", "jax": "0.12"})
    assert (found.excuse(trial(), "torch", REFUSED) is not None) is applies


def test_outside_its_range_a_waiver_is_neither_stale_nor_missed(trial: Trials, book: Books, tmp_path: Path) -> None:
    found = book(versions='"<2.22"')
    found.answers("torch", "2.22.0", {})
    found.excuse(trial(), "torch", AGREES)
    assert found.problems(["torch"]) == []
    place = f"{tmp_path / 'waivers.yaml'}:2"
    assert found.notes() == [f"1 waiver speaks of other versions than those that answered: {place}"]


def test_inside_its_range_a_waiver_is_as_strict_as_any(trial: Trials, book: Books) -> None:
    found = book(versions='"<2.22"')
    found.answers("torch", "2.21.0", {})
    found.excuse(trial(), "torch", AGREES)
    assert len(found.problems([])) == 1
    assert found.notes() == []


def test_many_waivers_of_other_versions_are_counted_and_the_first_ones_named(tmp_path: Path) -> None:
    entry = '  - {lane: torch, trial: "*", outcome: refused, class: bug, reason: known, versions: "<1"}\n'
    (tmp_path / "many.yaml").write_text("waivers:\n" + entry * 7, encoding="utf-8")
    found = WaiverBook(read_waivers([tmp_path / "many.yaml"]))
    found.answers("torch", "2.0", {})
    places = ", ".join(f"{tmp_path / 'many.yaml'}:{line}" for line in range(2, 7))
    assert found.notes() == [f"7 waivers speak of other versions than those that answered: {places}, ..."]


@pytest.mark.parametrize(
    ("versions", "obstacle"),
    [
        ('">=2"', "its version 'build 77' is not a PEP 440 version"),
        ('{engine: ">=2"}', "engine 'r9' is not a PEP 440 version"),
        ('{jaxlib: ">=2"}', "it has no version of jaxlib; its versions are of engine"),
    ],
)
def test_a_version_that_cannot_be_compared_is_in_no_range_and_that_is_told(
    trial: Trials, book: Books, versions: str, obstacle: str
) -> None:
    found = book(versions=versions)
    found.answers("torch", "build 77", {"engine": "r9"})
    assert found.excuse(trial(), "torch", REFUSED) is None
    assert found.notes()[1].partition(".yaml:2: ")[2] == f"versions '>=2' cannot be compared in torch: {obstacle}"


def test_a_waiver_excuses_on_its_last_day(trial: Trials, book: Books) -> None:
    found = book(expires="2027-03-01")
    assert found.excuse(trial(), "torch", REFUSED) == EXCUSE
    assert found.problems(["torch"]) == []


def test_a_waiver_that_has_expired_excuses_nothing_and_is_a_problem(trial: Trials, book: Books, tmp_path: Path) -> None:
    found = book(TODAY + timedelta(days=1), expires="2027-03-01")
    assert found.excuse(trial(), "torch", REFUSED) is None
    message = "waiver expired on 2027-03-01 and excuses nothing any more: remove it, or renew its date"
    assert found.problems([]) == [f"{tmp_path / 'waivers.yaml'}:2: {message}"]


def test_an_expired_waiver_of_another_lane_is_no_problem_of_this_run(trial: Trials, book: Books) -> None:
    found = book(expires="2020-01-01")
    found.excuse(trial(), "jax", REFUSED)
    assert found.problems(["jax"]) == []


def test_a_placeholder_for_a_reason_excuses_and_keeps_the_run_red(trial: Trials, book: Books, tmp_path: Path) -> None:
    found = book(reason="FILL IN")
    assert found.excuse(trial(), "torch", REFUSED) == Waived("bug", "FILL IN", None)
    message = "waiver without a reason: replace 'FILL IN' by why torch shows refused"
    assert found.problems([]) == [f"{tmp_path / 'waivers.yaml'}:2: {message}"]


RANGE = {"versions": '{torch: ">=2.13", onednn: ">=1"}'}


def layer(book: WaiverBook, version: str = "2.13.0", lane: str = "torch", **parts: str) -> WaiverBook:
    """The book, to which a layer over another lane has said hello."""
    book.answers("layer", "3.15", {"torch": version, "onednn": "1", **parts}, {lane: version})
    return book


def test_a_waiver_of_what_computes_below_a_lane_holds_for_it_and_says_through_what(trial: Trials, book: Books) -> None:
    excused = layer(book(**RANGE)).excuse(trial(), "layer", REFUSED)
    assert excused == replace(EXCUSE, through="torch 2.13.0")
    assert excused is not None
    assert excused.kind == "bug of torch 2.13.0"
    assert EXCUSE.kind == "bug"


@pytest.mark.parametrize(
    ("said", "keys"),
    [
        ({"version": "2.12.0"}, RANGE),
        ({"version": "2.12.0"}, {"versions": '">=2.13"'}),
        ({"onednn": "0"}, RANGE),
        ({"lane": "jax"}, {}),
        ({"lane": "torch:compile"}, {}),
        ({}, {"lane": "jax"}),
        ({}, {"outcome": "differs"}),
        ({}, {"explanation": "behaves as if the kernel were flipped"}),
        ({}, {"expires": "2027-02-28"}),
    ],
)
def test_a_waiver_of_another_version_framework_or_outcome_does_not_hold_through_it(
    trial: Trials, book: Books, said: dict[str, str], keys: dict[str, str]
) -> None:
    assert layer(book(**keys), **said).excuse(trial(), "layer", REFUSED) is None


def test_a_lane_that_says_nothing_of_what_is_below_has_its_own_waivers_alone(trial: Trials, book: Books) -> None:
    found = book()
    found.answers("layer", "3.15", {"torch": "2.13.0"})
    assert found.excuse(trial(), "layer", REFUSED) is None


def test_a_waiver_from_below_demands_nothing_of_a_lane_that_goes_around_it(trial: Trials, book: Books) -> None:
    found = layer(book())
    assert found.excuse(trial(), "layer", AGREES) is None
    assert found.problems(["layer"]) == []
    found.answers("torch", "2.13.0", {})
    assert found.problems(["layer", "torch"]) != []


def test_a_lane_s_own_waiver_comes_before_one_from_below(trial: Trials, book: Books) -> None:
    found = layer(book(lane="[layer, torch]"))
    assert found.excuse(trial(), "layer", REFUSED) == EXCUSE


def test_what_is_expected_from_below_to_take_the_process_with_it_is_asked_alone(trial: Trials, book: Books) -> None:
    assert layer(book(outcome="crashed")).asks_alone(trial(), "layer")
    assert not layer(book(outcome="crashed"), lane="jax").asks_alone(trial(), "layer")
