"""On paper nothing is cut in any view; and at 1440 no table of the first screen scrolls, however much it holds."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from conformance.journal import Journal
from conformance.judging.overlay import Overlay
from conformance.report.document import Report, describe
from conformance.report.html import html
from conformance.report.inputs import operand_table
from conformance.report.story import ALL, Cell, HeatTable

if TYPE_CHECKING:
    from tests.report.browser.conftest import Opener

pytestmark = pytest.mark.browser

# Of A4 across, without its margins of 10 mm, in pixels of 1 / 96 inch.
PAPER = 1047
VIEWS = ("glance", "matrix", "findings", "conventions", "numerics", "provenance")
LANES = [f"a_framework_of_its_own:with+{number}+modes" for number in range(8)]
CUT = """width => [...document.querySelectorAll("body *")].flatMap((each) => {
    const box = each.getBoundingClientRect(), hidden = getComputedStyle(each).overflowX !== "visible";
    const cut = box.width && (box.right > width + 1 || (hidden && each.scrollWidth > each.clientWidth + 1));
    return cut ? [`${each.tagName} ${each.className} ${each.textContent.slice(0, 40)}`] : [];
})"""


def many(told: Journal) -> Report:
    """The report of fourteen lanes, whose operators have more features than fit."""
    more = [replace(record, lane=lane) for lane in LANES for record in told.records if record.lane == "torch"]
    entries = {lane: replace(told.lanes["torch"], lane=lane) for lane in LANES}
    wrong = next(record for record in told.records if record.diagnosis)
    journal = replace(
        told,
        header=replace(told.header, lanes=(*told.header.lanes, *LANES)),
        lanes={**told.lanes, **entries},
        records=tuple(
            replace(record, overlay=Overlay(0, 64, 60, 60, ("1 nan", "3 6"))) if record is wrong else record
            for record in (*told.records, *more)
        ),
    )
    features = {f"an_unusual_feature_{number}": Cell(12_345, wrong=number % 3 * 123, known=456) for number in range(40)}
    cells = {ALL: Cell(123_456, 1234, 5678), **features}
    heat = HeatTable(tuple(cells), tuple((f"conv{rank}d_transpose", cells) for rank in (1, 2, 3)))
    inputs = {wrong.trial: (operand_table("value", np.arange(500.0).reshape(1, 10, 25, 2)),)}
    return replace(describe(journal, inputs=inputs), heat=heat)


def opened_at(opened: "Opener", document: Report, folder: Path, width: int) -> Page:
    path = folder / "many.html"
    path.write_text(html(document), encoding="utf-8", newline="\n")
    page = opened.file(path)
    page.set_viewport_size({"width": width, "height": 900})
    return page


def test_nothing_is_cut_on_paper(opened: "Opener", told: Journal, tmp_path: Path) -> None:
    document = many(told)
    page = opened_at(opened, document, tmp_path, PAPER)
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    wrong = next(finding.record for finding in document.findings if finding.record.overlay)
    for view in (*VIEWS, f"record/{quote(wrong.lane, safe='')}/{quote(wrong.trial, safe='')}"):
        page.evaluate("view => { location.hash = view; }", view)
        expect(page.locator(".view.current")).to_be_visible()
        assert page.evaluate(CUT, PAPER) == [], view


def test_what_is_folded_on_the_screen_is_open_on_paper(opened: "Opener", told: Journal, tmp_path: Path) -> None:
    document = many(told)
    page = opened_at(opened, document, tmp_path, PAPER)
    wrong = next(finding.record for finding in document.findings if finding.record.overlay)
    page.evaluate("view => { location.hash = view; }", f"record/{wrong.lane}/{quote(wrong.trial, safe='')}")
    inputs = page.locator("details.inputs .operands svg").first
    expect(inputs).to_be_hidden()
    page.emulate_media(media="print")
    expect(inputs).to_be_visible()


def test_all_rows_of_the_matrix_are_printed_or_counted(opened: "Opener", told: Journal) -> None:
    trial, record = next(iter(told.trials.values())), told.records[0]
    names = [f"conv2d_transpose/many/case[kernel={number}]" for number in range(2100)]
    journal = replace(
        told,
        trials={name: replace(trial, id=name) for name in names},
        records=tuple(replace(record, trial=name) for name in names),
    )
    page = opened.journal(journal, fragment="#matrix")
    page.evaluate(
        "addEventListener('beforeprint', () => { window.printed = document.querySelectorAll('.row').length; })"
    )
    page.pdf()
    assert page.evaluate("window.printed") == 2001  # and the sentence
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    # 2,100 trials and the row of their chapter.
    expect(page.locator(".row").last).to_have_text("and 101 more rows, which are not printed: a search finds fewer")
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.locator(".row").count() < 100


def test_no_table_of_the_first_screen_scrolls_at_1440_however_much_it_holds(
    opened: "Opener", told: Journal, tmp_path: Path
) -> None:
    page = opened_at(opened, many(told), tmp_path, 1440)
    wide = """[...document.querySelectorAll("#glance .scroll")].filter(each => each.scrollWidth > each.clientWidth)
        .map(each => each.querySelector("thead").textContent)"""
    assert page.evaluate(wide) == []
    expect(page.locator(".where thead th")).to_have_count(25)
    expect(page.locator("#glance")).to_contain_text("Of 41 features 24 are here")
