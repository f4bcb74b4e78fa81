"""JAX's `lax.conv_transpose`: a convolution of the zero-dilated input, its kernel not flipped unless asked for.

Knows: its documented signature, and the rule of jax/_src/lax/convolution.py (`_conv_transpose_padding`) by which SAME
and VALID become pads around the dilated input. Must not know: jax itself.

A pad before of d(k-1) crops nothing, one more puts a zero before the result: crop_before = d(k-1) - pad_before. The
filter axis that dimension_numbers call I is the output's under transpose_kernel=True, which flips and swaps.
"""

from conformance.adapters.plan import Argument, Flip, Plan, Transpose
from conformance.translation.meaning import SPATIAL, Notation, Reading, Unsayable, mean
from conformance.translation.readings.dimensions import Dimensions, read_dimensions
from conformance.translation.readings.numbers import four_axes, pairs, per_axis
from conformance.translation.signature import REQUIRED, Arguments, Signature
from reference.geometry import Axis, TransposedConvolution

SIGNATURES = (
    Signature(
        "jax.lax.conv_transpose",
        ("lax.conv_transpose",),
        (
            ("lhs", REQUIRED),
            ("rhs", REQUIRED),
            ("strides", REQUIRED),
            ("padding", REQUIRED),
            ("rhs_dilation", None),
            ("dimension_numbers", None),
            ("transpose_kernel", False),
            ("precision", None),
            ("preferred_element_type", None),
            ("use_consistent_padding", False),
        ),
    ),
)

UNFLIPPED = (
    "transpose_kernel=False, JAX's default: the kernel is not flipped, so this is not the adjoint of the convolution "
    "with the same kernel; TensorFlow's filter is this kernel flipped along height and width, with its channel axes "
    "swapped"
)


def read(arguments: Arguments, dtype: str) -> Reading:
    """What the call means; raises CallError for one that JAX refuses."""
    for name in ("precision", "preferred_element_type"):
        arguments.check_none(name, "leave it out; --dtype names the dtype of both operands")
    transposes = _flag(arguments, "transpose_kernel")
    four_axes(arguments)
    dimensions = read_dimensions(arguments)
    batch, *lengths, channels = dimensions.value_shape(arguments.value_shape)
    *kernels, channels_out, channels_in = dimensions.filter_shape(arguments.filter_shape, transposes)
    if channels_in != channels:
        message = f"the kernel has {channels_in} channels in, by dimension_numbers and transpose_kernel={transposes}"
        raise arguments.wrong("rhs", f"{message}; the value has {channels}")
    if min(channels, channels_out, *lengths, *kernels) < 1:
        raise arguments.wrong("lhs", "JAX's meaning of a length 0 other than the batch's is not read")
    geometry = TransposedConvolution(batch, channels, channels_out, _axes(arguments, lengths, kernels))
    try:
        meaning = mean(geometry, dtype, dimensions.value, _filter(dimensions, transposes, kernels), dimensions.result)
    except Unsayable as error:
        raise arguments.wrong("padding", str(error)) from error
    layout = dimensions.filter_layout(transposes)
    remarks = () if transposes else (UNFLIPPED,)
    return Reading(arguments.call.text, "jax", Plan((arguments.invoke(),)), layout, meaning, remarks)


def pads_of_word(extent: int, stride: int, word: str) -> tuple[int, int]:
    """The pads that SAME or VALID means for a dilated kernel of this length; JAX's own algorithm, in its own order."""
    if word == "SAME":
        total = extent + stride - 2
        before = extent - 1 if stride > extent - 1 else -(-total // 2)
    else:
        total = extent + stride - 2 + max(extent - stride, 0)
        before = extent - 1
    return before, total - before


def _axes(arguments: Arguments, lengths: list[int], kernels: list[int]) -> tuple[Axis, ...]:
    strides = per_axis(arguments, "strides", least=1, from_one=False)
    dilations = (1, 1)
    if arguments["rhs_dilation"] is not None:
        dilations = per_axis(arguments, "rhs_dilation", least=1, from_one=False)
    axes = []
    for number, name in enumerate(SPATIAL):
        bare = Axis(lengths[number], kernels[number], strides[number], dilations[number], 0, 0)
        before, after = _pads(arguments, number, bare)
        dilated = bare.stride * (bare.input - 1) + 1
        if dilated + before + after < 0:
            message = f"padding {(before, after)} on {name} crops more than the {dilated} elements of the dilated input"
            raise arguments.wrong("padding", message)
        crop_before = bare.extent - 1 - before
        output = max(dilated + before + after - bare.extent + 1, 0)
        axes.append(Axis(bare.input, bare.kernel, bare.stride, bare.dilation, crop_before, output))
    return tuple(axes)


def _pads(arguments: Arguments, number: int, axis: Axis) -> tuple[int, int]:
    given = arguments["padding"]
    if given == "SAME" or given == "VALID":
        return pads_of_word(axis.extent, axis.stride, str(given))
    explicit = pairs(given)
    if explicit is None:
        raise arguments.wrong("padding", f"padding is {given!r}; expected 'SAME', 'VALID' or two pairs (before, after)")
    before, after = explicit[number]
    if _flag(arguments, "use_consistent_padding"):
        return axis.extent - 1 - before, axis.extent - 1 - after
    return before, after


def _filter(dimensions: Dimensions, transposes: bool, kernels: list[int]) -> Notation:
    """From the given kernel to TensorFlow's filter [height, width, out, in].

    An axis of length 1 is not flipped: NumPy would give it a negative stride, which PyTorch does not take.
    """
    order = Transpose("filter", dimensions.filter_order(transposes))
    flipped = tuple(axis for axis, kernel in enumerate(kernels) if kernel > 1)
    return (order,) if transposes or not flipped else (order, Flip("filter", flipped))


def _flag(arguments: Arguments, name: str) -> bool:
    given: Argument = arguments[name]
    if not isinstance(given, bool):
        raise arguments.wrong(name, f"{name} is {given!r}; expected True or False")
    return given
