"""Files of others: regular ones alone, and as far as is allowed; nothing is waited for."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from conformance.errors import CaseFileError, JournalError, UsageError
from conformance.files import read_regular
from conformance.journal import read_journal
from conformance.judging.waivers import read_waivers
from conformance.running.costs import read_costs
from conformance.suite.document import MOST_BYTES, read_document
from conformance.vectors.answering import read_answers
from conformance.vectors.reading import read_vectors


def answers(path: Path) -> None:
    path.rename(path.parent / "answers.json")
    read_answers(path.parent)


def vectors(path: Path) -> None:
    path.rename(path.parent / "manifest.json")
    read_vectors(path.parent)


READERS: dict[str, tuple[Callable[[Path], object], type[Exception]]] = {
    "case file": (read_document, CaseFileError),
    "waiver file": (lambda path: read_waivers([path]), CaseFileError),
    "journal": (read_journal, JournalError),
    "cost table": (read_costs, UsageError),
    "answers.json": (answers, UsageError),
    "manifest": (vectors, UsageError),
}


@pytest.mark.parametrize("reader", READERS)
def test_a_fifo_is_refused_and_not_waited_for(tmp_path: Path, reader: str) -> None:
    read, error = READERS[reader]
    path = tmp_path / "it.yaml"
    os.mkfifo(path)
    with pytest.raises(error, match="is a FIFO; expected a regular file"):
        read(path)


def test_a_device_without_an_end_is_refused() -> None:
    with pytest.raises(OSError, match="is a character device; expected a regular file"):
        read_regular(Path("/dev/zero"))


def test_a_file_is_read_up_to_its_limit_and_not_beyond(tmp_path: Path) -> None:
    path = tmp_path / "it"
    path.write_bytes(b"12345")
    assert read_regular(path) == read_regular(path, 5) == b"12345"
    with pytest.raises(OSError, match="has 5 bytes; at most 4 are read"):
        read_regular(path, 4)


def test_a_case_file_beyond_all_sizes_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "it.yaml"
    with path.open("wb") as stream:
        stream.truncate(2**40)
    with pytest.raises(CaseFileError, match=f"at most {MOST_BYTES:,} are read"):
        read_document(path)
