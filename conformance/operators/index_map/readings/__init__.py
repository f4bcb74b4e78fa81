"""How frameworks' calls of index maps are read: one file per framework, each from its call to the suite's words.

Knows: the functions that can be read. Must not know: the frameworks themselves; their rules are written out as
integers, and tests compare them with the installed versions.
"""

from conformance.operators.index_map.readings import jax, keras, tensorflow, torch
from conformance.operators.index_map.readings.reading import read_trial

READERS = tuple((module.FUNCTIONS, module.read) for module in (tensorflow, torch, jax, keras))

__all__ = ["READERS", "read_trial"]
