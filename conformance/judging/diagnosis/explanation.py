"""The nouns of a diagnosis: what the user and the journal are told."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Explanation:
    """Edits of the specification whose right result is the answer."""

    edits: tuple[str, ...]
    """stable names, one or a pair"""
    sentence: str


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """All explanations that cannot be told apart on this data; none for a right answer, or a fault not listed."""

    explanations: tuple[Explanation, ...]

    @property
    def names(self) -> frozenset[str]:
        """Every edit that is named alone or in a pair."""
        return frozenset(name for explanation in self.explanations for name in explanation.edits)
