"""The report in a browser: filtered, sorted, linked, drawn, light and dark, on a desktop and on a phone."""

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Locator, Page, expect

from conformance.journal import Journal
from conformance.report.writing import render, write_folder
from tests.report.browser.conftest import UPSAMPLED

if TYPE_CHECKING:
    from tests.report.browser.conftest import Opener

pytestmark = pytest.mark.browser

WRONG = "conv2d_transpose/sweep/square[kernel=3,stride=2,padding=SAME,inputs=normal64]"
RECORD = f"#record/torch/{quote(WRONG, safe='')}"


def rows(page: Page) -> Locator:
    return page.locator("#grid-rows .row:not(.chapter)")


def ask(page: Page, query: str) -> None:
    page.locator("#query").fill(query)


def overflow(page: Page) -> Any:
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def test_it_opens_on_the_figures_of_each_lane(opened: "Opener", told: Journal, size: str) -> None:
    page = opened.journal(told, size)
    expect(page.get_by_role("heading", name="At a glance")).to_be_visible()
    expect(page.locator("#glance-table tbody tr")).to_have_count(6)
    expect(page.locator("#matrix")).to_be_hidden()


@pytest.mark.parametrize("view", ["glance", "matrix", "findings", "conventions", "numerics", "provenance", "record"])
def test_no_view_is_wider_than_the_screen(opened: "Opener", told: Journal, size: str, view: str) -> None:
    page = opened.journal(told, size, RECORD if view == "record" else f"#{view}")
    if view == "record":
        expect(page.locator("#trial-page .heat")).to_be_visible()
    assert overflow(page) == 0


def test_cells_stand_below_their_headings(opened: "Opener", told: Journal, size: str) -> None:
    """In every width: head and rows are grids of their own. One script reads both, after the frame in which the
    rows are drawn anew for the width: a row taken before it would no longer be part of the page."""
    page = opened.journal(told, size, "#matrix")
    lefts = """async () => {
        await new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)));
        return ["#grid-head", "#grid-rows .row:not(.chapter)"].map(grid => [".lane", ".error", ".seconds"]
            .flatMap(kind => [...document.querySelector(grid).querySelectorAll(kind)])
            .filter(each => each.offsetParent).map(each => Math.round(each.getBoundingClientRect().left)));
    }"""
    for width in (390, 1000, 1300, 1700):
        page.set_viewport_size({"width": width, "height": 900})
        heads, cells = page.evaluate(lefts)
        assert len(heads) > 1
        assert heads == cells, width


def test_a_query_leaves_the_rows_that_meet_it(opened: "Opener", told: Journal, size: str) -> None:
    page = opened.journal(told, size, "#matrix")
    expect(page.locator("#matched")).to_have_text("23 of 23 trials in 6 of 6 lanes")
    ask(page, "lane:torch outcome:differs stride:>1")
    expect(page.locator("#matched")).to_have_text("1 of 23 trials in 1 of 6 lanes")
    expect(rows(page)).to_have_count(1)
    expect(rows(page).locator(".trial a")).to_have_attribute("title", WRONG)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("kernel=3 -stride=2", 3),
        ("outcome:differs,refused", 7),
        ("-expects:reference", 1),
        ("standing:waived", 5),
        ("said:composed lane:torch", 12),
        ("inputs:norm*", 20),
        ("lane:tensorflow error:>0.2", 22),
        ("lane:=tensorflow outcome:refused", 1),
        ('expects:"refusal: filter_channels"', 1),
    ],
)
def test_terms_mean_what_the_page_says(opened: "Opener", told: Journal, query: str, found: int) -> None:
    page = opened.journal(told, fragment="#matrix")
    ask(page, query)
    expect(page.locator("#matched")).to_have_text(re.compile(f"^{found} of 23 trials"))


def test_a_key_that_there_is_not_is_told(opened: "Opener", told: Journal) -> None:
    page = opened.journal(told, fragment="#matrix")
    ask(page, "colour:red")
    expect(page.locator("#matched")).to_contain_text("There is no “colour:”. There are lane, outcome, standing")
    expect(rows(page)).to_have_count(0)


def test_a_select_writes_the_query_and_the_address(opened: "Opener", told: Journal) -> None:
    page = opened.journal(told, fragment="#matrix")
    page.locator("select[data-key=outcome]").select_option("differs")
    page.locator("select[data-key=lane]").select_option("torch")
    expect(page.locator("#query")).to_have_value("outcome:differs lane:=torch")
    expect(rows(page)).to_have_count(1)
    assert page.url.endswith("#matrix?q=outcome%3Adiffers%20lane%3A%3Dtorch")


def test_facts_of_the_call_have_selects_whatever_they_are(opened: "Opener", told: Journal) -> None:
    window = replace(told.trials[WRONG], facts={"window": 12, "still": True})
    page = opened.journal(replace(told, trials={**told.trials, WRONG: window}), fragment="#matrix")
    page.locator("#fact-selects summary").click()
    expect(page.locator("select[data-key=still] option")).to_have_text(["any", "True"])
    page.locator("select[data-key=window]").select_option("12")
    expect(page.locator("#query")).to_have_value("window:12")
    expect(rows(page)).to_have_count(1)


def test_an_address_brings_its_query_back(opened: "Opener", told: Journal) -> None:
    page = opened.journal(told, fragment="#matrix?q=outcome%3Adiffers")
    expect(page.locator("#query")).to_have_value("outcome:differs")
    expect(page.locator("select[data-key=outcome]")).to_have_value("differs")
    expect(rows(page)).to_have_count(1)


def test_a_heading_sorts_up_then_down_then_not(opened: "Opener", told: Journal, size: str) -> None:
    page = opened.journal(told, size, "#matrix")
    heading, first = page.locator("[data-sort='lane torch']"), rows(page).first.locator(".trial a")
    heading.click()
    expect(page.get_by_role("columnheader", name="torch", exact=True)).to_have_attribute("aria-sort", "ascending")
    heading.click()
    expect(first).to_have_attribute("title", "conv2d_transpose/tutorial/example2_as_printed")
    heading.click()
    expect(page.locator(".row.chapter")).to_have_count(2)


def test_a_cell_leads_to_its_record(opened: "Opener", told: Journal, size: str) -> None:
    page = opened.journal(told, size, "#matrix?q=outcome%3Adiffers")
    rows(page).get_by_label("torch: differs, nonconforming, composed").click()
    expect(page.locator("#trial-page h2")).to_have_text(WRONG)
    record = page.locator("details.record[open]").first
    for words in ("torch differs ✗ nonconforming", "the pattern is a shift by one", "behaves as if crop_before were 1"):
        expect(record).to_contain_text(words)
    expect(record.locator(".differences tbody tr").nth(1)).to_have_text("[0, 1, 0, 0]1.5nanborder, phase (0, 1)")
    expect(record).to_contain_text(f"conformance explain '{WRONG}' --lane torch")
    assert page.url.endswith(RECORD)


def test_each_framework_s_words_are_told(opened: "Opener", told: Journal) -> None:
    page = opened.journal(told, fragment=RECORD)
    words = page.locator(".words section")
    expect(words).to_have_count(2)
    expect(words.first).to_contain_text("tensorflow:function native")
    expect(words.nth(1)).to_contain_text("conv_transpose2d(value, filter, stride=(2, 2))")


def test_the_geometry_is_drawn_from_its_integers(opened: "Opener", told: Journal, size: str) -> None:
    page = opened.journal(told, size, RECORD)
    drawings = page.locator("figure.geometry")
    expect(drawings).to_have_count(2)
    expect(drawings.first.locator("figcaption")).to_have_text(
        "height 4 → 8, p = 2·j + t \N{MINUS SIGN} 0: of 9, crop 0 before, crop 1 after"
    )
    expect(drawings.first.locator(".input text")).to_have_text(["0", "1", "2", "3"])
    expect(drawings.first.locator(".output text")).to_have_text([str(place) for place in range(8)])
    expect(drawings.first.locator(".cut text")).to_have_text(["\N{MULTIPLICATION SIGN}"])
    expect(drawings.first.locator(".products line")).to_have_count(12)


def test_an_output_tells_what_it_sums(opened: "Opener", told: Journal) -> None:
    page = opened.journal(told, fragment=RECORD)
    drawing = page.locator("figure.geometry").first
    drawing.locator("[data-name=y4]").hover()
    expect(drawing.locator(".reached")).to_have_text("y[4] = x[1]·w[2] + x[2]·w[0]")


@pytest.mark.parametrize(("count", "names"), [(1, ["length"]), (3, ["depth", "height", "width"])])
def test_one_figure_an_axis_is_drawn(opened: "Opener", told: Journal, count: int, names: list[str]) -> None:
    trial = told.trials[WRONG]
    other = replace(told, trials={**told.trials, WRONG: replace(trial, axes=trial.axes[:1] * count)})
    page = opened.journal(other, fragment=RECORD)
    expect(page.locator("figure.geometry figcaption strong")).to_have_text(names)


PADDED = {"input": 8, "kernel": 3, "stride": 2, "dilation": 1, "pad_before": 0, "pad_after": 1, "output": 4}


def test_a_forward_convolution_is_drawn_in_its_own_names(opened: "Opener", told: Journal) -> None:
    forward = replace(told.trials[WRONG], own_axes=(PADDED, PADDED))
    page = opened.journal(replace(told, trials={**told.trials, WRONG: forward}), fragment=RECORD)
    drawing = page.locator("figure.geometry").first
    expect(drawing.locator("figcaption")).to_contain_text("8 → 4,")
    expect(drawing.locator("figcaption")).to_contain_text("pad 0 before, pad 1 after")
    expect(drawing.locator(".input text")).to_have_text([str(place) for place in range(8)])
    expect(drawing.locator(".output text")).to_have_text(["0", "1", "2", "3"])
    drawing.locator("[data-name=y3]").hover()
    expect(drawing.locator(".reached")).to_have_text("y[3] = x[6]·w[0] + x[7]·w[1] + 0·w[2]")
    drawing.locator("[data-name=x4]").hover()
    expect(drawing.locator(".reached")).to_have_text("x[4] is used in y[1] by w[2] + y[2] by w[0]")


def test_a_window_without_a_filter_is_drawn_by_what_it_reads(opened: "Opener", told: Journal) -> None:
    trial = told.trials[WRONG]
    arguments = {name: said for name, said in trial.arguments.items() if name != "filter"}
    forward = replace(trial, own_axes=(PADDED, PADDED), arguments=arguments)
    page = opened.journal(replace(told, trials={**told.trials, WRONG: forward}), fragment=RECORD)
    drawing = page.locator("figure.geometry").first
    expect(drawing.locator(".reached")).to_contain_text("what it reads")
    drawing.locator("[data-name=y3]").hover()
    expect(drawing.locator(".reached")).to_have_text("y[3] reads x[6], x[7]")
    drawing.locator("[data-name=x4]").hover()
    expect(drawing.locator(".reached")).to_have_text("x[4] is read by y[1], y[2]")


def _of_axes(told: Journal, *axes: dict[str, int]) -> Journal:
    """The same journal, its trial of a call without a filter that has these axes."""
    trial = told.trials[WRONG]
    arguments = {name: said for name, said in trial.arguments.items() if name != "filter"}
    return replace(told, trials={**told.trials, WRONG: replace(trial, axes=axes, own_axes=(), arguments=arguments)})


def test_pads_are_drawn_beside_what_they_surround(opened: "Opener", told: Journal, size: str) -> None:
    padded = {"input": 3, "pad_before": 2, "pad_after": 1, "output": 6}
    page = opened.journal(_of_axes(told, padded, {**padded, "pad_before": -1, "output": 3}), size, RECORD)
    first, second = page.locator("figure.geometry").first, page.locator("figure.geometry").nth(1)
    expect(first.locator("figcaption")).to_have_text("axis 0 3 → 6: pad 2 before, pad 1 after")
    expect(second.locator("figcaption")).to_have_text("axis 1 3 → 3: cut off 1 before, pad 1 after")
    expect(first.locator(".output text")).to_have_text([str(place) for place in range(6)])
    expect(first.locator(".cut text")).to_have_count(3)
    first.locator("[data-name=y3]").hover()
    expect(first.locator(".reached")).to_have_text("y[3] is x[1]")
    first.locator("[data-name=y1]").hover()
    expect(first.locator(".reached")).to_have_text("y[1] is padding")
    expect(second.locator(".input text")).to_have_text(["1", "2"])


def test_an_axis_of_nothing_has_its_numbers(opened: "Opener", told: Journal) -> None:
    page = opened.journal(_of_axes(told, {"input": 0, "pad_before": 0, "pad_after": 0, "output": 0}), fragment=RECORD)
    expect(page.locator("figure.geometry figcaption")).to_have_text("axis 0 0 → 0: pad 0 before, pad 0 after")
    expect(page.locator("figure.geometry svg")).to_have_count(0)


def test_a_label_tells_of_hatching_where_there_is_some(opened: "Opener", told: Journal) -> None:
    axes = ({"input": 2, "block": 3, "output": 6}, UPSAMPLED)
    page = opened.journal(_of_axes(told, *axes), fragment=RECORD)
    labels = page.locator("figure.geometry .label")
    expect(labels).to_have_text(["input x[j]", "output y[p]", "input x[j]", "output y[p]; hatched: cut off"])
    for drawing in page.locator("figure.geometry svg").all():
        box = drawing.bounding_box()
        assert box is not None
        for label in drawing.locator(".label").all():
            text = label.bounding_box()
            assert text is not None
            assert text["x"] + text["width"] <= box["x"] + box["width"]


def test_blocks_are_drawn_side_by_side(opened: "Opener", told: Journal, size: str) -> None:
    axes = ({"input": 2, "block": 3, "output": 6}, {"input": 4, "block": 2, "output": 2})
    page = opened.journal(_of_axes(told, *axes), size, RECORD)
    wider, narrower = page.locator("figure.geometry").first, page.locator("figure.geometry").nth(1)
    expect(wider.locator("figcaption")).to_have_text("height 2 → 6, block 3")
    expect(wider.locator(".products line")).to_have_count(6)
    wider.locator("[data-name=y4]").hover()
    expect(wider.locator(".reached")).to_have_text("y[4] reads x[1]")
    narrower.locator("[data-name=y1]").hover()
    expect(narrower.locator(".reached")).to_have_text("y[1] reads x[2], x[3]")


def test_what_is_folded_beyond_the_result_is_cut_off(opened: "Opener", told: Journal) -> None:
    fold = {"input": 3, "kernel": 3, "stride": 1, "dilation": 1, "crop_before": 1, "crop_after": 1, "output": 3}
    page = opened.journal(_of_axes(told, fold), fragment=RECORD)
    drawing = page.locator("figure.geometry").first
    drawing.locator("[data-name=x0]").hover()
    expect(drawing.locator(".reached")).to_have_text("x[0] is read by y[0], y[1]")
    drawing.locator(".pixel.cut").first.hover()
    expect(drawing.locator(".reached")).to_have_text("cut off: x[0]")


def test_an_axis_whose_elements_follow_from_more_than_integers_has_its_numbers(opened: "Opener", told: Journal) -> None:
    page = opened.journal(_of_axes(told, {"input": 5, "output": 7, "scale_numerator": 7, "scale_denominator": 5}),
                          fragment=RECORD)  # fmt: skip
    caption = page.locator("figure.geometry figcaption")
    expect(caption).to_have_text("length 5 → 7, scale_numerator 7, scale_denominator 5")
    expect(page.locator("figure.geometry svg")).to_have_count(0)


def test_heat_maps_tell_wrong_elements_without_colour(opened: "Opener", told: Journal, size: str) -> None:
    page = opened.journal(told, size, RECORD)
    maps = page.locator(".heat figure")
    expect(maps.locator("figcaption")).to_have_text(["expected", "observed", "error / bound"])
    expect(maps.nth(1).locator("text")).to_have_text(["1", "nan", "3", "5"])
    expect(maps.nth(1).locator(".wrong")).to_have_count(2)
    expect(maps.nth(1).locator(".crossed")).to_have_count(1)
    expect(maps.nth(2).locator("title").last).to_have_text("[0, 1, 1, 0] expected 4, observed 5, error 7.5 x the bound")


def test_the_button_goes_through_the_themes(opened: "Opener", told: Journal, size: str) -> None:
    page = opened.journal(told, size)
    ground = page.locator("body")
    expect(ground).to_have_css("background-color", "rgb(253, 253, 252)")
    page.locator("#theme").click()
    page.locator("#theme").click()
    expect(page.locator("#theme")).to_have_text("☾ dark")
    expect(ground).to_have_css("background-color", "rgb(20, 23, 28)")


def test_a_dark_system_gets_a_dark_page(opened: "Opener", told: Journal) -> None:
    page = opened.journal(told, dark=True)
    expect(page.locator("body")).to_have_css("background-color", "rgb(20, 23, 28)")


def test_the_script_of_a_record_can_be_copied(opened: "Opener", told: Journal, tmp_path: Path) -> None:
    path = tmp_path / "scripted.html"
    path.write_text(render([told], "html", scripts={(WRONG, "torch"): "import torch\nx = 12"}), encoding="utf-8")
    page = opened.file(path, fragment=RECORD)
    page.get_by_text("The script itself").click()
    expect(page.locator("details.script pre")).to_have_text("import torch\nx = 12")
    page.get_by_role("button", name="Copy the script").click()
    expect(page.get_by_role("button", name="Copy the script")).to_have_text("Copied")


def test_keys_search_move_open_and_go_back(opened: "Opener", told: Journal) -> None:
    page = opened.journal(told, fragment="#glance")
    page.keyboard.press("/")
    expect(page.locator("#query")).to_be_focused()
    page.keyboard.type("outcome:differs")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".row.active .trial a")).to_have_attribute("title", WRONG)
    for _ in range(5):
        page.keyboard.press("l")
    page.keyboard.press("Enter")
    expect(page.locator("#trial-page h2")).to_have_text(WRONG)
    assert "#record/torch/" in page.url
    page.keyboard.press("Escape")
    expect(page.locator("#query")).to_have_value("outcome:differs")


def test_thousands_of_rows_are_drawn_a_screenful_at_a_time(opened: "Opener", told: Journal, size: str) -> None:
    record, trial = told.records[0], told.trials[told.records[0].trial]
    names = [f"conv2d_transpose/many/case[kernel={number}]" for number in range(4000)]
    many = replace(
        told,
        trials={name: replace(trial, id=name) for name in names},
        records=tuple(replace(record, trial=name) for name in names),
    )
    page = opened.journal(many, size, "#matrix")
    assert rows(page).count() < 100
    page.locator("#grid").press("End")
    expect(page.locator(".row.active .trial a")).to_have_attribute("title", names[-1])
    assert rows(page).count() < 100


def test_the_plots_name_their_lanes(opened: "Opener", told: Journal, size: str) -> None:
    page = opened.journal(told, size, "#numerics")
    expect(page.locator(".plots figure").first.locator("svg text", has_text="tensorflow:function")).to_be_visible()


def test_what_changed_stands_at_the_top(opened: "Opener", told: Journal, tmp_path: Path) -> None:
    better = replace(
        told, records=tuple(replace(each, outcome="agrees", conforms=True, waived=None) for each in told.records)
    )
    path = tmp_path / "changed.html"
    path.write_text(render([told], "html", better), encoding="utf-8", newline="\n")
    page = opened.file(path)
    expect(page.locator("#changes")).to_contain_text("2 regressions, 0 improvements")
    page.locator("#changes").get_by_role("link", name=WRONG).click()
    expect(page.locator("#trial-page h2")).to_have_text(WRONG)


def test_the_folder_reads_its_records_from_files_beside_it(opened: "Opener", told: Journal, tmp_path: Path) -> None:
    page = opened.file(write_folder(told, tmp_path / "folder"), fragment=RECORD)
    expect(page.locator("#trial-page h2")).to_have_text(WRONG)
    expect(page.locator(".heat figure")).to_have_count(3)


@pytest.mark.parametrize("view", ["glance", "matrix", "findings", "conventions", "numerics", "provenance"])
def test_hostile_texts_stay_text(opened: "Opener", hostile: Journal, size: str, view: str) -> None:
    page = opened.journal(hostile, size, f"#{view}")
    expect(page.locator(f"#{view}")).to_be_visible()
    assert page.evaluate("document.scripts.length") == 4  # matrix, templates, records, the page's own


def test_hostile_records_stay_text(opened: "Opener", hostile: Journal) -> None:
    page = opened.journal(hostile, fragment="#matrix")
    rows(page).first.locator(".mark").first.click()
    shown = page.locator("#trial-page")
    expect(shown.locator("h2")).to_contain_text("<script>alert(1)</script> ]]> [red]bold[/red]")
    expect(shown.locator("script")).to_have_count(0)
    expect(shown.locator("a[href^=javascript]")).to_have_count(0)
