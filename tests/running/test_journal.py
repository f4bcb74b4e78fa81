"""The journal: written line by line, read back whole, torn ends and wrong lines."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import Any, cast

import pytest

from conformance.errors import JournalError
from conformance.journal import (
    Convention,
    Entry,
    Footer,
    Header,
    JournalWriter,
    LaneEntry,
    PlanEntry,
    Record,
    TrialEntry,
    content_hash,
    is_blank,
    read_journal,
)
from conformance.journal.entry import plan_id
from conformance.journal.line import LONGEST_LINE
from conformance.journal.records import trial_entry
from conformance.judging.verdict import Difference, Metrics, Waived
from conformance.suite.case import Trial
from conformance.suite.loading import load
from tests.journals import chained, contents

AXIS = {"input": 2, "kernel": 1, "stride": 1, "dilation": 1, "crop_before": 0, "crop_after": 0, "output": 2}
FIRST, SECOND = (
    TrialEntry(name, "op", {"value": [1, 2]}, "mix", "reference", "why", None, "file:1", (AXIS,), None)
    for name in ("op/file/first", "op/file/second")
)
HEADER = Header(
    "0.1.0", content_hash([FIRST, SECOND]), "now", ("conformance", "run"), {"cores": "2"}, {"threads": "1"},
    ("a", "b"), (), 2,
)  # fmt: skip
LANES = (LaneEntry("a", "ready", "numpy", "2.0", {"numpy": "2.0"}), LaneEntry("b", "missing", "b", "", message="no"))
METRICS = Metrics(64, 1, False, None, 0.5, None, None, None, differences=(Difference((0, 1), "1", "nan", "border"),))
RIGHT = Record(FIRST.id, "a", "agrees", True, "fine", True, ("r = f()",), (), (1,), "float32", ("mistrusted",), 0.5)
WRONG = replace(
    RIGHT, trial=SECOND.id, lane="b", outcome="differs", conforms=False, native=None, seconds=None, metrics=METRICS,
    waived=Waived("bug", "known \u2028 \x85 \r\n \x00", None),
)  # fmt: skip
CONVENTION = Convention("a", "SAME", 4, 3, 2, 1, (7, 8), True, "", ())
FORWARD = {"input": 9, "kernel": 3, "stride": 2, "dilation": 1, "pad_before": 1, "pad_after": 1, "output": 5}
FOOTER = Footer("later", True, (), (), asked={"a": 1, "b": 1})
Written = Callable[..., Path]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    def write(*entries: Entry, resume: bool = False) -> Path:
        path = tmp_path / "out" / "journal.jsonl"
        with JournalWriter(path, resume=resume) as writer:
            for entry in entries:
                writer.write(entry)
        return path

    return write


def test_a_journal_is_read_as_it_was_written(written: Written) -> None:
    path = written(HEADER, FIRST, SECOND, *LANES, RIGHT, WRONG, CONVENTION, FOOTER)
    found = read_journal(path)
    assert (found.path, found.header, found.footer) == (path, HEADER, FOOTER)
    assert [trial.id for trial in found.trials.values()] == [FIRST.id, SECOND.id]
    assert found.lanes == {"a": LANES[0], "b": LANES[1]}
    assert found.records == (RIGHT, WRONG)
    assert found.conventions == (CONVENTION,)


def test_an_older_journal_has_its_refusals_in_words() -> None:
    assert replace(FIRST, expectation="refusal: rank").refusal == "rank"
    assert FIRST.refusal is None


def test_what_follows_from_the_rest_asks_nothing_else() -> None:
    elsewhere = replace(FIRST, location="file:2", products=9)
    assert elsewhere.question() == FIRST.question()
    assert content_hash([elsewhere]) == content_hash([FIRST])


@pytest.mark.parametrize(
    ("operator", "keys", "products"),
    [
        ("conv2d_transpose", {"channels": [3, 2], "kernel": 3, "strides": 2}, 4 * 3),
        ("conv2d", {"channels": [6, 3], "kernel": 3, "groups": 3, "strides": 1}, 9 * 2),
        ("depthwise_conv2d", {"channels": [2, 2], "kernel": 3, "strides": 1}, 9),
        ("conv1d", {"channels": [3, 2], "size": 2, "kernel": 4, "dilations": 2, "direction": "filter_gradient"}, 2),
    ],
)
def test_an_entry_counts_the_products_of_a_sum(
    family: Callable[..., Trial], operator: str, keys: dict[str, Any], products: int
) -> None:
    assert trial_entry(family(operator, **keys)).products == products


def test_a_character_that_no_file_can_hold_does_not_make_a_journal_unreadable(written: Written) -> None:
    path = written(HEADER, FIRST, *LANES, replace(RIGHT, detail="half a \ud800 pair"))
    assert read_journal(path).records[0].detail == "half a ? pair"


def test_records_are_sorted_by_trial_and_then_by_lane(written: Written) -> None:
    records = [replace(RIGHT, trial=trial.id, lane=lane) for trial in (SECOND, FIRST) for lane in ("b", "a")]
    found = read_journal(written(HEADER, FIRST, SECOND, *LANES, *records)).records
    assert [(record.trial, record.lane) for record in found] == [
        (trial.id, lane) for trial in (FIRST, SECOND) for lane in ("a", "b")
    ]


def test_a_journal_without_footer_was_interrupted(written: Written) -> None:
    assert read_journal(written(HEADER, FIRST, LANES[0], RIGHT)).footer is None


def test_what_follows_a_footer_is_a_run_that_went_on(written: Written) -> None:
    written(HEADER, FIRST, SECOND, replace(FOOTER, complete=False))
    path = written(LANES[0], RIGHT, resume=True)
    assert read_journal(path).footer is None
    footer = replace(FOOTER, complete=False)
    assert read_journal(written(footer, resume=True)).footer == footer


def test_every_prefix_of_a_journal_can_be_read_and_gone_on_with(written: Written, tmp_path: Path) -> None:
    path = written(HEADER, FIRST, SECOND, LANES[0], RIGHT, FOOTER)
    whole = path.read_bytes()
    first_line = whole.index(b"\n") + 1
    for length in range(first_line, len(whole), 7):
        path.write_bytes(whole[:length])
        before = read_journal(path)
        after = read_journal(written(LANES[1], resume=True))
        assert after.records == before.records
        assert after.trials == before.trials
        assert after.lanes["b"] == LANES[1]


def test_a_file_without_a_whole_line_is_blank(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    assert not is_blank(path)
    path.write_bytes(b"")
    assert is_blank(path)
    path.write_bytes(b'{"kind": "head')
    assert is_blank(path)
    path.write_bytes(b"{}\n")
    assert not is_blank(path)


def test_a_second_record_of_a_trial_in_a_lane_is_an_error(written: Written) -> None:
    path = written(HEADER, FIRST, LANES[0], RIGHT, RIGHT)
    with pytest.raises(JournalError) as raised:
        read_journal(path)
    assert str(raised.value) == f"{path}:6: a second record of {FIRST.id} in a"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{not JSON}", "not a journal entry: "),
        ("{}", "not a journal entry: "),
        ('{"kind": "confession"}', "not a journal entry: "),
        ('{"kind": "footer", "finished": "", "complete": true, "problems": []}', "not a journal entry: footer.inco"),
        (
            '{"kind": "header", "deep": ' + "[" * 100_000 + "}",
            "not a journal entry: : Invalid JSON: recursion limit exceeded",
        ),
        ('{"kind": "%s"}' % ("a" * LONGEST_LINE), "not a journal entry: a line has at most 16,777,216 bytes, and"),
    ],
    ids=["no JSON", "empty", "unknown", "incomplete", "deep", "huge"],
)
def test_a_line_that_is_no_entry_is_told_by_its_number(written: Written, line: str, message: str) -> None:
    path = written(HEADER, FIRST)
    path.write_bytes(chained([*contents(path), line.encode()]))
    with pytest.raises(JournalError) as raised:
        read_journal(path)
    assert str(raised.value).startswith(f"{path}:3: {message}")


def test_a_journal_without_header_is_none(written: Written) -> None:
    path = written(FIRST)
    with pytest.raises(JournalError) as raised:
        read_journal(path)
    assert str(raised.value) == f"{path}:1: no header; a journal is what `conformance run` writes, and begins with one"


def test_a_journal_of_another_format_is_told(written: Written) -> None:
    path = written(replace(HEADER, format=99))
    with pytest.raises(JournalError, match=r"journal format 99; this version reads 1 to 3$"):
        read_journal(path)


def test_a_journal_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match=r"gone\.jsonl: No such file or directory"):
        read_journal(tmp_path / "gone.jsonl")


def test_a_number_that_json_has_not_is_not_written(written: Written) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        written(HEADER, replace(RIGHT, seconds=float("inf")))


def test_lines_of_several_threads_do_not_mix(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    long = "x" * 20_000
    trials = [replace(FIRST, id=str(number)) for number in range(50)]
    lanes = tuple("abcd")
    with JournalWriter(path) as writer:
        writer.write(replace(HEADER, trials=50, content_hash=content_hash(trials), lanes=lanes))
        for trial in trials:
            writer.write(trial)
        for lane in lanes:
            writer.write(replace(LANES[0], lane=lane))

        def work(lane: str) -> None:
            for number in range(50):
                writer.write(replace(RIGHT, trial=str(number), lane=lane, detail=long))

        threads = [Thread(target=work, args=(lane,)) for lane in lanes]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(read_journal(path).records) == 200


class _Interrupted:
    """A file during whose first write Ctrl-C is pressed, when so much of the line is written."""

    def __init__(self, stream: Any, share: float) -> None:
        self._stream, self._share = stream, share

    def write(self, content: memoryview) -> int:
        share, self._share = self._share, 2.0
        if share > 1:
            return int(self._stream.write(content))
        self._stream.write(content[: int(share * len(content))])
        raise KeyboardInterrupt

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_a_journal_in_whose_line_an_interrupt_comes_is_ended_and_gone_on_with(written: Written, share: float) -> None:
    path = written(HEADER, FIRST, SECOND, *LANES)
    with JournalWriter(path, resume=True) as writer:
        writer._stream = cast(Any, _Interrupted(writer._stream, share))
        with pytest.raises(KeyboardInterrupt):
            writer.write(RIGHT)
        writer.write(replace(FOOTER, complete=False, asked={}))
    assert read_journal(path).records == ()
    written(RIGHT, resume=True)
    assert len(read_journal(path).records) == 1


@pytest.fixture
def asked(tmp_path: Path) -> Callable[..., TrialEntry]:
    """The entry of a call of an operator with one axis."""

    def made(operator: str, more: str = "") -> TrialEntry:
        case = f"{{name: a, why: w, batch: 1, size: 9, channels: 2, kernel: 3, strides: 2{more}}}"
        path = tmp_path / f"{operator}.yaml"
        path.write_text(f"operator: {operator}\ncases:\n  - {case}\n")
        (trial,) = load([path])
        return trial_entry(trial)

    return made


@pytest.fixture
def forward(asked: Callable[..., TrialEntry]) -> TrialEntry:
    """The entry of a forward convolution."""
    return asked("conv1d")


def test_a_forward_convolution_s_axes_stand_in_its_own_names_beside_those_of_its_adjoint(forward: TrialEntry) -> None:
    adjoint = {"input": 5, "kernel": 3, "stride": 2, "dilation": 1, "crop_before": 1, "crop_after": 1, "output": 9}
    assert (forward.axes, forward.own_axes) == ((adjoint,), (FORWARD,))


@pytest.mark.parametrize(("operator", "more"), [("conv1d", ""), ("conv1d_transpose", ", output: largest")])
def test_a_trial_of_an_older_journal_gets_the_facts_and_names_that_it_lacks(
    written: Written, asked: Callable[..., TrialEntry], operator: str, more: str
) -> None:
    newer = asked(operator, more)
    older = replace(newer, facts=None, own_axes=())
    assert content_hash([older]) == content_hash([newer])
    path = written(replace(HEADER, content_hash=content_hash([older]), trials=1), older)
    found = read_journal(path).trials[newer.id]
    assert (found.facts, found.own_axes) == (newer.facts, newer.own_axes)


def test_a_trial_of_an_older_journal_without_the_arguments_of_its_operator_is_refused(
    written: Written, forward: TrialEntry
) -> None:
    older = replace(forward, facts=None, arguments={"value": [1]})
    path = written(replace(HEADER, content_hash=content_hash([older]), trials=1), older)
    with pytest.raises(JournalError, match=f"the arguments of trial {forward.id} are none of conv1d"):
        read_journal(path)


def test_an_own_axis_without_its_numbers_is_refused(written: Written, forward: TrialEntry) -> None:
    lacking = replace(forward, own_axes=({"input": 9, "output": 5, "kernel": 3},))
    path = written(replace(HEADER, content_hash=content_hash([lacking]), trials=1), lacking)
    with pytest.raises(JournalError, match="lacks dilation, stride"):
        read_journal(path)


def test_members_that_are_their_default_are_not_written_and_come_back(written: Written) -> None:
    path = written(HEADER, FIRST, SECOND, *LANES, RIGHT, WRONG)
    of_right, of_wrong = (json.loads(line) for line in contents(path)[-2:])
    assert of_right.keys().isdisjoint({"waived", "diagnosis", "traceback", "metrics", "notes"})
    assert {"observed_shape", "kind"} <= of_right.keys()
    assert of_wrong["metrics"].keys() == {
        "compared",
        "wrong",
        "exact",
        "bitwise_equal",
        "max_abs",
        "max_ulp",
        "differences",
    }
    assert read_journal(path).records == (RIGHT, WRONG)


PLAN_ENTRY = PlanEntry(plan_id(RIGHT.plan, ()), RIGHT.plan)
SHARING = replace(RIGHT, plan=(), plan_id=PLAN_ENTRY.id)


def test_a_plan_that_records_share_is_written_once(written: Written) -> None:
    path = written(HEADER, FIRST, SECOND, *LANES, RIGHT, WRONG)
    assert path.read_bytes().count(b"r = f()") == 1
    assert [json.loads(line)["kind"] for line in contents(path)[-3:]] == ["plan", "record", "record"]


def test_a_resumed_journal_writes_a_plan_once_more_and_its_records_have_it(written: Written) -> None:
    written(HEADER, FIRST, SECOND, *LANES, RIGHT)
    path = written(WRONG, resume=True)
    assert [record.plan for record in read_journal(path).records] == [RIGHT.plan, WRONG.plan]


def test_a_journal_of_format_2_is_gone_on_with_as_it_began(written: Written) -> None:
    written(replace(HEADER, format=2), FIRST, SECOND, *LANES, RIGHT)
    path = written(WRONG, resume=True)
    assert [json.loads(line).get("plan") for line in contents(path)[-2:]] == [["r = f()"]] * 2
    assert read_journal(path).records == (RIGHT, WRONG)


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ((SHARING,), f"record of {FIRST.id} in a with plan {PLAN_ENTRY.id}, which no line before it has"),
        ((replace(PLAN_ENTRY, plan=("r = g()",)),), f"plan {PLAN_ENTRY.id} is another"),
    ],
    ids=["missing", "changed"],
)
def test_a_plan_that_is_missing_or_changed_is_refused(
    written: Written, entries: tuple[Entry, ...], message: str
) -> None:
    path = written(HEADER, FIRST, SECOND, *LANES, *entries)
    with pytest.raises(JournalError, match=re.escape(message)):
        read_journal(path)
