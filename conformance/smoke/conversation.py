"""One port's process, one exchange after the other, every byte looked at: what `conformance smoke` asks through.

Knows: frames, the protocol's messages, and what authors of ports get wrong about them. Must not know: which questions
are asked (`conformance.smoke.steps`). A run uses `conformance.workers.process`, which gives a broken reply an
outcome; here it becomes a sentence for the one who has to fix the port.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from time import monotonic
from typing import Any

from numpy.typing import NDArray

from conformance.adapters.reply import Reply
from conformance.errors import UsageError
from conformance.protocol.frames import LENGTH, LONGEST_HEADER, EndOfStream, FrameError, FrameLimits, frame, read_frame
from conformance.protocol.hello import Hello, NoWorker, read_hello
from conformance.protocol.messages import answer_problems, greeting_problems
from conformance.protocol.replies import read_reply
from conformance.workers.child import Child, Expired
from conformance.workers.process import LONGEST_ANSWER_HEADER, WARM_UP_SECONDS, most_result_bytes

# Of what came: the beginning of a line that was printed is known by as many.
SHOWN_BYTES = 48
# How long to look for a second answer
PATIENCE = 0.03
# How long a port may take to exit
LAST_SECONDS = 5.0
KEPT = re.compile(r"\d{3,}-(sent|received)\.frame")


class Blame(StrEnum):
    """Who has to fix what was found."""

    HARNESS = "harness"
    IMPLEMENTATION = "implementation"
    ADAPTER = "adapter"
    WORDS = "words"
    """nobody's, where the implementation's own documents give them the meaning that shows: that has to be said"""


class StepFailed(Exception):
    """What was found, what is expected, and what its author can do."""

    def __init__(self, found: str, expected: str, hint: str, blame: Blame = Blame.HARNESS, traceback: str = "") -> None:
        super().__init__(found)
        self.found, self.expected, self.hint, self.blame = found, expected, hint, blame
        self.traceback = traceback


class Keeper:
    """Writes every frame into a folder, as the bytes that they are, whole or not."""

    def __init__(self, folder: Path | None) -> None:
        """Makes the folder, and removes the frames that an earlier call kept there."""
        self._folder = folder
        self.count = 0
        if folder is None:
            return
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for old in folder.iterdir():
                if KEPT.fullmatch(old.name):
                    old.unlink()
        except OSError as error:
            raise UsageError(f"{folder}: cannot be written: {error.strerror}") from error

    def keep(self, direction: str, content: bytes) -> None:
        if self._folder is not None and content:
            self.count += 1
            (self._folder / f"{self.count:03}-{direction}.frame").write_bytes(content)


class Conversation:
    """A port's process. Every method raises StepFailed for what a port must not do."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], keeper: Keeper, timeout: float) -> None:
        self._command, self._environment = command, environment
        self._keeper, self._timeout = keeper, timeout
        self._child: Child | None = None

    @property
    def alive(self) -> bool:
        """Whether the stream can still be used."""
        return self._child is not None

    def start(self) -> None:
        """Start the process."""
        try:
            self._child = Child(self._command, self._environment)
        except OSError as error:
            raise StepFailed(
                f"{self._command[0]}: {error.strerror}",
                "a command that can be executed, without a shell",
                "Check its path, which starts where conformance was called (./my_port, not my_port), and that it is "
                "executable (chmod +x). Start a script through its interpreter: exec:node port.js.",
            ) from error

    def hello(self) -> Hello:
        """What the port says before it is asked."""
        header, _ = self._receive("a hello", WARM_UP_SECONDS, 0)
        self._fit(greeting_problems(header), header, "hello")
        said = read_hello(header)
        if isinstance(said, NoWorker):
            failure = self._lost(f"type {header['type']}: {said.message}", "hello", "Fix what it says is wrong.")
            failure.traceback = said.traceback
            raise failure
        return said

    def ask(self, seq: int, question: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Reply:
        """The answer to one request, which fits the schema and carries its seq."""
        parts = frame({"type": "request", "seq": seq, **question}, arrays)
        self._keeper.keep("sent", b"".join(bytes(part) for part in parts))
        self._send(parts)
        most = most_result_bytes([sum(array.size for array in arrays.values())])
        header, tensors = self._receive("an answer", self._timeout, most)
        self._fit(answer_problems(header), header, "an answer")
        if header["seq"] != seq:
            raise self._lost(
                f"the answer has seq {header['seq']}", f"seq {seq}, that of the request",
                "Copy seq from the request; do not count yourself.",
            )  # fmt: skip
        if self._running().has_more(PATIENCE):
            more = _rest(self._running())
            self._keeper.keep("received", more)
            raise self._lost(
                f"{more[:SHOWN_BYTES]!r} came after the answer", "one answer, and nothing behind it",
                _frame_hint(more) if _is_text(more) else "Check that the result is as long as its shape says.",
            )  # fmt: skip
        return read_reply(header, tensors, seq, self._timeout)

    def end_input(self) -> None:
        """End the port's input, at which it has to exit."""
        child = self._running()
        status = child.close_input(monotonic() + LAST_SECONDS)
        last_words = self.close()
        if status is None:
            raise StepFailed(
                f"it still runs {LAST_SECONDS:g} s after its input has ended", "exit",
                "A read that returns no bytes is the end of the input: leave the loop and return.",
            )  # fmt: skip
        if status != 0:
            how = f"exit status {status}" if status > 0 else f"signal {-status}"
            raise StepFailed(
                f"at the end of its input it ended with {how} {last_words}".strip(), "exit status 0",
                "The end of input between two frames is not an error.",
            )  # fmt: skip

    def close(self) -> str:
        """End the process now; the end of its standard error."""
        child, self._child = self._child, None
        if child is None:
            return ""
        words = child.end().last_words
        return f"; its standard error ends: {words[-400:]}" if words else ""

    def _running(self) -> Child:
        assert self._child is not None
        return self._child

    def _lost(self, found: str, expected: str, hint: str) -> StepFailed:
        """A finding after which the process cannot be used any more."""
        return StepFailed(found + self.close(), expected, hint)

    def _send(self, parts: Sequence[bytes | memoryview]) -> None:
        try:
            self._running().send(parts, monotonic() + self._timeout)
        except Expired as error:
            size = sum(len(part) for part in parts)
            raise self._lost(
                f"it did not read a frame of {size:,} bytes within {self._timeout:g} s", "all of it is read",
                "A read returns what has come, often less than was asked for: read until the frame is whole.",
            ) from error  # fmt: skip
        except BrokenPipeError as error:
            raise self._ended("while it was sent a request") from error

    def _receive(self, what: str, seconds: float, most: int) -> tuple[Any, Mapping[str, NDArray[Any]]]:
        """One frame: its header with its tensors' descriptions, and its tensors, at most so many bytes of them."""
        taken: list[bytes | bytearray] = []
        deadline = monotonic() + seconds
        try:
            header, tensors = read_frame(
                _into(taken, self._running(), deadline), FrameLimits(LONGEST_ANSWER_HEADER, tensor_bytes=most)
            )
        except Expired as error:
            raise self._silent(what, b"".join(taken) + error.came, seconds) from error
        except EndOfStream as error:
            raise self._ended(f"before it sent {what}") from error
        except FrameError as error:
            taken.append(_rest(self._running()))
            raise self._lost(f"{error}", f"a frame: {what}", _frame_hint(b"".join(taken))) from error
        finally:
            self._keeper.keep("received", b"".join(taken))
        listed = json.loads(taken[1]).get("tensors")
        return header if listed is None else {**header, "tensors": listed}, tensors

    def _silent(self, what: str, came: bytes, seconds: float) -> StepFailed:
        found = f"no {what.removeprefix('an ').removeprefix('a ')} within {seconds:g} s"
        if came:
            found += f"; {len(came):,} bytes came: {came[:SHOWN_BYTES]!r}"
            hint = "The frame is not whole: compare its length and its tensors' shapes with what is written. "
        else:
            hint = "Nothing came at all. "
        return self._lost(
            found, what, hint + "Flush standard output after every frame, and wait for no second request."
        )

    def _ended(self, when: str) -> StepFailed:
        child = self._running()
        self._child = None
        ending = child.end()
        words = f"; its standard error ends: {ending.last_words[-400:]}" if ending.last_words else ""
        return StepFailed(
            f"it ended {when}: {ending.how}{words}", "it runs until its input ends",
            "Run it by hand to see why. It must answer request after request; what fails is answered with an error.",
        )  # fmt: skip

    def _fit(self, problems: list[str], header: Any, what: str) -> None:
        if problems:
            raise self._lost(
                f"{'; '.join(problems)}, in {json.dumps(header)[:300]}",
                f"{what} that fits the schema (conformance smoke --schema)",
                "docs/protocol.md has a table of its keys.",
            )


def _into(taken: list[bytes | bytearray], child: Child, deadline: float) -> Callable[[int], bytes | bytearray]:
    def read(count: int) -> bytes | bytearray:
        taken.append(child.read(count, deadline))
        return taken[-1]

    return read


def _rest(child: Child) -> bytes:
    """What else has come, for the author to see."""
    try:
        return bytes(child.read(4096, monotonic() + PATIENCE))
    except Expired as expired:
        return expired.came


def _is_text(content: bytes) -> bool:
    return bool(content) and all(byte in b"\t\r\n" or 32 <= byte < 127 for byte in content[:8])


def _frame_hint(content: bytes) -> str:
    """What was written where a frame's length should be."""
    head = content[: LENGTH.size]
    if content[:1] == b"{":
        return "There is no length before the header: 8 bytes, unsigned, little-endian."
    if content[4:5] == b"{":
        return "The length has 4 bytes; write 8, unsigned, little-endian."
    if _is_text(head):
        return (
            f"{content[:SHOWN_BYTES]!r} is text. Standard output belongs to frames: print to standard error, and keep "
            "libraries from printing (dup2(2, 1) after keeping a copy of descriptor 1)."
        )
    if len(head) == LENGTH.size and int.from_bytes(head, "big") <= LONGEST_HEADER < int.from_bytes(head, "little"):
        return "The length is big-endian; write it little-endian."
    return "docs/protocol.md shows a frame byte by byte; --keep DIR keeps what came."
