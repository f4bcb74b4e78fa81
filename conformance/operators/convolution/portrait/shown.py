"""A lane's portrait as lines for a terminal, or one JSON document.

Knows: what `measuring.py` found. Must not know: how it was found.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from conformance.operators.convolution.affine import Map
from conformance.operators.convolution.call import Convolution
from conformance.operators.convolution.masking import EXPONENTS, SignificandBits
from conformance.operators.convolution.portrait.measuring import Portrait, crop_word
from conformance.operators.convolution.subject import ConvolutionSubject
from conformance.protocol.hello import Hello
from reference.family import Operator


@dataclass(frozen=True, slots=True)
class ShownPortrait:
    """Everything that the questions showed of a lane."""

    lane: str
    hello: Hello
    portrait: Portrait

    @property
    def conforms(self) -> bool:
        return self.portrait.verdict.conforms and not self.portrait.departures

    def lines(self) -> Iterator[str]:
        portrait = self.portrait
        call, geometry = portrait.call, portrait.call.geometry
        for reason in portrait.passed_over:
            yield f"not answered: {reason}"
        yield f"{self.lane}: {self.hello.framework} {self.hello.version}, {ConvolutionSubject.of(call)}"
        shapes = {**call.operands, **({"output_shape": call.output_shape} if call.definition.transposed else {})}
        yield f"asked: {', '.join(f'{name} {list(shape)}' for name, shape in shapes.items())}, padding {call.padding}"
        if portrait.map is not None:
            for name, fit, asked in zip(call.definition.spatial_names, portrait.map.axes, geometry.axes, strict=True):
                yield (
                    f"{name}: stride {_number(fit.stride, asked.stride)}, "
                    f"dilation {_number(fit.dilation, asked.dilation)}, "
                    f"{crop_word(call.definition)} {_number(fit.crop_before, asked.crop_before)}"
                    f"{', kernel flipped' if fit.flipped else ''}"
                )
            yield f"filter: [{', '.join(portrait.map.filter_layout)}]"
        yield f"taps that meet: {portrait.footprint.meeting}"
        yield f"accumulator: {_bits_text(portrait.bits, call)}"
        yield from (f"wrong: {departure}" for departure in portrait.departures)
        if not portrait.verdict.conforms:
            yield f"wrong: {portrait.verdict.detail}"
        for explanation in portrait.diagnosis.explanations:
            yield f"  {explanation.sentence}  [{' + '.join(explanation.edits)}]"
        if self.conforms:
            yield "agrees with the definition"

    def document(self) -> dict[str, Any]:
        portrait = self.portrait
        call, geometry, footprint = portrait.call, portrait.call.geometry, portrait.footprint
        return {
            "lane": self.lane,
            "framework": self.hello.framework,
            "version": self.hello.version,
            "operator": call.operator,
            "direction": call.direction,
            "dtype": call.dtype,
            "data_format": call.data_format or call.definition.data_formats[0],
            "passed_over": portrait.passed_over,
            "asked": {
                **call.operands,
                "output_shape": call.output_shape,
                "padding": call.padding,
                "axes": [asdict(axis) for axis in geometry.axes],
            },
            "map": None if portrait.map is None else _map_as_json(portrait.map, call.definition),
            "taps_that_meet": footprint.meeting,
            "wrong_shapes": footprint.wrong_shapes,
            "significand_bits": None if portrait.bits is None else asdict(portrait.bits),
            "departures": portrait.departures,
            "outcome": str(portrait.verdict.outcome),
            "detail": portrait.verdict.detail,
            **portrait.diagnosis.document(),
        }


def _number(found: int | None, asked: int) -> str:
    if found is None:
        return "undetermined"
    return str(found) if found == asked else f"{found} (asked {asked})"


def _bits_text(bits: SignificandBits | None, call: Convolution) -> str:
    if call.dtype not in EXPONENTS:
        return f"not measured: {call.dtype} has no masking questions"
    if bits is None:
        return "not measured: the lane does not answer the masking questions"
    exponents = EXPONENTS[call.dtype]
    taps = f"{_bits_number(bits.taps, exponents)} along taps"
    return taps if call.definition.depthwise else f"{_bits_number(bits.channels, exponents)} along channels, {taps}"


def _bits_number(bits: int | None, exponents: range) -> str:
    if bits is None:
        return "not answered"
    if bits == 0:
        return f"fewer than {exponents[0] + 1} bits"
    return f"{bits} bits or more" if bits > exponents[-1] else f"{bits} bits"


def _map_as_json(fitted: Map, operator: Operator) -> dict[str, Any]:
    """The map with each axis under its name."""
    shown = asdict(fitted)
    axes = dict(zip(operator.spatial_names, shown.pop("axes"), strict=True))
    return {**axes, **shown, "kernel_transposed": fitted.kernel_transposed}
