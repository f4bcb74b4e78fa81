"""Tiers: parts of the shipped corpus that find what all of it finds, in a fraction of the time.

    quick      catches every mutant but those that begin at a size; asks every value of every parameter of every
               operator, and every operator in every direction and dtype
    standard   catches every mutant, those that begin at a size in every operator and direction in which they must be
               caught; asks every value of every parameter in every direction and dtype
    full       everything but what is large
    large      sizes at which implementations switch, beside the others: trials that take seconds and a gigabyte

Knows: the table that `conformance score --tiers` writes, which says why each trial is in its tier. Must not know: how
trials are chosen (`conformance.scoring.tiers`).
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from conformance.errors import UsageError
from conformance.files import read_regular
from conformance.suite.case import Trial

QUICK, STANDARD, FULL = TIERS = ("quick", "standard", "full")
"""each contains the one before"""
LARGE = "large"
"""of none of them: the folder of its case files beside the others, and the chapter of its trials"""
ASKED = (*TIERS, LARGE)
"""what a run can be asked for"""
TABLE = "tiers.json"
"""the table's name beside the shipped cases"""
FORMAT = 1
# The shipped table has half a megabyte; a file of more than this is something else.
MOST_BYTES = 2**24

Reasons: TypeAlias = Mapping[str, Sequence[str]]
"""trial id -> what it is the first of its tier to catch or to ask"""


@dataclass(frozen=True, slots=True)
class Tiers:
    """Which trials are in a tier, and why."""

    quick: Reasons
    standard: Reasons
    """what it has beyond the quick tier"""

    def ids(self, tier: str) -> Collection[str]:
        """The trials of the quick or the standard tier."""
        return self.quick.keys() if tier == QUICK else self.quick.keys() | self.standard.keys()

    def of(self, trials: Iterable[Trial], tier: str) -> list[Trial]:
        """Those of the trials that are in the quick or the standard tier, in their order."""
        chosen = self.ids(tier)
        return [trial for trial in trials if trial.id in chosen]


def read_tiers(path: Path) -> Tiers:
    """The table in a file; raises UsageError for a file that is none."""
    try:
        content = json.loads(read_regular(path, MOST_BYTES))
        if content["format"] != FORMAT:
            raise UsageError(f"{path}: table of tiers of format {content['format']!r}; this version reads {FORMAT}")
        return Tiers(content[QUICK], content[STANDARD])
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from error
    except (KeyError, TypeError, ValueError) as error:
        raise UsageError(f"{path}: not a table of tiers; `conformance score --tiers {path}` writes one") from error


def written(tiers: Tiers) -> str:
    """The table as text, a trial a line."""
    blocks = []
    for name, reasons in ((QUICK, tiers.quick), (STANDARD, tiers.standard)):
        lines = ",\n".join(f"{json.dumps(trial)}: {json.dumps(why)}" for trial, why in reasons.items())
        blocks.append(f'"{name}": {{\n{lines}\n}}')
    return f'{{"format": {FORMAT},\n{", ".join(blocks)}}}\n'
