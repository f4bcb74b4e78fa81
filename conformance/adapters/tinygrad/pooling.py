"""tinygrad's words for plans of poolings: `Tensor.max_pool2d` and `Tensor.avg_pool2d`. Must not know: tinygrad."""

from conformance.adapters.plan import Invoke, Name
from conformance.adapters.pooling_vocabulary import PoolingVocabulary
from conformance.adapters.tinygrad.words import CLASS, POOLINGS


def _counted(axis: int, numbers: int, times: int) -> tuple[Invoke, ...]:
    more = (Invoke(f"{CLASS}.mul", (("", "result"),), (("x", times),)),) if times != 1 else ()
    return (
        Invoke(f"{CLASS}.cumsum", (("", "ones"),), (("axis", axis),), leaves="number"),
        Invoke(f"{CLASS}.sub", (("", "number"),), (("x", 1),), leaves="number"),
        Invoke(f"{CLASS}.mul", (("", "number"),), (("x", numbers),), leaves="number"),
        *more,
        Invoke(f"{CLASS}.add", (("", "result"), ("", "number")), ()),
    )


VOCABULARY = PoolingVocabulary(
    framework="tinygrad",
    module="tinygrad",
    functions=POOLINGS,
    padding="last axis first",
    counting=_counted,
    indices=(("return_indices", True),),
    before_counting=(Invoke(f"{CLASS}.cast", (("", "result"),), (("dtype", Name("tinygrad.dtypes.int64")),)),),
    ones=Invoke(f"{CLASS}.ones_like", (("", "result"),), (), leaves="ones"),
    empty=True,
)
