"""Which dtypes ONNX's nodes take, by its standard, and of these ONNX Runtime on the CPU.

Knows: names of operators and dtypes. Must not know: onnx; tests compare the tables with the installed packages.
"""

from conformance.adapters.toolkit import Limit, takes_dtypes

CONVOLUTIONS = ("*conv*",)
MEANS = ("*avg_pool*", "lp_pool*")
BLOCKS = ("depth_to_space", "space_to_depth")
FLOATS = ("float16", "bfloat16", "float32", "float64")
EIGHT_BITS = ("int8", "uint8")

STANDARD = (
    takes_dtypes(
        (*CONVOLUTIONS, *MEANS, "adaptive_max_pool*", "max_unpool*"),
        FLOATS,
        "ONNX's nodes of windows take floating-point numbers, but for MaxPool",
    ),
    takes_dtypes(("max_pool*",), (*FLOATS, *EIGHT_BITS), "ONNX's MaxPool takes floating-point numbers and 8 bits"),
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
        ("max_pool*",), ("float16", "float32", "float64", *EIGHT_BITS),
        KERNELS + "MaxPool in float32, float64 and 8 bits",
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
        BLOCKS, ("float16", "float32", "float64", *EIGHT_BITS),
        KERNELS + "DepthToSpace and SpaceToDepth in float32, float64 and 8 bits",
    ),
    takes_dtypes(
        ("resize*",), ("float16", "float32", "int32", *EIGHT_BITS),
        KERNELS + "Resize in float32, int32 and 8 bits",
    ),
    takes_dtypes(
        ("pad",), ("float16", "float32", "float64", "int32", "int64", *EIGHT_BITS),
        KERNELS + "Pad in neither bfloat16 nor complex numbers",
    ),
)  # fmt: skip
"""source: docs/OperatorKernels.md of ONNX Runtime, and the installed version asked for each"""
