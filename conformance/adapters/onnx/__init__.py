"""ONNX: calls as nodes, for all who run models, and the adapter of its own reference evaluator."""

from conformance.adapters.onnx.adapter import OnnxReference as OnnxReference
