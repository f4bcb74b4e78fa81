"""The worker: one process, one lane, one framework.

Knows: frames, plans, its adapter. Must not know: what is expected; it can reach neither judging nor the reference's
values, but through the `reference` adapter.

Says hello, then answers each request with one reply until its input ends. Whatever the framework prints to standard
output goes to standard error: the pipe belongs to the frames.
"""

import gc
import os
import resource
import signal
import sys
from collections.abc import Mapping, Sequence
from mmap import mmap
from pathlib import Path
from time import perf_counter
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from conformance.adapters.lane import load_adapter, parse_lane
from conformance.adapters.plan import Plan, WrongShape
from conformance.adapters.protocol import Adapter, CallRefused, ComputesTogether
from conformance.errors import brief, said, traceback_text
from conformance.protocol.frames import (
    MOST_TENSORS_TOGETHER,
    EndOfStream,
    FrameError,
    FrameLimits,
    frame,
    operands_apart,
    read_frame,
)
from conformance.protocol.hello import LONGEST_MESSAGE, LONGEST_NAME, PROTOCOL
from conformance.protocol.requests import decode_plan
from conformance.workers.keeping import Keeping, alone

REQUEST_LIMITS = FrameLimits(tensors=MOST_TENSORS_TOGETHER)


def main(lane: str, folder: str | None = None) -> None:
    """Serve one lane on standard input and output until the input ends; `folder` is where an author's modules lie."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    requests, replies = _guarded_streams()
    adapter = _hello(lane, Path(folder) if folder else None, replies)
    if adapter is not None and _may_fork(parse_lane(lane).device):
        _serve_in_copies(adapter, requests, replies)
    elif adapter is not None:
        _serve(adapter, requests, replies, bytearray(1))
    replies.flush()
    sys.stderr.flush()
    # Frameworks spend seconds on an orderly exit, and some crash in it; nothing of theirs is worth waiting for.
    os._exit(0)


def _guarded_streams() -> tuple[BinaryIO, BinaryIO]:
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    return requests, replies


def _hello(lane: str, folder: Path | None, replies: BinaryIO) -> Adapter | None:
    try:
        adapter = load_adapter(parse_lane(lane, folder))
        # Importing TensorFlow makes millions of objects that live on; collecting garbage meanwhile doubles its time.
        gc.disable()
        description = adapter.describe()
        gc.enable()
        gc.freeze()
    except ImportError as error:
        _send(replies, {"type": "missing", "message": str(error)})
        return None
    except Exception as error:
        _send(replies, {"type": "failed", "message": brief(error), "traceback": traceback_text(error)})
        return None
    _send(
        replies,
        {
            "type": "hello",
            "protocol": PROTOCOL,
            "framework": description.framework,
            "version": description.version,
            "versions": dict(description.versions),
            "flags": dict(description.flags),
            **({"runs_on": dict(description.runs_on)} if description.runs_on else {}),
        },
    )
    return adapter


def _may_fork(device: str | None) -> bool:
    """Whether a copy of this process is as good as it is: no other thread is lost in it, and no device's context."""
    try:
        threads = len(os.listdir("/proc/self/task"))
    except OSError:
        return False
    return threads == 1 and (device or "cpu").startswith("cpu")


def _serve_in_copies(adapter: Adapter, requests: BinaryIO, replies: BinaryIO) -> None:
    """Serve in a copy of this process, as it is before anything was computed; where a call takes the copy with it, tell
    that and make another one, which takes milliseconds where importing a framework takes seconds.
    """
    computing = mmap(-1, 1)  # shared with the copies
    while True:
        copy = os.fork()
        if not copy:
            return _serve(adapter, requests, replies, computing)
        status = os.waitstatus_to_exitcode(os.waitpid(copy, 0)[1])
        if not computing[0]:
            # Its input has ended, or it died where a frame may be half read or written: this process ends likewise.
            if status < 0:
                os.kill(os.getpid(), -status)
            os._exit(abs(status))
        computing[0] = 0
        _send(replies, {"type": "crashed", "status": status})


def _serve(adapter: Adapter, requests: BinaryIO, replies: BinaryIO, computing: bytearray | mmap) -> None:
    """`computing`: its first byte is 1 between a request and its reply."""
    keeping = Keeping()
    while True:
        try:
            request, arrays = read_frame(requests.read, REQUEST_LIMITS)
        except EndOfStream:
            return
        computing[0] = 1
        if "together" in request:
            header, tensors = _answer_together(adapter, request, arrays)
        else:
            header, tensors = _answer(adapter, request, arrays, keeping)
        header["memory"] = _memory()
        computing[0] = 0
        try:
            _send(replies, {"seq": request["seq"], **header}, tensors)
        except FrameError as error:
            _send(replies, {"seq": request["seq"], "type": "error", "message": f"execute returned no array: {error}"})


def _answer(
    adapter: Adapter, request: Mapping[str, Any], arrays: dict[str, NDArray[Any]], keeping: Keeping
) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """The result of one call, or those of several that are made at once, named by their numbers."""
    started = perf_counter()
    try:
        if "at_once" in request:
            plans = [decode_plan(plan) for plan in request["at_once"]]
            asked = list(zip(plans, operands_apart(arrays, len(plans)), strict=True))
            computed = keeping.at_once(adapter, asked, request["call"], request["size"])
        else:
            computed = [alone(adapter, decode_plan(request["plan"]), arrays)]
        header = {
            "type": "reply",
            "seconds": computed[0].seconds,
            "disturbed": [each.disturbed for each in computed],
            "aliased": [each.aliased for each in computed],
        }
        names = map(str, range(len(computed))) if "at_once" in request else ("result",)
        return header, dict(zip(names, (each.result for each in computed), strict=True))
    except CallRefused as refusal:
        cause = refusal.__cause__
        error = type(cause).__name__ if cause is not None else "CallRefused"
        message = said(cause if cause is not None else refusal)
        return {
            "type": "refusal",
            "error": error[:LONGEST_NAME],
            "message": message[:LONGEST_MESSAGE],
            "seconds": perf_counter() - started,
        }, {}
    except WrongShape as wrong:
        raised, told = wrong.refusal, {}
        if raised is not None:
            told = {"error": type(raised).__name__[:LONGEST_NAME], "refusal": said(raised)[:LONGEST_MESSAGE]}
        return {
            "type": "misshapen",
            "shape": wrong.shape,
            "dtype": wrong.dtype,
            "message": str(wrong)[:LONGEST_MESSAGE],
            **told,
        }, {}
    except Exception as error:
        return {"type": "error", "message": brief(error), "traceback": traceback_text(error)}, {}


def _answer_together(
    adapter: Adapter, request: Mapping[str, Any], arrays: dict[str, NDArray[Any]]
) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """The results of several plans, named by their places; those that are not there are asked alone next."""
    plans = [decode_plan(plan) for plan in request["together"]]
    assert isinstance(adapter, ComputesTogether)
    started = perf_counter()
    results = _results_together(adapter, list(zip(plans, operands_apart(arrays, len(plans)), strict=True)))
    there = {str(place): np.asarray(result) for place, result in enumerate(results) if result is not None}
    return {"type": "reply", "seconds": (perf_counter() - started) / max(len(there), 1)}, there


def _results_together(
    adapter: ComputesTogether, asked: Sequence[tuple[Plan, Mapping[str, NDArray[Any]]]]
) -> Sequence[NDArray[Any] | None]:
    """Where they cannot be computed, those of each half: what one call fails by costs the others little."""
    try:
        results = adapter.execute_together(asked)
        if len(results) == len(asked):
            return results
    except Exception:
        if len(asked) > 1:
            middle = len(asked) // 2
            return [*_results_together(adapter, asked[:middle]), *_results_together(adapter, asked[middle:])]
    return [None] * len(asked)


def _memory() -> int:
    """Bytes that the process holds now; where the system does not tell, the most that it ever held."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return pages * resource.getpagesize()


def _send(replies: BinaryIO, header: dict[str, Any], tensors: dict[str, NDArray[Any]] | None = None) -> None:
    for part in frame(header, tensors):
        replies.write(part)
    replies.flush()


if __name__ == "__main__":
    main(*sys.argv[1:3])
