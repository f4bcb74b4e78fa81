"""What files of answers say."""

import json
import os
from pathlib import Path

import ml_dtypes
import numpy as np
import pytest

from conformance.adapters.reply import Answer, CannotSay, Failed, Refused, Reply
from conformance.errors import UsageError
from conformance.vectors.answering import About, read_answers
from conformance.vectors.tensors import write_tensors
from tests.vectors.conftest import say


def reply(folder: Path, dtype: str = "float32") -> Reply | None:
    return read_answers(folder).reply("one", dtype, 2**20)


def failure(folder: Path) -> str:
    found = reply(folder)
    assert isinstance(found, Failed)
    return found.message


def put(folder: Path, content: bytes, ending: str = "safetensors") -> None:
    (folder / f"one.{ending}").write_bytes(content)


def test_a_tensor_is_an_answer(tmp_path: Path) -> None:
    array = np.array([1.5, -2], ml_dtypes.bfloat16)
    put(tmp_path, write_tensors({"result": array}))
    found = reply(tmp_path, "bfloat16")
    assert isinstance(found, Answer)
    assert (found.array.dtype, found.array.tobytes()) == (array.dtype, array.tobytes())


def test_pairs_are_a_complex_answer(tmp_path: Path) -> None:
    put(tmp_path, write_tensors({"result": np.array([1 + 2j], "complex128")}))
    found = reply(tmp_path, "complex128")
    assert isinstance(found, Answer)
    assert found.array.tolist() == [1 + 2j]


def test_words_are_the_replies_of_the_protocol(tmp_path: Path) -> None:
    say(tmp_path / "one", type="refusal", error="ValueError", message="no")
    assert reply(tmp_path) == Refused("ValueError", "no")
    say(tmp_path / "one", type="unsupported", reason="dilations", more="ignored")
    assert reply(tmp_path) == CannotSay("dilations")
    say(tmp_path / "one", type="error", message="out of memory")
    assert failure(tmp_path) == "out of memory"


def test_no_file_is_no_reply(tmp_path: Path) -> None:
    assert reply(tmp_path) is None


def test_two_files_are_an_error(tmp_path: Path) -> None:
    put(tmp_path, write_tensors({"result": np.ones(1)}))
    say(tmp_path / "one", type="unsupported", reason="dilations")
    assert failure(tmp_path) == "two answers: one.safetensors and one.json; expected one of them"


@pytest.mark.parametrize("content", [b"", b"\xff" * 8, write_tensors({"result": np.ones(4)})[:-1]])
def test_a_broken_tensor_file_is_an_error(tmp_path: Path, content: bytes) -> None:
    put(tmp_path, content)
    assert failure(tmp_path).startswith("one.safetensors is not a safetensors file that can be read: ")


def test_a_tensor_of_another_name_is_an_error_that_tells_the_right_one(tmp_path: Path) -> None:
    put(tmp_path, write_tensors({"output": np.ones(1), "y": np.ones(1)}))
    assert failure(tmp_path) == "one.safetensors holds the tensors 'output', 'y'; expected one, 'result'"


def test_a_file_without_tensors_is_an_error(tmp_path: Path) -> None:
    put(tmp_path, write_tensors({}))
    assert failure(tmp_path) == "one.safetensors holds the tensors none; expected one, 'result'"


def test_a_folder_in_the_place_of_an_answer_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "one.safetensors").mkdir()
    assert failure(tmp_path) == "one.safetensors cannot be read: Is a directory"


@pytest.mark.parametrize("ending", ["safetensors", "json"])
def test_a_file_that_is_too_large_is_not_read(tmp_path: Path, ending: str) -> None:
    with (tmp_path / f"one.{ending}").open("wb") as stream:
        stream.truncate(2**31)
    before = held()
    assert failure(tmp_path) == (f"one.{ending} cannot be read: has 2,147,483,648 bytes; at most 1,048,576 are read")
    assert held() - before < 2**23


def held() -> int:
    """Bytes that this process had at most."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) * 1024


@pytest.mark.parametrize("ending", ["safetensors", "json"])
def test_a_fifo_in_the_place_of_an_answer_is_not_waited_for(tmp_path: Path, ending: str) -> None:
    os.mkfifo(tmp_path / f"one.{ending}")
    assert failure(tmp_path) == f"one.{ending} cannot be read: is a FIFO; expected a regular file"


def test_a_link_to_nothing_is_no_answer_that_could_be_read(tmp_path: Path) -> None:
    (tmp_path / "one.json").symlink_to(tmp_path / "gone")
    assert failure(tmp_path) == "one.json cannot be read: No such file or directory"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "one.json is not JSON: "),
        (b"\xff", "one.json is not JSON: "),
        (b"[" * 100_000, "one.json is not JSON: "),
        (b"{}", "one.json is neither refusal, unsupported nor error: {}"),
        (b'{"type": "refusal"}', "one.json is neither refusal, unsupported nor error: {'type': 'refusal'}"),
    ],
)
def test_words_that_are_none_are_an_error(tmp_path: Path, content: bytes, message: str) -> None:
    put(tmp_path, content, "json")
    assert failure(tmp_path).startswith(message)


def test_what_answered_is_told_by_answers_json(tmp_path: Path) -> None:
    told = {"name": "my_port", "version": "0.1", "language": "C", "machine": {"device": "a phone"}, "more": 1}
    (tmp_path / "answers.json").write_text(json.dumps(told), encoding="utf-8")
    assert read_answers(tmp_path).about == About("my_port", "0.1", "C", machine={"device": "a phone"})


def test_answers_json_may_be_left_out(tmp_path: Path) -> None:
    assert read_answers(tmp_path).about == About()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", r"answers\.json: Invalid JSON"),
        ("[]", r"answers\.json: Input should be"),
        ('{"name": 3, "version": []}', r"answers\.json: name: .*\n.*answers\.json: version: "),
    ],
)
def test_an_answers_json_that_cannot_be_read_is_told(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "answers.json").write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match=message):
        read_answers(tmp_path)


def test_no_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="gone: no such folder of answers"):
        read_answers(tmp_path / "gone")


def test_strangers_are_files_that_look_like_answers_to_nothing(tmp_path: Path) -> None:
    for name in ("one.json", "two.safetensors", "answers.json", "README.md", "three.json"):
        (tmp_path / name).write_text("{}", encoding="utf-8")
    assert read_answers(tmp_path).strangers({"one"}) == ["three.json", "two.safetensors"]
