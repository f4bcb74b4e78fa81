"""A waiver file after `waivers update`: the run that it was made from is green but for reasons to be filled in."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.cli.main import main
from conformance.errors import CaseFileError, JournalError
from conformance.journal import Journal
from conformance.journal.records import trial_entry
from conformance.judging.verdict import Outcome
from conformance.judging.waivers import read_waivers
from conformance.operators.facts import facts
from conformance.waiving.evidence import entry_facts, gather
from conformance.waiving.renewal import renew
from conformance.waiving.waiver_text import EMPTY, renewed
from tests.corpus import shipped_trials
from tests.waiving.conftest import CONFORMS, CORPUS, Shown, replay, write_journal

Journals = Callable[..., Journal]
ROOT = Path(__file__).resolve().parents[2]
LANES = ("torch", "torch:compile", "jax")
OUTCOMES = (Outcome.AGREES, Outcome.DIFFERS, Outcome.REFUSED, Outcome.UNSUPPORTED)

shown_everywhere = st.fixed_dictionaries(
    {lane: st.lists(st.sampled_from(OUTCOMES), min_size=len(CORPUS), max_size=len(CORPUS)) for lane in LANES}
)
entries = st.lists(
    st.tuples(
        st.sampled_from(["torch", "torch*", "[jax, torch]", '"*"', "[torch, tensorflow]"]),
        st.sampled_from(["*", "op/file/one*", "op/file/*[k=2,*", "op/none/*", CORPUS[0]]),
        st.sampled_from(["differs", "refused"]),
        st.sampled_from(["", "    where: {dtype: float16}\n", '    versions: "<2"\n', "    expires: 2999-12-31\n"]),
    ),
    max_size=4,
)


def text_of(written: list[tuple[str, str, str, str]]) -> str:
    if not written:
        return "waivers: []\n"
    return "# of ours\nwaivers:\n" + "\n".join(
        f'  # number {number}\n  - lane: {lane}\n    trial: "{trial}"  # which\n    outcome: {outcome}\n{more}'
        f"    class: bug\n    reason: known {number}\n"
        for number, (lane, trial, outcome, more) in enumerate(written)
    )


def update(path: Path, journal: Journal) -> str:
    text = path.read_text("utf-8")
    after = renewed(text, path, renew(read_waivers([path]), gather([journal])))
    path.write_text(after, "utf-8")
    return after


@settings(deadline=None, max_examples=80)
@given(shown_everywhere, entries)
def test_after_an_update_nothing_is_wrong_but_reasons_to_fill_in_and_a_second_one_does_nothing(
    shown: Shown, written: list[tuple[str, str, str, str]]
) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "waivers.yaml"
        path.write_text(text_of(written), "utf-8")
        journal = write_journal(Path(folder), shown, replay(path, shown)[0])
        after = update(path, journal)
        excused, problems = replay(path, shown)
        assert all("waiver without a reason" in problem for problem in problems), problems
        for lane, outcomes in shown.items():
            for trial, outcome in zip(CORPUS, outcomes, strict=True):
                assert (excused[trial, lane] is not None) == (outcome not in CONFORMS)
        assert update(path, journal) == after
        assert [line for line in after.splitlines() if line.startswith("  # number")] == [
            f"  # number {number}" for number in range(len(written))
        ]


def test_facts_of_a_trial_and_of_its_entry_in_a_journal_are_the_same() -> None:
    for trial in shipped_trials()[::3]:
        assert facts(trial) == entry_facts(trial_entry(trial))


FILE = """\
# Of this port.
waivers:
  # Above the first.
  - lane: [torch, "torch:compile"]
    trial: op/file/one*   # its trials
    outcome: differs
    class: bug
    reason: >-
      Known for
      long.   # no comment

  - {lane: jax, trial: "*", outcome: refused, class: permanent, reason: by choice}
# The end.
"""
ALL_WRONG = [Outcome.DIFFERS] * 6 + [Outcome.AGREES] * 6


def test_what_fits_stays_to_the_byte(journal: Journals, tmp_path: Path) -> None:
    path = tmp_path / "w.yaml"
    path.write_text(FILE.replace("\n", "\r\n"), "utf-8", newline="")
    found = journal({"torch": ALL_WRONG, "jax": [Outcome.REFUSED] * 12})
    assert renew(read_waivers([path]), gather([found])).changes == ()
    text = path.read_bytes().decode()
    assert renewed(text, path, renew(read_waivers([path]), gather([found]))) == text


def test_an_entry_is_narrowed_where_it_is_and_keeps_reason_and_comments(journal: Journals, tmp_path: Path) -> None:
    path = tmp_path / "w.yaml"
    path.write_text(FILE, "utf-8")
    half = [Outcome.DIFFERS, Outcome.AGREES] * 3 + [Outcome.AGREES] * 6
    found = journal({"torch": half, "torch:compile": half, "jax": [Outcome.REFUSED] * 12})
    assert update(path, found) == FILE.replace("trial: op/file/one*   #", "trial: op/file/one[k=*,dtype=a]   #")


def test_an_entry_of_chance_stays_where_records_conform(journal: Journals, tmp_path: Path) -> None:
    path = tmp_path / "w.yaml"
    text = FILE.replace("    class: bug\n", "    class: bug\n    sometimes: true\n", 1)
    path.write_text(text, "utf-8")
    half = [Outcome.DIFFERS, Outcome.AGREES] * 3 + [Outcome.AGREES] * 6
    found = journal({"torch": half, "torch:compile": half, "jax": [Outcome.REFUSED] * 12})
    assert update(path, found) == text


def test_lanes_that_no_longer_need_an_entry_leave_it(journal: Journals, tmp_path: Path) -> None:
    path = tmp_path / "w.yaml"
    path.write_text(FILE, "utf-8")
    found = journal({"torch": ALL_WRONG, "torch:compile": [Outcome.AGREES] * 12, "jax": [Outcome.REFUSED] * 12})
    assert update(path, found) == FILE.replace('[torch, "torch:compile"]', "torch")


def test_a_lane_that_the_journal_does_not_have_keeps_its_entry(journal: Journals, tmp_path: Path) -> None:
    path = tmp_path / "w.yaml"
    path.write_text(FILE, "utf-8")
    found = journal({"torch": [Outcome.AGREES] * 12})
    assert update(path, found) == FILE.replace('[torch, "torch:compile"]', '"torch:compile"')


def test_the_last_entry_leaves_an_empty_list_and_the_comments(journal: Journals, tmp_path: Path) -> None:
    path = tmp_path / "w.yaml"
    path.write_text(FILE, "utf-8")
    right = [Outcome.AGREES] * 12
    after = update(path, journal({"torch": right, "torch:compile": right, "jax": right}))
    assert after == "# Of this port.\nwaivers: []\n  # Above the first.\n# The end.\n"


def test_a_new_entry_names_its_lanes_and_shows_what_came_back(journal: Journals, tmp_path: Path) -> None:
    path = tmp_path / "w.yaml"
    path.write_text(FILE, "utf-8")
    right = [Outcome.AGREES] * 12
    last = [*right[:-1], Outcome.CRASHED]
    found = journal(
        {"torch": ALL_WRONG, "torch:compile": ALL_WRONG, "jax": [Outcome.REFUSED] * 12, "a": last, "b": last}
    )
    new = """\

  - lane: [a, b]
    trial: op/file/two[k=3,dtype=b]
    outcome: crashed
    class: bug
    # 2 records, the first: it crashed, ?[1m: #
    reason: FILL IN
"""
    assert update(path, found) == FILE.replace("# The end.", f"{new}# The end.").replace("choice}\n\n", "choice}\n\n")


def test_a_partial_run_makes_no_pattern_of_a_whole_file_and_removes_nothing_unmet(
    journal: Journals, tmp_path: Path
) -> None:
    path = tmp_path / "w.yaml"
    path.write_text("waivers:\n  - {lane: torch, trial: other, outcome: differs, class: bug, reason: r}\n", "utf-8")
    found = journal({"torch": [Outcome.DIFFERS] * 12}, selection=("op/*",))
    renewal = renew(read_waivers([path]), gather([found]))
    assert renewal.changes == ()
    assert [(each.trial, each.explanation) for each in renewal.additions] == [("op/file/*", "it differs, \x1b[#m: #")]
    whole = renew([], gather([journal({"torch": [Outcome.DIFFERS] * 12})]))
    assert [each.trial for each in whole.additions] == ["op/file/*"]


def test_one_cause_is_one_entry_which_names_the_explanation_where_no_pattern_names_its_trials_alone(
    journal: Journals, tmp_path: Path
) -> None:
    path = tmp_path / "w.yaml"
    path.write_text(EMPTY, "utf-8")
    shown = {"torch": [*ALL_WRONG[:5], *[Outcome.AGREES] * 7], "jax": [Outcome.REFUSED, *[Outcome.AGREES] * 11]}
    assert (
        update(path, journal(shown))
        == """\
waivers:
  - lane: torch
    trial: op/file/one[*]
    outcome: differs
    explanation: "it differs, \\u001b[#m: #"
    class: bug
    # 5 records, the first: it differs, ?[1m: #
    reason: FILL IN

  - lane: jax
    trial: op/file/one[k=1,dtype=a]
    outcome: refused
    class: bug
    # 1 record: it refused, ?[1m: #
    reason: FILL IN
"""
    )
    excused, _ = replay(path, shown)
    assert [name for (name, lane), waived in excused.items() if waived and lane == "torch"] == CORPUS[:5]


def test_trials_without_a_record_are_in_no_pattern_without_an_explanation(journal: Journals) -> None:
    (addition,) = renew([], gather([journal({"torch": [Outcome.DIFFERS] * 11})])).additions
    assert (addition.trial, addition.explanation) == ("op/file/*", "it differs, \x1b[#m: #")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('waivers: [{lane: jax, trial: "*", outcome: differs, class: bug, reason: r}]\n',
         ":1: the waivers are a list in brackets; write each waiver as an entry of its own that begins with `- ` and "),
        ('waivers:\n  -\n    lane: jax\n    trial: "*"\n    outcome: differs\n    class: bug\n    reason: r\n',
         ":3: this entry cannot be edited; write each waiver as an entry of its own that begins with "),
        ('one: &one\n  - {lane: jax, trial: "*", outcome: differs, class: bug, reason: r}\nwaivers: *one\n',
         ": the key waivers does not begin a line; write each waiver as an entry of its own that begins with `- `"),
        ('waivers:\n  - {lane: jax, trial: "*", outcome: differs, class: &bug bug, reason: r}\n'
         '  - {lane: a, trial: "*", outcome: differs, class: *bug, reason: r}\n',
         ": this file is written in a way that cannot be edited line by line; write each waiver as an entry of"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_edited_is_refused_and_stays(
    journal: Journals, tmp_path: Path, text: str, message: str
) -> None:
    path = tmp_path / "w.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(CaseFileError) as raised:
        update(path, journal({"jax": [Outcome.AGREES] * 12}))
    assert str(raised.value).startswith(f"{path}{message}")
    assert path.read_text("utf-8") == text


def test_two_journals_that_hold_one_record_are_refused(journal: Journals, tmp_path: Path) -> None:
    found = journal({"jax": [Outcome.AGREES]})
    with pytest.raises(JournalError) as raised:
        gather([found, found])
    assert str(raised.value) == (
        f"{found.path}: {CORPUS[0]} in jax is in another journal too\n"
        "give the shards of one run, or runs of different lanes or trials"
    )


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    def run(*words: str | Path) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["conformance", "waivers", *map(str, words)])
        with pytest.raises(SystemExit) as left:
            main()
        assert isinstance(left.value.code, int)
        told = capsys.readouterr()
        return left.value.code, told.out, told.err

    return run


Called = Callable[..., tuple[int, str, str]]


def test_update_makes_the_file_that_the_run_was_given_and_asks_for_reasons(
    journal: Journals, called: Called, tmp_path: Path
) -> None:
    path = tmp_path / "new.yaml"
    found = journal({"torch": ALL_WRONG}, command=("conformance", "run", "--waivers", str(path)))
    status, out, err = called("update", found.path)
    assert (status, out) == (
        1,
        f"{path}: added: torch differs op/file/one[*] (6 records); its class and reason are yours\n",
    )
    assert err == f"conformance: {path}:2: waiver without a reason: replace 'FILL IN' by why torch shows differs\n"
    path.write_text(path.read_text("utf-8").replace("FILL IN", "known"), "utf-8")
    assert called("update", found.path) == (0, f"{path}: nothing to change\n", "")
    assert called("check", path) == (0, "1 waiver in 1 file: all in order\n", "")


def test_update_tells_what_it_does_and_a_dry_run_shows_it_and_does_nothing(
    journal: Journals, called: Called, tmp_path: Path
) -> None:
    path = tmp_path / "w.yaml"
    path.write_text(FILE, "utf-8")
    found = journal({"torch": [Outcome.AGREES] * 12, "torch:compile": [Outcome.AGREES] * 12})
    status, out, err = called("update", found.path, "--waivers", path, "--dry-run")
    told = f"{path}:4: removed: {CORPUS[0]} in torch conforms (agrees)\n"
    kept = f"{path}:4: the comment above it stays; remove it if it spoke of this entry\n"
    assert (status, err) == (0, "")
    assert out.startswith(told + kept + f"--- {path}\n+++ {path}\n@@ ")
    assert "-      Known for\n" in out
    assert path.read_text("utf-8") == FILE
    called("update", found.path, "--waivers", path)
    assert "Known for" not in path.read_text("utf-8")


def test_update_tells_the_pieces_of_a_narrowed_entry(journal: Journals, called: Called, tmp_path: Path) -> None:
    path = tmp_path / "w.yaml"
    path.write_text(FILE, "utf-8")
    found = journal({"torch": ALL_WRONG, "torch:compile": [Outcome.AGREES] * 12})
    out = called("update", found.path, "--waivers", path)[1]
    assert out == (
        f"{path}:4: narrowed: 6 of its records need it and 6 conform, the first {CORPUS[0]} in torch:compile (agrees)\n"
        f"{path}:4:   now torch op/file/one*\n"
    )


def test_an_expired_entry_is_told_and_gets_no_second_one(journal: Journals, called: Called, tmp_path: Path) -> None:
    path = tmp_path / "w.yaml"
    entry = "{lane: torch, trial: op/file/one*, outcome: differs, class: bug, reason: r, expires: 2020-01-01}"
    path.write_text(f"waivers:\n  - {entry}\n", "utf-8")
    status, out, err = called("update", journal({"torch": ALL_WRONG}).path, "--waivers", path)
    assert (status, out) == (1, f"{path}: nothing to change\n")
    told = "waiver expired on 2020-01-01 and excuses nothing any more: remove it, or renew its date"
    assert err == f"conformance: {path}:2: {told}\n"


def test_an_incomplete_journal_is_used_and_exits_with_3(journal: Journals, called: Called, tmp_path: Path) -> None:
    found = journal({"torch": [Outcome.AGREES]}, complete=False)
    status, _, err = called("update", found.path, "--waivers", tmp_path / "w.yaml")
    assert (status, err) == (3, f"note: {found.path}: this run is incomplete; only what it holds was looked at\n")
    assert not (tmp_path / "w.yaml").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "which file? the run does not tell, it was given none; add --waivers FILE"),
        (["--waivers", "w.yaml", "--lane", "caffe*"], "caffe*: no lane with a record is called that in "),
    ],
)
def test_wrong_usage_exits_with_2(journal: Journals, called: Called, words: list[str], message: str) -> None:
    status, _, err = called("update", journal({"torch": [Outcome.AGREES]}).path, *words)
    assert status == 2
    assert err.startswith(f"conformance: {message}")


def test_check_tells_every_problem_of_every_file(called: Called, tmp_path: Path) -> None:
    wrong, open_ = tmp_path / "wrong.yaml", tmp_path / "open.yaml"
    wrong.write_text("waivers:\n  - lane\n", "utf-8")
    open_.write_text("waivers:\n  - {lane: a, trial: b, outcome: differs, class: bug, reason: FILL IN}\n", "utf-8")
    status, _, err = called("check", open_, wrong)
    assert status == 2
    assert err == (
        f"conformance: {wrong}:2: waivers[0]: a waiver is a mapping\n"
        f"conformance: {open_}:2: waiver without a reason: replace 'FILL IN' by why a shows differs\n"
    )
    assert called("check", open_)[0] == 1


def test_the_shipped_files_and_the_ports_are_in_order(called: Called) -> None:
    shipped = called("check")
    assert shipped[0] == 0, shipped[2]
    assert called("check", ROOT / "examples" / "port-tfjs" / "waivers.yaml")[0] == 0


def test_the_file_of_tensorflow_js_stays_to_the_byte_where_nothing_changed(journal: Journals) -> None:
    path = ROOT / "examples" / "port-tfjs" / "waivers.yaml"
    text = path.read_text("utf-8")
    found = journal({"exec:node port.js": [Outcome.AGREES] * 12}, selection=("op/*",))
    assert renewed(text, path, renew(read_waivers([path]), gather([found]))) == text


def test_a_mutant_is_green_after_an_update_and_a_reason(tmp_path: Path) -> None:
    """A real run, its file made by the tool, and the run again."""
    selection, lane = "conv2d_transpose/tutorial/example-1*", "tests.running.stand_ins:OffByOne"
    path = tmp_path / "w.yaml"
    path.write_text(EMPTY, "utf-8")

    def conformance(*words: str) -> int:
        command = [sys.executable, "-m", "conformance", *words]
        return subprocess.run(command, cwd=ROOT, capture_output=True, timeout=120).returncode

    run = ("run", selection, "--lane", lane, "--output", str(tmp_path / "out"), "--quiet", "--waivers", str(path))
    assert conformance(*run) == 1
    assert conformance("waivers", "update", str(tmp_path / "out")) == 1
    assert conformance(*run) == 1
    path.write_text(path.read_text("utf-8").replace("FILL IN", "rolled by one on purpose"), "utf-8")
    assert conformance(*run) == 0
