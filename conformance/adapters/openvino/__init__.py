"""OpenVINO: the adapter, and its plans in the words of its native operations."""

from conformance.adapters.openvino.adapter import OpenVino as OpenVino
