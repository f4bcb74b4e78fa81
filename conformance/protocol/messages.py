"""The messages of protocol 1 between the suite and a port: one model each, and the JSON Schema of them all.

Knows: what docs/protocol.md says of headers. Must not know: bytes (`conformance.protocol.frames`), processes, verdicts.
For `conformance smoke` and documentation; a run reads headers without pydantic, which would slow its start.
"""

import json
import re
from functools import cache
from typing import Annotated, Any, Literal, TypeAlias, Union

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, create_model

from conformance.operators.registry import parts
from conformance.protocol.asked import AskedPart, Count, Dtype
from conformance.protocol.frames import MOST_AXES, MOST_TENSORS
from conformance.protocol.hello import LONGEST_NAME, LONGEST_TEXT, MOST_ENTRIES
from reference.family import Direction

Layout: TypeAlias = Literal["NWC", "NCW", "NHWC", "NCHW", "NDHWC", "NCDHW"]
Name: TypeAlias = Annotated[str, Field(max_length=LONGEST_NAME)]
Text: TypeAlias = Annotated[str, Field(max_length=LONGEST_TEXT)]
Texts: TypeAlias = Annotated[dict[Name, Text], Field(max_length=MOST_ENTRIES)]
Traceback: TypeAlias = Annotated[str | None, Field(description="where it broke; its end goes into the journal")]


class _Message(BaseModel):
    """What a port sends: a misspelt key is an error, or it would be a silent one."""

    model_config = ConfigDict(strict=True, extra="forbid")


class Tensor(_Message):
    """A tensor that follows the header, in the order of the list."""

    name: str
    dtype: Dtype
    shape: Annotated[list[Count], Field(max_length=MOST_AXES)]


class Result(Tensor):
    """The one tensor of a reply."""

    name: Literal["result"]


class _Bare(_Message):
    """A message that no tensor follows."""

    tensors: Annotated[list[Tensor], Field(max_length=0)] = []


class HelloMessage(_Bare):
    """Sent by the port once, before anything is asked."""

    type: Literal["hello"]
    protocol: Annotated[Literal[1], Field(description="the version of this protocol")]
    framework: Annotated[str, Field(min_length=1, max_length=LONGEST_NAME, description="name of the implementation")]
    version: Annotated[str, Field(min_length=1, max_length=LONGEST_NAME, description="its version")]
    language: Annotated[Name | None, Field(description="what the port is written in")] = None
    operators: Annotated[
        list[Name] | None, Field(max_length=MOST_ENTRIES, description="the operators that it has; others are not asked")
    ] = None
    dtypes: Annotated[list[Dtype] | None, Field(description="the dtypes that it takes; others are not asked")] = None
    layouts: Annotated[list[Layout] | None, Field(description="the layouts that it takes; others are not asked")] = None
    features: Annotated[
        list[Literal["groups", "bias", "gradients", "fill"]] | None,
        Field(
            description="what calls may have beyond the operator itself, without it none of these; and `fill`, where "
            "requests say how the memory of the result is filled before"
        ),
    ] = None
    directions: Annotated[
        list[Direction] | None,
        Field(
            description="what it computes; without it the result, and all gradients where that is among its features"
        ),
    ] = None
    versions: Annotated[Texts, Field(description="of what it is built on; goes into the journal")] = {}
    flags: Annotated[Texts, Field(description="threads, devices, switches; goes into the journal")] = {}
    runs_on: Annotated[
        Texts, Field(description="lanes whose functions compute in the end, with their versions; their waivers hold")
    ] = {}


class MissingMessage(_Bare):
    """Sent instead of hello where what the port is built on is not installed."""

    type: Literal["missing"]
    message: str


class NotStartedMessage(_Bare):
    """Sent instead of hello by a port that cannot start."""

    type: Literal["failed"]
    message: str
    traceback: Traceback = None


@cache
def request_message() -> type[BaseModel]:
    """The model of a request: one call, with the arguments and axes of a kind that has the part `messages`."""
    kinds = parts("messages")
    arguments: Any = Union[tuple(kind.ARGUMENTS for kind in kinds)]  # noqa: UP007  # the number of kinds is open
    axis: Any = Union[tuple(kind.AXIS for kind in kinds)]  # noqa: UP007
    fields: dict[str, Any] = {
        "type": (Literal["request"], ...),
        "seq": (int, Field(ge=1, description="to be repeated in the answer")),
        "operator": (str, ...),
        "arguments": (arguments, Field(description="those of the operator's kind")),
        "axes": (
            list[axis] | None,
            Field(description="one per spatial axis; null for a wrong call, and maybe for others"),
        ),
        "fill": (
            int | None,
            Field(
                None,
                ge=0,
                le=255,
                description="the byte with which the result's memory is filled before; to ports whose features name it",
            ),
        ),
        "tensors": (list[Tensor], Field(min_length=1, max_length=MOST_TENSORS)),
    }
    about = (
        "One call. Its tensors are the operands of its kind in their order, then `cotangent` where it is a gradient."
    )
    return create_model("RequestMessage", __base__=AskedPart, __doc__=about, **fields)


class _Reply(_Message):
    """What answers a request."""

    seq: int
    memory: Annotated[
        int | None, Field(ge=0, description="bytes that the process holds; beyond 4 GiB it is started afresh")
    ] = None


class ReplyMessage(_Reply):
    """The result."""

    type: Literal["reply"]
    seconds: Annotated[float | None, Field(ge=0, description="what the call took")] = None
    tensors: Annotated[list[Result], Field(min_length=1, max_length=1)]


class RefusalMessage(_Reply, _Bare):
    """The implementation rejects the call as wrong."""

    type: Literal["refusal"]
    error: Annotated[str, Field(description="the kind of error: the exception's name, a status code")]
    message: str
    seconds: Annotated[float | None, Field(ge=0)] = None


class UnsupportedMessage(_Reply, _Bare):
    """The implementation has no words for the call, whether right or wrong."""

    type: Literal["unsupported"]
    reason: str


class ErrorMessage(_Reply, _Bare):
    """The port itself failed."""

    type: Literal["error"]
    message: str
    traceback: Traceback = None


class MisshapenMessage(_Reply, _Bare):
    """A worker of the suite's own: what its framework returned has a shape from which the plan cannot go on.

    No message of a port, which sends its result whatever its shape.
    """

    type: Literal["misshapen"]
    shape: list[Count]
    dtype: str
    message: str
    error: Annotated[str | None, Field(description="of what the framework raised from there on, its kind")] = None
    refusal: Annotated[str | None, Field(description="and its text")] = None


class WorkerReplyMessage(ReplyMessage):
    """The result, from a worker of the suite's own, which watches the caller's arrays. A port's memory is its own."""

    disturbed: Annotated[list[list[str]], Field(description="what of the caller's changed during each call")] = []
    aliased: Annotated[list[list[str]], Field(description="in whose memory the result of each call lies")] = []


NotAnswered: TypeAlias = RefusalMessage | UnsupportedMessage | ErrorMessage
Greeting: TypeAlias = Annotated[HelloMessage | MissingMessage | NotStartedMessage, Field(discriminator="type")]
Answer: TypeAlias = Annotated[WorkerReplyMessage | NotAnswered | MisshapenMessage, Field(discriminator="type")]

_GREETING: TypeAdapter[Any] = TypeAdapter(Greeting)
_ANSWER: TypeAdapter[Any] = TypeAdapter(Answer)


def greeting_problems(header: Any) -> list[str]:
    """What is wrong with the first header of a port: one `key: problem` for each."""
    return _problems(_GREETING, header)


def answer_problems(header: Any) -> list[str]:
    """What is wrong with the header of an answer."""
    return _problems(_ANSWER, header)


def message_of_any_kind() -> Any:
    """The type of every message between the suite and a port."""
    request: Any = request_message()
    members: Any = Union[Greeting, request, ReplyMessage, NotAnswered]  # noqa: UP007
    return Annotated[members, Field(discriminator="type")]


def json_schema() -> dict[str, Any]:
    """The JSON Schema of every message."""
    # Who reads the schema knows that these are messages: `Hello` there is `HelloMessage` here, where a hello is read.
    schema = json.loads(
        re.sub(r'(?<=\w)Message(?=")', "", json.dumps(TypeAdapter(message_of_any_kind()).json_schema()))
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "nn-conformance protocol 1: the header of every frame",
        **schema,
    }


def _problems(adapter: TypeAdapter[Any], header: Any) -> list[str]:
    try:
        adapter.validate_python(header)
    except ValidationError as error:
        found = [(".".join(map(str, each["loc"][1:])), each["msg"]) for each in error.errors(include_url=False)]
        return [f"{path}: {message}" if path else message for path, message in found]
    return []
