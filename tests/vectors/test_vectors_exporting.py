"""What an export writes, and where it refuses to."""

import json
import subprocess
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.errors import UsageError
from conformance.journal import content_hash
from conformance.journal.records import trial_entry
from conformance.judging.arithmetic import required_arithmetic
from conformance.judging.question import make_question
from conformance.judging.tolerance import error_bound
from conformance.suite.case import Trial, WrongTrial
from conformance.suite.corpus import select
from conformance.suite.loading import load_file
from conformance.vectors.exporting import export
from conformance.vectors.layout import NAME, file_name
from conformance.vectors.tensors import read_tensors
from tests.vectors.conftest import EXAMPLE, REAL, SELECTION

NAN = "conv2d_transpose/special_values/footprint-16-bit[channels=2x3,strides=1,dtype=bfloat16]"


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def described(folder: Path, trial: str) -> dict[str, object]:
    expected: dict[str, object] = json.loads((folder / f"trials/{file_name(trial)}.json").read_bytes())["expected"]
    return expected


def tensors(folder: Path, trial: str, kind: str = "expected") -> dict[str, np.ndarray]:
    return read_tensors((folder / kind / f"{file_name(trial)}.safetensors").read_bytes())


def test_two_exports_have_the_same_bytes(exported: Path, trials: list[Trial], tmp_path: Path) -> None:
    export(trials, SELECTION, tmp_path / "again")
    assert contents(tmp_path / "again") == contents(exported)


def test_what_is_told_of_an_export_is_what_lies_there(trials: list[Trial], tmp_path: Path) -> None:
    told = export(trials, SELECTION, tmp_path / "new")
    written = contents(tmp_path / "new")
    assert (told.trials, told.files, told.bytes) == (len(trials), len(written), sum(map(len, written.values())))


def test_the_manifest_lists_the_trials_in_their_order_with_the_hash_of_a_journal(
    exported: Path, trials: list[Trial]
) -> None:
    manifest = json.loads((exported / "manifest.json").read_bytes())
    assert [each["id"] for each in manifest["trials"]] == [trial.id for trial in trials]
    assert manifest["content_hash"] == content_hash(map(trial_entry, trials))
    assert manifest["format"] == 1


def test_every_file_has_its_checksum_as_sha256sum_reads_it(exported: Path) -> None:
    files = contents(exported)
    lines = files.pop("SHA256SUMS").decode().splitlines()
    assert lines == [f"{sha256(files[path]).hexdigest()}  {path}" for path in sorted(files)]


def test_inputs_are_those_that_a_run_sends(exported: Path, trials: list[Trial]) -> None:
    for trial in trials:
        question = make_question(trial)
        found = tensors(exported, trial.id, "inputs")
        assert found["value"].tobytes() == question.value.tobytes()
        assert found["filter"].tobytes() == question.filter.tobytes()
        assert found["value"].dtype.name == trial.call.dtype


def test_a_trial_that_is_judged_bitwise_allows_no_error(exported: Path) -> None:
    found = tensors(exported, EXAMPLE)
    assert described(exported, EXAMPLE)["rule"] == "bitwise"
    assert not found["allowed_error"].any()
    assert found["allowed_error"].shape == found["expected"].shape == (1, 8, 8, 1)
    assert np.array_equal(found["expected"], found["reference"])


def test_real_numbers_are_allowed_the_forward_error_bound_of_the_required_arithmetic(
    exported: Path, trials: list[Trial]
) -> None:
    (trial,) = [each for each in trials if each.id == REAL]
    expected = make_question(trial).expected
    assert expected is not None
    found = tensors(exported, REAL)
    assert described(exported, REAL)["rule"] == "bound"
    assert np.array_equal(found["allowed_error"], error_bound(expected, required_arithmetic("float32")))
    assert np.array_equal(found["expected"], expected.rounded)
    assert (found["allowed_error"] > 0).any()


def test_where_nan_or_infinity_has_to_come_they_are_expected_and_no_error_is_allowed(exported: Path) -> None:
    found, said = tensors(exported, NAN), described(exported, NAN)
    special = ~np.isfinite(found["expected"].astype(np.float64))
    assert special.sum() == said["not_finite"] == 27
    assert not found["allowed_error"][special].any()


def test_where_nothing_is_demanded_the_allowed_error_is_infinite_and_counted(tmp_path: Path) -> None:
    case = {
        "name": "overflow", "why": "a test asks", "value": [1, 1, 2, 2], "filter": [1, 1, 1, 2],
        "output_shape": [1, 1, 2, 1], "strides": 1,
        "inputs": {"value": [[[[2.0**127, 2.0**127], [0.0, 1.0]]]], "filter": [[[[1.0, 1.0]]]]},
    }  # fmt: skip
    path = tmp_path / "made.yaml"
    path.write_text(json.dumps({"operator": "conv2d_transpose", "cases": [case]}), encoding="utf-8")
    export(load_file(path), [], tmp_path / "new")
    trial = "conv2d_transpose/made/overflow"
    assert tensors(tmp_path / "new", trial)["allowed_error"].ravel()[0] == np.inf
    assert np.isfinite(tensors(tmp_path / "new", trial)["allowed_error"].ravel()[1])
    assert (described(tmp_path / "new", trial)["free"], described(tmp_path / "new", trial)["elements"]) == (1, 2)


def test_a_wrong_call_has_a_reason_and_no_expected_values(exported: Path, trials: list[Trial]) -> None:
    (trial, *_) = [each for each in trials if isinstance(each, WrongTrial)]
    said = described(exported, trial.id)
    assert (said["what"], said["reason"]) == ("refusal", "filter_channels")
    assert not (exported / "expected" / f"{file_name(trial.id)}.safetensors").exists()


def test_no_folder_of_the_exporting_machine_is_written(exported: Path) -> None:
    trial = json.loads((exported / f"trials/{file_name(EXAMPLE)}.json").read_bytes())["trial"]
    assert trial["location"].startswith("tutorial.yaml:")


@given(st.text(min_size=1))
def test_every_id_has_a_name_that_file_systems_take(trial_id: str) -> None:
    assert NAME.fullmatch(file_name(trial_id))


@given(st.text(), st.text())
def test_names_tell_ids_apart(one: str, other: str) -> None:
    assert (file_name(one) == file_name(other)) is (one == other)


def test_ids_that_differ_in_case_have_names_that_differ_otherwise() -> None:
    assert file_name("a/b[padding=SAME]") != file_name("a/b[padding=same]").upper().lower()


def test_an_older_export_is_replaced_and_strange_files_stay(vectors: Path, trials: list[Trial]) -> None:
    (vectors / "notes.txt").write_text("mine", encoding="utf-8")
    (vectors / "trials" / "mine.txt").write_text("mine", encoding="utf-8")
    export(trials[:1], [EXAMPLE], vectors)
    left = {path for path in contents(vectors) if not path.endswith("mine.txt")}
    name = file_name(trials[0].id)
    assert left == {
        "manifest.json", "SHA256SUMS", "notes.txt", f"trials/{name}.json", f"inputs/{name}.safetensors",
        f"expected/{name}.safetensors",
    }  # fmt: skip
    assert (vectors / "trials" / "mine.txt").exists()


@pytest.mark.parametrize("content", ["", "[]", '{"kind": "a journal"}', "[" * 100_000])
def test_a_folder_with_something_else_is_refused_and_stays_as_it_is(
    trials: list[Trial], tmp_path: Path, content: str
) -> None:
    (tmp_path / "manifest.json").write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match="is not empty and holds no test vectors"):
        export(trials, SELECTION, tmp_path)
    assert contents(tmp_path) == {"manifest.json": content.encode()}


def test_a_file_in_the_folders_place_is_refused(trials: list[Trial], tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="is not a folder"):
        export(trials, SELECTION, tmp_path / "file")


def test_no_trials_are_refused_and_no_folder_is_made(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no trial is selected"):
        export([], [], tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_a_disk_that_takes_no_more_is_told(
    trials: list[Trial], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, content: bytes) -> int:
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(UsageError, match=r"manifest\.json: cannot be written: No space left on device"):
        export(trials, SELECTION, tmp_path / "new")


def test_an_interrupted_export_can_be_repeated(trials: list[Trial], exported: Path, tmp_path: Path) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export(trials, SELECTION, tmp_path / "new", interrupt)
    export(trials, SELECTION, tmp_path / "new")
    assert contents(tmp_path / "new") == contents(exported)


def test_sha256sum_itself_reads_the_checksums(exported: Path) -> None:
    try:
        done = subprocess.run(["sha256sum", "--check", "SHA256SUMS"], cwd=exported, capture_output=True, check=False)
    except FileNotFoundError:
        pytest.skip("no sha256sum here")
    assert done.returncode == 0


def test_each_call_of_a_trial_of_several_is_a_vector_of_its_own(tmp_path: Path) -> None:
    trial = select(["conv1d/state/*"])[0]

    export([trial], ["conv1d/state/*"], tmp_path / "new")

    manifest = json.loads((tmp_path / "new/manifest.json").read_bytes())
    ids = [each["id"] for each in manifest["trials"]]
    assert ids == [trial.id, *(f"{trial.id}#{number}" for number in range(2, 11))]
    first, second = (tensors(tmp_path / "new", each, "inputs")["filter"] for each in ids[:2])
    assert not np.array_equal(first, second)
