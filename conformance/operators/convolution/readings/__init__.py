"""How frameworks' calls of convolutions are read, each from its call to its meaning: a table of what differs where the
functions have PyTorch's form (`tables.py`), a file where they have another.

    a written call --arguments by name--> a reading (geometry, TensorFlow's call, notation) --writing--> a plan in the
    target's words

Knows: the functions that can be read. Must not know: the frameworks themselves; their rules are written out as
integers, and tests hold them to the installed versions.
"""

from conformance.operators.convolution.readings import jax, jax_layers, keras, tensorflow
from conformance.operators.convolution.readings.tables import SPOKEN
from conformance.operators.convolution.readings.tensorflow import read_trial

READERS = (
    *((module.FUNCTIONS, module.read) for module in (tensorflow, jax, jax_layers, keras)),
    *(each.reader for each in SPOKEN),
)

__all__ = ["READERS", "read_trial"]
