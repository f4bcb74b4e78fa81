"""A conformance suite for transposed convolution: the same cases through every framework, with a proof per verdict."""

__version__ = "0.1.0"
