"""Folders of vectors that are not as they were exported, by accident or on purpose."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from conformance.errors import UsageError
from conformance.judging.question import make_question
from conformance.suite.case import Trial
from conformance.vectors.layout import file_name
from conformance.vectors.reading import read_vectors
from conformance.vectors.tensors import read_tensors, write_tensors
from tests.vectors.conftest import EXAMPLE, edit, reseal

Change = Callable[[dict[str, Any]], None]
NAME = file_name(EXAMPLE)


def problem(folder: Path) -> str:
    with pytest.raises(UsageError) as raised:
        read_vectors(folder)
    return str(raised.value)


def test_what_was_exported_comes_back_bit_for_bit(exported: Path, trials: list[Trial]) -> None:
    vectors = read_vectors(exported)
    assert [vector.listed.id for vector in vectors.vectors] == [trial.id for trial in trials]
    for trial, vector in zip(trials, vectors.vectors, strict=True):
        question, demand = make_question(trial), vectors.demand(vector)
        assert (question.expected is None) is (demand is None)
        if question.expected is not None and demand is not None:
            for name in ("values", "magnitude", "taps", "products"):
                wanted, found = getattr(question.expected, name), getattr(demand.expected, name)
                assert np.array_equal(found, wanted, equal_nan=True)
                assert (found.shape, found.dtype) == (wanted.shape, wanted.dtype)
            for name in ("format", "quantum", "spatial", "strides"):
                assert getattr(demand.expected, name) == getattr(question.expected, name)


def test_no_folder_is_told(tmp_path: Path) -> None:
    assert problem(tmp_path / "gone") == f"{tmp_path / 'gone'}: no such folder of test vectors"


def test_a_folder_without_manifest_is_told_what_writes_one(tmp_path: Path) -> None:
    assert "manifest.json: No such file or directory; `conformance vectors export` writes one" in problem(tmp_path)


def test_an_export_that_was_interrupted_is_told(vectors: Path) -> None:
    (vectors / "SHA256SUMS").unlink()
    assert "SHA256SUMS: No such file or directory; an export that was interrupted has none" in problem(vectors)


@pytest.mark.parametrize("path", ["manifest.json", f"trials/{NAME}.json", f"inputs/{NAME}.safetensors",
                                  f"expected/{NAME}.safetensors"])  # fmt: skip
def test_a_file_that_changed_is_named(vectors: Path, path: str) -> None:
    content = (vectors / path).read_bytes()
    (vectors / path).write_bytes(content + b" ")
    assert problem(vectors) == (f"{vectors / path}: changed since the export: its SHA-256 is not the one in SHA256SUMS")


def test_every_changed_and_missing_file_is_told_at_once(vectors: Path) -> None:
    (vectors / f"inputs/{NAME}.safetensors").unlink()
    (vectors / f"expected/{NAME}.safetensors").write_bytes(b"")
    found = problem(vectors)
    assert f"inputs/{NAME}.safetensors: No such file or directory" in found
    assert f"expected/{NAME}.safetensors: changed since the export" in found


def test_a_file_without_checksum_is_told(vectors: Path) -> None:
    path = vectors / "SHA256SUMS"
    path.write_text("".join(line for line in path.read_text().splitlines(keepends=True) if NAME not in line))
    assert f"trials/{NAME}.json: SHA256SUMS has no line for it" in problem(vectors)


def test_a_line_that_is_no_checksum_is_shown(vectors: Path) -> None:
    (vectors / "SHA256SUMS").write_text("what is this\n")
    assert "SHA256SUMS: 'what is this' is not a line of SHA256SUMS; it must be a digest" in problem(vectors)


def test_many_problems_are_counted_and_the_first_are_shown(vectors: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conformance.vectors.reading.MOST_PROBLEMS", 2)
    for path in (vectors / "inputs").iterdir():
        path.write_bytes(b"")
    lines = problem(vectors).splitlines()
    assert lines[2:] == [f"and {len(list((vectors / 'inputs').iterdir())) - 2} more"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "manifest.json: is not JSON: "),
        ("[" * 100_000, "manifest.json: is not JSON: "),
        ("[]", "manifest.json: is not a JSON object"),
        ('{"kind": NaN}', "manifest.json: is not JSON: NaN is not JSON"),
        (
            '{"kind": "something else"}',
            "manifest.json: is not a manifest of test vectors; its kind must be ",
        ),
        ('{"kind": "nn-conformance test vectors", "format": 2}', "manifest.json: format 2; this version reads 1"),
        ('{"kind": "nn-conformance test vectors"}', "manifest.json: format None; this version reads 1"),
        ('{"kind": "nn-conformance test vectors", "format": 1}', "manifest.json: suite_version: "),
    ],
)
def test_a_manifest_that_is_none_is_told(vectors: Path, content: str, message: str) -> None:
    (vectors / "manifest.json").write_text(content, encoding="utf-8")
    reseal(vectors)
    assert message in problem(vectors)


def example(manifest: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any]
    (found,) = [each for each in manifest["trials"] if each["id"] == EXAMPLE]
    return found


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda m: m["trials"].append(dict(example(m), name="other")), f"id {EXAMPLE!r} is there 2 times"),
        (lambda m: m["trials"].append(dict(example(m), id="other")), f"name {NAME!r} is there 2 times"),
        (lambda m: example(m).update(inputs="../x.safetensors"), "'../x.safetensors' is not a file of the layout"),
        (lambda m: example(m).update(inputs="inputs/../../x.safetensors"), "is not a file of the layout"),
        (lambda m: example(m).update(expected="/etc/passwd"), "'/etc/passwd' is not a file of the layout"),
        (lambda m: example(m).update(description="trials\\x.json"), "is not a file of the layout"),
        (lambda m: example(m).update(name="../x"), "'../x' is not a name of files; it must be a-z, 0-9 and -"),
        (lambda m: example(m).update(name="CON"), "'CON' is not a name of files"),
        (lambda m: m.update(trials=[]), "manifest.json: lists no trial"),
        (lambda m: m.update(trials=[7]), "manifest.json: trials.0: "),
    ],
)  # fmt: skip
def test_a_manifest_that_makes_no_sense_is_told(vectors: Path, change: Change, message: str) -> None:
    edit(vectors / "manifest.json", change)
    reseal(vectors)
    assert message in problem(vectors)


def test_a_link_out_of_the_folder_is_not_followed(vectors: Path, tmp_path: Path) -> None:
    path = vectors / f"inputs/{NAME}.safetensors"
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    reseal(vectors)
    assert "is not a file of the layout" in problem(vectors)


def test_a_pipe_in_the_place_of_a_file_is_not_waited_for(vectors: Path) -> None:
    path = vectors / f"inputs/{NAME}.safetensors"
    path.unlink()
    os.mkfifo(path)
    assert f"{path}: is a FIFO; expected a regular file" in problem(vectors)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d["trial"].update(id="other"), f"{EXAMPLE}: its description is of other"),
        (lambda d: d["trial"]["arguments"].update(dtype="float8"), "dtype 'float8'; it must be one of float64, "),
        (lambda d: d["trial"].pop("axes"), f"{EXAMPLE}: trial.axes: Field required"),
        (lambda d: d["expected"].update(what="luck"), f"{EXAMPLE}: expected."),
        (lambda d: d["expected"].update(arithmetic="magic"), f"{EXAMPLE}: expected."),
        (lambda d: d["expected"].update(dtype="float64"), "expected values in float64; the call's dtype is float32"),
        (lambda d: d["expected"].update(shape=[1, 8, 8, 2]), "expected has shape [1, 8, 8, 1], "),
        (lambda d: d["expected"].update(strides=[2]), "strides [2] of a result with 2 spatial axes"),
        (lambda d: d["expected"].update(strides=[2, 0]), "strides [2, 0] of a result with 2 spatial axes"),
        (lambda d: d.update(expected={"what": "refusal", "reason": "rank", "message": ""}),
         "a refusal has no file of expected values, and everything else has one"),
    ],
)  # fmt: skip
def test_a_description_that_contradicts_the_rest_is_told(vectors: Path, change: Change, message: str) -> None:
    edit(vectors / f"trials/{NAME}.json", change)
    reseal(vectors)
    assert message in problem(vectors)


def test_keys_that_a_later_version_adds_are_ignored(vectors: Path) -> None:
    edit(vectors / f"trials/{NAME}.json", lambda described: described["expected"].update(mood="good"))
    edit(vectors / "manifest.json", lambda manifest: manifest.update(mood="good"))
    reseal(vectors)
    assert EXAMPLE in {vector.listed.id for vector in read_vectors(vectors).vectors}


def test_a_tensor_file_that_is_cut_off_is_told(vectors: Path) -> None:
    path = vectors / f"expected/{NAME}.safetensors"
    path.write_bytes(path.read_bytes()[:-1])
    reseal(vectors)
    assert f"{EXAMPLE}: is not a safetensors file that can be read: " in problem(vectors)


Arrays = dict[str, NDArray[Any]]


def bent(**arrays: Callable[[NDArray[Any]], NDArray[Any]]) -> Callable[[Arrays], Arrays]:
    return lambda found: {**found, **{name: change(found[name]) for name, change in arrays.items()}}


@pytest.mark.parametrize(
    ("kind", "change", "message"),
    [
        ("inputs", lambda found: {"value": found["value"]}, "its inputs lack filter"),
        ("expected", lambda found: {"expected": found["expected"]}, "its expected values lack reference, allowed_"),
        ("expected", bent(expected=lambda array: array.astype(np.float64)), "expected is float64 instead of float32"),
        ("expected", bent(taps=lambda array: array.astype(np.int32)), "taps is int32 instead of int64"),
        ("expected", bent(taps=lambda array: array[:3]), "taps has shape [3, 8, 1]"),
        ("expected", bent(products=lambda array: array[0]), "products has shape [8, 1]"),
        ("expected", bent(allowed_error=lambda array: array * np.nan), "an allowed error is NaN; infinity is what"),
        ("expected", bent(reference=lambda array: array + 1), "the expected values are not those of the reference"),
    ],
)
def test_tensors_that_contradict_the_rest_are_told(
    vectors: Path, kind: str, change: Callable[[Arrays], Arrays], message: str
) -> None:
    path = vectors / kind / f"{NAME}.safetensors"
    path.write_bytes(write_tensors(change(read_tensors(path.read_bytes()))))
    reseal(vectors)
    assert message in problem(vectors)
