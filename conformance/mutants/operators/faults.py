"""The table of faults of all operators, by name.

Knows: the families. A family is one file in `conformance.mutants.operators.families`; a new fault is a line there,
and the tests ask at once which of the cases catches it.
"""

from collections.abc import Mapping

from conformance.mutants.operators.families import (
    accepting,
    arguments,
    axes,
    bias,
    bias_gradient,
    convolution,
    declared,
    earlier,
    faithful,
    filter_gradient,
    gradients,
    groups,
    layout,
    numbers,
    results,
    sizes,
    special_values,
    state,
    value_gradient,
)
from conformance.mutants.operators.fault import FamilyFault

FAMILIES = (
    faithful,
    declared,
    value_gradient,
    filter_gradient,
    bias_gradient,
    gradients,
    groups,
    bias,
    axes,
    convolution,
    numbers,
    layout,
    arguments,
    results,
    earlier,
    special_values,
    sizes,
    state,
    accepting,
)

FAMILY_FAULTS: Mapping[str, FamilyFault] = {fault.name: fault for family in FAMILIES for fault in family.FAULTS}
"""Every mutant of the family of operators; those of the family `faithful` are right."""
