"""One entry as one line: its JSON, whose last member is a checksum over the line and all lines before it.

Knows: entries and JSON. Must not know: files. A line that was changed, lost, doubled or moved shows at the first line
whose checksum does not fit. That is for accidents; who edits a journal can compute checksums again, and meets
`contents` next.
"""

import json
import re
from dataclasses import MISSING, fields
from functools import cache
from hashlib import sha256
from typing import Annotated, Any

from conformance.journal.entry import Entry

# Hexadecimal digits of a line's checksum: 64 bits, of which an accident hits the right ones once in 1.8e19.
LINE_DIGITS = 16
# What says how the rest of a line is read.
READ_BY = ("kind", "format")
# Bytes; a record takes 1 to 100 thousand.
LONGEST_LINE = 2**24
_CHECKSUM = re.compile(rb',"checksum":"([0-9a-f]{%d})"\}\Z' % LINE_DIGITS)


def content_of(entry: Entry) -> bytes:
    """The entry as JSON, in one line without its end. Raises ValueError for a number that JSON does not have."""
    text = json.dumps(entry, default=_members, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    # Half of a surrogate pair, which a port may send, has no UTF-8.
    return text.encode(errors="replace")


def line_checksum(before: bytes, content: bytes) -> bytes:
    """That of a line's content after a line of that checksum; the first line comes after none, b""."""
    return sha256(before + content).hexdigest()[:LINE_DIGITS].encode()


def with_checksum(content: bytes, checksum: bytes) -> bytes:
    """The content with its checksum as the last member."""
    return b'%s,"checksum":"%s"}' % (content[:-1], checksum)


def parted(line: bytes) -> tuple[bytes, bytes | None]:
    """The content of a line, and its checksum if it has one."""
    found = _CHECKSUM.search(line[-2 * LINE_DIGITS - 16 :])
    if found is None:
        return line, None
    return line[: -len(found[0])] + b"}", found[1]


def entry_of(content: bytes) -> Entry | str:
    """The entry of a line's content, or what is wrong with it."""
    from pydantic import ValidationError

    try:
        entry: Entry = _entries().validate_json(content)
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        return f"not a journal entry: {where}: {first['msg']}"
    return entry


def _members(entry: Any) -> dict[str, Any]:
    """A dataclass as JSON has it: one level, of which the encoder asks for the next; nothing is copied.

    A member that is its default is left out: thousands of records say nothing else of most members. So no default may
    change while its format is read.
    """
    members = ((name, getattr(entry, name), default) for name, default in _defaults(entry.__class__).items())
    return {name: member for name, member, default in members if member != default}


@cache
def _defaults(entry: type) -> dict[str, Any]:
    """The fields with their defaults; of a field that has none, or by which a line is read, a value that nothing is."""
    always = object()
    defaults: dict[str, Any] = {}
    for field in fields(entry):
        default = field.default if field.default_factory is MISSING else field.default_factory()
        defaults[field.name] = always if default is MISSING or field.name in READ_BY else default
    return defaults


@cache
def _entries() -> Any:
    from pydantic import ConfigDict, Field, TypeAdapter

    return TypeAdapter(Annotated[Entry, Field(discriminator="kind")], config=ConfigDict(allow_inf_nan=False))
