"""Deliberately wrong adapters of all operators, with groups, bias, gradients, integers and complex numbers.

`conformance.miniatures:FamilyMiniature:<fault>` is a lane; `conformance.miniatures.operators.faults` is the table.
What only the result of `conv2d_transpose` in real numbers can have wrong is `conformance.miniatures.families`'.
"""
