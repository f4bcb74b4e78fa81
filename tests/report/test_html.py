"""The report as one HTML file."""

from dataclasses import replace
from html.parser import HTMLParser

import pytest

from conformance.report.writing import render
from conformance.running.journal import Journal, LaneEntry

VOID = {"meta", "br", "link", "img", "input", "hr"}
LOADING = {"src", "srcset", "data", "poster", "action", "background", "ping"}


class Page(HTMLParser):
    """Elements, their attributes and their text, with every end tag matched to its start."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words.append(data)

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
    assert len(page.named("table")) > 8


def test_nothing_is_loaded_from_anywhere(realistic: Journal) -> None:
    text = render([realistic], "html")
    page = Page(text)
    assert "@import" not in text
    assert "url(" not in text
    assert {tag for tag, _ in page.elements}.isdisjoint({"script", "link", "img", "iframe", "object", "embed", "base"})
    assert [found for _, attributes in page.elements for found in attributes if found in LOADING] == []


def test_hostile_text_is_shown_and_takes_no_effect(hostile: Journal) -> None:
    text = render([hostile], "html")
    page = Page(text)
    assert page.open == []
    assert page.named("script") == []
    assert "<script>alert(1)</script> ]]> [red]bold[/red] [/] \\x1b[31m \\x00 \\ud800 \\u202e" in page.text
    assert "{{ 7*7 }}" in page.text
    assert [found for found in text if ord(found) < 32 and found != "\n"] == []
    addresses = [attributes["href"] or "" for attributes in page.named("a")]
    assert all(address.startswith("#") for address in addresses)


def test_an_address_of_a_waiver_is_a_link(page: Page) -> None:
    assert "https://example.org/issue/1" in {attributes.get("href") for attributes in page.named("a")}


def test_every_link_within_the_page_has_its_target(page: Page) -> None:
    targets = {f"#{attributes['id']}" for _, attributes in page.elements if "id" in attributes}
    inner = {attributes["href"] or "" for attributes in page.named("a") if (attributes["href"] or "").startswith("#")}
    assert len(inner) == 13
    assert inner <= targets


def test_standings_are_told_in_words_and_marks_not_in_colour_alone(page: Page) -> None:
    for standing in ("✓ as expected", "✗ nonconforming", "≈ waived", "○ unsupported"):
        assert standing in page.text


def test_a_nonconformance_is_open_and_told_in_full(page: Page) -> None:
    for told in (
        "conv2d_transpose/sweep/square[kernel=3,stride=2,padding=SAME,inputs=normal64]",
        "12 of 64 elements are wrong; the pattern is a shift by one along axis 1",
        "result = torch.nn.functional.conv_transpose2d(value, filter, stride=(2, 2))",
        "[0, 1, 0, 0] 1.5 nan border, phase (0, 1)",
    ):
        assert told in page.text
    assert sum("open" in attributes for attributes in page.named("details")) == 1


def test_the_sections_hold_their_findings(page: Page) -> None:
    assert "5 records · torch crops the same amount on both sides" in page.text
    assert "Wrong on purpose: the filter has 4 input channels" in page.text
    assert "7\N{EN DASH}8 (caller chooses)" in page.text
    assert "4 of 6 rows" in page.text
    assert "10 45.5 %" in page.text
    assert "jax is not installed: pip install 'nn-conformance[jax]'" in page.text


def test_an_interrupted_run_says_so_before_anything_else(realistic: Journal) -> None:
    text = Page(render([replace(realistic, footer=None)], "html")).text
    after_title = text.split("Conformance report ", 1)[1]
    assert after_title.startswith("⚠ This run was interrupted and is incomplete. Continue it with: conformance run")
    assert after_title.index("--resume") < after_title.index("Incomplete: 115 records")


def test_an_empty_run_has_a_page_too(realistic: Journal) -> None:
    lanes = {"torch": LaneEntry("torch", "ready", "torch", "1")}
    empty = replace(realistic, trials={}, lanes=lanes, records=(), conventions=())
    page = Page(render([replace(empty, header=replace(empty.header, lanes=("torch",), trials=0))], "html"))
    assert "All as expected or waived: 0 records of 0 trials" in page.text
    assert "This run measured none." in page.text
