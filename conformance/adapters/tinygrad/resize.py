"""tinygrad's words for plans of resizes: `Tensor.interpolate`. Must not know: tinygrad."""

from conformance.adapters.resize import Words
from conformance.adapters.resize_vocabulary import ResizeVocabulary
from conformance.adapters.tinygrad.words import CLASS
from reference.resize.arguments import resize_rule

FUNCTION = f"{CLASS}.interpolate"
WORDS = (
    Words(FUNCTION, (("mode", "nearest"),), resize_rule("nearest", "asymmetric", "floor")),
    Words(FUNCTION, (("mode", "nearest-exact"),), resize_rule("nearest")),
    Words(FUNCTION, (("mode", "linear"),), resize_rule("linear")),
    Words(FUNCTION, (("mode", "linear"), ("align_corners", True)), resize_rule("linear", "align_corners")),
)
VOCABULARY = ResizeVocabulary(
    module="tinygrad",
    function=FUNCTION,
    words=lambda rank: WORDS,
    modes={1: {}, 2: {}, 3: {}},
    scales=False,
    antialias=False,
)
