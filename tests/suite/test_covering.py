"""Patterns that match what is needed and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.suite.covering import cover
from conformance.suite.wildcard import matches

CORPUS = [
    f"op/{file}/{case}[kernel={kernel},dtype={dtype}]"
    for file in ("one", "two")
    for case in ("even", "even-more")
    for kernel in ("2", "3x4", "3")
    for dtype in ("float32", "float16")
] + ["op/one/alone", "op/two/alone", "op/two/below/alone"]


@given(st.sets(st.sampled_from(CORPUS)), st.booleans())
def test_the_patterns_match_all_that_is_needed_and_nothing_else(needed: set[str], whole_files: bool) -> None:
    patterns = cover(needed, CORPUS, whole_files=whole_files)
    assert {trial for trial in CORPUS for each in patterns if matches(each, trial)} == needed
    assert len(patterns) <= len(needed)


@pytest.mark.parametrize(
    ("chosen", "whole_files", "patterns"),
    [
        ("op/one/", True, ["op/one/*"]),
        ("op/one/", False, ["op/one/even-more[*]", "op/one/even[*]", "op/one/alone"]),
        ("op/one/even[", True, ["op/one/even[*]"]),
        ("op/one/alone", True, ["op/one/alone"]),
    ],
)
def test_a_pattern_is_as_broad_as_what_was_needed(chosen: str, whole_files: bool, patterns: list[str]) -> None:
    needed = [trial for trial in CORPUS if trial.startswith(chosen)]
    assert list(cover(needed, CORPUS, whole_files=whole_files)) == patterns


def test_a_pattern_keeps_the_values_that_tell_what_is_needed_from_the_rest() -> None:
    needed = [trial for trial in CORPUS if trial.startswith("op/one/even[") and "dtype=float16" in trial]
    assert cover(needed, CORPUS, whole_files=True) == ("op/one/even[kernel=*,dtype=float16]",)


def test_no_star_for_a_single_trial() -> None:
    assert cover(["op/a/b[k=1]"], ["op/a/b[k=1]"], whole_files=True) == ("op/a/b[k=1]",)
