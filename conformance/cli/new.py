"""`conformance new`: a skeleton that passes `smoke` as it stands."""

import shlex
from pathlib import Path

import click

from conformance.authoring.writing import KINDS, LANGUAGES, skeleton, write_skeleton


@click.command("new")
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=Path())
@click.option("--language", type=click.Choice(LANGUAGES), default="python", show_default=True,
              help="of an adapter python alone")  # fmt: skip
def command(kind: str, folder: Path, language: str) -> None:
    """Write the skeleton of an adapter or a port into FOLDER (this one by default).

    An adapter is Python that the suite imports; a port is a program of any language that the suite starts, by
    docs/protocol.md. Each passes `conformance smoke` as it stands, with one operator that you replace by your own. No
    file that is there is written over.
    """
    found = skeleton(kind, language)
    for path in write_skeleton(found, folder):
        click.echo(f"{path} is written")
    steps = [f"cd {shlex.quote(str(folder))}"] if folder != Path() else []
    steps += [found.build] if found.build else []
    steps += [
        f"conformance smoke --lane {shlex.quote(found.lane)}",
        f"conformance run --lane {shlex.quote(found.lane)}",
    ]
    click.echo("\nnext:\n" + "\n".join(f"  {step}" for step in steps))
