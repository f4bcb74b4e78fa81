"""How a lane computes, gathered from its grades and records."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from conformance.journal import Grade, Journal, Record
from conformance.judging.verdict import Metrics, Quality
from conformance.report.arithmetic_table import arithmetic_table
from conformance.report.writing import render

Records = Callable[..., Record]
Journals = Callable[..., Journal]


def measured(largest: float, bias: float, *, within: bool | None = None) -> Metrics:
    quality = Quality(largest, largest / 2, bias, within)
    return Metrics(10, 0, False, 0.5, 1.0, 0.0, 0.0, quality=quality)


def with_inputs(run: Journal, generator: str) -> Journal:
    return replace(run, trials={name: replace(trial, inputs=generator) for name, trial in run.trials.items()})


def test_sums_bits_and_statistics_stand_in_one_row_per_lane_and_dtype(record: Records, journal: Journals) -> None:
    records = [
        record("a/b/c", "torch", observed_dtype="float16", accumulation="wide", metrics=measured(0.5, 0.1)),
        record("a/b/d", "torch", observed_dtype="float16", accumulation="tap", metrics=measured(0.75, -0.2)),
    ]
    grade = Grade("torch", "float16", "SAME", 24, 11, False)
    run = replace(with_inputs(journal(records), "normal64"), grades=(grade,))

    (row,) = arithmetic_table(run)

    assert row.kept == (("wide", 1), ("tap", 1))
    assert row.bits == (("SAME", "24/11"),)
    assert row.cells()[3] == "24/11 SAME (conv2d_transpose)"
    assert (row.largest, row.root_mean_square, row.bias) == (0.75, 0.375, -0.2)
    assert row.cells()[4] == "kept"


def test_bits_of_another_operator_are_told_as_its_own(record: Records, journal: Journals) -> None:
    records = [record("a/b/c", "torch", observed_dtype="float32", metrics=measured(0.5, 0.1))]
    grades = tuple(
        Grade("torch", "float32", form, channels, 0, None, "depthwise_conv2d", "value_gradient")
        for form, channels in (("SAME", None), ("explicit", 24))
    )
    (row,) = arithmetic_table(replace(journal(records), grades=grades))
    assert row.cells()[3] == "-/none SAME; 24/none explicit (value_gradient of depthwise_conv2d)"


def test_statistics_of_data_of_one_sign_and_of_wrong_answers_are_left_out(record: Records, journal: Journals) -> None:
    wrong = record(
        "a/b/c", "torch", outcome="differs", conforms=False, observed_dtype="float32", metrics=measured(9.0, 9.0)
    )
    one_sign = with_inputs(
        journal([record("a/b/c", "torch", observed_dtype="float32", metrics=measured(2.0, 1.5))]), "const"
    )

    assert arithmetic_table(with_inputs(journal([wrong]), "normal64"))[0].largest is None
    assert arithmetic_table(one_sign)[0].largest is None


def test_records_beyond_the_limits_and_unrepeatable_ones_are_counted(record: Records, journal: Journals) -> None:
    metrics = measured(7.0, 0.0, within=False)
    run = with_inputs(
        journal([record("a/b/c", "torch", flags=("not_repeatable",), observed_dtype="float32", metrics=metrics)]),
        "normal64",
    )

    (row,) = arithmetic_table(run)

    assert (row.outside, row.not_repeatable) == (1, 1)


@pytest.mark.parametrize("format", ["html", "markdown"])
def test_reports_tell_the_accumulators_and_the_diagnosis(format: str, record: Records, journal: Journals) -> None:
    sentence = "behaves as if crop_before on height were 1 instead of 0"
    wrong = record(
        "a/b/c",
        "torch",
        outcome="differs",
        conforms=False,
        diagnosis=(sentence,),
        observed_dtype="float32",
        metrics=measured(9.0, 9.0),
    )
    run = replace(journal([wrong]), grades=(Grade("torch", "float32", "explicit", 8, None, True),))

    text = render([run], format)  # type: ignore[arg-type]

    assert "8/- explicit" in text
    assert "flushed" in text
    assert sentence in text
