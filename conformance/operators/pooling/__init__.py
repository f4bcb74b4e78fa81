"""Pooling: maxima and averages over windows of one to three axes, and their gradients."""
