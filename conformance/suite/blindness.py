"""Cases that cannot see some mistakes, whatever an implementation answers.

Knows: trials. Must not know: which mistakes there are, and what sees them: the part `witness` of each kind does.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from conformance.suite.case import Trial

AnyTrial = TypeVar("AnyTrial", bound=Trial)


@dataclass(frozen=True, slots=True)
class Blindness:
    """A case none of whose trials can see some mistakes."""

    location: str
    case: str
    mistakes: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.location}: {self.case} cannot see {', '.join(self.mistakes)}"


def blind(trials: Iterable[AnyTrial], unseen: Callable[[list[AnyTrial]], tuple[str, ...]]) -> list[Blindness]:
    """Every case that is blind to something, in the trials' order; `unseen`: what none of a case's trials sees."""
    # A sweep's trials are one case: what one of them sees, the case sees.
    cases: dict[tuple[str, str], list[AnyTrial]] = {}
    for trial in trials:
        cases.setdefault((trial.location, trial.id.partition("[")[0]), []).append(trial)
    found = (Blindness(location, case, unseen(group)) for (location, case), group in cases.items())
    return [each for each in found if each.mistakes]
