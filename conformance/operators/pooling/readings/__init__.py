"""How frameworks' calls of poolings are read: one file per framework, each from its call to its windows.

    a written call --arguments by name--> a reading (the call that is judged, notation) --> a plan in the target's words

Knows: the functions that can be read. Must not know: the frameworks themselves; their rules are written out as
integers, and tests compare them with the installed versions.
"""

from conformance.operators.pooling.readings import jax, jax_layers, keras, tensorflow, torch
from conformance.operators.pooling.readings.reading import read_trial

READERS = tuple((module.FUNCTIONS, module.read) for module in (tensorflow, torch, jax, jax_layers, keras))

__all__ = ["READERS", "read_trial"]
