"""Where each framework puts the odd element of SAME: drawings of the smallest measured case.

Knows: the convention entries of a journal. Must not know: formulas (what is drawn was measured), HTML.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from conformance.journal import Convention


@dataclass(frozen=True, slots=True)
class OddCrop:
    """One lane's picture of one call: the full result, and which of it is cut off."""

    lane: str
    length: int
    kernel: int
    stride: int
    dilation: int
    full: int
    before: int
    after: int

    @property
    def output(self) -> int:
        """What is left."""
        return self.full - self.before - self.after

    @property
    def sentence(self) -> str:
        """Where the odd element went."""
        if self.before == self.after:
            return "cut alike on both sides"
        side = "after" if self.after > self.before else "before"
        return f"the odd element is cut {side}"


def odd_elements(conventions: Sequence[Convention]) -> tuple[OddCrop, ...]:
    """A drawing per lane and way to say SAME, of the smallest geometry that most of them answered with an odd crop."""
    cropping = [entry for entry in conventions if entry.word == "SAME" and entry.operator.endswith("_transpose")]
    drawn: list[OddCrop] = []
    for entry in cropping:
        full = entry.stride * (entry.length - 1) + entry.dilation * (entry.kernel - 1) + 1
        lane, numbers = f"{entry.lane}: {entry.variant}" if entry.variant else entry.lane, (entry.kernel, entry.stride)
        for output, before in zip(entry.outputs, entry.crops, strict=False):
            if before is not None and 0 <= before <= full - output and (full - output) % 2:
                after = full - output - before
                drawn.append(OddCrop(lane, entry.length, *numbers, entry.dilation, full, before, after))
    if not drawn:
        return ()
    lanes: dict[tuple[int, ...], set[str]] = {}
    for found in drawn:
        lanes.setdefault(_geometry(found), set()).add(found.lane)
    geometry = min(lanes, key=lambda geometry: (-len(lanes[geometry]), geometry))
    chosen: dict[str, OddCrop] = {}
    for found in [*(each for each in drawn if _geometry(each) == geometry), *sorted(drawn, key=_geometry)]:
        chosen.setdefault(found.lane, found)
    order = dict.fromkeys(each.lane for each in drawn)
    return tuple(chosen[lane] for lane in order)


def _geometry(found: OddCrop) -> tuple[int, ...]:
    return (found.full, found.length, found.kernel, found.stride, found.dilation, found.output)
