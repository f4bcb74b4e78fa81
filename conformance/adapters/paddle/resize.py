"""Paddle's words for plans of resizes: `paddle.nn.functional.interpolate`. Must not know: paddle.

align_mode is of linear weights: 0 has the coordinates of half pixels, 1 those of corners that are not aligned.
"""

from collections.abc import Iterator

from conformance.adapters.paddle.words import FORMATS, MODULE
from conformance.adapters.resize import Keywords, ResizePhrase
from conformance.adapters.resize_vocabulary import LINEAR, ResizeVocabulary
from reference.resize.arguments import resize_rule
from reference.resize.geometry import ResizeRule

FUNCTION = f"{MODULE}.interpolate"


def vocabulary(rank: int) -> tuple[ResizePhrase, ...]:
    """What Paddle says of this many spatial axes, and what it means by its documents."""
    return tuple(ResizePhrase(FUNCTION, keywords, rule) for keywords, rule in _modes(rank))


def _modes(rank: int) -> Iterator[tuple[Keywords, ResizeRule]]:
    if rank > 1:
        yield (("mode", "nearest"),), resize_rule("nearest", "asymmetric", "floor")
    linear: Keywords = (("mode", LINEAR[rank]),)
    yield linear, resize_rule("linear")
    yield (*linear, ("align_mode", 1)), resize_rule("linear", "asymmetric")
    yield (*linear, ("align_corners", True)), resize_rule("linear", "align_corners")
    if rank == 2:
        cubic: Keywords = (("mode", "bicubic"),)
        yield cubic, resize_rule("cubic", "half_pixel", None, -0.75, False)
        yield (*cubic, ("align_corners", True)), resize_rule("cubic", "align_corners", None, -0.75, False)
        for keywords, method in ((linear, "linear"), (cubic, "cubic")):
            yield (*keywords, ("antialias", True)), resize_rule(method, antialias=True)


VOCABULARY = ResizeVocabulary(
    module="paddle",
    function=FUNCTION,
    words=vocabulary,
    formats={**FORMATS, "NCW": "NCW", "NWC": "NWC"},
    modes={rank: {"linear": LINEAR[rank], **({"cubic": "bicubic"} if rank == 2 else {})} for rank in (1, 2, 3)},
    any_rank=False,
)
