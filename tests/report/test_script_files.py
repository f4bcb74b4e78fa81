"""Scripts that a run wrote, found again and told in the page."""

from collections.abc import Callable
from pathlib import Path

import pytest

from conformance.errors import JournalError
from conformance.journal import Journal, Record
from conformance.report.document import describe
from conformance.report.page.details import ALL_HEAT_MAPS, parts
from conformance.report.page.phrases import Templates
from conformance.report.script_files import read_scripts, script_stem

Records = Callable[..., Record]
Journals = Callable[..., Journal]


def test_names_that_differ_only_in_what_a_file_system_forbids_have_files_of_their_own() -> None:
    assert script_stem("a/b", "torch") != script_stem("a:b", "torch")
    assert script_stem("a/b[k=1]", "torch").startswith("a_b_k_1_torch-")


def test_scripts_of_nonconformances_are_told(record: Records, journal: Journals, tmp_path: Path) -> None:
    run = journal([record("a/b", "torch", "differs"), record("a/c", "torch")])
    for name in ("a/b", "a/c"):
        (tmp_path / f"{script_stem(name, 'torch')}.py").write_text("import torch\nx = 12\n", encoding="utf-8")
    scripts = read_scripts(tmp_path, run)
    assert scripts == {("a/b", "torch"): "import torch\nx = 12\n"}
    templates: Templates = {}
    (part,) = parts(describe(run, scripts=scripts), ALL_HEAT_MAPS, templates)
    lines = [part["texts"][number] for number in part["answers"][0]["script"]]
    assert [list(templates)[template] for template, *_ in lines] == [("import torch",), ("x = ", "")]


def test_scripts_that_cannot_be_read_are_an_error(record: Records, journal: Journals, tmp_path: Path) -> None:
    (tmp_path / f"{script_stem('a/b', 'torch')}.py").write_bytes(b"\xff")
    with pytest.raises(JournalError, match="scripts cannot be read: 'utf-8' codec"):
        read_scripts(tmp_path, journal([record("a/b", "torch", "differs")]))


def test_a_folder_without_scripts_has_none(record: Records, journal: Journals, tmp_path: Path) -> None:
    assert read_scripts(tmp_path, journal([record("a/b", "torch", "differs")])) == {}
