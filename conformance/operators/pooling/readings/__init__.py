"""How frameworks' calls of poolings are read: one file per framework, each from its call to its windows.

    a written call --arguments by name--> a reading (the call that is judged, notation) --> a plan in the target's words

Knows: the functions that can be read. Must not know: the frameworks themselves; their rules are written out as
integers, and tests compare them with the installed versions.
"""

from conformance.operators.pooling.readings import jax, jax_layers, tensorflow
from conformance.operators.pooling.readings.reading import read_trial
from conformance.operators.pooling.readings.tables import SPOKEN

READERS = (
    *((module.FUNCTIONS, module.read) for module in (tensorflow, jax, jax_layers)),
    *(each.reader for each in SPOKEN),
)

__all__ = ["READERS", "read_trial"]
