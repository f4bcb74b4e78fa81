"""Resizes in PyTorch's words: `torch.nn.functional.interpolate`.

Knows: torch's argument meanings, as rules. Must not know: torch.

The modes have names of their own for one, two and three spatial axes. Cubic weights and antialias are of images alone.
"""

from collections.abc import Iterator, Mapping
from functools import partial

from conformance.adapters.function import REQUIRED, Function, Role, Takes
from conformance.adapters.plan import Argument
from conformance.adapters.resize import Keywords, Quirk, ResizePhrase, ResizeSpelling
from conformance.adapters.resize_vocabulary import LINEAR, ResizeVocabulary, of_lengths, of_scales
from reference.resize.arguments import resize_rule
from reference.resize.geometry import ResizeRule

FUNCTION = "torch.nn.functional.interpolate"


def vocabulary(rank: int) -> tuple[ResizePhrase, ...]:
    """What torch says of this many spatial axes, and what it means; measured by `conformance conventions`."""
    return tuple(ResizePhrase(FUNCTION, keywords, rule) for keywords, rule in _modes(rank))


def _modes(rank: int) -> Iterator[tuple[Keywords, ResizeRule]]:
    yield (("mode", "nearest"),), resize_rule("nearest", "asymmetric", "floor")
    yield (("mode", "nearest-exact"),), resize_rule("nearest")
    for align, word in ((False, "half_pixel"), (True, "align_corners")):
        corners: Keywords = (("align_corners", align),)
        yield (("mode", LINEAR[rank]), *corners), resize_rule("linear", word)
        if rank == 2:
            yield (("mode", "bicubic"), *corners), resize_rule("cubic", word, None, -0.75, False)
    # With align_corners, antialias has coordinates that nobody else has: those of half pixels, scaled as the corners.
    for method in ("linear", "cubic") if rank == 2 else ():
        stretched: Keywords = (("mode", f"bi{method}"), ("align_corners", False), ("antialias", True))
        yield stretched, resize_rule(method, antialias=True)


_SIZES = (
    Takes("size", None, "output_size"),
    Takes("scale_factor", None, "scales"),
    Takes("mode", "nearest", "method"),
    Takes("align_corners", None, "align_corners"),
    Takes("recompute_scale_factor", None, "recompute_scale_factor"),
)
INTERPOLATE = Function(
    FUNCTION, "", (Takes("input", REQUIRED, "value"), *_SIZES, Takes("antialias", False, "antialias"))
)
UPSAMPLE = Function("torch.nn.Upsample", "", _SIZES)
_CORNERS: Mapping[Role, Argument] = {"method": "bilinear", "align_corners": True}
OF_IMAGES: Mapping[Function, Mapping[Role, Argument]] = {
    Function("torch.nn.UpsamplingNearest2d", "resize2d", _SIZES[:2]): {"method": "nearest"},
    Function("torch.nn.UpsamplingBilinear2d", "resize2d", _SIZES[:2]): _CORNERS,
}
"""older layers, and what they say to `interpolate`"""


def torch_spellings() -> Iterator[ResizeSpelling]:
    """What is measured: the modes of one and two axes, antialias with align_corners, which has coordinates of its own,
    and scales that are used as they are given, or recomputed.
    """
    modes = [*_modes(2), *((keywords, rule) for keywords, rule in _modes(1) if ("mode", "linear") in keywords)]
    modes += [((), resize_rule("nearest", "asymmetric", "floor"))]
    for keywords, rule in modes:
        yield ResizeSpelling(
            ResizePhrase(FUNCTION, keywords, rule).text(), rule, partial(of_lengths, FUNCTION, keywords)
        )
    for method in ("linear", "cubic"):
        rule = resize_rule(method, "align_corners", antialias=True)
        corners: Keywords = (("mode", f"bi{method}"), ("align_corners", True), ("antialias", True))
        text = ResizePhrase(FUNCTION, corners, rule).text()
        yield ResizeSpelling(text, rule, partial(of_lengths, FUNCTION, corners), quirk="corners")
    for keywords, rule in modes:
        if rule.coordinates == "align_corners" or rule.antialias:
            continue
        recomputed: Keywords = (("recompute_scale_factor", True), *keywords)
        text, again = (ResizePhrase(FUNCTION, each, rule).text("scale_factor") for each in (keywords, recomputed))
        # nearest-exact of an image and bicubic compute it.
        quirk: Quirk = "copies" if rule.method == "linear" or rule.coordinates == "asymmetric" else "none"
        yield ResizeSpelling(text, rule, partial(of_scales, FUNCTION, keywords), "given", quirk)
        yield ResizeSpelling(again, rule, partial(of_scales, FUNCTION, recomputed), "recomputed")


VOCABULARY = ResizeVocabulary(
    module="torch",
    function=FUNCTION,
    words=vocabulary,
    modes={rank: {"linear": LINEAR[rank], **({"cubic": "bicubic"} if rank == 2 else {})} for rank in (1, 2, 3)},
)
