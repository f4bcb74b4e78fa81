"""Keras: the adapter, its plans, and the words of its operations and layers."""

from conformance.adapters.keras.adapter import Keras as Keras
