"""Deliberately wrong adapters, and a few right ones, that show what the cases catch: those of every kind of operator.

`conformance.mutants:Mutant:<fault>` is a lane, and `python -m conformance.mutants.ports <fault>` a port that breaks the
protocol.
"""

from conformance.mutants.kinds import KindMutant, Outcome, mutant_adapter, mutants, renamed

Mutant = mutant_adapter
"""as lanes name it"""

__all__ = ["KindMutant", "Mutant", "Outcome", "mutants", "renamed"]
