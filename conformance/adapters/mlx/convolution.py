"""MLX's words for plans of convolutions: `conv{1,2,3}d`, `conv_transpose{1,2,3}d`, `conv_general`.

Channels are last, and a filter is [out, *kernel, in / groups], of a transposed convolution too. Must not know: mlx.
"""

from conformance.adapters.convolution_vocabulary import Vocabulary
from conformance.adapters.mlx.words import CONVOLUTIONS, GENERAL
from conformance.adapters.plan import Invoke, NumpyStep, Transpose
from conformance.adapters.toolkit import Limit
from conformance.operators.convolution.call import Convolution

GROUPLESS = ("conv3d", "conv1d_transpose", "conv2d_transpose", "conv3d_transpose")


def _filter(call: Convolution) -> tuple[NumpyStep, ...]:
    rank = call.definition.rank
    out, channels = (rank, rank + 1) if call.definition.transposed else (rank + 1, rank)
    return (Transpose("filter", (out, *range(rank), channels)),)


VOCABULARY = Vocabulary(
    framework="MLX",
    module="mlx",
    functions=CONVOLUTIONS,
    general=GENERAL,
    layout="last",
    filter_steps=_filter,
    bias=(Invoke("mlx.core.add", (("", "result"), ("", "bias")), ()),),
    scalars=True,
    empty=True,
    any_rank=False,
)


LIMITS = (
    Limit(
        "of conv3d, conv_transpose2d and conv_transpose3d MLX's documents have groups=1 alone, of conv_transpose1d no "
        "layout of a filter for more",
        lambda call: call.operator in GROUPLESS and call.groups != 1,
    ),
)
