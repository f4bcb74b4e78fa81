"""Plans of resizes for frameworks whose one function takes lengths or scales and a mode, as PyTorch's `interpolate`.

Knows: the numbers of calls, and by a `ResizeVocabulary` what such functions differ in. Must not know: frameworks,
arrays.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

from conformance.adapters.adjoint import gradient_plan
from conformance.adapters.notation import is_channels_last, to_channels_first, to_channels_last
from conformance.adapters.plan import Argument, Invoke, Plan, Transpose, Unsupported
from conformance.adapters.resize import Keywords, ResizePhrase, ResizeSpelling, choose, geometry_of, on_images
from conformance.adapters.toolkit import Layout, Said, planned
from conformance.operators.resize.call import ResizeCall, WrongResize
from reference.resize.geometry import Resize, ResizeAxis

LINEAR = {1: "linear", 2: "bilinear", 3: "trilinear"}
"""the names of linear weights for one, two and three spatial axes"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResizeVocabulary:
    """What one framework's function takes."""

    module: str
    """as reasons call it"""
    function: str
    words: Callable[[int], tuple[ResizePhrase, ...]]
    """of this many spatial axes what can be said, and what it means"""
    formats: Mapping[str, str] = field(default_factory=dict)
    """the suite's data_formats -> the framework's words; where there are none, channels come first"""
    modes: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    """by the number of axes what methods are called, where a wrong call names one"""
    scales: bool = True
    """whether it takes scales"""
    antialias: bool = True
    """whether it has that word"""
    any_rank: bool = True
    """whether a value of another rank means something else; otherwise it is refused"""

    def spellings(self) -> Iterator[ResizeSpelling]:
        """What is expected of its words: lengths with each mode of two axes."""
        for words in self.words(2):
            yield ResizeSpelling(words.text(), words.rule, partial(of_lengths, words.function, words.keywords))

    def plan(self, call: ResizeCall) -> Plan | Unsupported:
        """The plan of a call, right or wrong."""
        rank, geometry = call.definition.rank, geometry_of(call)
        if isinstance(call, WrongResize) and geometry is None:
            return self._wrong(call)
        assert geometry is not None
        chosen, image = choose(geometry, self.words(rank), scaled=self.scales), False
        if chosen is None and rank == 1:
            chosen, image = choose(geometry, self.words(2), scaled=self.scales), True
        if chosen is None:
            return Unsupported(f"{self.module} has no mode with these coordinates, weights and borders")
        words, other = chosen
        invoke = Invoke(
            self.function,
            (("", "value"),),
            (*self._sizes(call, geometry, image), *words.keywords, *self._layout(call, image)),
        )
        unit = f"{self.module} has this mode for images: the value is one of height 1"
        notes = (*other, *((unit,) if image else ()))
        layout: Layout = "as_called" if self.formats else "channels_first"
        return planned(call, Said(invoke=invoke, image=image, notes=notes), layout)

    def _layout(self, call: ResizeCall, image: bool) -> Keywords:
        if not self.formats or not is_channels_last(call):  # those that do not exist count as channels last
            return ()
        if image:
            return (("data_format", self.formats["NHWC"]),)
        written = call.data_format or call.definition.data_formats[0]
        return (("data_format", self.formats.get(written, written)),)

    def _sizes(self, call: ResizeCall, geometry: Resize, image: bool) -> Keywords:
        """Lengths or scales, as the call has them; of an image of height 1, of this, too."""
        if call.scales is None or not self.scales:
            return (("size", (*((1,) if image else ()), *(axis.output for axis in geometry.axes))),)
        given = call.scales if isinstance(call.scales, tuple) else (call.scales,) * (2 if image else len(geometry.axes))
        scales = given if len(given) == len(geometry.axes) + image else (*((1.0,) if image else ()), *given)
        scales = (1.0, *scales[1:]) if image else scales
        if len(scales) == 1 and len(geometry.axes) > 1:
            scales *= len(geometry.axes)
        # An int is as good, but for torch.compile.
        factors: Keywords = (("scale_factor", tuple(float(scale) for scale in scales)),)
        return (*factors, ("recompute_scale_factor", True)) if call.recompute_scale_factor else factors

    def _wrong(self, call: WrongResize) -> Plan | Unsupported:
        """The same wrong words under the framework's names, where it has a name for them."""
        reason = self._unsaid(call)
        if reason:
            return Unsupported(reason)
        rank = call.definition.rank
        given: dict[str, tuple[Argument, Argument]] = {
            "size": (call.output_size, None),
            "scale_factor": (call.scales, None),
            "recompute_scale_factor": (call.recompute_scale_factor, False),
            "antialias": (call.antialias, False),
        }
        keywords: Keywords = (
            *((keyword, argument) for keyword, (argument, default) in given.items() if argument != default),
            ("mode", self.modes[rank].get(call.method, call.method)),
            *self._layout(call, image=False),
        )
        turned = is_channels_last(call) and not self.formats and len(call.value_shape) == rank + 2
        before = (Transpose("value", to_channels_first(rank)),) if turned else ()
        plan = Plan((*before, Invoke(self.function, (("", "value"),), keywords)))
        if call.direction == "forward":
            return plan
        back = (Transpose("result", to_channels_last(rank)),) if turned else ()
        # The result of a wrong call has no shape, and none is needed to turn its axes.
        return gradient_plan(Plan((*plan.steps, *back)), "value", call.operands, (0,) * (rank + 2))

    def _unsaid(self, call: WrongResize) -> str:
        """Why the framework cannot be handed a wrong call; empty where it can."""
        name, reason = self.function.rpartition(".")[2], call.fault.reason
        if reason == "coordinates" or (reason == "data_format" and not self.formats):
            return f"{name} has no such word: its arguments cannot say this mistake"
        if reason == "rank" and self.any_rank:
            return f"{name} takes the number of axes from the value"
        others = call.nearest_mode or call.cubic_coeff_a or call.exclude_outside is not None
        if (reason == "method" and others) or (call.antialias and not self.antialias):
            return f"{name} has no such argument"
        if call.scales is not None and not self.scales:
            return f"{name} takes no scales"
        if call.method == "cubic" and "cubic" not in self.modes[call.definition.rank]:
            return f"{name} has cubic weights of images alone"
        return ""


def of_lengths(function: str, keywords: Keywords, axis: ResizeAxis) -> Plan:
    """The function on a matrix (images, elements), given lengths: on images of height 1, linear on rows."""
    rows = ("mode", "linear") in keywords
    return _on_images(function, axis, (("size", (axis.output,) if rows else (1, axis.output)), *keywords), rows)


def of_scales(function: str, keywords: Keywords, axis: ResizeAxis) -> Plan:
    """The same, given scales."""
    rows, scale = ("mode", "linear") in keywords, float(axis.scale)
    return _on_images(function, axis, (("scale_factor", (scale,) if rows else (1.0, scale)), *keywords), rows)


def _on_images(function: str, axis: ResizeAxis, keywords: Keywords, rows: bool) -> Plan:
    shape = (axis.input, 1, axis.input) if rows else (axis.input, 1, 1, axis.input)
    return on_images(axis, Invoke(function, (("", "value"),), keywords), shape)
