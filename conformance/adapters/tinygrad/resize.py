"""tinygrad's words for plans of resizes: `Tensor.interpolate`. Must not know: tinygrad."""

from conformance.adapters.resize import ResizePhrase
from conformance.adapters.resize_vocabulary import ResizeVocabulary
from conformance.adapters.tinygrad.words import CLASS
from reference.resize.arguments import resize_rule

FUNCTION = f"{CLASS}.interpolate"
WORDS = (
    ResizePhrase(FUNCTION, (("mode", "nearest"),), resize_rule("nearest", "asymmetric", "floor")),
    ResizePhrase(FUNCTION, (("mode", "nearest-exact"),), resize_rule("nearest")),
    ResizePhrase(FUNCTION, (("mode", "linear"),), resize_rule("linear")),
    ResizePhrase(FUNCTION, (("mode", "linear"), ("align_corners", True)), resize_rule("linear", "align_corners")),
)
VOCABULARY = ResizeVocabulary(
    module="tinygrad",
    function=FUNCTION,
    words=lambda rank: WORDS,
    modes={1: {}, 2: {}, 3: {}},
    scales=False,
    antialias=False,
)
