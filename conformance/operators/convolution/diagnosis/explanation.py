"""The nouns of a diagnosis: what the user and the journal are told."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray


class Closeness(StrEnum):
    """How closely an explanation fits the answer, the closest first."""

    BITWISE = "bitwise"
    """every element, bit for bit"""
    BOUNDED = "bounded"
    """within the error bound of the arithmetic"""
    PARTLY = "partly"
    """right where something is said, and far off where nothing is"""
    ALIKE = "alike"
    """errors as large as those of the sums that are said to be rounded"""

    @property
    def rank(self) -> int:
        """Closer ones have smaller ranks."""
        return list(Closeness).index(self)


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """How closely a rendition explains an answer, and by which numbers."""

    closeness: Closeness
    answered: NDArray[Any] | None = None
    """as of an EditExplanation"""
    allowed: float | NDArray[np.float64] = 0.0


@dataclass(frozen=True, slots=True)
class EditExplanation:
    """Edits of the specification whose right result is the answer."""

    edits: tuple[str, ...]
    """stable names, one or a pair"""
    sentence: str
    closeness: Closeness = Closeness.BITWISE
    answered: NDArray[Any] | None = field(default=None, compare=False, repr=False)
    """what the edited call answers, in the layout of the call; None where no single element of it is meant"""
    allowed: float | NDArray[np.float64] = field(default=0.0, compare=False, repr=False)
    """how far an element of the answer may be from it"""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """All explanations of an answer, the closest first; none for a right answer, or a fault not listed."""

    explanations: tuple[EditExplanation, ...]

    def document(self) -> dict[str, Any]:
        """All of it but arrays, as JSON has it."""
        told = [
            {name: getattr(each, name) for name in ("edits", "sentence", "closeness")} for each in self.explanations
        ]
        return {"explanations": told}

    @property
    def names(self) -> frozenset[str]:
        """Every edit that is named alone or in a pair."""
        return frozenset(name for explanation in self.explanations for name in explanation.edits)

    @property
    def closest(self) -> tuple[EditExplanation, ...]:
        """Those that nothing tells apart from the first."""
        return tuple(each for each in self.explanations if each.closeness is self.explanations[0].closeness)
