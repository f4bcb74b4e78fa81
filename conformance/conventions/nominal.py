"""Words without geometry, handed to the framework's own API: the output lengths that come back, and where they begin.

Knows: nominal calls, replies. Must not know: what other frameworks answer (`conformance.report.convention_table` sets
them side by side, and counts how many pixels apart they are).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from conformance.adapters.dialects.dialect import AxisWords, HasDialect
from conformance.adapters.plan import Plan, Unsupported
from conformance.adapters.protocol import SpeaksNominally
from conformance.adapters.reply import Answer, Refused
from conformance.conventions.axis_map import AxisMap
from conformance.conventions.probe import Array, Ask
from conformance.running.journal import Convention
from conformance.suite.nominal import Nominal, nominal_calls

Say = Callable[[int | None], Plan | Unsupported]


def measure_nominal(lane: str, adapter: SpeaksNominally, ask: Ask) -> Iterator[Convention]:
    """One convention per nominal call and way to say it.

    A framework whose caller names the output length is asked for each length in turn, up to one stride beyond the
    uncropped result.
    """
    recipes = adapter.dialect.recipes if isinstance(adapter, HasDialect) else ()
    for nominal in nominal_calls():
        asked: list[int | None] = [None]
        if adapter.names_output:
            asked = list(range(1, _words(nominal).full + nominal.stride + 1))
        yield _measured(lane, nominal, "", asked, lambda output: adapter.plan_nominal(nominal, output), ask)  # noqa: B023
        for recipe in recipes:
            if nominal.word in recipe.words:
                yield _measured(lane, nominal, recipe.label, [None], lambda _: recipe.plan(nominal), ask)  # noqa: B023


@dataclass(frozen=True, slots=True)
class _Given:
    """One answer."""

    output: int
    crop_before: int | None
    flipped: bool | None


def _measured(lane: str, nominal: Nominal, variant: str, asked: list[int | None], say: Say, ask: Ask) -> Convention:
    given: list[_Given] = []
    message = ""
    source: tuple[str, ...] = ()
    for output in asked:
        plan = say(output)
        if isinstance(plan, Unsupported):
            message = plan.reason
            break
        source = source or plan.source()
        reply = ask(plan, _operands(nominal))
        if isinstance(reply, Answer):
            given.append(_given(reply.array, nominal))
        else:
            message = f"refused: {reply.error}" if isinstance(reply, Refused) else str(reply)
    oriented = {each.flipped for each in given} - {None}
    return Convention(
        lane, nominal.word, nominal.length, nominal.kernel, nominal.stride, nominal.dilation,
        tuple(each.output for each in given), len(asked) > 1, "" if given else message, source,
        variant, tuple(each.crop_before for each in given), oriented.pop() if len(oriented) == 1 else None,
    )  # fmt: skip


def _words(nominal: Nominal) -> AxisWords:
    return AxisWords(nominal.length, nominal.kernel, nominal.stride, nominal.dilation, nominal.word)


def _operands(nominal: Nominal) -> dict[str, Array]:
    """A one in the middle, and a kernel that counts: as far from every crop as there is."""
    value = np.zeros((1, nominal.length, nominal.length, 1), np.float32)
    value[0, nominal.length // 2, nominal.length // 2, 0] = 1
    filter = np.arange(1, nominal.kernel**2 + 1, dtype=np.float32).reshape(nominal.kernel, nominal.kernel, 1, 1)
    return {"value": value, "filter": filter}


def _given(answer: Array, nominal: Nominal) -> _Given:
    """The rows at which the codes of the kernel's rows stand."""
    _, row, column, _ = np.nonzero(answer)
    codes = answer[0, row, column, 0].astype(int) - 1
    middle = nominal.length // 2
    products = frozenset(
        (middle, int(code) // nominal.kernel, int(place)) for code, place in zip(codes, row, strict=True)
    )
    seen, words = AxisMap(int(answer.shape[1]), products), _words(nominal)
    return _Given(seen.output, seen.crop_before(words), seen.flipped(words))
