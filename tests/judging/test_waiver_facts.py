"""What a waiver's `where` may ask of a call, and what its `versions` may ask of the processor."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conformance.judging.verdict import Outcome, Verdict
from conformance.judging.waivers import WaiverBook, read_waivers
from conformance.operators.convolution.call import ConvolutionTrial
from conformance.operators.facts import absent_facts, facts
from conformance.suite.loading import load

REFUSED = Verdict(Outcome.REFUSED, False, "a valid call was refused")
AGREES = Verdict(Outcome.AGREES, True, "all 1 elements are bitwise right")

Asked = Callable[..., ConvolutionTrial]


@pytest.fixture
def asked(tmp_path: Path) -> Asked:
    """The one trial of a case."""

    def made(changed: str = "", operator: str = "conv2d_transpose") -> ConvolutionTrial:
        parameters = "batch: 1, size: [3, 4], channels: [2, 4], kernel: 2"
        if operator.endswith("transpose"):
            parameters += ", output: largest"
        path = tmp_path / "made.yaml"
        entry = ", ".join(["name: made", "why: because", parameters, *([changed] if changed else [])])
        path.write_text(f"operator: {operator}\ncases:\n  - {{{entry}}}\n", encoding="utf-8")
        (trial,) = load([path])
        assert isinstance(trial, ConvolutionTrial), trial
        return trial

    return made


@pytest.mark.parametrize(
    ("changed", "fact", "known"),
    [
        ("strides: [2, 1], dilations: [1, 2]", "stride_beside_dilation", False),
        ("strides: [1, 2], dilations: [1, 2]", "stride_beside_dilation", True),
        ("strides: 2", "stride_beside_dilation", False),
        ("", "operator", "conv2d_transpose"),
        ("", "direction", "forward"),
        ("direction: filter_gradient", "direction", "filter_gradient"),
        ("", "channels_first", False),
        ("data_format: NHWC", "channels_first", False),
        ("data_format: NCHW", "channels_first", True),
        ("", "grouped", False),
        ("groups: 2", "grouped", True),
        ("", "bias", False),
        ("bias: true", "bias", True),
        ("", "strided", False),
        ("strides: [1, 2]", "strided", True),
        ("strides: 2", "unequal_strides", False),
        ("strides: [1, 2]", "unequal_strides", True),
        ("", "empty", False),
        ("strides: 2", "stride", 2),
        ("strides: [1, 2]", "stride", "1x2"),
        ("", "input", "3x4"),
        ("strides: 2", "output", "6x8"),
        ("dilations: 3", "kernel_beyond_input", True),
        ("strides: 3", "kernel_below_stride", True),
        ("groups: 2", "channels_out", 4),
        ("", "channels_in", 2),
        ("", "batch", 1),
        ("", "multiplier", None),
        ("strides: 2", "output_choice", "largest"),
        ("padding: VALID, strides: 3", "beyond_full", True),
    ],
)
def test_a_fact_of_a_call_is_known(asked: Asked, changed: str, fact: str, known: Any) -> None:
    assert facts(asked(changed))[fact] == known


def test_a_call_without_elements_is_empty(asked: Asked) -> None:
    assert facts(asked("strides: 2", "conv2d"))["empty"] is False
    assert facts(asked("padding: VALID, dilations: 3", "conv2d"))["empty"] is True


def test_a_forward_convolution_s_lengths_are_its_own(asked: Asked) -> None:
    known = facts(asked("strides: 2, padding: VALID", "depthwise_conv2d"))
    assert (known["input"], known["output"]) == ("3x4", "1x2")
    assert (known["channels_out"], known["multiplier"], known["output_choice"]) == (4, 2, None)


def test_the_default_data_format_is_that_of_the_rank(asked: Asked) -> None:
    trial = asked()
    assert facts(trial)["data_format"] == "NHWC"


def test_every_fact_that_is_accepted_is_known(asked: Asked) -> None:
    assert set(facts(asked())) == set(absent_facts())


@pytest.fixture
def book(tmp_path: Path) -> WaiverBook:
    path = tmp_path / "waivers.yaml"
    entry = "lane: torch, trial: '*', versions: {amx_bf16: '>=1'}, outcome: refused, class: bug, reason: known"
    path.write_text(f"waivers:\n  - {{{entry}}}\n", encoding="utf-8")
    return WaiverBook(read_waivers([path]))


def test_a_waiver_of_another_processor_excuses_nothing_and_is_not_stale(asked: Asked, book: WaiverBook) -> None:
    book.answers("torch", "2.13.0", {"amx_bf16": "0"})
    assert book.excuse(asked(), "torch", REFUSED) is None
    assert book.excuse(asked(), "torch", AGREES) is None
    assert book.problems(["torch"]) == []


def test_a_waiver_of_this_processor_is_as_strict_as_any(asked: Asked, book: WaiverBook) -> None:
    book.answers("torch", "2.13.0", {"amx_bf16": "1"})
    assert book.excuse(asked(), "torch", REFUSED) is not None
    book.excuse(asked(), "torch", AGREES)
    assert len(book.problems(["torch"])) == 1
