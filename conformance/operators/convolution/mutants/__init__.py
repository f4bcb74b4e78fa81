"""Deliberately wrong convolutions, and a few right ones: one engine, and a table of faults.

A fault is a line in a family; `python -m conformance.mutants.ports <fault>` is a port that breaks the protocol.
"""

from functools import partial

from conformance.mutants.kinds import KindMutant
from conformance.operators.convolution.mutants.adapter import MutantConvolution
from conformance.operators.convolution.mutants.renamed import RENAMED
from conformance.operators.convolution.mutants.table import FAMILIES, FAULTS

MUTANTS = tuple(
    KindMutant(
        fault.name,
        fault.summary,
        fault.outcomes,
        partial(MutantConvolution, fault),
        fault.diagnosis,
        family,
        fault.alone,
    )
    for family, faults in FAMILIES.items()
    for fault in faults
)

__all__ = ["FAULTS", "MUTANTS", "RENAMED"]
