"""How frameworks' calls of convolutions are read: one file per framework, each from its call to its meaning.

    a written call --arguments by name--> a reading (geometry, TensorFlow's call, notation) --writing--> a plan in the
    target's words

Knows: the functions that can be read. Must not know: the frameworks themselves; their rules are written out as
integers, and tests hold them to the installed versions.
"""

from conformance.operators.convolution.readings import jax, jax_layers, keras, tensorflow, torch
from conformance.operators.convolution.readings.tensorflow import read_trial

READERS = tuple((module.FUNCTIONS, module.read) for module in (tensorflow, torch, jax, jax_layers, keras))

__all__ = ["READERS", "read_trial"]
