"""Paddle's words for plans of convolutions. Must not know: paddle."""

from conformance.adapters.convolution_vocabulary import Vocabulary
from conformance.adapters.paddle.words import CONVOLUTIONS, FORMATS

VOCABULARY = Vocabulary(
    framework="Paddle",
    module="paddle",
    functions=CONVOLUTIONS,
    padding="pairs of all axes",
    words=("SAME", "VALID"),
    layout="named",
    formats=FORMATS,
    empty=True,
    any_rank=False,
)
