"""A translation as it is told: lines for a terminal, or one JSON document of the same content.

Knows: readings, translations, attempts. Must not know: how they came about.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.adapters.plan import Unsupported
from conformance.judging.verdict import Outcome, Verdict
from conformance.translation.experiment import Attempt
from conformance.translation.reading import Reading
from conformance.translation.translating import Translation

# Lines of a conversion that returns what it is given
MERE = 3


@dataclass(frozen=True, slots=True)
class Story:
    """Everything that there is to tell about one call."""

    reading: Reading
    given: Attempt | None
    """the call as it was given; None where nothing was to be run"""
    targets: Sequence[tuple[Translation, Attempt | None]]


def exit_status(story: Story) -> int:
    """2 where the call's own framework refuses it; 1 where a run disagrees; 3 where a target cannot say the call, or
    refuses it, or a worker did not start; 0 otherwise.
    """
    targets = [attempt for _, attempt in story.targets if attempt is not None]
    attempts = [*([] if story.given is None else [story.given]), *targets]
    if story.given is not None and _refused(story.given):
        return 2
    if any(not verdict.conforms for attempt in attempts if not _refused(attempt) for _, verdict in attempt.verdicts):
        return 1
    unsaid = any(isinstance(translation.plan, Unsupported) for translation, _ in story.targets)
    return 3 if unsaid or any(attempt.failed or _refused(attempt) for attempt in attempts) else 0


def _refused(attempt: Attempt) -> bool:
    return any(verdict.outcome is Outcome.REFUSED for _, verdict in attempt.verdicts)


def lines(story: Story) -> Iterator[str]:
    """The story for a terminal."""
    reading = story.reading
    yield f"given: {reading.text}"
    yield from (f"  {line}" for line in (*reading.lines(), *reading.remarks))
    yield from _attempt_lines(story.given)
    for translation, attempt in story.targets:
        yield ""
        yield from _target_lines(translation, attempt)


def document(story: Story) -> dict[str, Any]:
    """The story as JSON has it."""
    reading = story.reading
    return {
        "given": {
            "text": reading.text,
            "lane": reading.lane,
            **reading.document(),
            "remarks": reading.remarks,
            **_attempt_entry(story.given),
        },
        "targets": [_target_entry(translation, attempt) for translation, attempt in story.targets],
        "exit_status": exit_status(story),
    }


@dataclass(frozen=True, slots=True)
class CallInFile:
    """A call of a file, and what there is to tell about it, or why it is not read."""

    line: int
    text: str
    story: Story | str


def file_status(found: Sequence[CallInFile]) -> int:
    """That of the calls together: 1 before 2 before 3; 2 where a file has no call that is understood."""
    statuses = {2 if isinstance(each.story, str) else exit_status(each.story) for each in found} or {2}
    return next((status for status in (1, 2, 3) if status in statuses), 0)


def file_lines(path: str, found: Sequence[CallInFile], *, run: bool) -> Iterator[str]:
    """Each call of a file in a line, its targets below it, and last how many of them are read."""
    for each in found:
        yield f"{path}:{each.line}: {' '.join(each.text.split())}"
        if isinstance(each.story, str):
            yield from (f"  not read: {line}" for line in each.story.splitlines()[:1])
            continue
        yield from (f"  {remark}" for remark in each.story.reading.remarks)
        if each.story.given is not None:
            yield from _attempt_lines(each.story.given)
        for translation, attempt in each.story.targets:
            yield from _brief(translation, attempt)
    read = sum(not isinstance(each.story, str) for each in found)
    yield f"{read} of {len(found)} calls are read{'' if run or not read else '; --run runs them'}"


def _brief(translation: Translation, attempt: Attempt | None) -> Iterator[str]:
    lane, plan = translation.lane.text, translation.plan
    if isinstance(plan, Unsupported):
        yield f"  {lane}: refused: {plan.reason}"
        return
    _, invoke, _ = plan.parts
    # What is made where it is called stands behind a `lambda: `.
    function = invoke.function.rpartition(" ")[2]
    yield f"  {lane}: {'native' if plan.native else 'composed'}: {function}"
    yield from (f"    {note}" for note in (*plan.notes, *translation.remarks))
    yield from (f"  {line}" for line in _attempt_lines(attempt))


def file_document(path: str, found: Sequence[CallInFile]) -> dict[str, Any]:
    """A file's calls as JSON has them."""
    calls = [
        {"line": each.line, "text": each.text, "error": each.story}
        if isinstance(each.story, str)
        else {"line": each.line, "text": each.text, **document(each.story)}
        for each in found
    ]
    return {"file": path, "calls": calls, "exit_status": file_status(found)}


def verdict_text(verdict: Verdict) -> str:
    """`agrees bitwise`, or what else came of it."""
    if verdict.outcome is not Outcome.AGREES:
        return f"{verdict.outcome}: {verdict.detail}"
    flags = f" ({', '.join(verdict.flags)})" if verdict.flags else ""
    if verdict.metrics is None:
        return f"agrees in shape and dtype{flags}"
    how = "bitwise" if verdict.metrics.exact else "within the error bound"
    return f"agrees {how}{flags}: {verdict.metrics.compared} elements"


def _target_lines(translation: Translation, attempt: Attempt | None) -> Iterator[str]:
    lane, plan = translation.lane.text, translation.plan
    if isinstance(plan, Unsupported):
        yield f"{lane}: refused: {plan.reason}"
        yield from (f"  {remark}" for remark in translation.remarks)
        return
    yield f"{lane}: {'native' if plan.native else 'composed'}"
    yield from (f"  {note}" for note in plan.notes)
    yield from (f"  {name}: {words}" for name, words in translation.operands.items())
    yield from (f"    {line}".rstrip() for line in translation.code)
    if any(len(lines) > MERE for lines in translation.conversions.values()):
        yield "  to convert what is stored:"
        yield from (f"    {line}" for lines in translation.conversions.values() for line in lines)
    yield from (f"  {remark}" for remark in translation.remarks)
    yield from _attempt_lines(attempt)


def _attempt_lines(attempt: Attempt | None) -> Iterator[str]:
    if attempt is None:
        return
    if attempt.note:
        yield f"  {attempt.lane}: {attempt.note}"
    for inputs, verdict in attempt.verdicts:
        yield f"  {attempt.framework} on {inputs}: {verdict_text(verdict)}"


def _target_entry(translation: Translation, attempt: Attempt | None) -> dict[str, Any]:
    entry: dict[str, Any] = {"lane": translation.lane.text, "remarks": translation.remarks}
    plan = translation.plan
    if isinstance(plan, Unsupported):
        return {**entry, "kind": "refused", "reason": plan.reason}
    kind = "native" if plan.native else "composed"
    conversions = {name: "\n".join(lines) for name, lines in translation.conversions.items()}
    entry |= {"kind": kind, "notes": plan.notes, **translation.operands, "code": translation.code}
    entry |= {"conversions": conversions}
    return {**entry, **_attempt_entry(attempt)}


def _attempt_entry(attempt: Attempt | None) -> dict[str, Any]:
    if attempt is None:
        return {"run": None}
    verdicts = [
        {"inputs": inputs, "outcome": str(verdict.outcome), "conforms": verdict.conforms, "detail": verdict.detail,
         "text": verdict_text(verdict), "digest": verdict.digest}
        for inputs, verdict in attempt.verdicts
    ]  # fmt: skip
    return {"run": {"lane": attempt.lane, "framework": attempt.framework, "note": attempt.note, "verdicts": verdicts}}
