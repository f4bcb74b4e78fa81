"""The documentation: pages that are made of code are as the code says, links lead somewhere, examples are commands."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest
import yaml
from click.shell_completion import ShellComplete
from click.testing import CliRunner

from conformance.adapters import protocol
from conformance.cli.docs import made_pages
from conformance.cli.examples import ENDINGS
from conformance.cli.main import VERBS, program, subcommands, verb
from conformance.documentation.notes import Note, notes
from conformance.documentation.place import pages
from conformance.errors import UsageError
from conformance.judging.waiver import OPTIONAL, REQUIRED, Waiver, entry_problems

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
EXAMPLE = ROOT / "examples" / "adapter-python" / "adapter.py"
ALL_VERBS = [path for name in VERBS for path, _ in subcommands(name, verb(name))]
MADE = made_pages()


def text(page: str) -> str:
    return (DOCS / f"{page}.md").read_text("utf-8")


@pytest.mark.parametrize("page", MADE)
def test_a_page_that_is_made_of_code_is_as_the_code_says(page: str) -> None:
    assert text(page) == MADE[page], f"docs/{page}.md is stale: `conformance docs --write docs` makes it anew"


@pytest.mark.parametrize("path", [*DOCS.rglob("*.md"), *ROOT.glob("*.md")], ids=lambda path: path.name)
def test_links_lead_to_files(path: Path) -> None:
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", path.read_text("utf-8"))
    assert [target for target in targets if not (path.parent / target).exists()] == []


def test_every_page_stands_in_the_contents_of_the_site() -> None:
    (nav,) = re.findall(r"^nav:\n(.*)", (ROOT / "mkdocs.yml").read_text("utf-8"), re.S | re.M)
    assert sorted(re.findall(r"- ([\w/-]+)\.md", nav)) == sorted(pages())


def test_docs_lists_all_pages_with_their_titles_and_prints_one() -> None:
    listed = CliRunner().invoke(program, ["docs"], catch_exceptions=False).output
    assert listed.splitlines()[0].split() == ["index", "nn-conformance"]
    assert [line.split()[0] for line in listed.splitlines()] == list(pages())
    for asked in ("waivers", "waivers.md", "docs/waivers.md"):
        assert CliRunner().invoke(program, ["docs", asked], catch_exceptions=False).output == text("waivers")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("adapter", "no page 'adapter'; did you mean adapters?"),
        ("verbs", "no page 'verbs'; did you mean reference/verbs?"),
        ("xyz", "no page 'xyz'; it must be one of index, adapters, cases, "),
    ],
)
def test_docs_names_the_page_that_was_meant(asked: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        program.main(["docs", asked], standalone_mode=False)
    assert said in str(caught.value)


def test_docs_writes_the_pages_that_are_made_of_code(tmp_path: Path) -> None:
    written = CliRunner().invoke(program, ["docs", "--write", str(tmp_path)], catch_exceptions=False).output
    assert written.split() == [str(tmp_path / f"{page}.md") for page in MADE]
    assert {page: (tmp_path / f"{page}.md").read_text("utf-8") for page in MADE} == MADE


def test_every_verb_has_examples_and_says_what_it_does_not_know() -> None:
    assert sorted(ENDINGS) == sorted(ALL_VERBS)


@pytest.mark.parametrize("path", ALL_VERBS)
def test_the_help_of_a_verb_ends_with_its_examples(path: str) -> None:
    shown = CliRunner().invoke(program, [*path.split(), "--help"], catch_exceptions=False, terminal_width=200).output
    assert "\\b" not in shown
    for example in ENDINGS[path].examples:
        assert f"\n    conformance {example}\n" in shown
    assert f"What it does not know: {ENDINGS[path].limits}" in " ".join(shown.split())


@pytest.mark.parametrize(("path", "example"), [(path, each) for path in ALL_VERBS for each in ENDINGS[path].examples])
def test_an_example_names_its_verb_and_options_that_the_verb_has(path: str, example: str) -> None:
    words = shlex.split(example.partition(" > ")[0].partition(" | ")[0])
    command = dict(subcommands(words[0], verb(words[0])))[path]
    options = {
        name
        for param in command.params
        if isinstance(param, click.Option)
        for name in (*param.opts, *param.secondary_opts)
    }
    assert words[: len(path.split())] == path.split()
    assert {word for word in words if word.startswith("--")} <= options


@pytest.mark.parametrize(
    ("words", "begun", "offered"),
    [
        ([], "concl", []),
        ([], "conv", ["conventions"]),
        (["run", "--lane"], "torch:no", ["torch:nomkldnn"]),
        (["run"], "conv2d_tr", ["conv2d_transpose/"]),
        (["run"], "conv2d_transpose/tut", ["conv2d_transpose/tutorial/"]),
        (["explain"], "conv2d_transpose/tutorial/example-2-c", ["conv2d_transpose/tutorial/example-2-corrected"]),
    ],
)
def test_a_shell_completes_verbs_lanes_chapters_and_cases(words: list[str], begun: str, offered: list[str]) -> None:
    found = ShellComplete(program, {}, "conformance", "_CONFORMANCE_COMPLETE").get_completions(words, begun)
    assert [item.value for item in found] == offered


def test_the_page_of_waivers_has_every_key_and_an_example_without_problems() -> None:
    page = text("waivers")
    assert set(re.findall(r"^\| `(\w+)` \|", page, re.M)) == {*REQUIRED, *OPTIONAL}
    (example,) = re.findall(r"^```yaml\n(.*?)^```", page, re.M | re.S)
    (entry,) = yaml.load(example, yaml.BaseLoader)
    entry["where"] = {name: given == "true" for name, given in entry["where"].items()}
    assert entry_problems(entry) == []


def test_the_page_of_adapters_names_what_the_protocol_has() -> None:
    page = text("adapters")
    for name in ("Plan", "Invoke", "Transpose", "Reshape", "Crop", "Pad", "Unsupported", "own_axes", "gradient_plan",
                 "perform", "calling", "SpeaksNominally", "WritesScripts", "ComputesTogether", "Composes"):  # fmt: skip
        assert f"`{name}" in page
        assert name in protocol.__all__


def test_the_example_of_an_adapter_is_short_and_gives_right_answers_alone(tmp_path: Path) -> None:
    assert len(EXAMPLE.read_text("utf-8").splitlines()) <= 60
    chapters = [f"conv2d/{chapter}" for chapter in ("layouts", "groups", "bias", "gradients")]
    done = subprocess.run(
        [sys.executable, "-m", "conformance", "run", *chapters, "--lane", f"{EXAMPLE}:Tiny", "--no-waivers",
         "--quiet", "--output", str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    (judged,) = re.findall(r"(\d+) judged", done.stdout.splitlines()[0]) or ["0"]
    assert int(judged) >= 20


def test_notes_are_the_strings_after_fields() -> None:
    found = {note.name: note for note in notes(Waiver)}
    assert found["lanes"] == Note("lanes", "tuple[str, ...]", "patterns of lanes")
    assert found["outcomes"].text == ""
    assert list(found)[:3] == ["lanes", "trial", "where"]
