"""Deliberately wrong adapters, and a few right ones, that show what the cases catch.

`conformance.miniatures:Miniature:<fault>` is a lane; `conformance.miniatures.faults` is the table of faults, and
`python -m conformance.miniatures.ports <fault>` is a port that breaks the protocol.
"""

from conformance.miniatures.adapter import Miniature
from conformance.miniatures.faults import FAULTS

__all__ = ["FAULTS", "Miniature"]
