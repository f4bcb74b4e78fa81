"""Which dtypes ONNX's nodes take, by its standard, and of these ONNX Runtime on the CPU.

Knows: names of operators and dtypes. Must not know: onnx; tests compare the tables with the installed packages.
"""

from conformance.adapters.toolkit import Limit, takes_dtypes

CONVOLUTIONS = ("*conv*",)
MAXIMA = ("*max_pool*", "max_unpool*")
MEANS = ("*avg_pool*", "lp_pool*")
BLOCKS = ("depth_to_space", "space_to_depth")
FLOATS = ("float16", "bfloat16", "float32", "float64")

STANDARD = (
    takes_dtypes(
        (*CONVOLUTIONS, *MAXIMA, *MEANS), FLOATS, "ONNX's nodes of windows take floating-point numbers (and 8 bits)"
    ),
)
"""what the standard says of opset 22"""

ONNX_RUNTIME = (
    *STANDARD,
    takes_dtypes(
        (*CONVOLUTIONS, *MEANS, "fold", "max_unpool*"), ("float16", "float32"),
        "ONNX Runtime's table of kernels on the CPU has float32 for this node, to which it converts float16",
    ),
    takes_dtypes(
        MAXIMA, ("float16", "float32", "float64"),
        "ONNX Runtime's table of kernels on the CPU has float32 and float64 for this node",
    ),
    takes_dtypes(
        ("adaptive_max_pool*",), ("float16", "float32"),
        "ONNX Runtime's table of kernels on the CPU has float32 for GlobalMaxPool, to which it converts float16",
    ),
    Limit(
        "ONNX Runtime says of Resize that cubic weights are of one or two axes",
        lambda call: call.operator == "resize3d" and call.method == "cubic",
    ),
    takes_dtypes(
        BLOCKS, ("float16", "float32", "float64"),
        "ONNX Runtime's table of kernels on the CPU has float32 and float64 for this node",
    ),
    takes_dtypes(
        ("resize*",), ("float16", "float32", "int32"),
        "ONNX Runtime's table of kernels on the CPU has float32 and int32 for this node",
    ),
    takes_dtypes(
        ("pad",), ("float16", "float32", "float64", "int32", "int64"),
        "ONNX Runtime's table of kernels on the CPU has neither bfloat16 nor complex numbers for this node",
    ),
)  # fmt: skip
"""source: docs/OperatorKernels.md of ONNX Runtime, and the installed version asked for each"""
