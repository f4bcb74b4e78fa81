"""What each flag of a record means, for the legend of whatever shows it.

Knows: `conformance.judging.verdict.Flag`. Must not know: who sets them (`conformance.judging`, `conformance.running`),
formats.
"""

from collections.abc import Iterable, Mapping

from conformance.journal import Record
from conformance.judging.verdict import Flag

MEANINGS: Mapping[str, str] = {
    Flag.MISTRUSTED: "most of the expected elements are zeros, or free, so that an answer of zeros would nearly pass "
    "too: the record proves little",
    Flag.FREE: "of some elements nothing is proven: the error bound is so wide there that zero would have passed",
    Flag.SHAPE_ONLY: "shape and dtype alone were judged: the result is empty, or the lane computes no values",
    Flag.FLUSHED: "the lane was measured to flush subnormal numbers to zero, and was held to that",
    Flag.NOT_REPEATABLE: "the same question got other bits the second time",
    Flag.UNPROBED: "nothing tells where sums are kept, or what becomes of subnormal numbers, "
    "so that what is required of every lane applies",
    Flag.ASKED_AGAIN: "the first answer was right; asked again (with other content, in another order, after a wrong "
    "call), the lane answered wrongly, or changed what its caller holds: the detail says which call",
    Flag.UNWRITTEN: "elements hold the bytes with which their memory was filled before the call: nobody wrote them",
    Flag.UNDECLARED: "the lane does not declare what the call needs, so it was not asked",
}
UNKNOWN = "set by another version of the suite, which explains it"


def meaning(flag: str) -> str:
    """The flag in words."""
    return MEANINGS.get(flag, UNKNOWN)


def legend(records: Iterable[Record]) -> tuple[tuple[str, str], ...]:
    """Each flag of the records, once, with its meaning, in the order of MEANINGS."""
    seen = dict.fromkeys(flag for record in records for flag in record.flags)
    known = [str(flag) for flag in MEANINGS if flag in seen]
    return tuple((flag, meaning(flag)) for flag in dict.fromkeys([*known, *seen]))
