"""Lanes that declare `values: none`: shapes and dtypes are judged, and nothing else is asked of them."""

from collections.abc import Callable, Iterator

import pytest

from conformance.adapters.lane import parse_lane
from conformance.judging.verdict import Outcome
from conformance.running.examination import Examination
from conformance.running.session import LaneSession
from conformance.suite.case import Trial

CODES = "example-1[inputs=codes,dtype=float32]"
MIX = "example-1[inputs=mix,dtype=float32]"
SWAPPED = "example-2-as-printed"


@pytest.fixture
def session(stand_in: Callable[[str], str]) -> Iterator[LaneSession]:
    shapes = LaneSession(parse_lane(stand_in("ShapesAlone")), Examination(), 30.0, 1)
    assert shapes.start().status == "ready"
    yield shapes
    shapes.close()


def test_zeros_of_the_right_shape_agree_in_shape_only(session: LaneSession, tutorial: dict[str, Trial]) -> None:
    record = session.ask(tutorial[MIX])
    assert (record.outcome, record.conforms, record.flags) == (Outcome.AGREES, True, ("shape_only",))
    assert (record.digest, record.metrics, record.diagnosis) == (None, None, ())
    assert record.accumulation is None


def test_another_shape_is_wrong_all_the_same(session: LaneSession, tutorial: dict[str, Trial]) -> None:
    record = session.ask(tutorial[CODES])
    assert (record.outcome, record.conforms) == (Outcome.WRONG_SHAPE, False)
    assert record.detail == "shape [1, 7, 8, 1]; expected [1, 8, 8, 1]"


def test_a_wrong_call_is_still_to_be_refused(session: LaneSession, tutorial: dict[str, Trial]) -> None:
    record = session.ask(tutorial[SWAPPED])
    assert (record.outcome, record.conforms) == (Outcome.REFUSED, True)


def test_another_word_than_none_keeps_the_lane_from_being_asked(stand_in: Callable[[str], str]) -> None:
    session = LaneSession(parse_lane(stand_in("SaysSomeValues")), Examination(), 30.0, 1)
    entry = session.start()
    session.close()
    assert (entry.status, entry.message) == (
        "failed",
        "flag values: 'some'; it must be none, for a lane that knows shapes alone",
    )
