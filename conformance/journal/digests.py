"""Digests by which journals are compared with themselves: of what was asked, and of lines."""

import json
from collections.abc import Iterable
from hashlib import sha256

from conformance.journal.entry import TrialEntry

PART_DIGITS = 16
"""hexadecimal digits by which the header of each shard names all shards"""
LINE_DIGITS = 16
"""hexadecimal digits of a line's checksum: 64 bits, of which an accident hits the right ones once in 1.8e19"""


def content_hash(entries: Iterable[TrialEntry]) -> str:
    """Digest of what is asked: equal for the same trials in any order, wherever their files lie."""
    digest = sha256()
    for entry in sorted(entries, key=lambda entry: entry.id):
        digest.update(json.dumps(entry.question(), sort_keys=True).encode() + b"\n")
    return digest.hexdigest()


def part_hash(content: str) -> str:
    """How the headers of all shards name the one of this content hash."""
    return content[:PART_DIGITS]


def line_checksum(before: bytes, content: bytes) -> bytes:
    """That of a line's content behind a line of that checksum; of the first line behind none, b""."""
    return sha256(before + content).hexdigest()[:LINE_DIGITS].encode()
