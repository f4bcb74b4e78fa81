"""Paddle: the adapter, its plans, and the words in which it is spoken to."""

from conformance.adapters.paddle.adapter import Paddle as Paddle
