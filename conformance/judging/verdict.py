"""The nouns of judging: outcomes, verdicts, and the figures of a comparison."""

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """What became of a trial in a lane."""

    AGREES = "agrees"
    DIFFERS = "differs"
    WRONG_SHAPE = "wrong_shape"
    WRONG_DTYPE = "wrong_dtype"
    REFUSED = "refused"
    ACCEPTED = "accepted"
    UNSUPPORTED = "unsupported"
    CRASHED = "crashed"
    TIMED_OUT = "timed_out"
    ERRORED = "errored"


@dataclass(frozen=True, slots=True)
class Difference:
    """One element that is not as expected; numbers as text, since JSON has no NaN."""

    index: tuple[int, ...]
    expected: str
    observed: str
    region: str
    """border or interior, and the stride phase"""


@dataclass(frozen=True, slots=True)
class Metrics:
    """The figures of one comparison of values."""

    compared: int
    wrong: int
    exact: bool
    """judged bitwise; otherwise under the forward error bound"""
    worst_error_over_bound: float | None
    """None where the comparison was bitwise, or the worst error is not finite"""
    bitwise_equal: float
    """share of elements that equal the correctly rounded result"""
    max_abs: float | None
    max_ulp: float | None
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judgement of one reply."""

    outcome: Outcome
    conforms: bool
    """whether this is what the case expects; what a framework cannot say does conform, but counts as unjudged"""
    detail: str
    """one sentence for the user"""
    flags: tuple[str, ...] = ()
    observed_shape: tuple[int, ...] | None = None
    observed_dtype: str | None = None
    metrics: Metrics | None = None


@dataclass(frozen=True, slots=True)
class Waived:
    """The known deviation that a record was expected to show."""

    category: str
    """bug, unsupported, permanent"""
    reason: str
    url: str | None
