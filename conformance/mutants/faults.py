"""The table of faults, by name.

Knows: the families. A family is one file in `conformance.mutants.families`; a new fault is a line there, and the
tests ask at once which of the shipped cases catches it.
"""

from collections.abc import Mapping

from conformance.mutants.families import (
    accepting,
    batch,
    channels,
    declared,
    faithful,
    layout,
    memory,
    padding,
    precision,
    process,
    refusing,
    result,
    structure,
)
from conformance.mutants.fault import Fault

_FAMILIES = (
    faithful,
    declared,
    structure,
    padding,
    layout,
    batch,
    channels,
    memory,
    precision,
    result,
    accepting,
    refusing,
    process,
)

FAULTS: Mapping[str, Fault] = {fault.name: fault for family in _FAMILIES for fault in family.FAULTS}
"""Every mutant; those of the family `faithful` are right."""
