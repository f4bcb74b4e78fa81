"""Which output lengths come back for words without geometry: measured, by asking the framework's own API."""

from collections.abc import Iterator

import numpy as np

from conformance.adapters.plan import Unsupported
from conformance.adapters.protocol import SpeaksNominally
from conformance.adapters.reply import Answer, Refused, Reply
from conformance.running.journal import Convention
from conformance.running.plan_codec import encode_plan
from conformance.running.process import Worker
from conformance.suite.nominal import Nominal, nominal_calls


def measure_conventions(lane: str, adapter: SpeaksNominally, worker: Worker, timeout: float) -> Iterator[Convention]:
    """One convention per nominal call, as the lane's worker answers it.

    A framework whose caller names the output length is asked for each length in turn, up to one stride beyond the
    uncropped result.
    """
    for nominal in nominal_calls():
        yield _measure(lane, nominal, adapter, worker, timeout)


def _measure(lane: str, nominal: Nominal, adapter: SpeaksNominally, worker: Worker, timeout: float) -> Convention:
    full = nominal.stride * (nominal.length - 1) + nominal.dilation * (nominal.kernel - 1) + 1
    asked: list[int | None] = list(range(1, full + nominal.stride + 1)) if adapter.names_output else [None]
    outputs: list[int] = []
    message = ""
    source: tuple[str, ...] = ()
    for output in asked:
        plan = adapter.plan_nominal(nominal, output)
        if isinstance(plan, Unsupported):
            message = plan.reason
            break
        source = source or plan.source()
        arrays = {
            "value": np.ones((1, nominal.length, nominal.length, 1), np.float32),
            "filter": np.ones((nominal.kernel, nominal.kernel, 1, 1), np.float32),
        }
        reply = worker.ask({"plan": encode_plan(plan)}, arrays, timeout)
        if isinstance(reply, Answer):
            outputs.append(int(reply.array.shape[1]))
        else:
            message = _why(reply)
    return Convention(
        lane, nominal.word, nominal.length, nominal.kernel, nominal.stride, nominal.dilation,
        tuple(outputs), adapter.names_output, "" if outputs else message, source,
    )  # fmt: skip


def _why(reply: Reply) -> str:
    return f"refused: {reply.error}" if isinstance(reply, Refused) else str(reply)
