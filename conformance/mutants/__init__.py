"""Deliberately wrong adapters, and a few right ones, that show what the cases catch.

`conformance.mutants:Mutant:<fault>` is a lane; `conformance.mutants.faults` is the table of faults, and
`python -m conformance.mutants.ports <fault>` is a port that breaks the protocol. What these leave out, the other
operators with groups, bias and gradients, has lanes `conformance.mutants:FamilyMutant:<fault>`.
"""

from conformance.mutants.adapter import Mutant
from conformance.mutants.faults import FAULTS
from conformance.mutants.operators.adapter import FamilyMutant
from conformance.mutants.operators.faults import FAMILY_FAULTS

__all__ = ["FAMILY_FAULTS", "FAULTS", "FamilyMutant", "Mutant"]
