"""`conformance docs`."""

from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path

import click

from conformance.cli.examples import ENDINGS
from conformance.cli.output import write
from conformance.documentation.generated import GENERATED, MADE
from conformance.documentation.place import pages, title
from conformance.errors import UsageError
from conformance.translation.page import calls_page

VERBS_PAGE, CALLS_PAGE = "reference/verbs", "reference/calls"


@click.command("docs")
@click.argument("page", required=False)
@click.option("--write", "folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False),
              help="write the pages that are made of code into this folder of pages")  # fmt: skip
def command(page: str | None, folder: Path | None) -> None:
    """Print a PAGE of the documentation in Markdown; without one, the list of pages."""
    if folder is not None:
        for name, text in made_pages().items():
            path = folder / f"{name}.md"
            write(path, text, makes_folder=True)
            click.echo(str(path))
        return
    known = pages()
    if page is None:
        for name, path in known.items():
            click.echo(f"{name:<24}{title(path)}")
        return
    name = page.removesuffix(".md").removeprefix("docs/")
    if name not in known:
        close = [each for each in known if name in each][:1] or get_close_matches(name, known, n=1)
        meant = f"did you mean {close[0]}?" if close else f"it must be one of {', '.join(known)}"
        raise UsageError(f"the documentation has no page {page!r}; {meant}")
    click.echo(known[name].read_text("utf-8"), nl=False)


def made_pages() -> Mapping[str, str]:
    """Every page that is made of code, by its name."""
    made: Mapping[str, Callable[[], str]] = {
        **GENERATED,
        VERBS_PAGE: verbs_page,
        CALLS_PAGE: lambda: f"{MADE}\n{calls_page()}",
    }
    return {name: make() for name, make in made.items()}


def verbs_page() -> str:
    """All verbs: usage, arguments, options, examples, and what each does not know."""
    from conformance.cli.main import EXIT_STATUSES, VERBS, subcommands, verb

    lines = [MADE, "# Verbs", "", "```text", EXIT_STATUSES.removeprefix("\b\n"), "```"]
    for name in VERBS:
        for path, command in subcommands(name, verb(name)):
            lines += _described(path, command)
    return "\n".join(lines) + "\n"


def _described(path: str, command: click.Command) -> Iterator[str]:
    context = click.Context(command, info_name=f"conformance {path}")
    yield from ("", f"## {path}", "", "```text", command.get_usage(context).removeprefix("Usage: "), "```", "")
    yield from (line.strip().replace("<", "&lt;") if line != "\b" else "" for line in (command.help or "").splitlines())
    options = [param for param in command.params if isinstance(param, click.Option)]
    if options:
        yield from ("", "| option | what it does |", "| --- | --- |")
    for option in options:
        names, text = option.get_help_record(context) or ("", "")
        shown = names if len(names) < 100 else f"{names[: names.index('[')]}..." if "[" in names else names
        yield f"| `{shown.replace('|', chr(92) + '|')}` | {' '.join(text.split()).replace('|', chr(92) + '|')} |"
    yield from ("", "```console", *(f"conformance {example}" for example in ENDINGS[path].examples), "```", "")
    yield f"*What it does not know:* {ENDINGS[path].limits}"
