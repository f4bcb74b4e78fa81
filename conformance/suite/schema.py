"""The case format of one operator: what an author may write, as models that validate it.

Knows: keys, types, which values a key takes, whatever the kind of operator, which has parameters of its own. Must not
know: geometry and legality of a call, which need several keys at once (`conformance.suite.expansion`); what differs per
operator (`conformance.suite.per_operator`).
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, create_model

from conformance.operators.registry import operators, signature
from conformance.suite.dtypes import FORMATS
from reference.errors import REASONS
from reference.family import DIRECTIONS

Name: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$", max_length=160)]
Integer: TypeAlias = Annotated[int, Field(strict=True, ge=-(2**63), lt=2**63)]
Integers: TypeAlias = Annotated[list[Integer], Field(max_length=16)]
Pairs: TypeAlias = Annotated[list[Annotated[list[Integer], Field(max_length=4)]], Field(max_length=16)]
Numbers: TypeAlias = "list[float | Numbers]"


class Strict(BaseModel):
    """Takes no key that it does not name."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class RecordedValues(Strict):
    """The expected result written out; exact generators only."""

    values: list[Any] = Field(description="as nested lists of numbers, in the layout of the call")


class RecordedChecksum(Strict):
    """The digest of the expected result; exact generators only."""

    checksum: str = Field(pattern="^sha256:[0-9a-f]{64}$")


class ExpectedRefusal(Strict):
    """The call is wrong for this reason, and an implementation must refuse it."""

    refusal: Literal[REASONS]  # type: ignore[valid-type]


class LiteralInputs(Strict):
    """Inputs written out, nested as the arrays are, in the layouts of the call; a kind adds its other operands."""

    value: list[Any] = Field(description="as nested lists of numbers")
    cotangent: list[Any] | None = Field(None, description="as nested lists of numbers, where a gradient is asked for")


class Parameters(Strict):
    """What a trial of any kind of operator is made of, beside the kind's own keys.

    Ids name the parameters of a row of `together` in the order of the fields: of a class with the bases `Parameters`
    and the kind's own keys, those come first.
    """

    direction: Literal[DIRECTIONS] | None = Field(  # type: ignore[valid-type]
        None, description="forward (default), or the gradient of an operand"
    )
    dtype: Literal[tuple(FORMATS)] | None = Field(None, description="default float32")  # type: ignore[valid-type]
    inputs: Any = Field(None, description="a generator's name; which there are the kind says")
    calls: Annotated[int, Field(strict=True, ge=1, le=100)] | None = Field(
        None, description="how often one process is asked it, each time with other content (default 1)"
    )
    at_once: Annotated[int, Field(strict=True, ge=1, le=8)] | None = Field(
        None, description="how many of these calls are made at the same time (default 1); a divisor of calls"
    )


@cache
def sweep(parameters: type[BaseModel]) -> type[BaseModel]:
    """The model of a sweep: every parameter once more, as the list of the values that it takes."""
    swept: dict[str, Any] = {
        name: (Annotated[list[field.annotation], Field(min_length=1)] | None, None)  # type: ignore[name-defined]
        for name, field in parameters.model_fields.items()
    }
    rows: Any = list[parameters]  # type: ignore[valid-type]
    swept["together"] = (Annotated[rows, Field(min_length=1)] | None, None)
    swept["exclude"] = (rows | None, None)
    swept["sample"] = (Annotated[int, Field(strict=True, ge=1)] | None, None)
    return create_model(
        "Sweep",
        __base__=Strict,
        __doc__="""Values that are crossed with one another. Each trial's id names the values it got.

    `together` holds rows of parameters that vary as one; `exclude` drops the combinations that equal a row in all of
    its parameters; `sample` keeps that many of the rest, the same ones every time.
    """,
        **swept,
    )


@cache
def case_entry(parameters: type[BaseModel]) -> type[BaseModel]:
    """The model of one case."""
    fields: dict[str, Any] = {
        "name": (Annotated[Name, Field(description="of the case, in its file: part of the ids of its trials")], ...),
        "why": (str, Field(min_length=1, description="what this case can see that others cannot")),
        "url": (
            str | None,
            Field(None, pattern="^https?://", description="the bug report or text that the case comes from"),
        ),
        "expect": (
            Literal["reference"] | RecordedValues | RecordedChecksum | ExpectedRefusal,
            Field(
                "reference",
                description="reference (default), {values: ...}, {checksum: ...}, or {refusal: REASON} of a call that "
                "is wrong on purpose",
            ),
        ),
        "sweep": (
            sweep(parameters) | None,
            Field(None, description="lists by key: the case is asked with every combination of their values"),
        ),
    }
    about = "One case: a question, why it is asked, and what is expected."
    return create_model("CaseEntry", __base__=parameters, __doc__=about, **fields)


@cache
def case_file(parameters: type[BaseModel], names: tuple[str, ...]) -> type[BaseModel]:
    """The model of a file of cases of one of these operators, whose cases have these parameters."""
    entries: Any = list[case_entry(parameters)]  # type: ignore[misc]
    fields: dict[str, Any] = {
        "operator": (Literal[names], ...),
        "cases": (Annotated[entries, Field(min_length=1)], ...),
    }
    return create_model("CaseFile", __base__=Strict, __doc__="One file of cases of one operator.", **fields)


def case_file_of(content: object) -> type[BaseModel]:
    """The model of a file with this content: of its operator's kind, or of the first where that is what is wrong."""
    return case_file(_parameters(content), tuple(operators()))


def known_keys(parent: Sequence[int | str], content: object) -> list[str]:
    """The keys that the mapping at this key path of a case file with this content takes, as far as the path tells."""
    parameters = _parameters(content)
    match list(parent):
        case []:
            return ["operator", "operators", "cases"]
        case [_, _]:
            return [*case_entry(parameters).model_fields, "operators"]
        case [_, _, "sweep"]:
            return list(sweep(parameters).model_fields)
        case [_, _, "sweep", *_]:
            return [*parameters.model_fields, "operators"]
        case _:
            return []


def sweep_problems(operator: str, swept: Mapping[str, Any]) -> list[str]:
    """What is wrong with a sweep that was given apart from a case file, one line per value."""
    try:
        sweep(signature(operator).parameters()).model_validate(dict(swept))
    except ValidationError as error:
        found = [(".".join(map(str, each["loc"][:2])), each["input"], each["msg"]) for each in error.errors()]
        return [f"{where}: found {value!r}: {message}" for where, value, message in found]
    return []


def _parameters(content: object) -> type[BaseModel]:
    name = content.get("operator") if isinstance(content, dict) else None
    return signature(name if isinstance(name, str) and name in operators() else next(iter(operators()))).parameters()
