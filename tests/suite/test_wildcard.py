"""Wildcards against their definition, and in time that does not grow with their number."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.suite.wildcard import can_begin, matches


@given(st.text("ab*", max_size=8), st.text("ab", max_size=12))
def test_a_pattern_means_what_the_regular_expression_of_it_means(pattern: str, name: str) -> None:
    expression = re.compile(".*".join(re.escape(piece) for piece in pattern.split("*")))
    assert matches(pattern, name) == (expression.fullmatch(name) is not None)


@given(st.text("ab*", max_size=8), st.text("ab", max_size=8), st.integers(0, 8))
def test_every_beginning_of_a_name_that_a_pattern_means_can_begin_it(pattern: str, name: str, length: int) -> None:
    assert can_begin(pattern, name[:length]) or not matches(pattern, name)


@pytest.mark.parametrize(("pattern", "beginning"), [("ab*", "b"), ("ab", "abc"), ("ab", "aa"), ("a*b", "b"), ("", "a")])
def test_a_beginning_that_differs_before_the_first_wildcard_begins_nothing(pattern: str, beginning: str) -> None:
    assert not can_begin(pattern, beginning)


@pytest.mark.parametrize(
    ("pattern", "name"),
    [("a*a", "a"), ("ab*ba", "aba"), ("*b*b*", "ab"), ("a[1]", "a1"), ("a.c", "abc"), ("", "a"), ("a?", "ab")],
)
def test_pieces_do_not_overlap_and_other_signs_stand_for_themselves(pattern: str, name: str) -> None:
    assert not matches(pattern, name)


def test_many_wildcards_end_at_once_where_backtracking_would_take_longer_than_the_universe() -> None:
    assert not matches("*a" * 200 + "*b", "a" * 20_000 + "c")
    assert matches("*a" * 200 + "*c", "a" * 20_000 + "c")
