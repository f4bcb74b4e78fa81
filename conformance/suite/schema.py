"""The case format of one operator: what an author may write, as models that validate it.

Knows: keys, types, which values a key takes. Must not know: geometry and legality of a call, which need several keys
at once (`conformance.suite.expansion`); what differs per operator (`conformance.suite.per_operator`).
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, create_model

from conformance.suite.dtypes import FORMATS
from conformance.suite.generators import GENERATORS
from reference.errors import REASONS
from reference.family import DIRECTIONS, OPERATORS

Name: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$", max_length=160)]
Integer: TypeAlias = Annotated[int, Field(strict=True, ge=-(2**63), lt=2**63)]
Integers: TypeAlias = Annotated[list[Integer], Field(max_length=16)]
Pairs: TypeAlias = Annotated[list[Annotated[list[Integer], Field(max_length=4)]], Field(max_length=16)]
Numbers: TypeAlias = "list[float | Numbers]"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LiteralInputs(_Strict):
    """Inputs written out, nested as the arrays are, in the layouts of the call."""

    value: list[Any] = Field(description="as nested lists of numbers")
    filter: list[Any] = Field(description="as nested lists of numbers")
    bias: list[Any] | None = Field(None, description="as a list of numbers, where the call has a bias")
    cotangent: list[Any] | None = Field(None, description="as nested lists of numbers, where a gradient is asked for")


class RecordedValues(_Strict):
    """The expected result written out; exact generators only."""

    values: list[Any] = Field(description="as nested lists of numbers, in the layout of the call")


class RecordedChecksum(_Strict):
    """The digest of the expected result; exact generators only."""

    checksum: str = Field(pattern="^sha256:[0-9a-f]{64}$")


class ExpectedRefusal(_Strict):
    """The call is wrong for this reason, and an implementation must refuse it."""

    refusal: Literal[REASONS]  # type: ignore[valid-type]


class Parameters(_Strict):
    """What a trial is made of. Each may stand in the case itself or be swept.

    A case is concrete (`value`, `filter`, `output_shape`) or parametric (`batch`, `size`, `channels`, `kernel`,
    `output`). Forward convolutions have neither `output_shape` nor `output`.
    """

    value: Integers | None = Field(None, description="shape, in the order of data_format")
    filter: Integers | None = Field(
        None, description="shape: [*kernel, out, in], forward [*kernel, in, out], depthwise [*kernel, in, multiplier]"
    )
    output_shape: Integers | None = Field(None, description="in the order of data_format")
    batch: Integer | None = None
    size: Integer | Integers | None = Field(None, description="the value's spatial lengths; one number for all")
    channels: Integer | Integers | None = Field(None, description="[in, out]; one number for both")
    kernel: Integer | Integers | None = Field(None, description="its lengths; one number for all")
    output: Literal["smallest", "largest", "all"] | Integer | Integers | None = Field(
        None, description="which of the legal output lengths: a word, or the length itself"
    )
    strides: Integer | Integers | None = Field(
        None, description="1, one per spatial axis, or all axes'; parametric default 1"
    )
    padding: str | Pairs | None = Field(
        None,
        description="SAME (default), VALID, or pairs [before, after]: of all axes, parametric also of the spatial ones",
    )
    data_format: str | None = Field(None, description="NWC, NHWC, NDHWC (default), or NCW, NCHW, NCDHW")
    dilations: Integer | Integers | None = Field(None, description="as strides")
    groups: Integer | None = Field(None, description="default 1; a depthwise convolution has none")
    bias: bool | None = Field(None, description="whether one number is added to each channel of the result")
    bias_shape: Integers | None = Field(None, description="of a bias that is wrong on purpose; with bias: true")
    cotangent_shape: Integers | None = Field(
        None, description="of a cotangent that is wrong on purpose, or of a wrong call that has no result"
    )
    operand_dtypes: dict[Literal["value", "filter", "bias", "cotangent"], Literal[tuple(FORMATS)]] | None = Field(  # type: ignore[valid-type]
        None, description="operand -> dtype, of operands whose dtype is wrong on purpose"
    )
    direction: Literal[DIRECTIONS] | None = Field(  # type: ignore[valid-type]
        None, description="forward (default), or the gradient of an operand"
    )
    dtype: Literal[tuple(FORMATS)] | None = Field(None, description="default float32")  # type: ignore[valid-type]
    inputs: Literal[tuple(GENERATORS)] | LiteralInputs | None = Field(  # type: ignore[valid-type]
        None, description="a generator's name (default mix), or literal values"
    )
    calls: Annotated[int, Field(strict=True, ge=1, le=100)] | None = Field(
        None, description="how often one process is asked it, each time with other content (default 1)"
    )
    at_once: Annotated[int, Field(strict=True, ge=1, le=8)] | None = Field(
        None, description="how many of these calls are made at the same time (default 1); a divisor of calls"
    )


def _swept() -> dict[str, Any]:
    """Every parameter once more, as the list of the values that it takes."""
    fields = Parameters.model_fields
    return {
        name: (Annotated[list[field.annotation], Field(min_length=1)] | None, None)  # type: ignore[name-defined]
        for name, field in fields.items()
    }


Sweep: type[BaseModel] = create_model(
    "Sweep",
    __base__=_Strict,
    __doc__="""Values that are crossed with one another. Each trial's id names the values it got.

    `together` holds rows of parameters that vary as one; `exclude` drops the combinations that equal a row in all of
    its parameters; `sample` keeps that many of the rest, the same ones every time.
    """,
    **_swept(),
    together=(Annotated[list[Parameters], Field(min_length=1)] | None, None),
    exclude=(list[Parameters] | None, None),
    sample=(Annotated[int, Field(strict=True, ge=1)] | None, None),
)


class CaseEntry(Parameters):
    """One case: a question, why it is asked, and what is expected."""

    name: Name
    why: str = Field(min_length=1, description="what this case can see that others cannot")
    url: str | None = Field(None, pattern="^https?://", description="the bug report or text that the case comes from")
    expect: Literal["reference"] | RecordedValues | RecordedChecksum | ExpectedRefusal = "reference"
    sweep: Sweep | None = None


class CaseFile(_Strict):
    """One file of cases of one operator."""

    operator: Literal[tuple(OPERATORS)]  # type: ignore[valid-type]
    cases: list[CaseEntry] = Field(min_length=1)


def known_keys(parent: Sequence[int | str]) -> list[str]:
    """The keys that the mapping at this key path of a case file takes, as far as the path tells."""
    match list(parent):
        case []:
            return ["operator", "operators", "cases"]
        case [_, _]:
            return [*CaseEntry.model_fields, "operators"]
        case [_, _, "sweep"]:
            return list(Sweep.model_fields)
        case [_, _, "sweep", *_]:
            return [*Parameters.model_fields, "operators"]
        case _:
            return []


def sweep_problems(sweep: Mapping[str, Any]) -> list[str]:
    """What is wrong with a sweep that was given apart from a case file, one line per value."""
    try:
        Sweep.model_validate(dict(sweep))
    except ValidationError as error:
        found = [(".".join(map(str, each["loc"][:2])), each["input"], each["msg"]) for each in error.errors()]
        return [f"{where}: found {value!r}: {message}" for where, value, message in found]
    return []
