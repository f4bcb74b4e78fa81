"""Vectors and answers of somebody else: each file with anything in it, and checksums that fit all the same."""

import json
from collections.abc import Callable, Iterator
from functools import partial
from hashlib import sha256
from pathlib import Path
from random import Random
from shutil import copytree
from typing import Any

from benchmarks.attack.attack import Attack
from benchmarks.attack.ground import Ground
from benchmarks.attack.journals import edit

EDITS = 40
ANSWERS: dict[str, tuple[str, bytes]] = {
    "no tensors": ("safetensors", b""),
    "a header of 2^63 bytes": ("safetensors", (2**63).to_bytes(8, "little") + b"{}"),
    "a header that is no JSON": ("safetensors", (4).to_bytes(8, "little") + b"\xff\xfe\x00["),
    "a header without an end": ("safetensors", (100_000).to_bytes(8, "little") + b"[" * 100_000),
    "10^12 elements": ("safetensors", b""),
    "an element of no dtype": ("safetensors", b""),
    "offsets that run back": ("safetensors", b""),
    "words that are no JSON": ("json", b"\x1b[2J\n::error::evil"),
    "words without an end": ("json", b"[" * 100_000),
    "a type that is none": ("json", b'{"type": "\\u001b[2J"}'),
    "a refusal of control characters": (
        "json",
        b'{"type":"refusal","error":"\\u001b[2J","message":"\\n::error::evil"}',
    ),
    "a reason of 1 MB": ("json", json.dumps({"type": "unsupported", "reason": "x" * 1_000_000}).encode()),
    "a reason of 2 MB": ("json", json.dumps({"type": "unsupported", "reason": "x" * 2_000_000}).encode()),
    "no type": ("json", b"{}"),
    "both": ("json", b'{"type": "unsupported", "reason": "r"}'),
}
HEADERS: dict[str, dict[str, Any]] = {
    "10^12 elements": {"result": {"dtype": "F32", "shape": [10**6, 10**6], "data_offsets": [0, 256]}},
    "an element of no dtype": {"result": {"dtype": "X32", "shape": [1, 8, 8, 1], "data_offsets": [0, 256]}},
    "offsets that run back": {"result": {"dtype": "F32", "shape": [1, 8, 8, 1], "data_offsets": [256, 0]}},
}


def attacks(ground: Ground, random: Random) -> Iterator[Attack]:
    """Edits of a folder's words, drawn, of which no verdict may break; and answers that are none."""
    texts = sorted(path.relative_to(ground.vectors) for path in ground.vectors.rglob("*.json"))
    for _ in range(EDITS):
        path = random.choice(texts)
        content = [json.loads((ground.vectors / path).read_text("utf-8"))]
        told = edit(content, random)
        change = partial(_replace, name=str(path), content=json.dumps(content[0]).encode())
        yield _attack(f"{path.parent.name}/{path.name[:20]}: {told}", partial(_vectors, ground, change))
    for name, (suffix, content) in ANSWERS.items():
        header = json.dumps(HEADERS.get(name, {})).encode()
        given = content or len(header).to_bytes(8, "little") + header + bytes(256)
        yield _attack(f"an answer with {name}", partial(_answers, ground, name, suffix, given))


def _attack(name: str, prepare: Callable[[Path], object]) -> Attack:
    words = ("judge", "vectors", "answers", "--output", "out", "--quiet", "--no-waivers")
    # An edit may be of what is judged, and be true: whoever can write the folder can say what is expected.
    return Attack("vectors", name, words, frozenset({0, 1, 2, 3}), 'ulimit -v 6000000; exec "$@"', prepare=prepare)


def _vectors(ground: Ground, change: Callable[[Path], object], here: Path) -> None:
    """Both folders, the vectors changed and with checksums that fit."""
    copytree(ground.answers, here / "answers")
    copytree(ground.vectors, here / "vectors")
    change(here / "vectors")
    files = sorted(path for path in (here / "vectors").rglob("*") if path.is_file() and path.name != "SHA256SUMS")
    lines = (f"{sha256(path.read_bytes()).hexdigest()}  {path.relative_to(here / 'vectors')}\n" for path in files)
    (here / "vectors" / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")


def _replace(folder: Path, *, name: str, content: bytes) -> None:
    (folder / name).write_bytes(content)


def _answers(ground: Ground, name: str, suffix: str, content: bytes, here: Path) -> None:
    """Both folders, each answer with the content; with tensors beside the words, where it is both."""
    copytree(ground.vectors, here / "vectors")
    copytree(ground.answers, here / "answers")
    for path in [*(here / "answers").iterdir()]:
        if name == "both":
            path.with_suffix(".safetensors").write_bytes(content)
        else:
            path.unlink()
            path.with_suffix(f".{suffix}").write_bytes(content)
