"""The stand-alone scripts that a run wrote beside its journal: how their files are called, and what they hold.

Knows: file names. Must not know: how scripts are made (`conformance explain` does that), formats.
"""

import re
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from conformance.errors import JournalError
from conformance.journal import Journal

# File systems take names of 255 bytes, and a digest and an ending follow.
LONGEST_STEM = 120
Scripts = Mapping[tuple[str, str], str]
"""(trial, lane) -> the script's text"""


def script_stem(trial: str, lane: str) -> str:
    """A file name that any file system takes; what is lost in it is made up for by the digest."""
    text = f"{trial} {lane}"
    readable = re.sub(r"[^A-Za-z0-9.-]+", "_", text)[:LONGEST_STEM]
    return f"{readable}-{sha256(text.encode()).hexdigest()[:8]}"


def read_scripts(folder: Path, journal: Journal) -> Scripts:
    """The scripts of the journal's nonconformances that the folder has. Raises JournalError for unreadable ones."""
    deviating = ((record.trial, record.lane) for record in journal.records if not record.conforms)
    paths = {key: folder / f"{script_stem(*key)}.py" for key in deviating}
    try:
        return {key: path.read_text(encoding="utf-8") for key, path in paths.items() if path.is_file()}
    except (OSError, UnicodeDecodeError) as error:
        raise JournalError(f"{folder}: scripts cannot be read: {error}") from error
