"""Deliberately wrong adapters of all operators, with groups, bias, gradients, integers and complex numbers.

`conformance.mutants:FamilyMutant:<fault>` is a lane; `conformance.mutants.operators.faults` is the table.
What only the result of `conv2d_transpose` in real numbers can have wrong is `conformance.mutants.families`'.
"""
