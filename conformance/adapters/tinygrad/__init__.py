"""tinygrad: the adapter, its plans, and the words in which it is spoken to."""

from conformance.adapters.tinygrad.adapter import Tinygrad as Tinygrad
