"""The nouns of judging: outcomes, verdicts, and the figures of a comparison."""

from dataclasses import dataclass
from enum import StrEnum

from conformance.errors import brief, traceback_text
from conformance.judging.excerpt import Excerpt
from conformance.judging.overlay import Overlay


class Flag(StrEnum):
    """What is told beside an outcome; `conformance.report.flags` says in words what each means."""

    MISTRUSTED = "mistrusted"
    """too few elements prove anything"""
    FREE = "free"
    """of some elements nothing is demanded"""
    SHAPE_ONLY = "shape_only"
    FLUSHED = "flushed"
    NOT_REPEATABLE = "not_repeatable"
    UNPROBED = "unprobed"
    """judged under what is required of every lane, because nothing tells how this one computes"""
    ASKED_AGAIN = "asked_again"
    """right when it was asked first, and wrong when it was asked again among other calls"""
    UNWRITTEN = "unwritten"
    """a wrong answer has elements that nobody wrote"""
    UNDECLARED = "undeclared"
    """not asked, because the lane does not declare it; what it declares and cannot say has no flag"""


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
class Quality:
    """Statistics of the errors e of real data, in units of the unit roundoff u; reported, never a verdict.

    Sources of the limits: N. J. Higham and T. Mary 2019, I. Ipsen and H. Zhou 2019 (probabilistic bounds); they hold
    for data of random signs and a thousand outputs or more.
    """

    largest: float
    """max e / (u sqrt(n) S); 6 is the limit"""
    root_mean_square: float
    """rms of e / (u sqrt(n) S); 1 is the limit"""
    bias: float
    """mean of the signed error / (u sqrt(n) S)"""
    within: bool | None
    """whether both limits hold; None where they say nothing"""


@dataclass(frozen=True, slots=True)
class Metrics:
    """The figures of one comparison of values."""

    compared: int
    wrong: int = 0
    exact: bool = True
    """judged bitwise; otherwise under the forward error bound"""
    worst_error_over_bound: float | None = None
    """None where the comparison was bitwise, or the worst error is not finite"""
    bitwise_equal: float = 1.0
    """share of elements that equal the correctly rounded result"""
    max_abs: float | None = 0.0
    """None where it is not finite, as of the next two"""
    max_ulp: float | None = 0.0
    max_rel: float | None = None
    not_a_number: tuple[int, int] = (0, 0)
    """NaN missing where the inputs' reaches, and NaN or infinity where nothing explains it"""
    zeros: float | None = None
    """share of zeros among the expected elements that a tap reaches: beyond 0.7 the record is mistrusted"""
    nonzero_for_zero: int = 0
    """elements that are not zero though no tap, or only zero products, reach them"""
    quality: Quality | None = None
    differences: tuple[Difference, ...] = ()
    excerpt: Excerpt | None = None
    """a window around the worst wrong element; None where all are right"""
    free: int = 0
    """elements of which nothing is proven: another number than the right one, and zero would have passed as well"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judgement of one reply."""

    outcome: Outcome
    conforms: bool
    """whether this is what the case expects; what a framework cannot say does conform, but counts as unjudged"""
    detail: str
    """one sentence for the user"""
    flags: tuple[Flag, ...] = ()
    observed_shape: tuple[int, ...] | None = None
    observed_dtype: str | None = None
    metrics: Metrics | None = None
    digest: str | None = None
    """of the answer's bytes"""
    diagnosis: tuple[str, ...] = ()
    """sentences that explain a wrong answer"""
    overlay: Overlay | None = None
    """one of them, held against the answer"""
    traceback: str = ""
    """of what failed where nothing was answered: the adapter, the port, or the suite itself"""


def suite_failure(error: BaseException) -> Verdict:
    """The verdict on a trial for which the suite itself failed: it tells nothing of the implementation."""
    return Verdict(Outcome.ERRORED, False, f"the suite itself failed: {brief(error)}", traceback=traceback_text(error))


@dataclass(frozen=True, slots=True)
class Waived:
    """The known deviation that a record was expected to show."""

    category: str
    """bug, unsupported, permanent"""
    reason: str
    url: str | None
    through: str = ""
    """the lane of which it is known, with its version, where that computes for the one that showed it; empty where it
    is known of the lane itself"""

    @property
    def kind(self) -> str:
        """The category, and through what it came."""
        return f"{self.category} of {self.through}" if self.through else self.category
