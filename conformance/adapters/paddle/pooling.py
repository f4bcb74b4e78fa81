"""Paddle's words for plans of poolings. Must not know: paddle."""

from conformance.adapters.paddle.words import FORMATS, POOLINGS
from conformance.adapters.plan import Argument, Invoke
from conformance.adapters.pooling_vocabulary import PoolingVocabulary


def _counted(axis: int, numbers: int, times: int) -> tuple[Invoke, ...]:
    scaled: tuple[tuple[str, Argument], ...] = (("scale", numbers), ("bias", -numbers))
    more = (Invoke("paddle.scale", (("", "result"),), (("scale", times),)),) if times != 1 else ()
    return (
        Invoke("paddle.cumsum", (("", "ones"),), (("axis", axis),), leaves="number"),
        Invoke("paddle.scale", (("", "number"),), scaled, leaves="number"),
        *more,
        Invoke("paddle.add", (("", "result"), ("", "number")), ()),
    )


VOCABULARY = PoolingVocabulary(
    framework="Paddle",
    module="paddle",
    functions=POOLINGS,
    padding="pairs of all axes",
    words=("SAME", "VALID"),
    formats=FORMATS,
    exclusive=True,
    counting=_counted,
    indices=(("return_mask", True),),
    before_counting=(Invoke("paddle.cast", (("", "result"),), (("dtype", "int64"),)),),
    ones=Invoke("paddle.ones_like", (("", "result"),), (), leaves="ones"),
    empty=True,
    any_rank=False,
)
