"""Deliberately wrong adapters, and a few right ones, that show what the cases catch: those of every kind of operator.

`conformance.mutants:Mutant:<fault>` is a lane, `conformance.mutants:Cheater:<cheat>` another, and
`python -m conformance.mutants.ports <fault>` a port that breaks the protocol.
"""

from conformance.mutants.cheats import CHEATS, Cheat, cheating_adapter
from conformance.mutants.kinds import KindMutant, Outcome, mutant_adapter, mutants, renamed

Mutant = mutant_adapter
"""as lanes name it"""
Cheater = cheating_adapter
"""as lanes name one that cheats, or an engine beside it that may never be flagged"""

__all__ = ["CHEATS", "Cheat", "Cheater", "KindMutant", "Mutant", "Outcome", "mutants", "renamed"]
