"""The journal of a run: JSON lines, append-only. Every report is a function of journals alone.

A journal is a header, then trials, lanes, plans, records and conventions in the order in which they came to be, and a
footer; one without a footer was interrupted. A last line that is cut off is one that was being written. Each line ends
with a checksum over it and the lines before it. Reading checks all that can be computed again.
"""

from conformance.journal.entry import (
    FORMAT,
    VECTORS,
    Convention,
    ConventionFact,
    Entry,
    Footer,
    Grade,
    Header,
    Journal,
    LaneEntry,
    Picture,
    PlanEntry,
    Record,
    TrialEntry,
    content_hash,
    part_hash,
)
from conformance.journal.place import Hold, forget_earlier, keep_earlier
from conformance.journal.reading import is_blank, read_journal
from conformance.journal.writing import JournalWriter

__all__ = [
    "FORMAT",
    "VECTORS",
    "Convention",
    "ConventionFact",
    "Entry",
    "Footer",
    "Grade",
    "Header",
    "Hold",
    "Journal",
    "JournalWriter",
    "LaneEntry",
    "Picture",
    "PlanEntry",
    "Record",
    "TrialEntry",
    "content_hash",
    "forget_earlier",
    "is_blank",
    "keep_earlier",
    "part_hash",
    "read_journal",
]
