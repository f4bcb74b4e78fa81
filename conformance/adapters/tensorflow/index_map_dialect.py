"""What the suite expects of TensorFlow's words for index maps. Must not know: tensorflow."""

from functools import partial

from conformance.adapters.index_map_dialect import BlockWords, IndexMapDialect, Limit, PadWords, PatchWords, Shape
from conformance.adapters.plan import Invoke, Plan
from reference.index_map.geometry import PadMode

_LIMITS: dict[PadMode, Limit] = {"CONSTANT": "any length", "REFLECT": "length - 1", "SYMMETRIC": "length"}


def tensorflow_index_map_dialect() -> IndexMapDialect:
    """`tf.pad` in three modes, blocks DCR, patches HWC under two words."""
    return IndexMapDialect(
        tuple(PadWords(f"mode {mode}", mode, limit, "refused", partial(_pad, mode)) for mode, limit in _LIMITS.items()),
        tuple(
            BlockWords(f"tf.nn.{name}", name, "DCR", (2, 3, 4), partial(_blocks, name))
            for name in ("depth_to_space", "space_to_depth")
        ),
        (
            PatchWords("tf.image.extract_patches, SAME", "HWC", "SAME", partial(_patches, "SAME")),
            PatchWords("tf.image.extract_patches, VALID", "HWC", "VALID", partial(_patches, "VALID")),
        ),
    )


def _pad(mode: str, _: int, pads: tuple[int, int]) -> Plan:
    return Plan((Invoke("tf.pad", (("", "value"),), (("paddings", ((0, 0), pads)), ("mode", mode))),))


def _blocks(name: str, _: Shape, block: int) -> Plan:
    return Plan((Invoke(f"tf.nn.{name}", (("", "value"),), (("block_size", block),)),))


def _patches(
    padding: str, _: Shape, ksize: tuple[int, int], strides: tuple[int, int], dilations: tuple[int, int]
) -> Plan:
    numbers = {"sizes": ksize, "strides": strides, "rates": dilations}
    keywords = tuple((name, (1, *pair, 1)) for name, pair in numbers.items())
    return Plan((Invoke("tf.image.extract_patches", (("", "value"),), (*keywords, ("padding", padding))),))
