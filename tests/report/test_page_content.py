"""What the HTML report embeds: texts by their integers, columns to filter by, records, figures of plots, drawings."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ml_dtypes import bfloat16

from conformance.journal import Convention, Grade, Journal, Record, TrialEntry
from conformance.journal.records import trial_entry
from conformance.judging.excerpt import Excerpt
from conformance.judging.overlay import Overlay
from conformance.judging.verdict import Metrics, Quality, Waived
from conformance.report import wording
from conformance.report.document import Report, describe
from conformance.report.inputs import operand_table
from conformance.report.page import details
from conformance.report.page.details import ALL_HEAT_MAPS, TRIALS_A_PART, HeatMaps, heat_maps_within, parts
from conformance.report.page.embedding import embedded
from conformance.report.page.fields import columns
from conformance.report.page.glance import glances
from conformance.report.page.matrix import matrix
from conformance.report.page.numerics import numerics
from conformance.report.page.odd_element import odd_elements
from conformance.report.page.phrases import PhraseBook, Templates, taken_apart
from conformance.report.page.plots import Plots, plots
from conformance.suite.loading import load

Trials = Callable[..., TrialEntry]
Records = Callable[..., Record]
Measures = Callable[..., Metrics]
Journals = Callable[..., Journal]
WINDOW = Excerpt((1, 2), (0, 0, 0, 0), (1, 2), ("1 2",), ("1 3",), ("0 9",), "bound", (".x",))


def put_together(pieces: tuple[str, ...], integers: tuple[int, ...]) -> str:
    """As the page does it."""
    return "".join(text for pair in zip(pieces, [*map(str, integers), ""], strict=True) for text in pair)


@pytest.fixture
def asked(tmp_path: Path) -> Callable[..., TrialEntry]:
    """The journal's entry of a trial of one case."""

    def made(operator: str, parameters: str) -> TrialEntry:
        path = tmp_path / f"{operator}.yaml"
        case = f"{{name: made, why: because, batch: 1, channels: 2, {parameters}}}"
        path.write_text(f"operator: {operator}\ncases:\n  - {case}\n", "utf-8")
        (trial,) = load([path])
        return trial_entry(trial)

    return made


def column(trials: list[TrialEntry], name: str) -> list[str]:
    (found,) = [each for each in columns(trials) if each["name"] == name]
    return [found["values"][number] for number, times in found["rows"] for _ in range(times)]


def only_part(document: Report, heat_maps: HeatMaps = ALL_HEAT_MAPS) -> dict[str, Any]:
    (part,) = parts(document, heat_maps, {})
    return part


@given(st.one_of(st.text(), st.from_regex(r"[a-z0-9.\-+(), ]*")))
def test_a_text_is_its_pieces_and_its_integers(text: str) -> None:
    assert put_together(*taken_apart(text)) == text


def test_integers_that_would_not_come_back_stay_text() -> None:
    assert taken_apart("stride=(1, 2), 007, 1.50, 12345678901234567")[1] == (1, 2, 1)


def test_texts_that_differ_in_integers_alone_share_a_template() -> None:
    templates: Templates = {}
    book, other = PhraseBook(templates), PhraseBook(templates)
    assert [book.number(text) for text in ("crop 1 of 9", "crop 0 of 8", "crop 1 of 9", "no crop")] == [0, 1, 0, 2]
    assert list(templates) == [("crop ", " of ", ""), ("no crop",)]
    assert book.texts == [[0, 1, 9], [0, 0, 8], [1]]
    assert (other.number("no crop"), other.texts) == (0, [[1]])


@given(st.text())
def test_embedded_data_cannot_end_its_element_and_comes_back(text: str) -> None:
    written = embedded({"text": [text]})
    assert not set("<>&\u2028\u2029") & set(written)
    assert json.loads(written) == {"text": [wording.printable(text)]}


def test_k_is_what_the_journal_has(trial: Trials) -> None:
    assert column([trial("a/b/c", products=24), trial("a/b/d")], "K") == ["24", ""]


def test_fields_are_the_facts_of_a_trial_whatever_its_kind(trial: Trials) -> None:
    trials = [trial("a/b/c", facts={"window": 3, "pace": "2x3", "still": True}), trial("a/b/d", facts={"window": 12})]
    assert column(trials, "window") == ["3", "12"]
    assert column(trials, "still") == ["True", ""]
    (windows,) = [each for each in columns([*trials, trials[1]]) if each["name"] == "window"]
    assert windows["rows"] == [[0, 1], [1, 2]]
    (paces,) = [each for each in columns(trials) if each["name"] == "pace"]
    assert (paces["values"], paces["numbers"]) == (["2x3", ""], [[2, 3], []])


def test_the_query_s_words_of_a_convolution_are_its_facts(asked: Callable[..., TrialEntry]) -> None:
    forward = asked("conv2d", "size: [9, 8], kernel: 3, strides: [2, 1], padding: VALID, data_format: NCHW")
    explicit = asked("conv2d_transpose", "size: 4, kernel: 3, strides: 2, padding: [[1, 0], [0, 1]], output: largest")
    trials = [forward, explicit, replace(explicit, id="a/b/wrong", facts={})]
    known = {
        "padding": ["VALID", "EXPLICIT", ""],
        "stride": ["2x1", "2", ""],
        "input": ["9x8", "4", ""],
        "output": ["4x6", "9", ""],
        "layout": ["NCHW", "default", ""],
        "channels_first": ["True", "", ""],
        "direction": ["forward"] * 3,
    }
    assert {name: column(trials, name) for name in known} == known


def test_a_field_that_no_trial_has_is_left_out(trial: Trials) -> None:
    names = {each["name"] for each in columns([trial("a/b/c")])}
    assert "groups" not in names
    assert {"operator", "chapter", "dtype", "inputs", "expects"} <= names


def test_the_matrix_has_a_letter_an_outcome(record: Records, journal: Journals, metrics: Measures) -> None:
    records = [
        record("a/b/1", "torch", metrics=metrics(worst_error_over_bound=0.123456)),
        record("a/b/1", "jax", "differs", native=False, flags=("mistrusted",)),
        record("a/b/2", "jax", "unsupported", seconds=None),
    ]
    told = matrix(describe(journal(records)))
    torch, jax = told["lanes"]
    assert told["ids"] == ["a/b/1", "a/b/2"]
    assert told["seconds"] == [1, 0]
    assert [told["outcomes"][ord(letter) - ord("a")] for letter in jax["outcomes"]] == ["differs", "unsupported"]
    assert [told["standings"][ord(letter) - ord("a")] for letter in jax["standings"]] == [
        "nonconforming",
        "unsupported",
    ]
    assert (torch["outcomes"], torch["standings"], torch["said"]) == ("a-", "a-", "n-")
    assert (jax["said"], jax["flags"], torch["errors"]) == ("c-", {"mistrusted": [0]}, [0.123, -1])


def test_lanes_that_answer_alike_share_one_answer(record: Records, journal: Journals, metrics: Measures) -> None:
    same = {"metrics": metrics(), "plan": ("y = f(1)",), "detail": "all 64 elements are bitwise right"}
    part = only_part(describe(journal([record("a/b/1", "torch", **same), record("a/b/1", "jax", **same)])))
    assert part["trials"][0]["records"] == [[0, 0, 0.5], [0, 0, 0.5]]
    assert len(part["answers"]) == 1
    assert part["answers"][0]["numbers"] == [64, 0, 0, 0.25, 0.75, 1.2e-7, 2]


def test_a_nonconformance_is_told_in_full(record: Records, journal: Journals, metrics: Measures) -> None:
    wrong = record(
        "a/b/1", "torch", "differs", metrics=metrics(excerpt=WINDOW), digest="ff" * 32, diagnosis=("as if flipped",),
        waived=Waived("bug", "why", None),
    )  # fmt: skip
    (answer,) = only_part(describe(journal([wrong])))["answers"]
    assert answer["digest"] == "ff" * 32
    assert answer["excerpt"]["observed"] == ("1 3",)
    assert answer["waived"] == {"category": "bug", "reason": "why", "url": None, "through": ""}


def test_parts_hold_so_many_trials(record: Records, journal: Journals) -> None:
    run = journal([record(f"a/b/{number}", "torch") for number in range(TRIALS_A_PART + 1)])
    assert [len(part["trials"]) for part in parts(describe(run), ALL_HEAT_MAPS, {})] == [TRIALS_A_PART, 1]


def test_a_diagnosis_has_its_proof_beside_the_window(record: Records, journal: Journals, metrics: Measures) -> None:
    overlay = Overlay(1, 64, 60, 50, explained=("1 9",))
    answer = record("c/a", "torch", "differs", metrics=metrics(excerpt=WINDOW), diagnosis=("x", "y"), overlay=overlay)
    document = describe(journal([answer]))
    (told,) = only_part(document)["answers"]
    figures = {"sentence": 1, "compared": 64, "agreeing": 60, "equal": 50}
    assert told["overlay"] == {**figures, "explained": ("1 9",)}
    (told,) = only_part(document, HeatMaps(3))["answers"]
    assert told["overlay"] == {**figures, "omitted": True}
    assert told["excerpt"] == {"omitted": True}


def test_inputs_are_told_of_their_trial_the_smallest_first(
    record: Records, journal: Journals, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = journal([record("c/a", "torch"), record("c/b", "torch"), record("c/c", "torch")])
    inputs = {
        "c/a": (operand_table("value", np.array([[1, -2]], np.int32)),),
        "c/b": (operand_table("value", np.zeros((2, 300), bfloat16)),),
        "c/c": (operand_table("value", np.arange(9.0)),),
    }
    document = describe(run, inputs=inputs)
    first, second, third = only_part(document)["trials"]
    assert first["operands"] == [("value", "int32", (1, 2), "1 -2")]
    assert second["operands"] == [("value", "bfloat16", (2, 300), None)]
    assert third["operands"] == [("value", "float64", (9,), "0 1 2 3 4 5 6 7 8")]
    monkeypatch.setattr(details, "INPUT_CHARACTERS", 10)
    trials = only_part(document, HeatMaps(0))["trials"]
    assert ["operands" in trial for trial in trials] == [True, True, False]


def test_numbers_of_inputs_have_all_their_digits() -> None:
    numbers = np.array([0.1, 1e-40, np.nan, -np.inf, 16777216], np.float32)
    told = operand_table("value", numbers).numbers
    assert told == "0.1 1e-40 nan -inf 1.6777216e+07"
    assert (np.array(told.split(), np.float32).view(np.int32) == numbers.view(np.int32)).all()
    assert operand_table("value", np.array([1.5 - 2j, 3j])).numbers == "1.5-2j 0+3j"
    assert operand_table("value", np.array([0.1], bfloat16)).numbers == "0.10009765625"


def test_the_smallest_heat_maps_come_first(record: Records, journal: Journals, metrics: Measures) -> None:
    large = replace(WINDOW, observed=("1 3" * 100,))
    windows = [large, WINDOW, WINDOW]
    document = describe(
        journal(
            [record(f"a/b/{n}", "torch", "differs", metrics=metrics(excerpt=each)) for n, each in enumerate(windows)]
        )
    )
    part = only_part(document, heat_maps_within(document, 30))
    told = [part["answers"][trial["records"][0][0]]["excerpt"] for trial in part["trials"]]
    assert [each == {"omitted": True} for each in told] == [True, False, False]


def test_a_lane_at_a_glance_has_its_mode_and_its_accumulators(record: Records, journal: Journals) -> None:
    run = journal(
        [record("a/b/1", "tensorflow:xla", observed_dtype="float16"), record("a/b/2", "tensorflow:xla", "crashed")]
    )
    grades = tuple(
        Grade("tensorflow:xla", "float16", form, bits, bits, flushes=False)
        for form, bits in (("SAME", 24), ("explicit", 11))
    )
    (first,) = [replace(each, metrics=Metrics(1, 0, True, None, 1.0, 0.0, 0.0)) for each in run.records[:1]]
    (row,) = glances(describe(replace(run, records=(first, *run.records[1:]), grades=grades)))
    assert (row.mode, row.crashed) == ("xla", 1)
    assert row.grades == (("float16", "24/24 SAME, 11/11 explicit"),)
    assert [(part.outcome, part.share) for part in row.segments] == [("agrees", 0.5), ("crashed", 0.5)]


@pytest.mark.parametrize(
    ("lane", "mode"),
    [
        ("torch", ""),
        ("tensorflow:function+eigen", "function+eigen"),
        ("my.port:Adapter:fast", "fast"),
        ("exec:./a:b", ""),
    ],
)
def test_a_mode_is_what_follows_the_name(record: Records, journal: Journals, lane: str, mode: str) -> None:
    assert [row.mode for row in glances(describe(journal([record("a/b/1", lane)])))] == [mode]


def test_the_odd_element_is_drawn_where_it_was_measured() -> None:
    common: dict[str, Any] = {
        "length": 4,
        "kernel": 3,
        "stride": 2,
        "dilation": 1,
        "chosen": True,
        "message": "",
        "plan": (),
    }
    told = [
        Convention("tensorflow", "SAME", outputs=(7, 8), crops=(1, 0), **common),
        Convention("torch", "SAME", outputs=(8,), crops=(1,), variant="folk", **common),
        Convention("jax", "VALID", outputs=(8,), crops=(1,), **common),
    ]
    drawn = odd_elements(told)
    assert [(each.lane, each.before, each.after, each.output) for each in drawn] == [
        ("tensorflow", 0, 1, 8),
        ("torch: folk", 1, 0, 8),
    ]
    assert [each.sentence for each in drawn] == ["the odd element is cut after", "the odd element is cut before"]


def test_the_figures_of_the_plots_are_by_lane_and_dtype(
    record: Records, journal: Journals, metrics: Measures, trial: Trials
) -> None:
    quality = Quality(1.0, 0.3, -0.2, None)
    measured = [metrics(worst_error_over_bound=error, quality=quality) for error in (0.1, 0.2, 0.3, 0.4, 0.5)]
    records = [
        record(f"a/b/{number}", "torch", observed_dtype="float32", metrics=each) for number, each in enumerate(measured)
    ]
    run = journal(records)
    run = replace(run, trials={name: trial(name, products=5, inputs="normal64") for name in run.trials})
    figures = numerics(describe(run))
    (spread,) = figures.errors
    assert (spread.least, spread.lower, spread.middle, spread.upper, spread.most) == (0.1, 0.2, 0.3, 0.4, 0.5)
    (growth,) = figures.growth
    assert (growth.products, growth.most, growth.middle) == (4, 0.5, 0.3)
    assert [(each.least, each.most) for each in figures.bias] == [(-0.2, -0.2)]
    assert [(each.equal, each.elements) for each in figures.equal] == [(0.75, 320)]


def test_plots_take_their_colours_from_the_page(realistic: Journal) -> None:
    drawn = plots(numerics(describe(realistic)))
    assert drawn.missing == ""
    for plot in (*drawn.errors, *drawn.growth, *drawn.equal):
        assert "var(--ink)" in plot.svg
        assert "#000" not in plot.svg


def test_a_run_without_numbers_has_no_plots(record: Records, journal: Journals) -> None:
    assert plots(numerics(describe(journal([record("a/b/1", "torch", "refused")])))) == Plots()


def test_plots_call_an_adapter_by_its_own_name_where_that_is_clear(
    record: Records, journal: Journals, metrics: Measures
) -> None:
    def labelled(*lanes: str) -> list[bool]:
        records = [record("a/b/1", lane, metrics=metrics(), observed_dtype="float32") for lane in lanes]
        (plot,) = plots(numerics(describe(journal(records)))).errors
        return [f">{name}<" in plot.svg for name in ("…Port:fast", "a.port:Port:fast", "b.port:Port:fast")]

    assert labelled("a.port:Port:fast", "torch") == [True, False, False]
    assert labelled("a.port:Port:fast", "b.port:Port:fast") == [False, True, True]
