"""ONNX Runtime: the adapter. What it is asked, `conformance.adapters.onnx` says."""

from conformance.adapters.onnxruntime.adapter import OnnxRuntime as OnnxRuntime
