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
    yield from (f"    {line}" for line in translation.code)
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
    entry |= {"kind": kind, "notes": plan.notes, **translation.operands, "code": translation.code}
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
