"""What the suite expects of JAX's words for index maps. Must not know: jax."""

from functools import partial

from conformance.adapters.index_map_dialect import IndexMapDialect, PadWords, PatchWords, Shape
from conformance.adapters.plan import Invoke, Plan
from reference.index_map.family import PAD_MODES


def jax_index_map_dialect() -> IndexMapDialect:
    """`jnp.pad` in NumPy's modes at any length, patches CHW under two words; no blocks."""
    return IndexMapDialect(
        tuple(
            PadWords(f"mode {mode.lower()}", mode, "any length", "refused", partial(_pad, mode.lower()))
            for mode in PAD_MODES
        ),
        patches=(
            PatchWords("lax.conv_general_dilated_patches, SAME", "CHW", "SAME", partial(_patches, "SAME")),
            PatchWords("lax.conv_general_dilated_patches, VALID", "CHW", "VALID", partial(_patches, "VALID")),
        ),
    )


def _pad(mode: str, _: int, pads: tuple[int, int]) -> Plan:
    return Plan((Invoke("jax.numpy.pad", (("", "value"),), (("pad_width", ((0, 0), pads)), ("mode", mode))),))


def _patches(
    padding: str, _: Shape, ksize: tuple[int, int], strides: tuple[int, int], dilations: tuple[int, int]
) -> Plan:
    keywords = (
        ("filter_shape", ksize), ("window_strides", strides), ("padding", padding), ("rhs_dilation", dilations),
        ("dimension_numbers", ("NHWC", "HWIO", "NHWC")),
    )  # fmt: skip
    return Plan((Invoke("jax.lax.conv_general_dilated_patches", (("", "value"),), keywords),))
