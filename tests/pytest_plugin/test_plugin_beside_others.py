"""The plugin beside what else pytest does: -x, --lf, JUnit XML, pytest-xdist."""

from collections.abc import Callable
from xml.etree import ElementTree

import pytest

FLIPPED = "conformance.mutants:Mutant:flipped-kernel"
Asked = Callable[..., pytest.RunResult]


def test_x_stops_at_the_first_failure(asked: Asked) -> None:
    asked(FLIPPED, "-x").assert_outcomes(failed=1)


def test_lf_asks_again_what_failed(asked: Asked) -> None:
    corpus = "--conformance-corpus=conv2d_transpose/tutorial/example-1*"
    first = asked(FLIPPED, corpus).parseoutcomes()
    again = asked(FLIPPED, corpus, "--lf").parseoutcomes()
    assert first["passed"] > 0
    assert again["failed"] == first["failed"] > 1
    assert "passed" not in again


def test_junit_tells_lane_trial_and_outcome(asked: Asked, pytester: pytest.Pytester) -> None:
    asked(FLIPPED, "--junit-xml=junit.xml", "-k", "upsample and mix")
    (case,) = ElementTree.parse(pytester.path / "junit.xml").iter("testcase")
    assert case.get("classname") == "mine.yaml"
    assert case.get("name") == "conv2d_transpose/mine/upsample[inputs=mix,dtype=float32]"
    known = {each.get("name"): each.get("value") for each in case.iter("property")}
    said = {"outcome": "differs", "standing": "nonconforming", "flags": ""}
    assert known == {"lane": FLIPPED, "trial": case.get("name"), **said}
    failure = case.find("failure")
    assert failure is not None
    assert str(failure.get("message")).startswith(f"Failed: differs in {FLIPPED}: as if the kernel were flipped ")


def test_xdist_asks_each_trial_once(pytester: pytest.Pytester, asked: Asked) -> None:
    corpus = "--conformance-corpus=conv2d_transpose/tutorial/example-1*"
    words = ("--conformance-lane", FLIPPED, "--conformance-lane", "reference", corpus)
    alone = asked(FLIPPED, *words[2:]).parseoutcomes()
    shared = pytester.runpytest_subprocess(*words, "-n2", "--junit-xml=junit.xml")
    assert shared.parseoutcomes() == alone
    ids = [(case.get("classname"), case.get("name")) for case in ElementTree.parse("junit.xml").iter("testcase")]
    assert len(ids) == len(set(ids)) == sum(alone.values())


def test_a_lane_that_judged_nothing_has_failed_with_xdist_too(pytester: pytest.Pytester, asked: Asked) -> None:
    lane = "tests.running.stand_ins:SaysNothing"
    result = pytester.runpytest_subprocess("--conformance-lane", lane, "-n2")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines([f"conformance: lane {lane}: nothing judged; 3 unsupported"])
