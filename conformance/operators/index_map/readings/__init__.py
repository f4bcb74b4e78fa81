"""How frameworks' calls of index maps are read, each from its call to the suite's words: by a table of what differs
(`tables.py`), and by files of their own for TensorFlow and JAX.

Knows: the functions that can be read. Must not know: the frameworks themselves; their rules are written out as
integers, and tests compare them with the installed versions.
"""

from conformance.operators.index_map.readings import jax, keras, tensorflow
from conformance.operators.index_map.readings.reading import read_trial
from conformance.operators.index_map.readings.tables import SPOKEN

READERS = (
    *((module.FUNCTIONS, module.read) for module in (tensorflow, jax, keras)),
    *(each.reader for each in SPOKEN),
)

__all__ = ["READERS", "read_trial"]
