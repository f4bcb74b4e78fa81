"""Which combinations of classes of calls a corpus of convolutions asks, and small calls for those that it does not.

`relations` says which classes a call is of, `rules` which classes exclude one another, `array` which pairs and triples
of classes a corpus witnesses, and `completion` finds small calls for those that it does not; `chapter` writes them.
"""

from conformance.operators.convolution.covering.chapter import CHAPTER, completed_chapter
from conformance.operators.convolution.covering.listing import array_entries, array_lines

__all__ = ["CHAPTER", "array_entries", "array_lines", "completed_chapter"]
