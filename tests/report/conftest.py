"""Small journals made in code, and one that looks like a real run."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conformance.journal import (
    Convention,
    Footer,
    Header,
    Journal,
    LaneEntry,
    Record,
    TrialEntry,
    content_hash,
)
from conformance.judging.verdict import Difference, Metrics, Waived

HOSTILE = (
    "<script>alert(1)</script> ]]> [red]bold[/red] [/] \x1b[31m \x00 \ud800 \u202e | ``` {{ 7*7 }} & ' \" \uffff 漢"
)
WAIVER = Waived("bug", "torch crops the same amount on both sides", "https://example.org/issue/1")

SAME = {
    "value": [1, 4, 4, 1],
    "filter": [3, 3, 1, 1],
    "output_shape": [1, 8, 8, 1],
    "strides": 2,
    "padding": "SAME",
    "data_format": "NHWC",
    "dilations": None,
    "dtype": "float32",
}
FACTS: dict[str, bool | int | str] = {
    "data_format": "NHWC",
    "layout": "NHWC",
    "padding": "SAME",
    "stride": 2,
    "strided": True,
}


def make_trial(name: str, **changes: Any) -> TrialEntry:
    trial = TrialEntry(
        id=name,
        operator="conv2d_transpose",
        arguments=SAME,
        inputs="mix",
        expectation="reference",
        why="TensorFlow crops 0 before and 1 after.",
        url=None,
        location="cases/conv2d_transpose/tutorial.yaml:3",
        axes=(),
        fault=None,
        facts=FACTS,
    )
    return replace(trial, **changes)


def make_metrics(**changes: Any) -> Metrics:
    metrics = Metrics(
        compared=64,
        wrong=0,
        exact=False,
        worst_error_over_bound=0.25,
        bitwise_equal=0.75,
        max_abs=1.2e-7,
        max_ulp=2.0,
    )
    return replace(metrics, **changes)


def make_record(trial: str, lane: str, outcome: str = "agrees", **changes: Any) -> Record:
    record = Record(
        trial=trial,
        lane=lane,
        outcome=outcome,
        conforms=outcome in ("agrees", "unsupported"),
        detail="",
        native=None if outcome == "unsupported" else True,
        plan=(),
        notes=(),
        observed_shape=None,
        observed_dtype=None,
        flags=(),
        seconds=0.5,
    )
    return replace(record, **changes)


def make_journal(records: Iterable[Record] = (), **changes: Any) -> Journal:
    """A complete run of the records, in lanes that are all ready, unless the changes say otherwise."""
    given = tuple(records)
    trials = {record.trial: make_trial(record.trial) for record in given}
    lanes = tuple(dict.fromkeys([*(record.lane for record in given), *changes.get("lanes", ())]))
    header = Header(
        suite_version="0.1.0",
        content_hash=content_hash(trials.values()),
        started="2026-01-02T03:04:05Z",
        command=("conformance", "run", "--output", "reports/latest"),
        machine={"system": "Linux", "cores": "16"},
        flags={"threads": "1"},
        lanes=lanes,
        selection=(),
        trials=len(trials),
    )
    journal = Journal(
        path=Path("journal.jsonl"),
        header=header,
        trials=trials,
        lanes={lane: LaneEntry(lane, "ready", lane.partition(":")[0], "1.0") for lane in lanes},
        records=given,
        conventions=(),
        footer=Footer("2026-01-02T03:09:05Z", complete=True, problems=(), incomplete=()),
    )
    return replace(journal, **changes)


@pytest.fixture
def trial() -> Callable[..., TrialEntry]:
    return make_trial


@pytest.fixture
def metrics() -> Callable[..., Metrics]:
    return make_metrics


@pytest.fixture
def record() -> Callable[..., Record]:
    return make_record


@pytest.fixture
def journal() -> Callable[..., Journal]:
    return make_journal


@pytest.fixture
def hostile_text() -> str:
    return HOSTILE


@pytest.fixture
def hostile() -> Journal:
    """Every text of it tries to break out of the format that it is shown in."""
    lane = f"lane {HOSTILE}"
    trials = [f"conv2d_transpose/tutorial/{kind}[{HOSTILE}]" for kind in ("wrong", "known", "unsaid", "composed")]
    difference = Difference((0, 1), HOSTILE, HOSTILE, HOSTILE)
    texts: dict[str, Any] = {"detail": HOSTILE, "plan": (HOSTILE,), "notes": (HOSTILE,), "flags": (HOSTILE,)}
    records = [
        make_record(trials[0], lane, "differs", metrics=make_metrics(wrong=1, differences=(difference,)), **texts),
        make_record(trials[1], lane, "refused", waived=Waived(HOSTILE, HOSTILE, f"javascript:{HOSTILE}"), **texts),
        make_record(trials[2], lane, "unsupported", **texts),
        make_record(trials[3], lane, "agrees", native=False, **texts),
    ]
    plain = make_journal(records)
    changed: dict[str, Any] = {"why": HOSTILE, "fault": HOSTILE, "location": HOSTILE, "inputs": HOSTILE}
    return replace(
        plain,
        header=replace(plain.header, command=(HOSTILE,), machine={HOSTILE: HOSTILE}, lanes=(lane, "gone")),
        trials={name: make_trial(name, arguments={"padding": HOSTILE}, **changed) for name in trials},
        lanes={
            lane: LaneEntry(lane, "ready", HOSTILE, HOSTILE, flags={HOSTILE: HOSTILE}),
            "gone": LaneEntry("gone", "missing", "", "", message=HOSTILE),
        },
        conventions=(Convention(lane, HOSTILE, 4, 3, 2, 1, (), False, HOSTILE, ()),),
        footer=Footer("", complete=False, problems=(HOSTILE,), incomplete=(HOSTILE,), notes=(HOSTILE,)),
    )


@pytest.fixture
def realistic() -> Journal:
    """Six lanes, one of them missing; every standing and most outcomes; the tutorial; conventions."""
    lanes = ("reference", "tensorflow", "tensorflow:function", "tensorflow:session", "torch", "jax")
    trials = _realistic_trials()
    records = [answer for name in trials for lane in lanes[:-1] if (answer := _realistic_record(trials[name], lane))]
    plain = make_journal(records)
    versions = {"reference": "0.1.0", "torch": "2.13.0+cpu"}
    entries = {
        lane: LaneEntry(lane, "ready", lane.partition(":")[0], versions.get(lane, "2.21.0"), {"numpy": "2.4.6"})
        for lane in lanes[:-1]
    }
    hint = "jax is not installed: pip install 'nn-conformance[jax]'"
    return replace(
        plain,
        header=replace(plain.header, lanes=lanes, trials=len(trials), content_hash=content_hash(trials.values())),
        trials=trials,
        lanes={**entries, "jax": LaneEntry("jax", "missing", "jax", "", message=hint)},
        conventions=tuple(_realistic_conventions()),
    )


def _realistic_trials() -> dict[str, TrialEntry]:
    swapped = "the filter has 4 input channels, the value has 8; the layout is [height, width, out, in]"
    trials = [
        make_trial("conv2d_transpose/tutorial/example1[inputs=ones]", inputs="ones"),
        make_trial("conv2d_transpose/tutorial/example1[inputs=mix]"),
        make_trial(
            "conv2d_transpose/tutorial/example2_as_printed",
            arguments={**SAME, "value": [1, 4, 4, 8], "filter": [3, 3, 4, 8], "output_shape": [1, 8, 8, 3]},
            expectation="refusal: filter_channels",
            why="The second example as the tutorial prints it.",
            fault=swapped,
        ),
    ]
    for kernel in range(1, 6):
        for stride in range(1, 5):
            name = f"conv2d_transpose/sweep/square[kernel={kernel},stride={stride},padding=SAME,inputs=normal64]"
            trials.append(make_trial(name, inputs="normal64", why="Kernels around their strides."))
    return {trial.id: trial for trial in trials}


def _realistic_record(trial: TrialEntry, lane: str) -> Record:
    plan = ("result = tensorflow.nn.conv2d_transpose(value, filter, strides=(1, 2, 2, 1), padding='SAME')",)
    whole: dict[str, Any] = {"observed_shape": (1, 8, 8, 1), "observed_dtype": "float32", "plan": plan}
    whole["metrics"] = make_metrics()
    if trial.fault:
        if lane == "torch":
            return make_record(
                trial.id, lane, "unsupported", detail="torch names its filter [in, out, ...]: no such call"
            )
        return make_record(trial.id, lane, "refused", conforms=True, detail=f"ValueError: {trial.fault}", plan=plan)
    if lane != "torch":
        return make_record(trial.id, lane, **whole)
    return _realistic_torch(trial, whole)


def _realistic_torch(trial: TrialEntry, whole: dict[str, Any]) -> Record:
    note = "SAME crops 0 before and 1 after; torch crops the same amount on both sides, so the plan crops"
    plan = (
        "value = np.ascontiguousarray(np.transpose(value, (0, 3, 1, 2)))",
        "filter = np.ascontiguousarray(np.transpose(filter, (3, 2, 0, 1)))",
        "result = torch.nn.functional.conv_transpose2d(value, filter, stride=(2, 2))",
        "result = result[0:1, 0:1, 0:8, 0:8]",
    )
    composed = {**whole, "plan": plan, "native": False, "notes": (note,)}
    off = tuple(Difference((0, row, 0, 0), f"{row}.5", "nan", "border, phase (0, 1)") for row in range(4))
    wrong = make_metrics(wrong=12, worst_error_over_bound=3.2e4, bitwise_equal=0.4, max_abs=7.5, differences=off)
    detail = "12 of 64 elements are wrong; the pattern is a shift by one along axis 1"
    if "kernel=3,stride=2" in trial.id:
        return make_record(trial.id, "torch", "differs", **{**composed, "detail": detail, "metrics": wrong})
    if "stride=4" in trial.id:
        waived = {**composed, "detail": "RuntimeError: not implemented", "metrics": None, "waived": WAIVER}
        return make_record(trial.id, "torch", "refused", **waived)
    return make_record(trial.id, "torch", **(composed if "stride=2" in trial.id or "tutorial" in trial.id else whole))


def _realistic_conventions() -> Iterable[Convention]:
    for kernel in (2, 3):
        for word in ("SAME", "VALID", "default"):
            chosen = (7, 8) if word == "SAME" else (9, 10)
            if word != "default":
                yield Convention("tensorflow", word, 4, kernel, 2, 1, chosen, True, "", ())
            else:
                yield Convention("tensorflow", word, 4, kernel, 2, 1, (), False, "cannot say: padding is needed", ())
            says = word == "default"
            message = "" if says else "cannot say: padding is an integer"
            yield Convention("torch", word, 4, kernel, 2, 1, (6 + kernel,) if says else (), False, message, ())
            yield Convention("jax", word, 4, kernel, 2, 1, (11 if kernel == 3 else 8,), False, "", ())
