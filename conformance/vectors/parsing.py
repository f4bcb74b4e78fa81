"""The JSON files of a folder of test vectors, as the layout's nouns.

Knows: keys and formats. Must not know: files, checksums, and whether what is said makes sense
(`conformance.vectors.consistency`).
"""

from functools import cache
from typing import Any

from conformance.files import json_of
from conformance.vectors.layout import FORMAT, KIND, Manifest, VectorDescription


class Unreadable(Exception):
    """What a file holds cannot be used; the message says why."""


def parse_manifest(content: bytes) -> Manifest:
    """Raises Unreadable for what is not a manifest, and for one of another format."""
    written = _object(content)
    if written.get("kind") != KIND:
        raise Unreadable(f"is not a manifest of test vectors; its kind must be {KIND!r}")
    if written.get("format") != FORMAT:
        raise Unreadable(f"format {str(written.get('format'))[:20]}; this version reads {FORMAT}")
    manifest: Manifest = _validated(Manifest, written)
    return manifest


def parse_description(content: bytes) -> VectorDescription:
    """Raises Unreadable for what is not a description of a trial."""
    description: VectorDescription = _validated(VectorDescription, _object(content))
    return description


def _object(content: bytes) -> dict[str, Any]:
    try:
        written = json_of(content)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"is not JSON: {error}") from error
    if not isinstance(written, dict):
        raise Unreadable("is not a JSON object")
    return written


def _validated(kind: Any, written: dict[str, Any]) -> Any:
    from pydantic import ValidationError

    try:
        return _adapter(kind).validate_python(written)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise Unreadable(f"{where}: {first['msg']}") from error


@cache
def _adapter(kind: Any) -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(kind)
