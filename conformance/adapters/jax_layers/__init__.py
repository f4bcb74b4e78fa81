"""The layers of Flax, Haiku and Equinox on JAX: the adapters, their plans, and what the layers take."""

from conformance.adapters.jax_layers.adapter import Equinox as Equinox
from conformance.adapters.jax_layers.adapter import Flax as Flax
from conformance.adapters.jax_layers.adapter import Haiku as Haiku
