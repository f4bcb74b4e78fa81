"""What can be asked of an index map, and what authors of cases get told."""

from collections.abc import Callable
from pathlib import Path

import pytest

from conformance.errors import CaseFileError
from conformance.operators.facts import facts
from conformance.operators.index_map.call import IndexMapTrial, index_map, right_index_map
from conformance.operators.pooling.calls import right_call as right_pooling_call
from conformance.suite.case import Trial
from conformance.suite.loading import load

Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(text: str) -> Path:
        path = tmp_path / "example.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return written


@pytest.fixture
def trial_of(write: Write) -> Callable[..., Trial]:
    def loaded(parameters: str, operator: str = "pad") -> Trial:
        (trial,) = load([write(f"operator: {operator}\ncases:\n  - {{name: case, why: because, {parameters}}}\n")])
        return trial

    return loaded


def test_a_case_becomes_a_call_with_its_geometry(trial_of: Callable[..., Trial]) -> None:
    trial = trial_of("value: [3, 4], paddings: [[1, 2], [0, 1]], mode: EDGE")
    assert isinstance(trial, IndexMapTrial)
    assert trial.call.output_shape == (6, 5)
    assert trial.call.arguments() == {
        "value": (3, 4), "paddings": ((1, 2), (0, 1)), "mode": "EDGE", "dtype": "float32",
    }  # fmt: skip
    assert trial.call.axes[0] == {"input": 3, "pad_before": 1, "pad_after": 2, "output": 6}


def test_patches_that_fold_to_an_image_follow_from_it(trial_of: Callable[..., Trial]) -> None:
    words = "batch: 1, size: [4, 5], channels: 2, ksize: [2, 3], strides: 1, padding: VALID"
    call = right_index_map(trial_of(words, "fold").call)  # type: ignore[arg-type]
    assert (call.value_shape, call.output_shape) == ((1, 3, 3, 12), (1, 4, 5, 2))
    assert call.axes[0] == {
        "input": 3, "kernel": 2, "stride": 1, "dilation": 1, "crop_before": 0, "crop_after": 0, "output": 4,
    }  # fmt: skip


def test_facts_say_what_a_pad_has(trial_of: Callable[..., Trial]) -> None:
    known = facts(trial_of("value: [3, 4], paddings: [[3, 0], [0, 5]], mode: SYMMETRIC".replace("5", "4")))
    told = ("mode", "value_rank", "padded_axes", "uneven_pads", "full_pads", "pads_beyond", "constant", "padding")
    assert [known[name] for name in told] == ["SYMMETRIC", 2, 2, True, True, False, None, None]


def test_facts_say_what_blocks_and_patches_have(trial_of: Callable[..., Trial]) -> None:
    blocks = facts(trial_of("value: [2, 8, 2, 3], block_size: 2, mode: CRD, data_format: NCHW", "depth_to_space"))
    assert [blocks[name] for name in ("mode", "block", "channels_first", "channels_in", "batch")] == [
        "CRD", 2, True, 8, 2,
    ]  # fmt: skip
    words = "batch: 1, size: 4, channels: 1, ksize: 3, strides: 1, padding: SAME"
    for operator in ("extract_patches", "fold"):
        patches = facts(trial_of(words, operator))
        told = ("padding", "kernel", "overlapping", "kernel_beyond_input", "patch_order", "padded_axes")
        assert [patches[name] for name in told] == ["SAME", 3, True, False, "HWC", None]


@pytest.mark.parametrize(
    ("operator", "parameters", "message"),
    [
        ("pad", "value: [3], paddings: [[1, 1]], block_size: 2",
         "block_size is not an argument of pad, which takes value, paddings, mode, constant_values"),
        ("pad", "size: 3, paddings: [[1, 1]]", "size is not an argument of pad"),
        ("pad", "value: [3]", "paddings missing"),
        ("depth_to_space", "value: [1, 2, 2, 4]", "block_size missing"),
        ("fold", "size: 3, batch: 1, channels: 1, ksize: 1, strides: 1, padding: SAME, output_size: [3, 3]",
         "output_size and size both say what the result's lengths are; give one form"),
        ("pad", "value: [3], paddings: [[1, 1]], constant_values: 0.1, dtype: float16",
         "constant_values is 0.1, which is not exact in float16"),
        ("pad", "value: [3], paddings: [[1, 1]], constant_values: 0.5, dtype: int32",
         "constant_values is 0.5, which is not exact in int32"),
        ("pad", "value: [3], paddings: [[1, 1]], constant_values: nan, dtype: int32",
         "constant_values is nan, which int32 does not have"),
        ("pad", "value: [3], paddings: [[1, 1]], direction: value_gradient, dtype: complex64",
         "gradients are asked of real numbers"),
        ("pad", "value: [3], paddings: [[1, 1]], direction: filter_gradient", "an index map has no such operand"),
        ("pad", "value: [3], paddings: [[1, 1]], inputs: normal, dtype: int32", "normal numbers do not fill int32"),
        ("pad", "value: [3], paddings: [[1, 1]], inputs: special, dtype: int32", "special numbers do not fill int32"),
        ("pad", "value: [3], paddings: [[1, 1]], inputs: special, direction: value_gradient",
         "special numbers are copied, and never summed"),
        ("pad", "value: [40, 40], paddings: [[1, 1], [0, 0]], dtype: bfloat16",
         "bfloat16 has no 1600 distinct whole numbers whose sums of 1 are exact"),
        ("pad", "value: [255], paddings: [[1, 1]], dtype: uint8", "uint8 has no 255 distinct whole numbers beside 0"),
        ("pad", "value: [3], paddings: [[1, 1]], constant_values: 128, dtype: int8",
         "constant_values is 128, which is not exact in int8"),
        ("pad", "value: [3], paddings: [[1, 1]], constant_values: -1, dtype: uint8",
         "constant_values is -1, which is not exact in uint8"),
        ("fold", "size: 3, batch: 1, channels: 1, ksize: 1, strides: 1, padding: SAME, dtype: int8",
         "dtype is int8, which does not hold the sums of fold: it is asked of copies and maxima alone; it must be one"),
    ],
)  # fmt: skip
def test_what_is_no_trial_is_said(write: Write, operator: str, parameters: str, message: str) -> None:
    with pytest.raises(CaseFileError) as raised:
        load([write(f"operator: {operator}\ncases:\n  - {{name: case, why: because, {parameters}}}\n")])
    assert message in str(raised.value)


def test_a_call_of_another_kind_is_no_index_map() -> None:
    other = right_pooling_call("max_pool1d", (1, 4, 1), ksize=2, strides=1, padding="VALID")
    with pytest.raises(TypeError, match="max_pool1d is not an index map"):
        index_map(other)
    with pytest.raises(TypeError, match="max_pool1d is not an index map"):
        right_index_map(other)
