"""Files that are no files, or not those that they should be, at every door where one is named."""

import os
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from random import Random

from benchmarks.attack.attack import Attack
from benchmarks.attack.ground import TRIAL, Ground

KINDS: dict[str, Callable[[Path], object]] = {
    "a FIFO": os.mkfifo,
    "a folder": lambda path: path.mkdir(),
    "/dev/zero": lambda path: path.symlink_to("/dev/zero"),
    "/dev/tty": lambda path: path.symlink_to("/dev/tty"),
    "a link to nowhere": lambda path: path.symlink_to("nowhere"),
    "a link to itself": lambda path: path.symlink_to(path.name),
    "nothing in it": lambda path: path.write_bytes(b""),
    "5 GB of zeros": lambda path: _sparse(path, 5 * 10**9),
    "16 MiB of one line": lambda path: path.write_bytes(b"x" * 2**24 + b"\n"),
    "noise": lambda path: path.write_bytes(bytes(range(256)) * 64),
    "brackets without an end": lambda path: path.write_bytes(b"[" * 100_000),
    "mappings without an end": lambda path: path.write_bytes(b'{"a":' * 20_000),
    "a bomb of aliases": lambda path: path.write_text(_bomb(12, 12), encoding="utf-8"),
    "control characters": lambda path: path.write_bytes(b"\x1b[2J\r\n::error::evil\n\x00\x07"),
    "a zip archive": lambda path: _zip(path),
}
DOORS: dict[str, Callable[[Ground], tuple[str, ...]]] = {
    "cases check": lambda _: ("cases", "check", "given.yaml"),
    "run's cases": lambda ground: ground.run_words(Path("given.yaml"), "out", "--lane", "reference"),
    "waivers": lambda ground: ground.words("out", "--waivers", "given.yaml"),
    "waivers check": lambda _: ("waivers", "check", "given.yaml"),
    "costs": lambda ground: ground.words("out", "--shard", "1/2", "--costs", "given.yaml"),
    "an adapter": lambda ground: ground.run_words(ground.cases, "out", "--lane", "./given.py:Adapter"),
    "a sweep": lambda _: ("cases", "generate", "made.yaml", "--sweep", "given.yaml"),
    "explain's cases": lambda _: ("explain", TRIAL, "--lane", "reference", "--cases", "given.yaml"),
    "a journal": lambda _: ("report", "given.jsonl"),
    "the base of a comparison": lambda ground: ("compare", "given.jsonl", str(ground.run)),
    "vectors": lambda ground: ("judge", "given", str(ground.answers), "--output", "out", "--quiet"),
    "answers": lambda ground: ("judge", str(ground.vectors), "given", "--output", "out", "--quiet"),
    "an array": lambda ground: (
        "diagnose", "--output", "given.npy", "--input", str(ground.array), "--filter", str(ground.array),
        "--output-shape", "1x8x8x1", "--strides", "2",
    ),
}  # fmt: skip
ACCEPTED = {
    ("vectors", "a folder"), ("answers", "a folder"), ("cases check", "a folder"), ("run's cases", "a folder"),
    ("explain's cases", "a folder"),
}  # fmt: skip
"""where a folder is right, and this one holds nothing"""


def attacks(ground: Ground, random: Random) -> Iterator[Attack]:  # noqa: ARG001
    """Each kind of file at each door: refused as wrong usage, without waiting for it or reading it to an end."""
    for door, words in DOORS.items():
        given = next(word for word in words(ground) if word.removeprefix("./").startswith("given"))
        name = given.removeprefix("./").partition(":")[0]
        for kind, make in KINDS.items():
            yield Attack(
                "files", f"{kind} as {door}", words(ground), frozenset({2, 3} if (door, kind) in ACCEPTED else {2}),
                'ulimit -v 8000000; exec "$@"', prepare=partial(_make, name=name, make=make), seconds=30,
                traceback=door == "an adapter" and not kind.startswith("a link"),
            )  # fmt: skip

    for door, words in DOORS.items():
        long = tuple(
            word.replace("given", "g" * 300) if word.startswith(("given", "./given")) else word
            for word in words(ground)
        )
        yield Attack("files", f"a name of 300 letters as {door}", long, frozenset({2}), seconds=30)


def _make(here: Path, *, name: str, make: Callable[[Path], object]) -> None:
    make(here / name)


def _sparse(path: Path, size: int) -> None:
    with path.open("wb") as file:
        file.truncate(size)


def _zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.npy", b"")


def _bomb(levels: int, width: int) -> str:
    """Aliases that expand to width**levels values."""
    lines = (f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * width)}]" for level in range(1, levels + 1))
    return "\n".join(["a0: &a0 [1]", *lines])
