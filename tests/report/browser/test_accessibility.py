"""What axe-core finds in the views of the page, in both sizes, light and dark; and what the matrix says of nothing."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from conformance.journal import Journal
from conformance.judging.overlay import Overlay
from conformance.report.inputs import operand_table
from conformance.report.writing import render

if TYPE_CHECKING:
    from tests.report.browser.conftest import Opener

pytestmark = pytest.mark.browser

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
VIEWS = ("glance", "matrix", "findings", "conventions", "numerics", "provenance", "matrix?q=lane%3Anosuch")
FOUND = """axe.run(document, {resultTypes: ["violations"]}).then(found =>
    found.violations.map(each => `${each.id}: ${each.nodes.map(node => node.target.join(" ")).join(", ")}`))"""


def violations(page: Page) -> Any:
    return page.evaluate(FOUND)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing_in_any_view(opened: "Opener", told: Journal, width: int, dark: bool) -> None:
    if not AXE.exists():
        pytest.fail("axe-core is not installed; make test-browser does so, with npm")
    page = opened.journal(told, dark=dark)
    page.set_viewport_size({"width": width, "height": 900})
    page.evaluate(AXE.read_text("utf-8"))
    for view in VIEWS:
        page.evaluate("view => { location.hash = view; }", view)
        expect(page.locator(f"#{view.partition('?')[0]}")).to_be_visible()
        assert violations(page) == [], view


def test_nothing_on_the_first_screen_is_cut_at_1440(opened: "Opener", told: Journal) -> None:
    page = opened.journal(told)
    page.set_viewport_size({"width": 1440, "height": 900})
    cut = """[...document.querySelectorAll("#glance .scroll")].filter(each => each.scrollWidth > each.clientWidth)
        .map(each => each.querySelector("thead").textContent)"""
    assert page.evaluate(cut) == []


def test_a_lane_that_is_not_there_leaves_what_there_is_and_escape_shows_all_again(
    opened: "Opener", told: Journal
) -> None:
    page = opened.journal(told, fragment="#matrix")
    page.locator("#query").fill("lane:nosuch")
    expect(page.locator("#empty")).to_contain_text("No lane of this run is called so. There are reference, tensorflow")
    expect(page.locator("#grid")).to_be_hidden()
    page.locator("#query").press("Escape")
    expect(page.locator("#query")).to_have_value("")
    expect(page.locator("#grid-rows .row:not(.chapter)").first).to_be_visible()


def test_a_value_that_is_not_there_leaves_what_there_is_and_filters_are_emptied_with_the_search(
    opened: "Opener", told: Journal
) -> None:
    page = opened.journal(told, fragment="#matrix")
    page.locator("select[data-key=outcome]").select_option("differs")
    page.locator("#query").fill("outcome:differs dtype:float3")
    expect(page.locator("#empty")).to_contain_text("No dtype is so. There are float32.")
    page.locator("#query").press("Escape")
    expect(page.locator("select[data-key=outcome]")).to_have_value("")
    expect(page.locator("#empty")).to_be_hidden()


def test_ready_questions_count_what_they_find(opened: "Opener", told: Journal) -> None:
    page = opened.journal(told)
    expect(page.locator(".questions a").first).to_have_text("✗ nonconforming 1")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing_on_a_record_with_its_proof_and_its_inputs(
    opened: "Opener", told: Journal, tmp_path: Path, width: int, dark: bool
) -> None:
    wrong = next(record for record in told.records if record.diagnosis)
    proven = tuple(
        replace(record, overlay=Overlay(0, 64, 60, 60, ("1 nan", "3 6"))) if record is wrong else record
        for record in told.records
    )
    inputs = {wrong.trial: (operand_table("value", np.arange(16.0).reshape(1, 4, 4, 1) - 8),)}
    path = tmp_path / "proven.html"
    path.write_text(render([replace(told, records=proven)], "html", inputs=inputs), encoding="utf-8", newline="\n")
    page = opened.file(path, dark=dark, fragment=f"#record/{wrong.lane}/{quote(wrong.trial, safe='')}")
    page.set_viewport_size({"width": width, "height": 900})
    page.locator("details.inputs summary").click()
    page.evaluate(AXE.read_text("utf-8"))
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
