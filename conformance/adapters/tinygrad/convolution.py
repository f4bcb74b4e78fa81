"""tinygrad's words for plans of convolutions: `conv2d` and `conv_transpose2d`. Must not know: tinygrad."""

from conformance.adapters.convolution_vocabulary import Vocabulary
from conformance.adapters.tinygrad.words import CONVOLUTIONS

VOCABULARY = Vocabulary(
    framework="tinygrad",
    module="tinygrad",
    functions=CONVOLUTIONS,
    padding="last axis first",
    empty=True,
    any_rank=False,
)
