"""Convolutions by the layers of Flax, Haiku and Equinox, whose parameters are replaced by the call's operands.

Knows: what the layers' arguments mean, as integers. Must not know: the libraries.

All three hand their arguments to `lax.conv_general_dilated` and, but for Equinox, to `lax.conv_transpose`. Flax's and
Haiku's explicit pads of a transposed convolution are those around the dilated value (`jax_pads`), Equinox's are cut off
the result. Flax flips the kernel where `transpose_kernel` says so, the other two never do. Groups of a transposed
convolution are said to Flax as its documents have it: `Conv` with an `input_dilation`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from conformance.adapters.axes import pairwise_arguments
from conformance.adapters.function import Function, Role
from conformance.adapters.jax.plans import exchanged
from conformance.adapters.jax.words import jax_pads, jax_word_axis
from conformance.adapters.jax_layers.words import EQUINOX, HAIKU, LINEN, Functions
from conformance.adapters.notation import (
    depthwise_as_grouped,
    filter_to_channels_first,
    is_channels_last,
    spatial_of,
    to_channels_first,
    to_channels_last,
)
from conformance.adapters.plan import (
    Argument,
    Flip,
    Invoke,
    Name,
    NumpyStep,
    Plan,
    Reshape,
    Transpose,
    Unsupported,
)
from conformance.adapters.toolkit import Layout, Said, planned
from conformance.operators.convolution.call import Convolution, WrongConvolution
from conformance.operators.nominal import Nominal
from reference.geometry import TransposedConvolution

Words = dict[Role, Argument]


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerWords:
    """What a layer is made with for one call, and its filter."""

    words: Words
    lengths: tuple[int, ...] = ()
    """of the result, where the layer takes them"""
    turned: Sequence[NumpyStep] = ()
    """what makes of the call's filter the layer's"""
    operator: str = ""
    """whose layer it is, where that is another than the call's"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layers:
    """The two layers of one library."""

    functions: Functions
    layout: Layout
    turned: bool = False
    """whether a forward convolution's filter is [out, in / groups, *kernel]"""
    scattered: Callable[[Convolution, TransposedConvolution], LayerWords | Unsupported]
    wide_bias: Callable[[Convolution], bool]
    """whether a bias has an axis of length 1 for each spatial one"""
    adds_any: bool = False
    """whether a bias of any shape is added"""
    lengths: str = ""
    """what takes the spatial lengths of the result, where a transposed convolution has it"""
    deferred: bool = False
    """whether a layer is made where it is called, within what is transformed"""
    rest: tuple[tuple[str, Argument], ...] = ()
    """arguments without which no layer is made, and that say nothing"""

    def plan(self, call: Convolution) -> Plan | Unsupported:
        """The plan of a call, right or wrong."""
        geometry, operator = call.planned_geometry, call.definition
        function = self.function(call)
        if call.bias_given is not None and self.adds_any:
            return Unsupported(f"{function.name} adds a bias of whatever shape broadcasts")
        if isinstance(call, WrongConvolution) and geometry is None:
            found = self._wrong(call)
        elif not operator.transposed:
            assert geometry is not None
            # The word as it was spelled: the three mean by it what TensorFlow does.
            padding: Argument = call.padding
            if not isinstance(padding, str):
                padding = tuple((axis.crop_before, max(axis.crop_after, 0)) for axis in geometry.axes)
            words: Words = {"padding": padding, **_numbers(geometry)}
            found = LayerWords(words=words, turned=self._convolved(call))
        else:
            assert geometry is not None
            if any(axis.input == 0 for axis in geometry.axes):
                return Unsupported("JAX dilates a spatial length 0 to a length that is not defined")
            found = self.scattered(call, geometry)
        if isinstance(found, Unsupported):
            return found
        if found.operator:
            function = self.functions[found.operator]
        before: tuple[NumpyStep, ...] = ()
        if call.bias and self.wide_bias(call):
            before = (Reshape("bias", (*call.operands["bias"], *(1,) * operator.rank)),)
        invoke = self.invoke(function, {**self.shapes(call), **found.words}, found.lengths, bias=call.bias)
        return planned(call, Said(invoke=invoke, before=before), self.layout, turned=found.turned)

    def function(self, call: Convolution) -> Function:
        """The call's own layer."""
        return self.functions["conv2d" if call.definition.depthwise else call.operator]

    def shapes(self, call: Convolution) -> Words:
        """What is said of channels and layouts, by a filter [*kernel, in / groups, out], or with the two exchanged."""
        *kernel, first, second = call.filter_shape
        groups, channels, out = call.groups, first * call.groups, second
        if call.definition.depthwise:
            groups, channels, out = first, first, first * second
        elif call.definition.transposed:
            channels, out = second, first * groups
        words: Words = {"channels_in": channels, "channels_out": out, "kernel": tuple(kernel)}
        if self.layout == "as_called" and call.data_format is not None:
            words["data_format"] = call.data_format
        return words if groups == 1 else {**words, "groups": groups}

    def invoke(self, function: Function, words: Words, lengths: tuple[int, ...] = (), *, bias: bool) -> Invoke:
        """The layer, made and then applied to the operands."""
        given = {role: argument for role, argument in {**words, "has_bias": bias}.items() if takes(function, role)}
        operands = ("layer", "value", "filter", *(("bias",) if bias else ()))
        then = Invoke("apply", tuple(("", operand) for operand in operands), ())
        rest = (*self.rest, *(((self.lengths, lengths),) if lengths else ()))
        name = f"{'lambda: ' * self.deferred}{function.name}"
        return Invoke(name, (), (*function.keywords(given), *rest), (then,), leaves="layer")

    def nominal_plan(self, nominal: Nominal) -> Plan | Unsupported:
        """A nominal call; the result's length follows."""
        function = self.functions["conv2d_transpose"]
        if nominal.dilation != 1 and not takes(function, "dilations"):
            return Unsupported(f"{function.name} takes no dilations")
        words: Words = {
            "channels_in": 1,
            "channels_out": 1,
            "kernel": (nominal.kernel,) * 2,
            "strides": (nominal.stride,) * 2,
            "dilations": (nominal.dilation,) * 2,
            "transpose_kernel": True,
        }
        if nominal.word != "default":
            words["padding"] = nominal.word
        invoke = self.invoke(function, words, bias=False)
        if self.layout != "channels_first":
            return Plan((invoke,))
        turned = (Transpose("value", to_channels_first(2)), Transpose("filter", filter_to_channels_first(2)))
        return Plan((*turned, invoke, Transpose("result", to_channels_last(2))))

    def _convolved(self, call: Convolution) -> tuple[NumpyStep, ...]:
        """What makes of a forward convolution's filter the layer's."""
        turn = (Transpose("filter", filter_to_channels_first(call.definition.rank)),) if self.turned else ()
        return (*depthwise_as_grouped(call), *turn)

    def _wrong(self, call: WrongConvolution) -> LayerWords | Unsupported:
        """The same wrong numbers under the layer's names, where it has a name for them."""
        function, rank = self.function(call), call.definition.rank
        name = function.name
        if (unsaid := _unsaid(call, function, self.lengths)) is not None:
            return Unsupported(f"{name} {unsaid}")
        strides, dilations = spatial_of(call, call.strides), spatial_of(call, call.dilations)
        if strides is None or dilations is None:
            return Unsupported(f"{name} takes strides and dilations of the spatial axes only")
        if not takes(function, "dilations") and set(dilations) != {1}:
            return Unsupported(f"{name} takes no dilations")
        words: Words = {"strides": strides, "padding": call.padding, "dilations": dilations}
        if not call.definition.transposed:
            return LayerWords(words=words, turned=self._convolved(call))
        words["transpose_kernel"] = True
        lengths: tuple[int, ...] = ()
        if self.lengths:
            last, shape = is_channels_last(call), call.output_shape
            outer = (shape[0], shape[-1 if last else 1]) if len(shape) == rank + 2 else ()
            if outer != (call.value_shape[0], call.filter_shape[-2]):
                return Unsupported(f"{name}'s output_shape is of the spatial axes alone")
            lengths = shape[1:-1] if last else shape[2:]
        turned = (Transpose("filter", (rank, rank + 1, *range(rank))),) if self.turned else ()
        return LayerWords(words=words, lengths=lengths, turned=turned)


def _unsaid(call: WrongConvolution, function: Function, lengths: str) -> str | None:
    """What is wrong about the call that the layer has no name for."""
    operator = call.definition
    match call.fault.reason:
        case "rank" if len(call.value_shape) == operator.rank + 2 == len(call.filter_shape):
            return "takes no output_shape of all axes"
        case "rank":
            return "is made for one rank, and takes a value without a batch, or maps over it"
        case "data_format" if not takes(function, "data_format"):
            return "takes no data_format"
        case "output_shape" if not lengths:
            return "takes no output_shape"
        case "groups" | "filter_channels" if operator.depthwise:
            return "is depthwise by its groups alone, which another shape would say"
    if call.groups != 1 and not takes(function, "groups"):
        return "has no groups"
    return None if isinstance(call.padding, str) else "takes explicit pads that may be negative, or mean something else"


def takes(function: Function, role: Role) -> bool:
    """Whether the layer has an argument that says this."""
    return any(parameter.says == role for parameter in function.parameters)


def _numbers(geometry: TransposedConvolution) -> Words:
    return {
        "strides": tuple(axis.stride for axis in geometry.axes),
        "dilations": tuple(axis.dilation for axis in geometry.axes),
    }


def _flax(call: Convolution, geometry: TransposedConvolution) -> LayerWords:
    words, axes = _numbers(geometry), geometry.axes
    pads = tuple(jax_pads(axis) for axis in axes)
    if geometry.groups != 1:
        words |= {"strides": (1,) * len(axes), "value_dilation": words["strides"], "padding": pads}
        return LayerWords(words=words, turned=exchanged(geometry), operator=f"conv{len(axes)}d")
    # Whether `lax.conv_transpose` means the call by the call's own word.
    word = call.padding
    means = isinstance(word, str) and all(
        jax_word_axis((axis.input, axis.kernel, axis.stride, axis.dilation), word) == axis for axis in axes
    )
    words["padding"] = word if means else pads
    return LayerWords(words={**words, "transpose_kernel": True})


def _haiku(call: Convolution, geometry: TransposedConvolution) -> LayerWords | Unsupported:
    axes = geometry.axes
    name = HAIKU[call.operator].name
    if geometry.groups != 1:
        return Unsupported(f"{name} has no groups")
    if any(axis.dilation != 1 for axis in axes):
        return Unsupported(f"{name} takes no dilations")
    padding: Argument = tuple(jax_pads(axis) for axis in axes)
    lengths: tuple[int, ...] = ()
    if isinstance(call.padding, str):
        padding, lengths = call.padding, tuple(axis.output for axis in axes)
    turned = (Flip("filter", tuple(range(len(axes)))),)
    return LayerWords(words={**_numbers(geometry), "padding": padding}, lengths=lengths, turned=turned)


def _equinox(call: Convolution, geometry: TransposedConvolution) -> LayerWords:
    axes = geometry.axes
    arguments = [pairwise_arguments(axis) for axis in axes]
    padding: Argument = "VALID" if call.padding == "VALID" else tuple(each.pads for each in arguments)
    more = tuple(each.output_padding for each in arguments)
    if call.padding == "SAME":  # with it, output_padding is what the length lacks of stride times the value's
        padding, more = "SAME", tuple(axis.stride * axis.input - axis.output for axis in axes)
    words: Words = {"padding": padding, "output_padding": more}
    turned = (*exchanged(geometry), Transpose("filter", filter_to_channels_first(len(axes))))
    return LayerWords(words={**_numbers(geometry), **words}, turned=turned)


LIBRARIES = {
    "flax": Layers(functions=LINEN, layout="channels_last", scattered=_flax, wide_bias=lambda call: False),
    "haiku": Layers(
        functions=HAIKU,
        layout="as_called",
        scattered=_haiku,
        wide_bias=lambda call: not is_channels_last(call),
        lengths="output_shape",
        deferred=True,
        rest=(("name", "layer"),),
    ),
    "equinox": Layers(
        functions=EQUINOX,
        layout="channels_first",
        turned=True,
        scattered=_equinox,
        wide_bias=lambda call: True,
        adds_any=True,
        rest=(("key", Name("jax.random.key(0)")),),
    ),
}
