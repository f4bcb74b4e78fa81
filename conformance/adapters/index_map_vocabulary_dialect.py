"""What is expected of a vocabulary's words for index maps: its functions' parameters say what there is.

Knows: functions, what their parameters say and default to. Must not know: frameworks.
"""

from collections.abc import Mapping
from functools import partial
from typing import Literal

from conformance.adapters.index_map import RowWords
from conformance.adapters.index_map_dialect import (
    BlockWords,
    IndexMapDialect,
    Limit,
    Negative,
    PadWords,
    PatchWords,
    Shape,
    channels_first,
)
from conformance.adapters.index_map_vocabulary import IndexMapVocabulary
from conformance.adapters.plan import Argument, Invoke, Plan, Reshape
from reference.index_map.geometry import PadMode
from reference.pooling.geometry import pooled_length

Modes = Mapping[str, tuple[PadMode, Limit, Negative | None]]
"""the framework's words for what a pad holds, and what they mean"""


def index_map_dialect(
    vocabulary: IndexMapVocabulary, modes: Modes, *, pad: str = "pad", rank: int = 2, pairs: bool = False
) -> IndexMapDialect:
    """Of pads, and of blocks and patches where the vocabulary has them: CRD and CHW.

    pad: what the argument for pads is called. rank: how many axes a value has whose last one is padded by a pair alone.
    pairs: whether all axes have their pairs instead
    """
    functions, numbers = vocabulary.functions, (1, 2, 3)

    def say_pad(mode: str, length: int, pads: tuple[int, int]) -> Plan:
        given: Argument = ((0, 0), pads) if pairs else pads
        invoke = Invoke(f"{functions}.pad", (("", "value"),), ((pad, given), ("mode", mode)))
        if rank == 2:
            return Plan((invoke,))
        ones = (1,) * (rank - 1)
        return Plan((Reshape("value", (*ones, length)), invoke, Reshape("result", (1, length + sum(pads)))))

    def say_blocks(name: str, factor: str, _: Shape, block: int) -> Plan:
        keywords = ((f"{factor}scale_factor", block),)
        return channels_first(Invoke(f"{functions}.pixel_{name}", (("", "value"),), keywords))

    def say_patches(rows: RowWords | None, padding: int, shape: Shape, *windows: tuple[int, int]) -> Plan:
        assert rows is not None
        ksize, strides, dilations = windows
        grid = (
            pooled_length(*numbers, (padding, padding))
            for numbers in zip(shape[1:3], ksize, strides, dilations, strict=True)
        )
        flat = Reshape("result", (shape[0], ksize[0] * ksize[1] * shape[3], *grid))
        invoke = Invoke(f"{functions}.unfold", (("", "value"),), rows.windows(ksize, dilations, padding, strides))
        return channels_first(invoke, flat)

    blocks = (("shuffle", "up", "depth_to_space"), ("unshuffle", "down", "space_to_depth")) if vocabulary.blocks else ()
    paddings: tuple[tuple[int, Literal["VALID", "1 on both sides"]], ...] = ((0, "VALID"), (1, "1 on both sides"))
    rows = vocabulary.rows
    return IndexMapDialect(
        tuple(PadWords(f"mode {word}", *held, partial(say_pad, word)) for word, held in modes.items()),
        tuple(
            BlockWords(f"pixel_{name}", operator, "CRD", numbers, partial(say_blocks, name, factor))
            for name, factor, operator in blocks
        ),
        tuple(
            PatchWords(f"unfold, padding {number}", "CHW", meant, partial(say_patches, rows, number))
            for number, meant in (paddings if rows is not None else ())
        ),
    )
