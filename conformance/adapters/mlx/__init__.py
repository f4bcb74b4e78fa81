"""MLX: the adapter, its plans, and the words in which it is spoken to."""

from conformance.adapters.mlx.adapter import Mlx as Mlx
