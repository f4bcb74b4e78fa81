"""A lane's worker process as the parent sees it: started, asked with a deadline, ended.

Knows: pipes, deadlines, signals. Must not know: trials and verdicts (`conformance.running.runner`).

Whatever a worker does (hang, abort, print, answer twice, answer something else) costs the request at hand its reply and
nothing more: the process is killed and the next request gets a new one.
"""

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, TypeAlias

from numpy.typing import NDArray

from conformance.adapters.lane import Lane
from conformance.adapters.reply import Answer, CannotSay, Failed, Refused, Reply, TimedOut
from conformance.running.child import Child, Expired
from conformance.running.together import operands_together
from conformance.running.wire import EndOfStream, FrameError, frame
from reference.family import OPERATORS

PROTOCOL = 1
WARM_UP_SECONDS = 180.0
MOST_FAILED_STARTS = 3
"""in a row; a worker that cannot start costs every trial its outcome, and should not cost each a warm-up too"""
THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
)
FOREIGN_PATIENCE = 0.002
"""how long to look for a second reply from a port whose code is not ours"""
MOST_WORKER_BYTES = 4 * 2**30
"""a worker that holds more after a reply is started afresh before the next request"""
Frame: TypeAlias = tuple[dict[str, Any], dict[str, NDArray[Any]]]
LONGEST_MESSAGE = 4000
"""characters of a port's words that are kept"""


@dataclass(frozen=True, slots=True)
class Hello:
    """What answers behind the lane."""

    framework: str
    version: str
    versions: Mapping[str, str] = field(default_factory=dict)
    flags: Mapping[str, str] = field(default_factory=dict)
    operators: tuple[str, ...] | None = None
    """what a port says that it takes, and no more is asked of it; None where it does not say"""
    dtypes: tuple[str, ...] | None = None
    layouts: tuple[str, ...] | None = None
    features: tuple[str, ...] | None = None

    def leaves_out(self, question: Mapping[str, Any]) -> str | None:
        """Why a port's question is not asked: it is outside what the port declared.

        A port that says nothing of features has none: it was written before there were any.
        """
        arguments = question.get("arguments", {})
        operator = OPERATORS.get(str(question.get("operator")))
        layouts = operator.data_formats if operator is not None else ()
        layout = arguments.get("data_format") or next(iter(layouts), None)
        asked = (
            ("operators", self.operators, question.get("operator")),
            ("dtypes", self.dtypes, arguments.get("dtype")),
            ("layouts", self.layouts, layout if layout in layouts else None),
        )
        for name, declared, needed in asked:
            if declared is not None and needed is not None and needed not in declared:
                return f"{needed} is not among the {name} of the port's hello: {', '.join(declared) or 'none'}"
        missing = [feature for feature in _features(arguments) if feature not in (self.features or ())]
        if missing:
            features = ", ".join(self.features or ()) or "none"
            return f"{missing[0]} is not among the features of the port's hello: {features}"
        return None


@dataclass(frozen=True, slots=True)
class NoWorker:
    """Why no worker came up."""

    missing: bool
    """the framework is not installed; otherwise something failed"""
    message: str


def worker_command(lane: Lane) -> tuple[str, ...]:
    """What is executed for a lane: a port's own command, or a worker that finds the adapter where it was named."""
    return lane.command or (sys.executable, "-m", "conformance.running.worker", lane.text, str(lane.folder))


class Worker:
    """At most one live process of one lane."""

    def __init__(self, lane: Lane, threads: int = 1) -> None:
        """A worker of the lane whose framework computes with `threads` threads, as far as it listens."""
        self._command = worker_command(lane)
        self._environment = {**os.environ, **{name: str(threads) for name in THREAD_VARIABLES}}
        self._patience = FOREIGN_PATIENCE if lane.command else 0.0
        self._process: Child | None = None
        self.hello: Hello | None = None
        """of the process that `start` started last"""
        self._seq = 0
        self._failed_starts = 0
        self._interrupted = False

    def start(self) -> Hello | NoWorker:
        """Start a process and wait for its hello."""
        hello = self._start()
        self.hello = hello if isinstance(hello, Hello) else None
        self._failed_starts = 0 if isinstance(hello, Hello) else self._failed_starts + 1
        return hello

    def _start(self) -> Hello | NoWorker:
        self.kill()
        try:
            process = self._process = Child(self._command, self._environment)
        except OSError as error:
            return NoWorker(False, f"{self._command[0]} cannot be executed: {error.strerror}")
        if self._interrupted:
            process.kill()
        try:
            header, _ = process.receive(monotonic() + WARM_UP_SECONDS)
            hello = read_hello(header)
        except Expired:
            hello = NoWorker(False, f"no hello within {WARM_UP_SECONDS:g} s")
        except (EndOfStream, FrameError) as error:
            ending = process.end()
            text = f"{error}; " if isinstance(error, FrameError) else ""
            hello = NoWorker(
                False, f"{text}the worker ended before its hello: {ending.how} {ending.last_words}".strip()
            )
        if isinstance(hello, NoWorker):
            self._process = None
            process.end()
        return hello

    def ask(self, question: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]], limit: float) -> Reply:
        """The reply to one request, whose header holds `question`, within `limit` seconds."""
        reply = self._frame(question, arrays, limit)
        return _reply(*reply, self._seq) if isinstance(reply, tuple) else reply

    def ask_together(
        self, plans: Sequence[Any], asked: Sequence[Mapping[str, NDArray[Any]]], limit: float
    ) -> list[Answer] | None:
        """The answers to several plans in one exchange; None where anything else came: each is to be asked alone."""
        reply = self._frame({"together": list(plans)}, operands_together(asked), limit)
        if not isinstance(reply, tuple):
            return None
        header, tensors = reply
        results = [tensors[str(number)] for number in range(len(plans)) if str(number) in tensors]
        if header.get("type") != "reply" or header.get("seq") != self._seq or len(results) != len(plans):
            return None
        return [Answer(result, _seconds(header)) for result in results]

    def _frame(self, question: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]], limit: float) -> Reply | Frame:
        """The frame that answers one request, or what became of the worker."""
        if self._process is not None and self._process.has_more(0.0):
            self.kill()  # what comes unasked belongs to no request, least of all to this one
        hello = self.start() if self._process is None and self._failed_starts < MOST_FAILED_STARTS else None
        if isinstance(hello, NoWorker):
            return Failed(f"the worker did not start again: {hello.message}")
        process = self._process
        if process is None:
            return Failed(f"the worker failed to start {MOST_FAILED_STARTS} times in a row; it is not tried again")
        unsaid = self.hello.leaves_out(question) if self.hello is not None else None
        if unsaid is not None:
            return CannotSay(unsaid)
        self._seq += 1
        return self._exchange(process, frame({"type": "request", "seq": self._seq, **question}, arrays), limit)

    def _exchange(self, process: Child, request: Sequence[bytes | memoryview], limit: float) -> Reply | Frame:
        deadline = monotonic() + limit
        try:
            process.send(request, deadline)
            header, tensors = process.receive(deadline)
        except Expired:
            self.kill()
            return TimedOut(limit)
        except (EndOfStream, BrokenPipeError):
            self._process = None
            return process.end()
        except FrameError as error:
            self._process = None
            return Failed(f"the worker's reply is no frame: {error} (the process: {process.end().how})")
        if header.get("seq") != self._seq or _holds_too_much(header):
            self.kill()
        elif process.has_more(self._patience):
            self.kill()
            return Failed("the worker sent more than one reply to one request")
        return header, tensors

    def interrupt(self) -> None:
        """Kill the process from another thread, for good; the one that waits for it, or starts it, sees it end."""
        self._interrupted = True
        process = self._process
        if process is not None:
            process.kill()

    def kill(self) -> None:
        """End the process now; the next request starts a new one."""
        process, self._process = self._process, None
        if process is not None:
            process.end()


def read_hello(header: Mapping[str, Any]) -> Hello | NoWorker:
    """What the first header of a worker or port says."""
    match header:
        case {"type": "hello", "framework": str(framework), "version": str(version)}:
            spoken = header.get("protocol", PROTOCOL)
            if spoken != PROTOCOL:
                return NoWorker(False, f"it speaks protocol {str(spoken)[:20]}; this suite speaks {PROTOCOL}")
            declared = {name: _names(header.get(name)) for name in ("operators", "dtypes", "layouts", "features")}
            language = {"language": header["language"]} if isinstance(header.get("language"), str) else {}
            flags = {**language, **_texts(header.get("flags"))}
            return Hello(framework, version, _texts(header.get("versions")), flags, **declared)
        case {"type": "missing" | "failed" as kind, "message": str(message)}:
            return NoWorker(kind == "missing", message[:LONGEST_MESSAGE])
        case _:
            return NoWorker(False, f"the first frame is no hello: {str(header)[:200]}")


def _features(arguments: Mapping[str, Any]) -> tuple[str, ...]:
    """Which of the features a port's question has: arguments name them where they are not the default."""
    named = {"groups": "groups", "bias": "bias", "direction": "gradients"}
    return tuple(feature for argument, feature in named.items() if argument in arguments)


def _holds_too_much(header: Mapping[str, Any]) -> bool:
    """Whether our own worker has grown beyond the limit: compilers keep what they compiled, a megabyte a shape."""
    memory = header.get("memory", 0)
    return isinstance(memory, int) and memory > MOST_WORKER_BYTES


def _names(listed: Any) -> tuple[str, ...] | None:
    return tuple(map(str, listed)) if isinstance(listed, list) else None


def _texts(mapping: Any) -> dict[str, str]:
    return {str(name): str(text) for name, text in mapping.items()} if isinstance(mapping, dict) else {}


def _reply(header: Mapping[str, Any], tensors: Mapping[str, NDArray[Any]], seq: int) -> Reply:
    if header.get("seq") != seq:
        return Failed(f"the reply is to request {header.get('seq')!r}; asked was {seq}")
    match header:
        case {"type": "reply"} if "result" in tensors:
            return Answer(tensors["result"], _seconds(header))
        case {"type": "refusal", "error": str(error), "message": str(message)}:
            return Refused(error[:LONGEST_MESSAGE], message[:LONGEST_MESSAGE])
        case {"type": "unsupported", "reason": str(reason)}:
            return CannotSay(reason[:LONGEST_MESSAGE])
        case {"type": "error", "message": str(message)}:
            return Failed(message[:LONGEST_MESSAGE])
        case _:
            return Failed(f"a reply that is neither result, refusal nor error: {str(dict(header))[:200]}")


def _seconds(header: Mapping[str, Any]) -> float:
    seconds = header.get("seconds", 0.0)
    return float(seconds) if isinstance(seconds, int | float) else 0.0
