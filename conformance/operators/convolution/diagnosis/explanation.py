"""The nouns of a diagnosis: what the user and the journal are told."""

from dataclasses import dataclass
from enum import StrEnum


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


@dataclass(frozen=True, slots=True)
class Explanation:
    """Edits of the specification whose right result is the answer."""

    edits: tuple[str, ...]
    """stable names, one or a pair"""
    sentence: str
    closeness: Closeness = Closeness.BITWISE


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """All explanations of an answer, the closest first; none for a right answer, or a fault not listed."""

    explanations: tuple[Explanation, ...]

    @property
    def names(self) -> frozenset[str]:
        """Every edit that is named alone or in a pair."""
        return frozenset(name for explanation in self.explanations for name in explanation.edits)

    @property
    def closest(self) -> tuple[Explanation, ...]:
        """Those that nothing tells apart from the first."""
        return tuple(each for each in self.explanations if each.closeness is self.explanations[0].closeness)
