"""PyTorch's words for plans of poolings: `max_pool{1,2,3}d`, `avg_pool{1,2,3}d`, `lp_pool{1,2,3}d`, the adaptive ones.

torch pads both sides alike, at most half of a window, and counts the windows by floor or, in `ceil_mode`, by ceil. Must
not know: torch.
"""

from conformance.adapters.plan import Argument, Invoke
from conformance.adapters.pooling_vocabulary import PoolingVocabulary
from conformance.adapters.torch.pooling_words import ADAPTIVE, FUNCTIONALS, NORMS, UNPOOLED

_ONES = (("", "ones"),)


def _counted(axis: int, numbers: int, times: int) -> tuple[Invoke, ...]:
    alpha: tuple[tuple[str, Argument], ...] = (("alpha", numbers),)
    more = (Invoke("torch.mul", (("", "result"),), (("other", times),)),) if times != 1 else ()
    return (
        Invoke("torch.cumsum", _ONES, (("dim", axis),), leaves="number"),
        *more,
        Invoke("torch.add", (("", "result"), ("", "number")), alpha),
        Invoke("torch.sub", (("", "result"), *_ONES), alpha),
    )


VOCABULARY = PoolingVocabulary(
    framework="PyTorch",
    module="torch",
    functions={**FUNCTIONALS, **ADAPTIVE, **NORMS, "max_pool_with_argmax": FUNCTIONALS["max_pool2d"], **UNPOOLED},
    most_padding=lambda kernel: kernel // 2,
    counting=_counted,
    indices=(("return_indices", True),),
    ones=Invoke("torch.ones_like", (("", "result"),), (), leaves="ones"),
)
