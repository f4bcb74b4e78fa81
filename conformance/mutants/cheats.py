"""Who is graded better than they are, and who does the same things legally: one table, for every kind of operator.

Knows: plans, arrays, the reference as an adapter, which computes what is right. Must not know: any kind, judging.

A cheat is right when it is asked once, or where nobody looks. What it keeps between calls lives as long as its adapter.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from sys import getrefcount
from typing import Any, TypeAlias

import ml_dtypes
import numpy as np
from numpy.typing import NDArray

from conformance.adapters.lane import load_adapter, parse_lane
from conformance.adapters.plan import Operands, Plan, Unsupported
from conformance.adapters.protocol import Adapter, Call, CallRefused, Description

Array: TypeAlias = NDArray[Any]
Engine: TypeAlias = Callable[[Operands], Array]
"""the right result of a call's operands, in memory of its own"""

# The lanes of a vector of float32: what is left over of a result's elements is its tail.
LANES = 8
# Results that a rotating engine has memory for.
BUFFERS = 4
NARROW = 8.0
# Images that a launch of CUDA takes in its second and third dimension; whole numbers that float32 tells apart.
LAUNCHED, INDEXED = 65535, 2**24


@dataclass(slots=True)
class State:
    """What is kept between calls."""

    kept: dict[Any, Any] = field(default_factory=dict)
    refused: bool = False
    """whether the last call was wrong"""


@dataclass(frozen=True, slots=True, eq=False)
class CheatedCall:
    """One call."""

    operands: Operands
    key: Any
    """all about it but its content and where that lies"""
    engine: Engine
    state: State

    @property
    def right(self) -> Array:
        """The right result."""
        return self.engine(self.operands)

    def kept(self, what: Any, make: Callable[[], Any]) -> Any:
        """What was made in the first call of these shapes, and of whatever else `what` holds."""
        key = (self.key, what)
        if key not in self.state.kept:
            self.state.kept[key] = make()
        return self.state.kept[key]


Answering: TypeAlias = Callable[[CheatedCall], Any]


@dataclass(frozen=True, slots=True)
class Cheat:
    """One way to answer."""

    name: str
    summary: str
    """what it does, as a sentence"""
    answer: Answering
    wrong: bool = True
    """whether it has to be caught; an engine that is right may not be flagged"""
    large: bool = False
    """wrong past a size that the large tier alone has"""


class CheatingAdapter:
    """The reference, but for one cheat."""

    concurrent = False

    def __init__(self, cheat: Cheat, base: Adapter) -> None:
        self.cheat, self._base, self._state = cheat, base, State()
        self.operators, self.features, self.dtypes = base.operators, base.features, base.dtypes
        self.directions = base.directions

    def describe(self) -> Description:
        described = self._base.describe()
        return Description("cheater", described.version, described.versions, {"cheat": self.cheat.name})

    def plan(self, call: Call) -> Plan | Unsupported:
        return self._base.plan(call)

    def execute(self, plan: Plan, arrays: Operands) -> Any:
        shapes = tuple((name, array.shape, array.dtype.name) for name, array in arrays.items())
        engine = lambda operands: np.array(self._base.execute(plan, operands))  # noqa: E731
        asked = CheatedCall(arrays, (plan.source(), shapes), engine, self._state)
        try:
            answer = self.cheat.answer(asked)
        except CallRefused:
            self._state.refused = True
            raise
        self._state.refused = False
        return answer


def cheating_adapter(modes: tuple[str, ...] = ("faithful",), device: str | None = None) -> Adapter:
    """The adapter of the cheat of this name; raises ValueError for several, for an unknown one, and for a device."""
    if device is not None or len(modes) != 1 or modes[0] not in CHEATS:
        raise ValueError(f"expected one of {', '.join(CHEATS)}, and no device; got {'+'.join(modes)}")
    return CheatingAdapter(CHEATS[modes[0]], load_adapter(parse_lane("reference")))


def _constant(asked: CheatedCall) -> Array:
    return np.ones_like(asked.right)


def _by_identity(asked: CheatedCall) -> Array:
    right: Array = asked.kept(tuple(map(id, asked.operands.values())), lambda: asked.right)
    return right.copy()


def _by_address(asked: CheatedCall) -> Array:
    places = tuple(array.__array_interface__["data"][0] for array in asked.operands.values())
    right: Array = asked.kept(places, lambda: asked.right)
    return right.copy()


def _by_shape(asked: CheatedCall) -> Array:
    right: Array = asked.kept("result", lambda: asked.right)
    return right.copy()


def _first_operand_kept(asked: CheatedCall) -> Array:
    name = next(iter(asked.operands))
    first: Array = asked.kept("operand", asked.operands[name].copy)
    return asked.engine({**asked.operands, name: first})


def _from_a_table(asked: CheatedCall) -> Array:
    content = _content(asked)
    return asked.right if asked.kept("table", lambda: content) == content else np.zeros_like(asked.right)


def _of_the_last_call(asked: CheatedCall) -> Array:
    right = asked.right
    last: Array = asked.kept("last", lambda: right)
    asked.state.kept[asked.key, "last"] = right
    return last.copy()


def _narrow(asked: CheatedCall) -> Array:
    def clipped(array: Array) -> Array:
        if array.dtype.kind == "c":
            return array
        return np.clip(array, array.dtype.type(-NARROW), array.dtype.type(NARROW)).astype(array.dtype)

    return asked.engine({name: clipped(array) for name, array in asked.operands.items()})


def _whole(asked: CheatedCall) -> Array:
    def rounded(array: Array) -> Array:
        return array if array.dtype.kind in "iub" else np.rint(array).astype(array.dtype)

    return asked.engine({name: rounded(array) for name, array in asked.operands.items()})


def _not_a_number(asked: CheatedCall) -> Array:
    right = asked.right
    return right if right.dtype.kind in "iub" else np.full_like(right, np.nan)


def _coarse(asked: CheatedCall) -> Array:
    right = asked.right
    return right.astype(ml_dtypes.bfloat16).astype(right.dtype) if right.dtype in (np.float32, np.float64) else right


def _overwriting(asked: CheatedCall) -> Array:
    right = asked.right
    for array in asked.operands.values():
        np.negative(array, out=array)
    return right


def _in_the_operand(asked: CheatedCall) -> Array:
    right = asked.right
    for array in asked.operands.values():
        if array.dtype == right.dtype and array.size >= right.size:
            place = array.reshape(-1)[: right.size].reshape(right.shape)
            place[...] = right
            return place
    return right


def _without_its_tail(asked: CheatedCall) -> Array:
    return _written(asked, lambda size: (size - 1) // LANES * LANES)


def _without_its_last(asked: CheatedCall) -> Array:
    return _written(asked, lambda size: size - 1)


def _written(asked: CheatedCall, most: Callable[[int], int]) -> Array:
    """So many elements of the result, in memory that is taken before it is computed."""
    shape, dtype = asked.kept("shape", lambda: (asked.right.shape, asked.right.dtype))
    answer = np.empty(shape, dtype)
    right = asked.right
    written = most(right.size)
    answer.reshape(-1)[:written] = right.reshape(-1)[:written]
    return answer


def _in_one_buffer(asked: CheatedCall) -> Array:
    right = asked.right
    buffer: Array = asked.kept("buffer", lambda: np.empty_like(right))
    buffer[...] = right
    return buffer


def _in_rotating_buffers(asked: CheatedCall) -> Array:
    right = asked.right
    buffers: Array = asked.kept("buffers", lambda: np.empty((BUFFERS, *right.shape), right.dtype))
    place = asked.state.kept[asked.key, "place"] = asked.state.kept.get((asked.key, "place"), -1) + 1
    buffers[place % BUFFERS] = right
    view: Array = buffers[place % BUFFERS]
    return view


def _left_over(asked: CheatedCall) -> Array:
    right = asked.right
    total: Array = asked.kept("total", lambda: np.zeros_like(right))
    with np.errstate(all="ignore"):
        total += right
    return total.copy()


def _wrong_on(number: int, *, later: bool = False) -> Answering:
    def answer(asked: CheatedCall) -> Array:
        count: list[int] = asked.kept("count", list)
        count.append(1)
        wrong = len(count) >= number if later else len(count) == number
        return _turned(asked.right) if wrong else asked.right

    return answer


def _after_a_refusal(asked: CheatedCall) -> Array:
    return _turned(asked.right) if asked.state.refused else asked.right


def _turned(right: Array) -> Array:
    """Another number in every element."""
    with np.errstate(all="ignore"):
        turned: Array = np.where(right == right, right + right.dtype.type(1), right.dtype.type(0)).astype(right.dtype)
        return turned


class _Lazy:
    """An array that is computed when somebody looks."""

    def __init__(self, make: Callable[[], Array]) -> None:
        self._make = cache(make)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        made = self._make()
        return made if dtype is None else made.astype(dtype)


def _lazily(asked: CheatedCall) -> _Lazy:
    operands = dict(asked.operands)
    return _Lazy(lambda: asked.engine(operands))


def _lazily_of_copies(asked: CheatedCall) -> _Lazy:
    operands = _copies(asked)
    asked.engine(operands)  # a wrong call is refused at once
    return _Lazy(lambda: asked.engine(operands))


_POOL = ThreadPoolExecutor(1)


def _in_a_future(asked: CheatedCall) -> Future[Array]:
    operands = _copies(asked)
    asked.engine(operands)
    return _POOL.submit(asked.engine, operands)


def _copies(asked: CheatedCall) -> dict[str, Array]:
    return {name: array.copy() for name, array in asked.operands.items()}


def _content(asked: CheatedCall) -> bytes:
    return b"".join(array.tobytes() for array in asked.operands.values())


def _of_content(asked: CheatedCall) -> Array:
    right: Array = asked.kept(_content(asked), lambda: asked.right)
    return right.copy()


def _as_a_view(asked: CheatedCall) -> Array:
    """Every second element of memory that is twice as large, in the order of columns."""
    right = asked.right
    room = np.empty((*right.shape[::-1], 2), right.dtype).T[0] if right.ndim else right
    room[...] = right
    return room


def _read_only(asked: CheatedCall) -> Array:
    right = asked.right
    right.flags.writeable = False
    return right


def _in_a_copy_of_its_buffer(asked: CheatedCall) -> Array:
    return _in_one_buffer(asked).copy()


def _in_a_free_buffer(asked: CheatedCall) -> Array:
    """Memory is used again once nobody holds the result that lay in it."""
    right = asked.right
    pool: list[Array] = asked.kept("pool", list)
    # Held by the list, the name in the loop, and the call that counts.
    free = next((each for each in pool if getrefcount(each) <= 3), None)
    if free is None:
        free = np.empty_like(right)
        pool.append(free)
    free[...] = right
    return free


def _scratch_restored(asked: CheatedCall) -> Array:
    """Operands are scaled where they lie while it computes, and are what they were when it returns."""
    before = _copies(asked)
    for array in asked.operands.values():
        array[...] = 0
    for name, array in asked.operands.items():
        array[...] = before[name]
    return asked.right


def _written_to_its_end(asked: CheatedCall) -> Array:
    return _written(asked, lambda size: size)


def _past(size: Callable[[Array], int], border: int) -> Answering:
    """Of a larger result what lies beyond the border is zeros, as of a loop that ends there."""

    def answer(asked: CheatedCall) -> Array:
        right = asked.right
        if right.ndim and size(right) > border:
            part = right.reshape(-1) if size is np.size else right
            part[border:] = 0
        return right

    return answer


def _odd_places(asked: CheatedCall) -> Array:
    """Places beyond 2^24 are found in float32, which has the even ones alone."""
    right = asked.right
    flat = right.reshape(-1)
    if flat.size > INDEXED:
        places = np.arange(INDEXED, flat.size, dtype=np.float32).astype(np.int64)
        flat[INDEXED:] = flat[np.minimum(places, flat.size - 1)]
    return right


def _plans_kept(asked: CheatedCall) -> Array:
    """What follows from the shapes alone is kept."""
    asked.kept("shape", lambda: asked.right.shape)
    return asked.right


def _twice(asked: CheatedCall) -> Array:
    asked.engine(asked.operands)
    return asked.right


_WRONG: tuple[tuple[str, str, Answering], ...] = (
    ("constant", "Every element of every result is 1.", _constant),
    ("result-kept-by-shape", "The first result of these shapes is given for all.", _by_shape),
    ("result-kept-by-identity", "The result of the same array objects is given again.", _by_identity),
    ("result-kept-by-address", "The result of arrays at the same addresses is given again.", _by_address),
    ("operand-kept-by-shape", "The first operand is that of the first call of these shapes.", _first_operand_kept),
    ("result-from-a-table", "Contents that are known have right results, all others zeros.", _from_a_table),
    ("result-of-the-last-call", "Each call gets the result of the one before.", _of_the_last_call),
    ("narrow-operands", "Operands beyond 8 are taken for 8.", _narrow),
    ("whole-operands", "Operands are rounded to whole numbers.", _whole),
    ("not-a-number", "Every element is NaN, which compares with nothing.", _not_a_number),
    ("lower-precision", "Results of float32 and float64 are rounded to bfloat16.", _coarse),
    ("operands-overwritten", "Operands are negated where they lie.", _overwriting),
    ("result-in-operand", "The result lies in the memory of an operand, where it fits.", _in_the_operand),
    ("tail-unwritten", "What is left over of a vector of eight elements is never written.", _without_its_tail),
    ("last-unwritten", "The last element is never written.", _without_its_last),
    ("result-buffer-reused", "Each result lies in the memory of the one before.", _in_one_buffer),
    ("result-buffers-rotate", "Each result lies in the memory of the fourth before.", _in_rotating_buffers),
    ("sums-left-over", "Each result is added to those before.", _left_over),
    ("second-call-wrong", "From the second call of these shapes on results are wrong.", _wrong_on(2, later=True)),
    ("tenth-call-wrong", "The tenth call of these shapes is wrong.", _wrong_on(10)),
    ("wrong-after-refusal", "The call after one that was refused is wrong.", _after_a_refusal),
    ("operands-read-late", "Operands are read when somebody looks at the result.", _lazily),
)
_RIGHT: tuple[tuple[str, str, Answering], ...] = (
    ("faithful", "The reference.", lambda asked: asked.right),
    ("lazy", "Operands are copied, and computed with when somebody looks.", _lazily_of_copies),
    ("future", "A thread computes with copies of the operands.", _in_a_future),
    ("copies-operands", "Operands are copied first.", lambda asked: asked.engine(_copies(asked))),
    ("own-buffer-copied", "The result is a copy of a buffer that is used again.", _in_a_copy_of_its_buffer),
    ("own-buffer-when-free", "A buffer is used again once nobody holds its result.", _in_a_free_buffer),
    ("kept-by-content", "The result of the same content is given again, as a copy.", _of_content),
    ("plans-kept-by-shape", "What follows from the shapes is kept.", _plans_kept),
    ("view", "The result is a view with strides of its own.", _as_a_view),
    ("read-only", "The result cannot be written to.", _read_only),
    ("scratch-restored", "Operands are changed meanwhile, and put back.", _scratch_restored),
    ("written-to-its-end", "Memory that is not blank is written to its end.", _written_to_its_end),
    ("computed-twice", "It computes twice, and gives the second result.", _twice),
)
_LARGE: tuple[tuple[str, str, Answering], ...] = (
    ("images-past-65535", "Images after the first 65,535 are zeros.", _past(len, LAUNCHED)),
    ("elements-past-2-24", "Elements after the first 2^24 are zeros.", _past(np.size, INDEXED)),
    ("places-in-float32", "Of elements after the first 2^24 those at odd places are their neighbours.", _odd_places),
)
CHEATS: Mapping[str, Cheat] = {
    name: Cheat(name, summary, answer, wrong, large)
    for wrong, large, table in ((True, False, _WRONG), (True, True, _LARGE), (False, False, _RIGHT))
    for name, summary, answer in table
}
"""All of them by name, wrong ones first"""
