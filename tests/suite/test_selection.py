"""Words of a command line to trials."""

from pathlib import Path

import pytest

from conformance.errors import CaseFileError, UsageError
from conformance.suite.corpus import files_in, select, shipped_cases
from conformance.suite.wildcard import matches
from tests.corpus import shipped_trials

TEXT = (
    "operator: conv2d_transpose\ncases:\n  - {name: a, why: w, batch: 1, size: 2, channels: 1, kernel: 1, output: 2}\n"
)


def _written(folder: Path, *names: str) -> list[Path]:
    paths = [folder / name for name in names]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(TEXT, encoding="utf-8")
    return paths


def test_no_word_selects_every_shipped_trial() -> None:
    assert {trial.id for trial in shipped_trials()} == {trial.id for trial in select([str(shipped_cases())])}


def test_shipped_trials_come_by_operator_and_chapter_and_in_the_order_of_their_cases() -> None:
    trials = select([])
    chapters = [trial.id.split("/")[:2] for trial in trials]
    assert chapters == sorted(chapters)
    of_one_chapter = [trial for trial in trials if trial.id.startswith("conv3d/refusals/")]
    lines = [int(trial.location.rpartition(":")[2]) for trial in of_one_chapter]
    assert lines == sorted(lines)


def test_an_id_selects_its_trial() -> None:
    (trial,) = select(["conv2d_transpose/tutorial/example-2-as-printed"])
    assert trial.id == "conv2d_transpose/tutorial/example-2-as-printed"


def test_brackets_of_an_id_stand_for_themselves() -> None:
    (trial,) = select(["conv2d_transpose/tutorial/example-1[inputs=mix,dtype=float32]"])
    assert trial.id == "conv2d_transpose/tutorial/example-1[inputs=mix,dtype=float32]"


def test_an_asterisk_stands_for_any_text() -> None:
    trials = select(["*/tutorial/example-1[*dtype=float64]"])
    assert [trial.id.partition("[")[2] for trial in trials] == [
        f"inputs={name},dtype=float64]" for name in ("ones", "mix", "codes", "normal64")
    ]


@pytest.mark.parametrize("other", ["a.c/d", "xa*c/d", "abc/de"])
def test_a_pattern_is_matched_whole_and_literally(other: str) -> None:
    assert not matches("a.b*c/d", other)


def test_a_pattern_that_matches_nothing_is_refused() -> None:
    with pytest.raises(UsageError, match=r"'nothing\*' matches no trial; `conformance cases list` shows the ids"):
        select(["conv2d_transpose/tutorial/*", "nothing*"])


@pytest.mark.parametrize(
    "pattern",
    ["conv1d/*", "conv?d/*", "*", "conv2d/bias/*", "*/bias/*float16*", "c*/b*/*", "conv2d*/kernels/s*x*", "conv2d/bi*"],
)
def test_a_pattern_selects_what_it_matches_of_the_whole_corpus(pattern: str) -> None:
    expected = [trial.id for trial in shipped_trials() if matches(pattern, trial.id)]
    if not expected:
        with pytest.raises(UsageError):
            select([pattern])
    else:
        assert [trial.id for trial in select([pattern])] == expected


def test_a_problem_in_a_case_that_is_not_asked_for_is_not_in_the_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, wrong = _written(tmp_path / "cases", "right.yaml", "wrong.yaml")
    wrong.write_text(TEXT.replace("kernel: 1", "kernel: 0"), encoding="utf-8")
    monkeypatch.setattr("conformance.suite.corpus.shipped_cases", lambda: tmp_path / "cases")
    assert [trial.id for trial in select(["conv2d_transpose/right/a"])] == ["conv2d_transpose/right/a"]
    with pytest.raises(CaseFileError):
        select(["conv2d_transpose/wrong/a"])
    with pytest.raises(CaseFileError):
        select(["*/a"])


def test_overlapping_patterns_select_a_trial_once() -> None:
    trials = select(["*/tutorial/example-1*", "*/tutorial/*"])
    assert len(trials) == len({trial.id for trial in trials})


def test_a_file_selects_its_trials(tmp_path: Path) -> None:
    (path,) = _written(tmp_path, "mine.yaml")
    assert [trial.id for trial in select([str(path)])] == ["conv2d_transpose/mine/a"]


def test_a_folder_selects_the_trials_of_its_files(tmp_path: Path) -> None:
    _written(tmp_path, "two.yaml", "deep/one.yml")
    assert [trial.id for trial in select([str(tmp_path)])] == ["conv2d_transpose/one/a", "conv2d_transpose/two/a"]


def test_a_file_named_twice_is_selected_once(tmp_path: Path) -> None:
    (path,) = _written(tmp_path, "mine.yaml")
    assert len(select([str(path), str(tmp_path)])) == 1


def test_files_and_patterns_are_selected_together(tmp_path: Path) -> None:
    (path,) = _written(tmp_path, "mine.yaml")
    trials = select(["*/tutorial/example-2-as-printed", str(path)])
    assert [trial.id for trial in trials] == [
        "conv2d_transpose/mine/a",
        "conv2d_transpose/tutorial/example-2-as-printed",
    ]


def test_waivers_beside_cases_are_no_cases(tmp_path: Path) -> None:
    (case, _) = _written(tmp_path, "mine.yaml", "waivers/torch.yaml")
    assert files_in(tmp_path) == [case]


def test_two_files_that_make_one_id_are_refused(tmp_path: Path) -> None:
    _written(tmp_path, "one/same.yaml", "two/same.yaml")
    with pytest.raises(CaseFileError, match=r"the id conv2d_transpose/same/a is taken already, at .*one/same\.yaml:3"):
        select([str(tmp_path)])


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"absent\.yaml: no such case file"):
        select([str(tmp_path / "absent.yaml")])


def test_a_folder_without_case_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no case file \(\*\.yaml\) in this folder"):
        select([str(tmp_path)])


def test_a_pattern_may_be_longer_than_any_file_s_name() -> None:
    with pytest.raises(UsageError, match="matches no trial"):
        select(["a*" * 5000])


def test_a_file_s_name_that_is_longer_than_any_is_no_such_file() -> None:
    with pytest.raises(UsageError, match="no such case file"):
        select(["a" * 5000 + ".yaml"])
