"""The lanes by which mutants were asked when they were called miniatures; new ones name `conformance.mutants`."""

from conformance.mutants import Mutant as FamilyMiniature
from conformance.mutants import Mutant as Miniature

__all__ = ["FamilyMiniature", "Miniature"]
