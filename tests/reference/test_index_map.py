"""Index maps: the engine against the definition, by hand, and adjoints against the adjoint identity."""

from typing import Any

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from reference import index_map
from reference.errors import ArgumentError, DtypeError
from reference.index_map import definition, engine
from reference.index_map.arguments import index_geometry
from reference.index_map.geometry import Blocks, IndexMap, Padded, Patches


@st.composite
def padded(draw: st.DrawFn) -> Padded:
    """Pads up to the longest that the mode takes, and some beyond the value."""
    mode = draw(st.sampled_from(["CONSTANT", "REFLECT", "SYMMETRIC", "EDGE", "WRAP"]))
    lengths = draw(st.lists(st.integers(0 if mode == "CONSTANT" else 1, 4), min_size=1, max_size=4))
    pairs = []
    for length in lengths:
        most = {"REFLECT": length - 1, "SYMMETRIC": length}.get(mode, 9)
        least = -length if mode == "CONSTANT" else 0
        before = draw(st.integers(least, most))
        pairs.append((before, draw(st.integers(max(least, -length - before), most))))
    found = index_geometry("pad", lengths, paddings=pairs, mode=mode).map
    assert isinstance(found, Padded)
    return found


@st.composite
def blocks(draw: st.DrawFn) -> Blocks:
    size = (draw(st.integers(0, 3)), draw(st.integers(0, 3)))
    return Blocks(draw(st.integers(0, 2)), size, draw(st.integers(1, 3)), draw(st.integers(1, 3)),
                  draw(st.sampled_from(["DCR", "CRD"])))  # fmt: skip


@st.composite
def patches(draw: st.DrawFn) -> Patches:
    """Windows beyond the value, and within pads."""
    pads = st.tuples(st.integers(0, 3), st.integers(0, 3)).map(list)
    lengths = [draw(st.integers(0, 5)), draw(st.integers(0, 5))]
    padding: Any = draw(st.one_of(st.just("SAME"), st.tuples(pads, pads).map(lambda two: [[0, 0], *two, [0, 0]])))
    words = {name: [draw(st.integers(1, 3)), draw(st.integers(1, 3))] for name in ("ksize", "strides", "dilations")}
    shape = (draw(st.integers(0, 2)), *lengths, draw(st.integers(1, 3)))
    order = draw(st.sampled_from(["HWC", "CHW"]))
    try:
        found = index_geometry("extract_patches", shape, padding=padding, patch_order=order, **words).map
    except ArgumentError:
        found = index_geometry("extract_patches", shape, padding="SAME", patch_order=order, **words).map
    assert isinstance(found, Patches)
    return found


def _numbers(shape: tuple[int, ...]) -> NDArray[Any]:
    return np.random.default_rng(len(shape)).permutation(np.arange(1, np.prod(shape, dtype=int) + 1)).reshape(shape)


def _gathered(of: IndexMap, value: NDArray[Any], constant: float = 0) -> NDArray[Any]:
    return engine.gather(value, engine.indices_of(of), constant)


@settings(max_examples=150, deadline=None)
@given(padded())
def test_a_padded_value_is_that_of_the_definition(of: Padded) -> None:
    value = _numbers(of.source_shape)
    assert np.array_equal(_gathered(of, value, -7), definition.pad_by_definition(value, of, -7))


@settings(max_examples=80, deadline=None)
@given(blocks())
def test_blocks_are_those_of_the_definition(of: Blocks) -> None:
    value = _numbers(of.source_shape)
    assert np.array_equal(_gathered(of, value), definition.depth_to_space_by_definition(value, of))


@settings(max_examples=150, deadline=None)
@given(patches())
def test_patches_are_those_of_the_definition(of: Patches) -> None:
    value = _numbers(of.source_shape)
    assert np.array_equal(_gathered(of, value), definition.extract_patches_by_definition(value, of))


@settings(max_examples=150, deadline=None)
@given(st.one_of(padded(), blocks(), patches()))
def test_a_scatter_is_the_adjoint_of_the_gather(of: IndexMap) -> None:
    value, target, indices = _numbers(of.source_shape), _numbers(of.target_shape), engine.indices_of(of)
    folded = engine.scatter(target, indices, of.source_shape)
    assert np.vdot(engine.gather(value, indices), target) == np.vdot(value, folded)


@settings(max_examples=150, deadline=None)
@given(st.one_of(padded(), blocks(), patches()))
def test_the_most_copies_are_those_that_the_engine_makes(of: IndexMap) -> None:
    counts = engine.copies(engine.indices_of(of), of.source_shape)
    assert counts.max(initial=0) == of.most_copies or counts.size == 0 or 0 in of.target_shape


@settings(max_examples=80, deadline=None)
@given(padded().filter(lambda of: of.mode != "CONSTANT"))
def test_modes_are_those_of_numpy(of: Padded) -> None:
    value = _numbers(of.source_shape)
    pairs = [(axis.pad_before, axis.pad_after) for axis in of.axes]
    mode: Any = of.mode.lower()
    assert np.array_equal(_gathered(of, value), np.pad(value, pairs, mode))


def test_pads_by_hand() -> None:
    value = [1, 2, 3, 4]
    results = {mode: index_map.pad(value, [[3, 2]], mode).tolist() for mode in ("REFLECT", "SYMMETRIC", "EDGE", "WRAP")}
    assert results == {
        "REFLECT": [4, 3, 2, 1, 2, 3, 4, 3, 2],
        "SYMMETRIC": [3, 2, 1, 1, 2, 3, 4, 4, 3],
        "EDGE": [1, 1, 1, 1, 2, 3, 4, 4, 4],
        "WRAP": [2, 3, 4, 1, 2, 3, 4, 1, 2],
    }
    assert index_map.pad(value, [[-1, 2]], constant_values=9).tolist() == [2, 3, 4, 9, 9]
    assert index_map.pad(value, [[-5, 3]], constant_values=9).tolist() == [9, 9]


def test_blocks_by_hand() -> None:
    """Two channels of four places each: DCR has the place outside, CRD the channel."""
    value = np.arange(8).reshape(1, 1, 1, 8)
    assert index_map.depth_to_space(value, 2).tolist() == [[[[0, 1], [2, 3]], [[4, 5], [6, 7]]]]
    assert index_map.depth_to_space(value, 2, mode="CRD").tolist() == [[[[0, 4], [1, 5]], [[2, 6], [3, 7]]]]
    first = index_map.depth_to_space(value.reshape(1, 8, 1, 1), 2, "NCHW", "CRD")
    assert first.tolist() == [[[[0, 1], [2, 3]], [[4, 5], [6, 7]]]]


@pytest.mark.parametrize("mode", ["DCR", "CRD"])
@pytest.mark.parametrize("data_format", ["NHWC", "NCHW"])
def test_space_to_depth_is_the_inverse(mode: str, data_format: str) -> None:
    value = _numbers((2, 12, 8, 6) if data_format == "NCHW" else (2, 4, 6, 12)).astype(float)
    value.flat[0], value.flat[1] = -0.0, np.nan
    there = index_map.depth_to_space(value, 2, data_format, mode)
    back = index_map.space_to_depth(there, 2, data_format, mode)
    assert back.tobytes() == value.tobytes()


def test_patches_and_their_sum_by_hand() -> None:
    value = np.arange(1, 13).reshape(1, 2, 3, 2)
    found = index_map.extract_patches(value, 2, 1, "VALID")
    assert found.tolist() == [[[[1, 2, 3, 4, 7, 8, 9, 10], [3, 4, 5, 6, 9, 10, 11, 12]]]]
    assert index_map.extract_patches(value, 2, 1, "VALID", patch_order="CHW").tolist() == [
        [[[1, 3, 7, 9, 2, 4, 8, 10], [3, 5, 9, 11, 4, 6, 10, 12]]]
    ]
    folded = index_map.fold(found, [2, 3], 2, 1, "VALID")
    assert folded.tolist() == [[[[1, 2], [6, 8], [5, 6]], [[7, 8], [18, 20], [11, 12]]]]


@pytest.mark.parametrize("dtype", [np.int32, np.float16, ml_dtypes.bfloat16, np.complex64])
def test_results_have_the_dtype_of_the_value(dtype: Any) -> None:
    value = np.ones((1, 2, 2, 4), dtype)
    assert index_map.pad(value, [[0, 0]] * 4).dtype == dtype
    assert index_map.depth_to_space(value, 2).dtype == dtype
    assert index_map.fold(value, [3, 3], 2, 1, "VALID").dtype == dtype


def test_the_gradient_of_a_reflection_is_a_sum() -> None:
    given = {"value": np.zeros(3), "cotangent": np.array([1.0, 2, 4, 8, 16, 32, 64])}
    found = index_map.vector_jacobian_product("pad", **given, paddings=[[2, 2]], mode="REFLECT")
    assert found.tolist() == [4 + 64, 2 + 8 + 32, 1 + 16]


def test_a_constant_that_the_dtype_does_not_have_is_refused() -> None:
    with pytest.raises(DtypeError, match=r"constant_values is 0.5, which int32 does not have"):
        index_map.pad(np.ones(2, np.int32), [[1, 1]], constant_values=0.5)
    with pytest.raises(DtypeError, match=r"constant_values is 0.1, which float16 does not have"):
        index_map.pad(np.ones(2, np.float16), [[1, 1]], constant_values=0.1)


@pytest.mark.parametrize("constant", ["nan", "-inf"])
def test_a_constant_may_be_spelled_as_a_word(constant: str) -> None:
    assert np.array_equal(
        index_map.pad([1.0], [[1, 0]], constant_values=constant), [float(constant), 1], equal_nan=True
    )


_IMAGE = (1, 4, 6, 8)
_PAIRS = [[0, 0], [1, 1], [1, 1], [0, 0]]


@pytest.mark.parametrize(
    ("operator", "shape", "words", "reason", "message"),
    [
        ("pad", (), {"paddings": []}, "size", "value is []; it must have at least one axis"),
        ("pad", (4,), {"paddings": [[1]]}, "padding", "it must be 1 pairs [before, after], one for each axis"),
        ("pad", (4, 3), {"paddings": [[1, 1]]}, "rank", "it must be 2 pairs"),
        ("pad", (4,), {"paddings": [[4, 0]], "mode": "REFLECT"}, "padding", "has [4, 0]; REFLECT takes at most 3"),
        ("pad", (4,), {"paddings": [[0, 5]], "mode": "SYMMETRIC"}, "padding", "SYMMETRIC takes at most 4"),
        ("pad", (4,), {"paddings": [[-1, 0]], "mode": "EDGE"}, "padding", "only pads of constants may be negative"),
        ("pad", (0,), {"paddings": [[1, 0]], "mode": "WRAP"}, "padding", "WRAP has nothing to copy from an empty axis"),
        ("pad", (4,), {"paddings": [[-2, -3]]}, "size", "has [-2, -3], and would have length -1"),
        ("pad", (4,), {"paddings": [[1, 1]], "mode": "MIRROR"}, "mode", "one of CONSTANT, REFLECT, SYMMETRIC"),
        ("depth_to_space", _IMAGE, {"block_size": 0}, "block_size", "block_size is 0; it must be"),
        ("depth_to_space", _IMAGE, {"block_size": 3}, "block_size", "block_size 3 needs a multiple of 9"),
        ("space_to_depth", _IMAGE, {"block_size": 4}, "block_size", "has width 6; block_size 4 needs a multiple of it"),
        ("depth_to_space", _IMAGE, {"block_size": 2, "mode": "CDR"}, "mode", "it must be one of DCR, CRD"),
        ("depth_to_space", (4, 4, 8), {"block_size": 2}, "rank", "it must be 4: [batch, height, width, channels]"),
        ("space_to_depth", (1, 4, 4, 0), {"block_size": 2}, "size", "channels at least 1"),
        ("extract_patches", _IMAGE, {"ksize": 7, "strides": 1, "padding": "VALID"}, "size", "-2 windows along"),
        ("extract_patches", _IMAGE, {"ksize": 2, "strides": 1, "padding": "SAME", "patch_order": "WHC"}, "patch_order",
         "patch_order is 'WHC'; it must be one of HWC, CHW"),
        ("fold", _IMAGE, {"ksize": 2, "strides": 1, "padding": "VALID", "output_size": [4, 7]}, "output_size",
         "output_size [4, 7] has 3 x 6 windows; value [1, 4, 6, 8] has 4 x 6"),
        ("fold", _IMAGE, {"ksize": 3, "strides": 1, "padding": _PAIRS, "output_size": [4, 6]}, "ksize",
         "has 8 channels; a window needs a multiple of 9"),
        ("fold", _IMAGE, {"ksize": 2, "strides": 1, "padding": "SAME", "output_size": [4]}, "output_size",
         "output_size is [4]; it must be [height, width]"),
    ],
)  # fmt: skip
def test_a_wrong_call_says_what_is_wrong(
    operator: str, shape: tuple[int, ...], words: dict[str, Any], reason: str, message: str
) -> None:
    with pytest.raises(ArgumentError) as raised:
        index_geometry(operator, shape, **words)
    assert raised.value.reason == reason
    assert message in str(raised.value)
