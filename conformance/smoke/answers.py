"""What the answers to `conformance smoke`'s questions are compared with, and what is said of those that are wrong.

Knows: one call, its arrays and its answer. Must not know: the order of steps (`conformance.smoke.steps`), bytes.
"""

from itertools import permutations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.adapters.reply import Answer, CannotSay, Failed, Misshapen, Refused, Reply
from conformance.smoke.conversation import Blame, StepFailed
from conformance.smoke.questions import Questions, SmallCall, SmallWrongCall
from conformance.suite.case import Call
from conformance.workers.declared import NoWords

# Errors of a small right call that are its adapter's
MISSPELT = ("TypeError", "AttributeError", "NameError", "ImportError", "ModuleNotFoundError")
SAY_UNSUPPORTED = (
    "an adapter's plan returns Unsupported(reason), a port answers unsupported, and what never works is left out of "
    "the operators, dtypes and layouts that they declare"
)


class LeftOut(NoWords):
    """A step that does not make sense for this lane, with the reason."""


def result_of(reply: Reply, asked: SmallCall, *, adapter: bool, spelt: bool = False) -> NDArray[Any]:
    """The result of a right call; raises StepFailed for what is none, LeftOut for what the lane cannot say.

    spelt: the same words have been answered with other lengths, so that no name among them is wrong.
    """
    match reply:
        case Answer(result, _, ()):
            return result
        case Answer(_, _, changed):
            raise StepFailed(
                f"the call changed {' and '.join(changed)}", "operands that are only read",
                "Its caller still needs them: compute in a copy.", Blame.IMPLEMENTATION,
            )  # fmt: skip
        case Refused(error, message) if adapter and not spelt and error in MISSPELT:
            raise StepFailed(
                f"the adapter's call of its framework raised: {error}: {message[:300]}", "a reply",
                f"{error} is what Python raises at a name, argument or dtype that a function does not know. "
                f"The call was {written(asked.call)}. Correct the plan, or say that there are no words for it: "
                f"{SAY_UNSUPPORTED}.", Blame.ADAPTER,
            )  # fmt: skip
        case Refused(error, message):
            raise StepFailed(
                f"it refused a right call: {error[:80]}: {message[:300]}", "a reply",
                f"The call was {written(asked.call)}. If the implementation has no words for it, say so: "
                f"{SAY_UNSUPPORTED}.",
                Blame.IMPLEMENTATION,
            )  # fmt: skip
        case CannotSay(reason):
            raise LeftOut(reason[:300])
        case Misshapen(_, _, message):
            expected = f"the shape {list(asked.call.result_shape)}"
            raise StepFailed(message, expected, _shape_hint(asked), Blame.IMPLEMENTATION)
        case _:
            raise failed(reply, "a reply", adapter=adapter)


def written(call: Call) -> str:
    """The call for its author, without what has its default."""
    given = {name: value for name, value in call.arguments().items() if value is not None}
    words = (f"{name} {list(value) if isinstance(value, tuple) else value}" for name, value in given.items())
    return f"{call.operator}: {', '.join(words)}"


def failed(reply: Reply, expected: str, *, adapter: bool) -> StepFailed:
    """What to say of an error; what else can come of a process ends the conversation before."""
    assert isinstance(reply, Failed)
    if adapter:
        hint = (
            "The adapter raised outside of its framework's call, see where. What the framework refuses is called "
            "through `calling`; what the adapter has no words for is Unsupported."
        )
        found = f"the adapter raised: {reply.message[:300]}"
        return StepFailed(found, expected, hint, Blame.ADAPTER, reply.traceback)
    hint = "The port itself failed: see its standard error."
    return StepFailed(f"error: {reply.message[:300]}", expected, hint, traceback=reply.traceback)


def check_form(result: NDArray[Any], asked: SmallCall) -> None:
    """Raises StepFailed for another dtype or shape than that of the call."""
    dtype = asked.expected.dtype.name
    found, wanted = (result.dtype.name, list(result.shape)), (dtype, list(asked.call.result_shape))
    if found != wanted:
        whose = "that of the arguments" if dtype == asked.call.dtype else f"{dtype}, whatever the arguments'"
        hint = f"dtype is {whose}, {_shape_hint(asked)}"
        raise StepFailed(f"{found[0]} {found[1]}", f"{wanted[0]} {wanted[1]}", hint)


def check_values(result: NDArray[Any], asked: SmallCall, questions: Questions, lane: str) -> None:
    """Raises StepFailed for wrong values, which are the harness' where bytes or axes explain them, and a question of
    words where the kind has another meaning of them that does.
    """
    expected = asked.expected
    wrong = np.argwhere(result != expected)
    if not len(wrong):
        return
    first = tuple(int(index) for index in wrong[0])
    found = f"{len(wrong)} of {result.size} elements are wrong, first at {list(first)}: {result[first]}"
    wanted = f"{expected[first]}"
    if np.array_equal(result.byteswap(), expected):
        raise StepFailed(found, wanted, "The bytes are big-endian; tensors are little-endian.")
    orders = permutations(range(expected.ndim))
    if any(np.array_equal(result.ravel(), expected.transpose(axes).ravel()) for axes in orders):
        hint = "The right numbers in another order of axes: write row-major, in the order of output_shape."
        raise StepFailed(found, wanted, hint)
    other = questions.other_meaning(asked, result)
    if other is not None:
        raise StepFailed(f"{found}; right is it with {other[0]}", wanted, words_hint(other[1]), Blame.WORDS)
    hint = (
        f"The harness can be right and the implementation wrong: conformance diagnose --lane {lane!r} names the fault."
    )
    raise StepFailed(found, wanted, hint, Blame.IMPLEMENTATION)


def accepted_wrong(asked: SmallWrongCall, shape: tuple[int, ...]) -> StepFailed:
    """What to say of an answer to a wrong call; an argument may mean something else to its implementation."""
    found = f"it answered {list(shape)} to a wrong call: {written(asked.call)}"
    expected = f"a refusal: {asked.call.fault.message}"
    if asked.named:
        return StepFailed(found, expected, words_hint(asked.named), Blame.WORDS)
    hint = "Check the shapes as docs/protocol.md says. An implementation that accepts them on purpose gets a waiver."
    return StepFailed(found, expected, hint, Blame.IMPLEMENTATION)


def words_hint(word: str) -> str:
    """What to do about an argument that may mean something else to the implementation."""
    return (
        f"docs/protocol.md says what {word} means. Where the implementation's own documents give it another meaning, "
        "it is not wrong: translate the call from its axes, or say that there are no words for it "
        f"({SAY_UNSUPPORTED}). What it does on purpose gets a waiver."
    )


def _shape_hint(asked: SmallCall) -> str:
    shape = f"their {asked.named}" if asked.named else "what follows from them"
    hint = f"shape {shape}, in the order of the call's data_format."
    return f"{hint} {words_hint(asked.named)}" if asked.named else hint
