"""Journals that are not as they were written: damage, and what an editor may write who computes checksums again."""

import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.attack.attack import Attack
from benchmarks.attack.ground import Ground
from conformance.journal.line import line_checksum, parted, with_checksum

FLIPS, CUTS, EDITS = 20, 12, 60
VALUES = (
    None, True, -1, 0, 10**18, 10**400, 1e300, "", "x" * 100_000, "\x1b[2J\n::error::evil", "\u202e", [], {}, [None],
    [[[[]]]], {"a": 1}, "conv2d", "NCHW", [1, 2**40, 2**40, 1], ["\n##vso[task.complete]"],
    "javascript:alert(1)", "]]>&<",
)  # fmt: skip
READERS: dict[str, Callable[[Ground], tuple[str, ...]]] = {
    "report": lambda _: ("report", "out"),
    "report markdown": lambda _: ("report", "out", "--format", "markdown"),
    "report html": lambda _: ("report", "out", "--format", "html", "--output", "page.html"),
    "report junit": lambda _: ("report", "out", "--format", "junit", "--output", "junit.xml"),
    "compare": lambda ground: ("compare", str(ground.wrong), "out"),
    "waivers update": lambda _: ("waivers", "update", "out", "--waivers", "w.yaml", "--dry-run"),
    "cases costs": lambda _: ("cases", "costs", "out/journal.jsonl"),
}


def attacks(ground: Ground, random: Random) -> Iterator[Attack]:
    """Damage, which is always seen; and edits, of which no verb may break: seeded, of a run with wrong answers."""
    whole = (ground.wrong / "journal.jsonl").read_bytes()
    for _ in range(FLIPS):
        place, bit = random.randrange(len(whole) - 1), random.randrange(8)
        flipped = bytearray(whole)
        flipped[place] ^= 1 << bit
        yield _attack(ground, f"bit {bit} of byte {place} flipped", bytes(flipped), "report", {2})
    for length in random.sample(range(len(whole)), CUTS):
        # Without its end it is a run that was stopped; without a whole first line it is none.
        yield _attack(ground, f"cut off after {length} bytes", whole[:length], "report", {2, 3})
    for number in range(EDITS):
        reader = [*READERS][number % len(READERS)]
        lines = [json.loads(parted(line)[0]) for line in whole.splitlines()]
        told = edit(lines, random)
        yield _attack(ground, f"{told}, before {reader}", _chained(lines), reader, {0, 1, 2, 3})
    yield _attack(ground, "resumed after a flipped bit", bytes(flipped), "report", {2}, resumes=True)


def _attack(
    ground: Ground, name: str, content: bytes, reader: str, statuses: set[int], *, resumes: bool = False
) -> Attack:
    words = ground.words("out", "--resume") if resumes else READERS[reader](ground)
    return Attack("journals", name, words, frozenset(statuses), prepare=partial(_write, content=content))


def _write(here: Path, content: bytes) -> None:
    (here / "out").mkdir()
    (here / "out" / "journal.jsonl").write_bytes(content)


def edit(lines: list[dict[str, Any]], random: Random) -> str:
    """Put a value into a place of a line, both drawn; what was done."""
    number = random.randrange(len(lines))
    holder: Any = lines[number]
    path = [str(number + 1)]
    while True:
        key = random.choice([*holder] if isinstance(holder, dict) else range(len(holder)))
        path.append(str(key))
        if not isinstance(holder[key], dict | list) or not holder[key] or random.random() < 0.3:
            break
        holder = holder[key]
    holder[key] = random.choice(VALUES)
    return f"{'.'.join(path)} is {json.dumps(holder[key])[:40]}"


def _chained(lines: list[dict[str, Any]]) -> bytes:
    """The file of these lines, with checksums."""
    checksum, written = b"", []
    for line in lines:
        content = json.dumps(line, separators=(",", ":")).encode()
        checksum = line_checksum(checksum, content)
        written.append(with_checksum(content, checksum) + b"\n")
    return b"".join(written)
