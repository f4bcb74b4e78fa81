"""The table of edits, family by family; the order in which they are tried and, where equally close, told."""

from collections.abc import Mapping

from conformance.operators.convolution.diagnosis.batch_channels import BATCH_CHANNELS
from conformance.operators.convolution.diagnosis.bias import BIAS
from conformance.operators.convolution.diagnosis.edit import Edit
from conformance.operators.convolution.diagnosis.gradients import GRADIENTS
from conformance.operators.convolution.diagnosis.groups import GROUPS
from conformance.operators.convolution.diagnosis.layout import LAYOUT
from conformance.operators.convolution.diagnosis.numbers import NUMBERS
from conformance.operators.convolution.diagnosis.padding import PADDING
from conformance.operators.convolution.diagnosis.precision import PRECISION
from conformance.operators.convolution.diagnosis.result import RESULT
from conformance.operators.convolution.diagnosis.structure import STRUCTURE

# Every edit by its name, which the journal and the users see; all hold for all operators, as far as they have an object
# there.
EDITS: Mapping[str, Edit] = {
    edit.name: edit
    for family in (
        STRUCTURE, NUMBERS, PADDING, GROUPS, BIAS, GRADIENTS, LAYOUT, BATCH_CHANNELS, RESULT, PRECISION,
    )
    for edit in family
}  # fmt: skip
