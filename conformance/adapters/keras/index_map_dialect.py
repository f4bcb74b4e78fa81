"""What Keras's documents say of pads, blocks and patches. Must not know: keras.

Of pads that reflect no limit is stated: that of TensorFlow is expected.
"""

from functools import partial

from conformance.adapters.index_map_dialect import BlockWords, IndexMapDialect, Limit, PadWords, PatchWords, Shape
from conformance.adapters.keras.index_map import MODES, MODULE, PATCHES
from conformance.adapters.plan import Argument, Invoke, Plan
from reference.index_map.geometry import PadMode

_LIMITS: dict[PadMode, Limit] = {"REFLECT": "length - 1", "SYMMETRIC": "length"}


def keras_index_map_dialect(backend: str) -> IndexMapDialect:
    """Of `pad` in the backend's modes, blocks DCR, patches HWC under two words."""
    modes: list[tuple[PadMode, str]] = [(mode, word) for mode, word in MODES[backend].items()]  # type: ignore[misc]
    return IndexMapDialect(
        tuple(
            PadWords(f"mode {word}", mode, _LIMITS.get(mode, "any length"), None, partial(_pad, word))
            for mode, word in modes
        ),
        tuple(
            BlockWords(f"{MODULE}.{name}", name, "DCR", (2, 3), partial(_blocks, name))
            for name in ("depth_to_space", "space_to_depth")
        ),
        (
            PatchWords(f"{PATCHES}, same", "HWC", "SAME", partial(_patches, "same")),
            PatchWords(f"{PATCHES}, valid", "HWC", "VALID", partial(_patches, "valid")),
        ),
    )


def _pad(mode: str, _: int, pads: tuple[int, int]) -> Plan:
    return Plan((Invoke(f"{MODULE}.pad", (("", "value"),), (("pad_width", ((0, 0), pads)), ("mode", mode))),))


def _blocks(name: str, _: Shape, block: int) -> Plan:
    keywords = (("block_size", block), ("data_format", "channels_last"))
    return Plan((Invoke(f"{MODULE}.{name}", (("", "value"),), keywords),))


def _patches(padding: str, _: Shape, size: Argument, strides: Argument, rate: Argument) -> Plan:
    keywords = (
        ("size", size), ("strides", strides), ("dilation_rate", rate), ("padding", padding),
        ("data_format", "channels_last"),
    )  # fmt: skip
    return Plan((Invoke(PATCHES, (("", "value"),), keywords),))
