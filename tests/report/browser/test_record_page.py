"""The page of one trial proves its diagnosis, shows and offers the inputs, and has a script for every lane."""

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Page, expect

from conformance.journal import Journal, Record
from conformance.judging.excerpt import Excerpt
from conformance.judging.overlay import Overlay
from conformance.report.inputs import operand_table
from conformance.report.writing import render

if TYPE_CHECKING:
    from tests.report.browser.conftest import Opener

pytestmark = pytest.mark.browser

WRONG = "conv2d_transpose/sweep/square[kernel=3,stride=2,padding=SAME,inputs=normal64]"
RECORD = f"#record/torch/{quote(WRONG, safe='')}"
OPERANDS: dict[str, NDArray[Any]] = {
    "value": np.array([1.5, -2, np.nan, 0.1], np.float32).reshape(1, 2, 2, 1),
    "filter": np.arange(6, dtype=np.int64).reshape(1, 2, 3) + 2**60,
    "bias": np.zeros(1000, np.float32),
}


def laid_over(told: Journal, overlay: Overlay, **changes: object) -> Journal:
    def changed(record: Record) -> Record:
        return replace(record, overlay=overlay, **changes) if record.diagnosis else record  # type: ignore[arg-type]

    return replace(told, records=tuple(map(changed, told.records)))


def with_inputs(opened: "Opener", told: Journal, folder: Path, names: tuple[str, ...]) -> Page:
    inputs = {WRONG: tuple(operand_table(name, OPERANDS[name]) for name in names)}
    path = folder / "inputs.html"
    path.write_text(render([told], "html", inputs=inputs), encoding="utf-8", newline="\n")
    page = opened.file(path, fragment=RECORD)
    page.locator("details.inputs summary").click()
    return page


def test_a_diagnosis_that_explains_every_element_stands_between_expected_and_observed(
    opened: "Opener", told: Journal, size: str
) -> None:
    page = opened.journal(laid_over(told, Overlay(0, 64, 64, 64)), size, RECORD)
    expect(page.locator(".proof").first).to_have_text(
        "If so, 64 of 64 elements are as they came back, bit for bit; 52 are as expected."
    )
    maps = page.locator("details.record[open]").first.locator(".heat figure")
    expect(maps.locator("figcaption")).to_have_text(["expected", "expected if so", "observed", "error / bound"])
    expect(maps.nth(1).locator("text")).to_have_text(["1", "nan", "3", "5"])
    expect(maps.nth(1).locator(".wrong")).to_have_count(0)
    expect(maps.nth(1).locator("title").last).to_have_text(
        "[0, 1, 1, 0] expected 4, if so 5, observed 5, error 7.5 x the bound"
    )
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_elements_that_a_diagnosis_leaves_are_framed(opened: "Opener", told: Journal) -> None:
    overlay = Overlay(0, 64, 60, 50, explained=("1 nan", "3 6"))
    page = opened.journal(laid_over(told, overlay), fragment=RECORD)
    expect(page.locator(".proof").first).to_have_text(
        "If so, 60 of 64 elements are as they came back, 50 of them bit for bit; 52 are as expected."
    )
    maps = page.locator("details.record[open]").first.locator(".heat figure")
    expect(maps.nth(1).locator(".wrong title")).to_have_text(
        ["[0, 1, 1, 0] expected 4, if so 6, observed 5, error 7.5 x the bound"]
    )


def test_an_answer_of_a_wrong_shape_is_held_against_what_it_is_if_so(opened: "Opener", told: Journal) -> None:
    overlay = Overlay(0, 6, 6, 6, observed=("1 2 3", "4 5 6"))
    page = opened.journal(laid_over(told, overlay, metrics=None), fragment=RECORD)
    expect(page.locator(".proof").first).to_contain_text(
        "6 of 6 elements are as they came back, bit for bit; their shape"
    )
    maps = page.locator("details.record[open]").first.locator(".heat figure")
    expect(maps.locator("figcaption")).to_have_text(["expected if so", "observed"])
    expect(maps.first.locator("text")).to_have_text(["1", "2", "3", "4", "5", "6"])


def test_inputs_are_shown_slice_by_slice_and_can_be_had(opened: "Opener", told: Journal, tmp_path: Path) -> None:
    page = with_inputs(opened, told, tmp_path, ("value", "filter"))
    expect(page.locator(".operands h4")).to_have_text(["value [1, 2, 2, 1] float32", "filter [1, 2, 3] int64 / 1e18"])
    figures = page.locator(".operands figure")
    expect(figures.locator("figcaption")).to_have_text(["[0, :, :, 0]", "[0, :, :]"])
    expect(figures.first.locator("text")).to_have_text(["1.5", "-2", "nan", "0.1"])
    expect(figures.nth(1).locator("title").last).to_have_text("filter[0, 1, 2] is 1152921504606846981")
    link = page.get_by_role("link", name="Download as JSON")
    expect(link).to_have_attribute(
        "download", "conv2d_transpose_sweep_square_kernel_3_stride_2_padding_SAME_inputs_normal64_.json"
    )
    told_as = json.loads(unquote((link.get_attribute("href") or "").partition(",")[2]))
    assert told_as["operands"]["value"] == {"dtype": "float32", "shape": [1, 2, 2, 1], "numbers": [1.5, -2, "nan", 0.1]}
    assert told_as["operands"]["filter"]["numbers"][-1] == "1152921504606846981"
    expect(page.locator(".operands pre")).to_contain_text("--operands operands.npz")


def test_numpy_makes_the_inputs_that_are_copied(opened: "Opener", told: Journal, tmp_path: Path) -> None:
    page = with_inputs(opened, told, tmp_path, ("value", "filter"))
    page.evaluate("navigator.clipboard.writeText = async (text) => { window.copiedText = text; }")
    page.get_by_role("button", name="Copy as NumPy: the inputs").click()
    expect(page.get_by_role("button", name="Copy as NumPy: the inputs")).to_have_text("Copied")
    made: dict[str, object] = {}
    exec(page.evaluate("window.copiedText"), made)
    for name in ("value", "filter"):
        array = np.asarray(made[name])
        assert array.dtype == OPERANDS[name].dtype
        np.testing.assert_array_equal(array, OPERANDS[name])


def test_inputs_that_are_too_large_are_had_by_the_command_alone(
    opened: "Opener", told: Journal, tmp_path: Path
) -> None:
    page = with_inputs(opened, told, tmp_path, ("value", "bias"))
    expect(page.locator(".operands")).to_contain_text("bias [1000] float32: too large to be shown here.")
    expect(page.get_by_role("link", name="Download as JSON")).to_have_count(0)
    expect(page.locator(".operands pre")).to_contain_text(f"conformance explain '{WRONG}' --lane")


def test_every_lane_has_its_script(opened: "Opener", told: Journal, tmp_path: Path) -> None:
    lanes = [record.lane for record in told.records if record.trial == WRONG]
    path = tmp_path / "scripted.html"
    scripts = {(WRONG, lane): f"print('{lane}')" for lane in lanes}
    path.write_text(render([told], "html", scripts=scripts), encoding="utf-8", newline="\n")
    page = opened.file(path, fragment=RECORD)
    cards = page.locator("details.record")
    expect(cards).to_have_count(len(lanes))
    for lane in lanes:
        card = cards.filter(has=page.locator("summary strong", has_text=lane).get_by_text(lane, exact=True))
        expect(card.locator("details.script pre")).to_have_text(f"print('{lane}')")


def test_a_window_without_a_number_has_the_scale_of_what_was_observed(opened: "Opener", told: Journal) -> None:
    window = Excerpt((1, 2), (0, 0, 0, 0), (1, 2), ("-inf -inf",), ("-1 0",), ("0 0",), "spacing", ("xx",))

    def changed(record: Record) -> Record:
        metrics = None if record.metrics is None else replace(record.metrics, excerpt=window)
        return replace(record, metrics=metrics) if record.diagnosis else record

    page = opened.journal(replace(told, records=tuple(map(changed, told.records))), fragment=RECORD)
    maps = page.locator("details.record[open]").first.locator(".heat figure")
    expect(maps.locator("figcaption")).to_have_text(["expected", "observed", "error / spacing of the dtype"])
    expect(maps.nth(1).locator("text")).to_have_text(["-1", "0"])
