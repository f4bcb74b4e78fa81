"""Which skeletons there are, and how one becomes an author's files.

Knows: files of this package, and of `examples/` where these are skeletons already. Must not know: what is in them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from conformance.errors import UsageError
from conformance.files import write_whole

HERE = Path(__file__).resolve().parent
PACKAGE = HERE.parent


@dataclass(frozen=True, slots=True)
class Skeleton:
    """The files of one, by the folder that they are copied from."""

    files: tuple[tuple[str, str], ...]
    """(folder, name)"""
    build: str
    """the command that makes it ready; empty where none is needed"""
    lane: str
    """as it is asked from within its folder"""


SKELETONS: Mapping[tuple[str, str], Skeleton] = {
    ("adapter", "python"): Skeleton(
        (("adapter-python", "adapter.py"), ("adapter-python", "tiny.py")), "", "./adapter.py:Tiny"
    ),
    ("port", "python"): Skeleton((("port-python", "my_port.py"),), "", "exec:python my_port.py"),
    ("port", "c"): Skeleton(
        tuple(("port-c", name) for name in (
            "Makefile", "conv2d_transpose.c", "conv2d_transpose.h", "json.c", "json.h", "port.c"
        )),
        "make", "exec:./port",
    ),
    ("port", "rust"): Skeleton((("port-rust", "my_port.rs"),), "rustc -O --edition 2021 my_port.rs", "exec:./my_port"),
    ("port", "javascript"): Skeleton(
        (("port-javascript", "my_port.js"), ("port-tfjs", "frames.js")), "", "exec:node my_port.js"
    ),
}  # fmt: skip
"""by kind and language"""
KINDS = ("adapter", "port")
LANGUAGES = tuple(dict.fromkeys(language for _, language in SKELETONS))


def skeleton(kind: str, language: str) -> Skeleton:
    """The skeleton of that kind; raises UsageError where there is none in the language."""
    if (kind, language) not in SKELETONS:
        raise UsageError(
            f"there is no {kind} in {language}: an adapter is imported, so it is Python; "
            f"`conformance new port --language {language}` writes a program that is started"
        )
    return SKELETONS[kind, language]


def write_skeleton(found: Skeleton, folder: Path) -> list[Path]:
    """Write its files into the folder; their paths. Raises UsageError for a file that is there, and writes nothing."""
    paths = [folder / name for _, name in found.files]
    there = [str(path) for path in paths if path.exists()]
    if there:
        raise UsageError(f"{', '.join(there)}: there already, and left as it is; name another folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for (source, name), path in zip(found.files, paths, strict=True):
            write_whole(path, (_source(source) / name).read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{error.filename or folder}: cannot be written: {error.strerror}") from error
    return paths


def _source(name: str) -> Path:
    """The folder of that name: a skeleton's, or an example's, which an installed package has beside the cases."""
    for folder in (HERE / "skeletons", PACKAGE / "shipped_examples", PACKAGE.parent / "examples"):
        if (folder / name).is_dir():
            return folder / name
    raise UsageError(f"{name}: this installation has no such skeleton; install nn-conformance again")
