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

KERNELS = "ONNX Runtime's table of kernels on the CPU has "

ONNX_RUNTIME = (
    *STANDARD,
    takes_dtypes(
        (*CONVOLUTIONS, *MEANS, "fold", "max_unpool*"), ("float16", "float32"),
        KERNELS + "convolutions, averages, norms, Col2Im and MaxUnpool in float32, to which it converts float16",
    ),
    takes_dtypes(
        MAXIMA, ("float16", "float32", "float64"),
        KERNELS + "MaxPool in float32 and float64",
    ),
    takes_dtypes(
        ("adaptive_max_pool*",), ("float16", "float32"),
        KERNELS + "GlobalMaxPool in float32, to which it converts float16",
    ),
    Limit(
        "ONNX Runtime says of Resize that cubic weights are of one or two axes",
        lambda call: call.operator == "resize3d" and call.method == "cubic",
    ),
    takes_dtypes(
        BLOCKS, ("float16", "float32", "float64"),
        KERNELS + "DepthToSpace and SpaceToDepth in float32 and float64",
    ),
    takes_dtypes(
        ("resize*",), ("float16", "float32", "int32"),
        KERNELS + "Resize in float32 and int32",
    ),
    takes_dtypes(
        ("pad",), ("float16", "float32", "float64", "int32", "int64"),
        KERNELS + "Pad in neither bfloat16 nor complex numbers",
    ),
)  # fmt: skip
"""source: docs/OperatorKernels.md of ONNX Runtime, and the installed version asked for each"""
