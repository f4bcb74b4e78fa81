"""The table of faults, by name.

Knows: the families. A family is one file in `families/`; a new fault is a line there, and the tests ask at once which
of the cases catches it.
"""

from collections.abc import Mapping

from conformance.operators.convolution.mutants.families import (
    accepting,
    axes,
    bias,
    declared,
    gradients,
    groups,
    kernel,
    layout,
    numbers,
    padding,
    parts,
    process,
    refusing,
    results,
    right,
    sizes,
    state,
)  # fmt: skip
from conformance.operators.convolution.mutants.fault import Fault

# What goes wrong, and the faults of it
FAMILIES: Mapping[str, tuple[Fault, ...]] = {
    "faithful": right.FAULTS,
    "declared arithmetic": declared.FAULTS,
    "kernel": kernel.FAULTS,
    "strides and dilations": axes.FAULTS,
    "padding": padding.FAULTS,
    "layout": layout.FAULTS,
    "images and channels": parts.FAULTS,
    "groups": groups.FAULTS,
    "bias": bias.FAULTS,
    "gradients": gradients.FAULTS,
    "numbers": numbers.FAULTS,
    "result": results.FAULTS,
    "sizes": sizes.FAULTS,
    "state": state.FAULTS,
    "wrong calls": accepting.FAULTS,
    "refused calls": refusing.FAULTS,
    "process": process.FAULTS,
}

# Every mutant; those without outcomes are right.
FAULTS: Mapping[str, Fault] = {fault.name: fault for faults in FAMILIES.values() for fault in faults}
