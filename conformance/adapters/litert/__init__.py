"""LiteRT: what TensorFlow's converter makes of TensorFlow's own calls, run by LiteRT's interpreter."""

from conformance.adapters.litert.adapter import LiteRt as LiteRt
