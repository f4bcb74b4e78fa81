"""The index map of one axis: which input met which tap at which output, measured or predicted.

Knows: integers. Must not know: arrays, who was asked. `probe.py` reads maps from answers.
"""

from dataclasses import dataclass

from conformance.adapters.dialect import AxisWords
from reference.geometry import Axis


@dataclass(frozen=True, slots=True)
class AxisMap:
    """All that one axis does."""

    output: int
    products: frozenset[tuple[int, int, int]]
    """(input, tap, output)"""

    def offset(self, words: AxisWords, *, flipped: bool) -> int | None:
        """The b of p = s j + d t - b where one b fits all products, with t counted from the end where flipped."""
        offsets = {
            words.stride * j + words.dilation * (words.kernel - 1 - t if flipped else t) - p
            for j, t, p in self.products
        }
        return offsets.pop() if len(offsets) == 1 else None

    def crop_before(self, words: AxisWords) -> int | None:
        """The crop that the products show, whichever way the kernel lies; None where they show none, or several."""
        upright = self.offset(words, flipped=False)
        return self.offset(words, flipped=True) if upright is None else upright

    def flipped(self, words: AxisWords) -> bool | None:
        """Whether the kernel lies back to front; None where a tap alone cannot tell."""
        upright, reversed_ = self.offset(words, flipped=False), self.offset(words, flipped=True)
        return None if (upright is None) == (reversed_ is None) else upright is None


def predicted_map(axis: Axis, *, flipped: bool) -> AxisMap:
    """What the definition makes of an axis."""
    products = set()
    for tap in range(axis.kernel):
        landing = axis.landing(tap)
        for step in range(landing.count):
            shown = axis.kernel - 1 - tap if flipped else tap
            products.add((landing.first_input + step, shown, landing.first_output + axis.stride * step))
    return AxisMap(axis.output, frozenset(products))


def shown_map(observed: AxisMap, words: AxisWords, asks: str) -> str:
    """The map in a few words, for the reader of a disagreement."""
    crop, flipped = observed.crop_before(words), observed.flipped(words)
    kernel = ", kernel back to front" if flipped else ""
    length = f"value length {observed.output}" if asks == "value" else f"output length {observed.output}"
    if not observed.products:
        return f"{length}, no product is seen" if asks == "value" else f"{length}, nothing reaches it"
    if crop is None:
        return f"{length}, {len(observed.products)} products on no line{kernel}"
    return f"{length}, {cut_word(asks)} {crop}, {len(observed.products)} products{kernel}"


def cut_word(asks: str) -> str:
    """What an operator's authors call a geometry's crop_before: a forward convolution pads what its adjoint crops."""
    return "pad_before" if asks == "value" else "crop_before"
