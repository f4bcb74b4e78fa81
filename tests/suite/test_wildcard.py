"""Wildcards against their definition, and in time that does not grow with their number."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.suite.wildcard import matches


@given(st.text("ab*", max_size=8), st.text("ab", max_size=12))
def test_a_pattern_means_what_the_regular_expression_of_it_means(pattern: str, name: str) -> None:
    expression = re.compile(".*".join(re.escape(piece) for piece in pattern.split("*")))
    assert matches(pattern, name) == (expression.fullmatch(name) is not None)


@pytest.mark.parametrize(
    ("pattern", "name"),
    [("a*a", "a"), ("ab*ba", "aba"), ("*b*b*", "ab"), ("a[1]", "a1"), ("a.c", "abc"), ("", "a"), ("a?", "ab")],
)
def test_pieces_do_not_overlap_and_other_signs_stand_for_themselves(pattern: str, name: str) -> None:
    assert not matches(pattern, name)


def test_many_wildcards_end_at_once_where_backtracking_would_take_longer_than_the_universe() -> None:
    assert not matches("*a" * 200 + "*b", "a" * 20_000 + "c")
    assert matches("*a" * 200 + "*c", "a" * 20_000 + "c")
