"""Deliberately wrong adapters, and a few right ones, that show what the cases catch.

`conformance.miniatures:Miniature:<fault>` is a lane; `conformance.miniatures.faults` is the table of faults, and
`python -m conformance.miniatures.ports <fault>` is a port that breaks the protocol. What these leave out, the other
operators with groups, bias and gradients, has lanes `conformance.miniatures:FamilyMiniature:<fault>`.
"""

from conformance.miniatures.adapter import Miniature
from conformance.miniatures.faults import FAULTS
from conformance.miniatures.operators.adapter import FamilyMiniature
from conformance.miniatures.operators.faults import FAMILY_FAULTS

__all__ = ["FAMILY_FAULTS", "FAULTS", "FamilyMiniature", "Miniature"]
