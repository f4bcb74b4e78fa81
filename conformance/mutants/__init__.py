"""Deliberately wrong adapters, and a few right ones, that show what the cases catch.

`conformance.mutants:Mutant:<fault>` is a lane; `conformance.mutants.table` is the table of faults, and
`python -m conformance.mutants.ports <fault>` is a port that breaks the protocol.
"""

from conformance.mutants.adapter import Mutant
from conformance.mutants.table import FAULTS

__all__ = ["FAULTS", "Mutant"]
