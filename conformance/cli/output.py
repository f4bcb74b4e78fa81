"""A verb's text: on standard output, or in the file that the user named instead.

Knows: files, standard output. Must not know: what the text says.
"""

from pathlib import Path

from conformance.cli.streams import tell
from conformance.errors import UsageError
from conformance.files import write_whole


def put(text: str, output: Path | None, *, makes_folder: bool = False) -> None:
    """The text into the file or, without one, on standard output; raises UsageError as `write` does."""
    if output is None:
        tell(text)
    else:
        write(output, text, makes_folder=makes_folder)


def write(path: Path, content: str | bytes, *, makes_folder: bool = False) -> None:
    """The content as the whole of a file, in a folder that is made where it is missing, if that is wanted.

    Raises UsageError for what cannot be written.
    """
    try:
        if makes_folder:
            path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, content)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror}") from error
