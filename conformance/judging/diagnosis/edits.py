"""The table of edits, family by family; the order in which they are tried and, where equally close, told."""

from collections.abc import Mapping

from conformance.judging.diagnosis.batch_channels import BATCH_CHANNELS
from conformance.judging.diagnosis.bias import BIAS
from conformance.judging.diagnosis.edit import Edit
from conformance.judging.diagnosis.gradients import GRADIENTS
from conformance.judging.diagnosis.groups import GROUPS
from conformance.judging.diagnosis.layout import LAYOUT
from conformance.judging.diagnosis.numbers import NUMBERS
from conformance.judging.diagnosis.padding import PADDING
from conformance.judging.diagnosis.precision import PRECISION
from conformance.judging.diagnosis.result import RESULT
from conformance.judging.diagnosis.structure import STRUCTURE

EDITS: Mapping[str, Edit] = {
    edit.name: edit
    for family in (
        STRUCTURE, NUMBERS, PADDING, GROUPS, BIAS, GRADIENTS, LAYOUT, BATCH_CHANNELS, RESULT, PRECISION,
    )
    for edit in family
}  # fmt: skip
"""Every edit by its name, which the journal and the users see; all hold for all operators, as far as they have an
object there."""
