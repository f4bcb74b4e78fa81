"""MLX's words for plans of convolutions: `conv{1,2,3}d`, `conv_transpose{1,2,3}d`, `conv_general`.

Channels are last, and a filter is [out, *kernel, in / groups], of a transposed convolution too. Must not know: mlx.
"""

from conformance.adapters.convolution_vocabulary import Vocabulary
from conformance.adapters.mlx.words import CONVOLUTIONS, GENERAL
from conformance.adapters.plan import Invoke, NumpyStep, Plan, Transpose, Unsupported
from conformance.operators.convolution.call import Convolution


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


def mlx_plan(call: Convolution) -> Plan | Unsupported:
    """The plan of a call, right or wrong."""
    if call.definition.transposed and call.groups != 1:
        return Unsupported(
            "of conv_transpose2d and 3d the documents have groups=1 alone, of 1d no layout of a filter for more"
        )
    if call.definition.rank == 3 and call.groups != 1 and not call.definition.transposed:
        return Unsupported("of conv3d the documents say that only groups=1 is supported")
    return VOCABULARY.plan(call)
