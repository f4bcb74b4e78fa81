"""Two lanes of different names, in two runs or in one, as one lane that a comparison finds in both.

Knows: journals and the names of their lanes. Must not know: what a change is (`regressions`), formats.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from conformance.errors import UsageError
from conformance.journal import Journal, Record


@dataclass(frozen=True, slots=True)
class Paired:
    """Two journals with the lanes to compare alone, each of BASE under the name of its counterpart in NEW."""

    base: Journal
    new: Journal
    names: Mapping[str, str]
    """of each lane of NEW, what BASE calls its counterpart"""

    @property
    def renamed(self) -> Mapping[str, str]:
        """Of those, the ones whose names differ."""
        return {new: old for new, old in self.names.items() if new != old}


def paired(base: Journal, new: Journal, texts: Sequence[str]) -> Paired:
    """The lanes that `OLD=NEW` name, or a name alone that both journals have; without texts, all as they are called.

    Raises UsageError for names that the journals have not, and for a lane of NEW that is named twice.
    """
    if not texts:
        return Paired(base, new, {lane: lane for lane in new.header.lanes})
    pairs = [_pair(base, new, text) for text in dict.fromkeys(texts)]
    for lane, count in Counter(lane for _, lane in pairs).items():
        if count > 1:
            raise UsageError(f"--lane names {lane} of NEW {count} times; compare it with one lane at a time")
    names = {lane: old for old, lane in pairs}
    return Paired(_among(base, names), _among(new, {lane: lane for lane in names}), names)


def _pair(base: Journal, new: Journal, text: str) -> tuple[str, str]:
    """The name in BASE and the name in NEW. Names may hold `=` themselves, so each place of one is tried."""
    parts = text.split("=")
    splits = [("=".join(parts[:place]), "=".join(parts[place:])) for place in range(1, len(parts))]
    for old, lane in [*splits, (text, text)]:
        if old in base.header.lanes and lane in new.header.lanes:
            return old, lane
    raise UsageError(
        f"--lane {text}: expected OLD=NEW, or the name of a lane of both; BASE has "
        f"{', '.join(base.header.lanes) or 'none'}; NEW has {', '.join(new.header.lanes) or 'none'}"
    )


def _among(journal: Journal, names: Mapping[str, str]) -> Journal:
    """The journal with these of its lanes alone, called by the keys."""
    of_lane: dict[str, list[Record]] = {lane: [] for lane in names.values()}
    for record in journal.records:
        if record.lane in of_lane:
            of_lane[record.lane].append(record)
    footer = journal.footer
    if footer is not None and footer.asked is not None:
        asked = {lane: footer.asked[old] for lane, old in names.items() if old in footer.asked}
        footer = replace(footer, asked=asked)
    return replace(
        journal,
        # Whoever names lanes to compare asks no others: neither those that the run required, nor any framework.
        header=replace(journal.header, lanes=tuple(names), required=(), named_lanes=True),
        lanes={lane: replace(journal.lanes[old], lane=lane) for lane, old in names.items() if old in journal.lanes},
        records=tuple(replace(record, lane=lane) for lane, old in names.items() for record in of_lane[old]),
        conventions=(),
        facts=(),
        grades=(),
        footer=footer,
    )
