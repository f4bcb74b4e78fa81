"""PyTorch: the adapter, its plans, and the words in which it is spoken to."""

from conformance.adapters.torch.adapter import Torch as Torch
