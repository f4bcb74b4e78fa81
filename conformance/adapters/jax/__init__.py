"""JAX: the adapter, its plans, and the words in which it is spoken to."""

from conformance.adapters.jax.adapter import Jax as Jax
