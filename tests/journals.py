"""Journals as somebody has them who edits them: line by line, with checksums that are computed again."""

from collections.abc import Iterable
from pathlib import Path

from conformance.journal.line import line_checksum, parted, with_checksum


def contents(path: Path) -> list[bytes]:
    """The JSON of each line, without its checksum."""
    return [parted(line)[0] for line in path.read_bytes().splitlines()]


def chained(contents: Iterable[bytes]) -> bytes:
    """The file of lines with these contents."""
    lines, checksum = [], b""
    for content in contents:
        checksum = line_checksum(checksum, content)
        lines.append(with_checksum(content, checksum) + b"\n")
    return b"".join(lines)
