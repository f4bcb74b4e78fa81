"""Gradients: of the wrong thing, of an earlier call, or of a sum that loses some of its terms.

Knows: what was asked, and the scratch that lives as long as the adapter. Nothing here changes the result itself. What a
gradient shares with the result, a flipped kernel or a stride that is ignored, is the other families'.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from conformance.operators.convolution.mutants.changes import operand
from conformance.operators.convolution.mutants.engine import PLAIN, Engine, Meetings, Scratch, meetings
from conformance.operators.convolution.mutants.families.results import NEGATIVE
from conformance.operators.convolution.mutants.families.state import STALE, between_calls
from conformance.operators.convolution.mutants.fault import GRADIENT, Read, asked_for, wrong
from conformance.operators.convolution.mutants.problem import Array, GivenCall, Problem, read

_OTHER = {"value_gradient": "filter_gradient", "filter_gradient": "value_gradient"}


def _read_as(direction_of: Callable[[GivenCall], Any]) -> Read:
    """Another direction is answered."""
    return lambda asked: read(replace(asked, direction=direction_of(asked)))


def _of_saved_operands(problem: Problem, scratch: Scratch) -> Array:
    key = (problem.asked.operator.name, problem.value.shape, problem.filter.shape, problem.value.dtype.name)
    value = scratch.setdefault((*key, "value"), problem.value.copy())
    filter = scratch.setdefault((*key, "filter"), problem.filter.copy())
    return PLAIN(replace(problem, value=value, filter=filter), scratch)


def _whole_windows(problem: Problem) -> Meetings:
    """Only pixels of x whose taps all lie within y."""
    found = meetings(problem)
    taps = int(np.prod([axis.kernel for axis in problem.axes]))
    reached, counts = np.unique(found.short, return_counts=True)
    return found.chosen(np.isin(found.short, reached[counts == taps]))


def _last_pixel(problem: Problem) -> Meetings:
    """Of every tap the last pair of pixels that it brings together."""
    found = meetings(problem)
    last = {int(tap): row for row, tap in enumerate(found.tap)}
    return found.chosen(np.array(sorted(last.values()), dtype=np.int64))


def _shaped_as_cotangent(_: Array, problem: Problem) -> Array:
    assert problem.asked.cotangent is not None
    return np.zeros_like(problem.asked.cotangent)


FAULTS = (
    wrong("gradient-of-other-operand",
          "Asked for the value's gradient it gives the filter's, and the other way round.", "direction",
          "wrong_shape differs", read=_read_as(lambda asked: _OTHER.get(asked.direction, asked.direction))),
    wrong("result-for-gradient", "Asked for the value's gradient it gives the result.", "direction",
          "wrong_shape differs",
          read=_read_as(lambda asked: "forward" if asked.direction == "value_gradient" else asked.direction)),
    wrong("cotangent-ignored", "The cotangent counts as ones, as if the result had been summed.", "cotangent_ones",
          where=GRADIENT, edit=operand("cotangent", np.ones_like)),
    replace(NEGATIVE, name="gradient-negated", summary="Gradients have the other sign.", where=GRADIENT),
    replace(STALE, name="gradients-accumulate", summary="Gradients are added to those of the last call of this shape.",
            **between_calls("value_gradient", "filter_gradient", "bias_gradient")),
    wrong("gradient-of-saved-operands",
          "Gradients are those of the first call of these shapes, whose operands were kept.",
          undiagnosed="two operands of another call have more unknown numbers than the gradient has elements",
          compute=_of_saved_operands, **between_calls("value_gradient", "filter_gradient")),
    wrong("filter-gradient-overwritten",
          "The filter's gradient keeps each tap's last pair of pixels instead of the sum.", "one_pixel_of_each_tap",
          where=asked_for("filter_gradient"), compute=Engine(meet=_last_pixel)),
    wrong("filter-gradient-whole-windows",
          "The filter's gradient leaves out pixels of which a tap falls beyond the border.", "whole_windows",
          where=asked_for("filter_gradient"), compute=Engine(meet=_whole_windows)),
    wrong("value-gradient-shape-of-no-images", "Without images, the value's gradient has the shape of the cotangent.",
          outcomes="wrong_shape", undiagnosed="there are no elements that could tell",
          where=lambda problem: problem.direction == "value_gradient" and not len(problem.value),
          write=_shaped_as_cotangent),
)  # fmt: skip
