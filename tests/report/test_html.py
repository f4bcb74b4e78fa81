"""The report as one HTML file: what is written into it. What a browser makes of it is tested in `browser/`."""

import json
import sys
import zlib
from base64 import b64decode
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote

import pytest

from conformance.journal import Journal, LaneEntry
from conformance.report import wording
from conformance.report.page import drawing
from conformance.report.writing import render

VOID = {"meta", "br", "link", "img", "input", "hr"}
LOADING = {"src", "srcset", "data", "poster", "action", "background", "ping"}


class Page(HTMLParser):
    """Elements, their attributes and their text, with every end tag matched to its start."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.scripts: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open and "script" not in self.open:
            self.words.append(data)
        if "script" in self.open:
            self.scripts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture
def page(realistic: Journal) -> Page:
    return Page(render([realistic], "html"))


def test_every_element_is_closed(page: Page) -> None:
    assert page.open == []
    assert len(page.named("table")) >= 8


def test_nothing_is_loaded_from_anywhere(realistic: Journal) -> None:
    text = render([realistic], "html")
    page = Page(text)
    assert "@import" not in text
    assert text.count("url(") == text.count("url(#")
    assert {tag for tag, _ in page.elements}.isdisjoint({"link", "img", "iframe", "object", "embed", "base"})
    assert [found for _, attributes in page.elements for found in attributes if found in LOADING] == []
    (policy,) = [meta["content"] for meta in page.named("meta") if meta.get("http-equiv") == "Content-Security-Policy"]
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"


def test_the_page_s_scripts_write_no_markup(page: Page) -> None:
    own = page.scripts[-1]
    for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"):
        assert word not in own


def test_hostile_text_is_shown_and_takes_no_effect(hostile: Journal) -> None:
    text = render([hostile], "html")
    page = Page(text)
    assert page.open == []
    types = [attributes.get("type") for attributes in page.named("script")]
    assert types == ["application/json", "text/plain", "text/plain", None]
    assert "<script>alert(1)</script> ]]> [red]bold[/red] [/] \\x1b[31m \\x00 \\ud800 \\u202e" in page.text
    assert "{{ 7*7 }}" in page.text
    assert [found for found in text if ord(found) < 32 and found != "\n"] == []
    addresses = [attributes["href"] or "" for attributes in page.named("a")]
    assert all(address.startswith("#") for address in addresses)


def test_hostile_text_comes_out_of_the_embedded_data_as_it_went_in(hostile: Journal) -> None:
    content = Page(render([hostile], "html")).scripts[0]
    assert not set("<>&") & set(content)
    assert content.isascii()
    assert json.loads(content)["ids"] == [wording.printable(name) for name in hostile.trials]


def test_hostile_text_comes_out_of_the_packed_data_spelled(hostile: Journal) -> None:
    _, *packed, _ = Page(render([hostile], "html")).scripts
    unpacked = [zlib.decompress(b64decode(content)).decode() for content in packed]
    assert all(content.isascii() and json.loads(content) for content in unpacked)
    assert "\\\\x1b[31m" in "".join(unpacked)


def test_an_address_of_a_waiver_is_a_link(page: Page) -> None:
    assert "https://example.org/issue/1" in {attributes.get("href") for attributes in page.named("a")}


def test_every_link_within_the_page_has_its_target(page: Page) -> None:
    targets = {f"#{attributes['id']}" for _, attributes in page.elements if "id" in attributes}
    inner = {attributes["href"] or "" for attributes in page.named("a") if (attributes["href"] or "").startswith("#")}
    drawn = ("#matrix?q=", "#record/", "#trial/")
    fixed = {address for address in inner if not address.startswith(drawn)}
    assert fixed == {"#glance", "#matrix", "#findings", "#conventions", "#numerics", "#provenance"}
    assert fixed <= targets


def test_standings_are_told_in_words_and_marks_not_in_colour_alone(page: Page) -> None:
    for standing in ("✓ as expected", "✗ nonconforming", "≈ waived", "○ unsupported"):
        assert standing in page.text


def test_a_nonconformance_is_listed_with_a_link_to_its_record(page: Page) -> None:
    name = "conv2d_transpose/sweep/square[kernel=3,stride=2,padding=SAME,inputs=normal64]"
    assert name in page.text
    assert "12 of 64 elements are wrong; the pattern is a shift by one along axis 1" in page.text
    assert f"#record/torch/{quote(name, safe='')}" in {attributes.get("href") for attributes in page.named("a")}


def test_the_sections_hold_their_findings(page: Page) -> None:
    assert "5 records · bug · torch crops the same amount on both sides" in page.text
    assert "Wrong on purpose: the filter has 4 input channels" in page.text
    assert "7\N{EN DASH}8 (caller chooses)" in page.text
    assert "4 of 6 rows" in page.text
    assert "10 45.5 %" in page.text
    assert "jax is not installed: pip install 'nn-conformance[jax]'" in page.text


def test_provenance_tells_how_to_make_the_page_again(page: Page) -> None:
    assert "pip install 'nn-conformance[html]==0.1.0' numpy==2.4.6" in page.text
    assert "conformance run --output reports/latest conformance report JOURNAL --format html" in page.text


def test_an_interrupted_run_says_so_before_anything_else(realistic: Journal) -> None:
    text = Page(render([replace(realistic, footer=None)], "html")).text
    opening = text.split("⚠ ", 1)[1]
    assert opening.startswith("This run was interrupted and is incomplete. Continue it with: conformance run")
    assert opening.index("--resume") < opening.index(
        "Incomplete: 114 judged: 108 as expected, 5 waived, 1 nonconforming; 1 unsupported (23 trials in 5 lanes)."
    )


def test_an_empty_run_has_a_page_too(realistic: Journal) -> None:
    lanes = {"torch": LaneEntry("torch", "ready", "torch", "1")}
    empty = replace(realistic, trials={}, lanes=lanes, records=(), conventions=())
    page = Page(render([replace(empty, header=replace(empty.header, lanes=("torch",), trials=0))], "html"))
    assert "All as expected or waived: nothing judged (0 trials)." in page.text
    assert "This run measured none." in page.text


def test_without_the_library_of_the_plots_the_page_says_what_to_install(
    realistic: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    page = Page(render([realistic], "html"))
    assert "pip install 'nn-conformance[html]'" in page.text
    assert "Error against K" not in page.text
    assert "Arithmetic" in page.text


def test_plots_of_a_few_answers_are_left_out(realistic: Journal) -> None:
    few = replace(realistic, records=realistic.records[:50])
    page = Page(render([few], "html"))
    assert "The plots are left out: they are drawn of 100 answers or more." in page.text
    assert "Arithmetic" in page.text


@pytest.mark.parametrize(
    ("engine", "said"),
    [
        ("import os; os.abort()", "the process that draws them ended with signal 6"),
        ("raise SystemExit('no memory')", "the process that draws them ended with status 1 (no memory)"),
    ],
)
def test_an_engine_that_ends_its_process_costs_the_plots_alone(
    realistic: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: str, said: str
) -> None:
    script = tmp_path / "engine.py"
    script.write_text(engine, encoding="utf-8")
    monkeypatch.setattr(drawing, "_ENGINE", script)
    page = Page(render([realistic], "html"))
    assert f"The plots are left out: {said}. Where it has more memory, write the report again" in page.text
    assert "Arithmetic" in page.text


def test_an_engine_that_hangs_is_ended(realistic: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "engine.py"
    script.write_text("import time; time.sleep(60)", encoding="utf-8")
    monkeypatch.setattr(drawing, "_ENGINE", script)
    monkeypatch.setattr(drawing, "LIMIT_SECONDS", 0.5)
    assert "the process that draws them did not end within 0.5 s" in Page(render([realistic], "html")).text


def test_what_changed_since_the_base_comes_before_the_lanes(realistic: Journal) -> None:
    better = replace(
        realistic, records=tuple(replace(each, outcome="agrees", conforms=True) for each in realistic.records)
    )
    text = Page(render([realistic], "html", better)).text
    assert text.index("What changed") < text.index("At a glance lane framework")
    assert "agrees -> differs in torch : conv2d_transpose/sweep/square[kernel=3,stride=2" in text
