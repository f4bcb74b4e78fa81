"""Figures and foreign text in words."""

import pytest

from conformance.report import wording


@pytest.mark.parametrize(
    ("ratio", "text"),
    [(None, "-"), (0.0, "0.0 %"), (1.0, "100.0 %"), (0.5, "50.0 %"), (0.99999, "> 99.9 %"), (0.00001, "< 0.1 %")],
)
def test_a_share_that_is_not_all_never_reads_as_all(ratio: float | None, text: str) -> None:
    assert wording.percentage(ratio) == text


@pytest.mark.parametrize(
    ("error", "text"), [(None, "-"), (1.0, "1"), (1.0001, "> 1"), (0.123456, "0.123"), (2.5, "2.5")]
)
def test_an_error_above_its_bound_never_reads_as_one_within(error: float | None, text: str) -> None:
    assert wording.in_bounds(error) == text


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("plain ü \N{EN DASH} 漢", "plain ü \N{EN DASH} 漢"),
        ("line\n\tnext", "line\n\tnext"),
        ("\x1b[31m", "\\x1b[31m"),
        ("\x00\r\x7f\x9b", "\\x00\\x0d\\x7f\\x9b"),
        ("\ud800\ufffe\u202e", "\\ud800\\ufffe\\u202e"),
        ("\u200b\u2028\u2029\ufeff\U000e0041", "\\u200b\\u2028\\u2029\\ufeff\\U000e0041"),
    ],
)
def test_what_would_take_effect_is_spelled_out(text: str, spelled: str) -> None:
    assert wording.printable(text) == spelled


@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        "javascript:alert(1)",
        "https://a b",
        'https://a"onclick=',
        "https://a\x00",
        "https://a<b",
        "data:text/html,x",
    ],
)
def test_only_addresses_on_the_web_become_links(address: str | None) -> None:
    assert wording.web_address("https://example.org/issues/1?a=b#c")
    assert not wording.web_address(address)


def test_what_is_clipped_ends_in_an_ellipsis_and_keeps_its_length() -> None:
    assert wording.clipped("abcdef", 6) == "abcdef"
    assert wording.clipped("abcdefg", 6) == "abcde…"
