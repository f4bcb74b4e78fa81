"""Whatever goes wrong with one trial in the suite's own process is `errored` of that trial, and the lane goes on."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from conformance.adapters.lane import parse_lane
from conformance.errors import LONGEST_TRACEBACK, brief, traceback_text
from conformance.journal import Header, Journal, JournalWriter, content_hash, read_journal
from conformance.journal.records import trial_entry
from conformance.judging.verdict import Outcome, Verdict
from conformance.judging.waivers import WaiverBook
from conformance.operators.convolution.call import convolution
from conformance.operators.convolution.diagnosis import search
from conformance.running import examination, session
from conformance.running.assignment import Assignment, Listener
from conformance.running.examination import Examination
from conformance.running.probing import Prober
from conformance.running.runner import run
from conformance.running.session import LaneSession
from conformance.suite.case import Trial
from conformance.suite.corpus import select

CODES = "example-1[inputs=codes,dtype=float32]"
MIX = "example-1[inputs=mix,dtype=float32]"
SWAPPED = "example-2-as-printed"
Running = Callable[..., Journal]


@pytest.fixture
def ran(tmp_path: Path, tutorial: dict[str, Trial]) -> Running:
    def running(lane: str, names: Sequence[str] = (CODES, MIX, SWAPPED), *, measures: bool = False) -> Journal:
        trials, path = [tutorial[name] for name in names], tmp_path / "journal.jsonl"
        assignment = Assignment(trials, [parse_lane(lane)], (), 60.0, 1, whole_corpus=False, measures=measures)
        header = Header("0", content_hash(map(trial_entry, trials)), "", (), {}, {}, (lane,), (), len(trials))
        with JournalWriter(path) as writer:
            run(assignment, header, writer, None, Listener())
        return read_journal(path)

    return running


def failing(original: Callable[..., Any], place: int) -> Callable[..., Any]:
    """The function, which fails for the trial of `codes`, its argument at that place."""

    def wrapped(*arguments: Any, **keywords: Any) -> Any:
        asked = arguments[place]
        if CODES in getattr(asked, "id", ""):
            raise ZeroDivisionError("on purpose")
        return original(*arguments, **keywords)

    return wrapped


STAGES: dict[str, tuple[Any, str, int]] = {
    "oracle": (examination, "make_question", 0),
    "judge": (examination, "judge", 0),
    "probing": (Prober, "measured", 1),
    "repetition": (session, "is_repeated", 0),
    "record": (session, "record", 0),
    "waiver": (WaiverBook, "excuse", 1),
}


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_that_fails_costs_its_trial_and_the_traceback_is_kept(
    ran: Running, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    owner, name, place = STAGES[stage]
    monkeypatch.setattr(owner, name, failing(getattr(owner, name), place))
    journal = ran("reference")
    assert [record.outcome for record in journal.records] == ["errored", "agrees", "refused"]
    failed = journal.records[0]
    assert failed.detail == "the suite itself failed: ZeroDivisionError: on purpose"
    assert failed.traceback is not None
    assert failed.traceback.startswith("Traceback (most recent call last):\n")
    assert failed.traceback.endswith("ZeroDivisionError: on purpose")
    assert not failed.conforms
    assert journal.footer is not None
    assert journal.footer.complete


def test_a_diagnosis_that_fails_costs_its_trial(
    ran: Running, stand_in: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        raise TypeError("no such edit")

    monkeypatch.setattr(search, "diagnose", fail)
    journal = ran(stand_in("OffByOne"))
    assert [record.outcome for record in journal.records] == ["errored", "errored", "refused"]
    assert journal.records[0].detail == "the suite itself failed: TypeError: no such edit"


def test_a_record_that_is_no_json_costs_its_trial(ran: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    judge: Callable[..., Verdict] = vars(examination)["judge"]

    def odd(trial: Trial, *arguments: Any, **keywords: Any) -> Verdict:
        verdict = judge(trial, *arguments, **keywords)
        odd_detail: Any = object()
        return Verdict(Outcome.AGREES, True, odd_detail) if CODES in trial.id else verdict

    monkeypatch.setattr(examination, "judge", odd)
    journal = ran("reference")
    assert [record.outcome for record in journal.records] == ["errored", "agrees", "refused"]


@pytest.mark.parametrize(
    ("name", "detail"),
    [
        ("PlanFails", "the adapter's plan failed: KeyError: '\\x1b[2Jlost lost"),
        ("PlanExits", "the adapter's plan failed: SystemExit: bye"),
        ("PlanForgets", "the adapter's plan returned NoneType; expected Plan or Unsupported"),
        ("PlanHasNoWords", "the adapter's plan returned a plan whose Invoke has {1, 2} (set) in keywords; a plan is"),
    ],
)
def test_a_plan_that_fails_costs_its_trial(
    ran: Running, stand_in: Callable[[str], str], name: str, detail: str
) -> None:
    journal = ran(stand_in(name))
    assert [record.outcome for record in journal.records] == ["agrees", "agrees", "errored"]
    failed = journal.records[2]
    assert failed.detail.replace("\\\\", "\\").startswith(detail)
    assert len(failed.detail) < 1200
    assert len(failed.traceback or "") <= LONGEST_TRACEBACK
    assert "\x1b" not in (failed.traceback or "") + failed.detail
    assert ("in plan" in (failed.traceback or "")) == (name in ("PlanFails", "PlanExits"))
    assert journal.footer is not None
    assert journal.footer.complete


def test_a_plan_that_fails_costs_its_trial_though_many_are_asked_at_once() -> None:
    trials = select(["conv2d_transpose/kernels/one-pixel[*"])[:12]
    session = LaneSession(parse_lane("tests.running.stand_ins:TogetherPlanFails"), Examination(), 60.0, 1)
    try:
        assert session.start().status == "ready"
        found = {record.trial: record for record in session.ask_all(trials)}
    finally:
        session.close()
    even = {trial: convolution(trial.call).output_shape[1] % 2 == 0 for trial in trials}
    assert set(even.values()) == {True, False}
    assert found.keys() == {trial.id for trial in trials}
    for trial in trials:
        record = found[trial.id]
        assert (record.outcome == Outcome.ERRORED) == even[trial], trial.id
        assert ("in plan" in (record.traceback or "")) == even[trial]


@pytest.mark.parametrize("name", ["CropsTooMuch", "TransposesTooMuch"])
def test_a_shape_from_which_a_composed_plan_cannot_go_on_is_the_framework_s(
    ran: Running, stand_in: Callable[[str], str], name: str
) -> None:
    first = ran(stand_in(name)).records[0]
    assert (first.outcome, first.observed_shape, first.observed_dtype) == ("wrong_shape", (1, 8, 8, 1), "float32")
    assert first.detail.startswith(
        "the framework returned [1, 8, 8, 1] float32, from which the plan cannot go on with `result = "
    )


def test_words_that_fail_cost_their_convention(ran: Running, stand_in: Callable[[str], str]) -> None:
    journal = ran(stand_in("WordsFail"), [MIX], measures=True)
    said = {each.word: each.message for each in journal.conventions}
    assert said["SAME"] == "errored: the adapter's plan_nominal failed: ArithmeticError: no such word"
    assert said["VALID"] == ""
    assert journal.footer is not None
    assert journal.footer.complete


class Unspeakable(Exception):
    def __str__(self) -> str:
        raise ValueError


def test_an_exception_without_a_text_has_its_name() -> None:
    assert brief(Unspeakable()) == "Unspeakable: (its text cannot be made: ValueError)"
    assert brief(KeyboardInterrupt()) == "KeyboardInterrupt"


def test_a_long_traceback_keeps_its_calls_and_the_end_of_its_text() -> None:
    def deeper(depth: int) -> None:
        if depth:
            return deeper(depth - 1)
        raise ValueError("one line\n" * LONGEST_TRACEBACK + "x" * LONGEST_TRACEBACK + "\n\x07 the end")

    with pytest.raises(ValueError, match="the end") as caught:
        deeper(100)
    text = traceback_text(caught.value)
    assert len(text) <= LONGEST_TRACEBACK
    assert "in deeper\n" in text
    assert text.endswith("...\n\\x07 the end")
