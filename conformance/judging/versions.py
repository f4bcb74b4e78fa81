"""Ranges of versions that a waiver speaks of, and what they say about the versions behind a lane.

Knows: PEP 440. Must not know: waivers, lanes' names. A version that is no PEP 440 version is in no range: what cannot
be compared is told, not guessed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

RANGES = 'a range such as ">=2.20, <2.22", or a mapping of names to ranges, such as {jaxlib: "<0.11"}'


@dataclass(frozen=True, slots=True)
class LaneVersions:
    """The versions that a lane's hello tells."""

    own: str = ""
    """of the framework, or of a port"""
    parts: Mapping[str, str] = field(default_factory=dict)
    """of what it is made of, by name; and its flags, of which those that are numbers compare like versions"""


@dataclass(frozen=True, slots=True)
class VersionRange:
    """One range, of the framework itself or of a part of it."""

    written: str
    part: str = ""
    """empty for the framework itself"""

    def holds(self, versions: LaneVersions) -> bool:
        """Whether the version that answers lies in the range; False where it cannot be compared."""
        version = _parsed(self._version(versions))
        return version is not None and SpecifierSet(self.written).contains(version, prereleases=True)

    def obstacle(self, versions: LaneVersions) -> str | None:
        """Why the range cannot be compared with the version that answers; None where it can."""
        version = self._version(versions)
        if version is None:
            known = ", ".join(sorted(versions.parts)) or "none"
            return f"it has no version of {self.part}; its versions are of {known}"
        if _parsed(version) is None:
            return f"{self.part or 'its version'} {version!r} is not a PEP 440 version"
        return None

    def _version(self, versions: LaneVersions) -> str | None:
        return versions.parts.get(self.part) if self.part else versions.own


def read_ranges(written: Any) -> tuple[tuple[VersionRange, ...], list[str]]:
    """The ranges that a waiver's key `versions` holds, and what is wrong with it."""
    parts = written if isinstance(written, dict) and written else {"": written}
    ranges = tuple(VersionRange(text, part) for part, text in parts.items() if _is_range(text))
    wrong = [f"versions {text!r}; it must be {RANGES}" for text in parts.values() if not _is_range(text)]
    return ranges, wrong


def _is_range(text: Any) -> bool:
    try:
        return isinstance(text, str) and bool(text.strip()) and bool(str(SpecifierSet(text)))
    except InvalidSpecifier:
        return False


def _parsed(version: str | None) -> Version | None:
    try:
        return None if version is None else Version(version)
    except InvalidVersion:
        return None
