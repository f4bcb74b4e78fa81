"""TensorFlow and its layers, Keras: the adapter, the words of both, and what composes calls that they do not take."""

from conformance.adapters.tensorflow.adapter import TensorFlow as TensorFlow
