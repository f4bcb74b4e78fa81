"""How frameworks' calls of resizes are read: from a call to the coordinates and weights that it means.

    a written call --arguments by name--> a reading (the call that is judged, notation) --> a plan in the target's words

Knows: the functions that can be read. Must not know: the frameworks themselves; what their words mean is in the
vocabularies of `conformance.adapters`, which `conformance conventions` measures.
"""

from conformance.operators.resize.readings import jax, keras, tensorflow
from conformance.operators.resize.readings.reading import read_trial
from conformance.operators.resize.readings.tables import SPOKEN

READERS = (
    *((module.FUNCTIONS, module.read) for module in (tensorflow, jax, keras)),
    *(each.reader for each in SPOKEN),
)

__all__ = ["READERS", "read_trial"]
