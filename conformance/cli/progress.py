"""Progress of a run: bars on a terminal, plain lines elsewhere."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import Lock
from time import monotonic

from rich.console import Console, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, TextColumn, TimeElapsedColumn
from rich.text import Text

from conformance.cli.streams import mutter
from conformance.journal import LaneEntry, Record
from conformance.running.assignment import Listener

# Of the work done: before, the clock says more of how long lanes take to start than of how fast they are.
TELLING = 0.05


class Outlook:
    """How long a run will take yet, which lane takes longest, which chapter it is at: by what trials cost, as measured.

    The costs say how much of the work is done, and the clock how fast it goes here.
    """

    def __init__(
        self, costs: Mapping[str, Mapping[str, int]], seconds: float, clock: Callable[[], float] = monotonic
    ) -> None:
        """costs: of each lane, of each trial that is to be asked yet; seconds: that all are expected to take"""
        self._costs = costs
        self._left = {lane: sum(of.values()) for lane, of in costs.items()}
        self._total = max(sum(self._left.values()), 1)
        self._expected = seconds
        self._clock, self._began = clock, clock()
        self._chapter = ""
        self._wrong = 0

    def recorded(self, record: Record) -> None:
        """Take a record into account."""
        if record.lane in self._left:
            self._left[record.lane] -= self._costs[record.lane].get(record.trial, 0)
        self._chapter = record.trial.rpartition("/")[0]
        self._wrong += not record.conforms and record.waived is None

    def sentence(self) -> str:
        """Where the run is: `about 3 min left, 2 wrong so far, jax:jit takes longest, at conv2d/layers`."""
        left, elapsed = sum(self._left.values()), self._clock() - self._began
        done = 1 - left / self._total
        seconds = elapsed * (1 - done) / done if done > TELLING else max(self._expected - elapsed, 1.0)
        slowest = max(self._left, key=lambda lane: self._left[lane], default="")
        parts = [
            f"about {duration(seconds)} left" if left > 0 else "nearly done",
            f"{self._wrong:,} wrong so far",
            *([f"{slowest} takes longest"] if left > 0 and len(self._left) > 1 else []),
            *([f"at {self._chapter}"] if self._chapter else []),
        ]
        return ", ".join(parts)


def duration(seconds: float) -> str:
    """Whole seconds, or minutes where these say as much."""
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"


@contextmanager
def progress(
    lanes: Sequence[str], trials: int, done: Counter[str], outlook: Outlook | None = None, *, quiet: bool
) -> Iterator[Listener]:
    """A listener that shows how far each lane is; `done` counts what a resumed journal holds already."""
    console = Console(stderr=True)
    if quiet:
        yield Listener()
    elif console.is_terminal:
        yield from _bars(console, lanes, trials, done, outlook)
    else:
        yield _lines(trials, done, outlook)


def _bars(
    console: Console, lanes: Sequence[str], trials: int, done: Counter[str], outlook: Outlook | None
) -> Iterator[Listener]:
    columns = (TextColumn("{task.description}", markup=False), BarColumn(bar_width=None), MofNCompleteColumn(),
               TimeElapsedColumn(), TextColumn("{task.fields[wrong]}"))  # fmt: skip
    shown = _WithOutlook(outlook, *columns, console=console)
    with shown as bars:
        tasks = {lane: bars.add_task(lane, total=trials, completed=done[lane], wrong="starting") for lane in lanes}
        wrong: Counter[str] = Counter()

        def ready(entry: LaneEntry) -> None:
            bars.update(tasks[entry.lane], wrong="" if entry.status == "ready" else entry.status)

        def recorded(record: Record) -> None:
            wrong[record.lane] += not record.conforms and record.waived is None
            text = f"[red]{wrong[record.lane]} wrong" if wrong[record.lane] else ""
            bars.update(tasks[record.lane], advance=1, wrong=text)
            if outlook is not None:
                outlook.recorded(record)

        yield Listener(ready, recorded)


class _WithOutlook(Progress):
    """The lanes' bars, and below them one line on the whole run."""

    def __init__(self, outlook: Outlook | None, *columns: ProgressColumn, console: Console) -> None:
        self._outlook = outlook
        super().__init__(*columns, console=console)

    def get_renderables(self) -> Iterable[RenderableType]:
        yield from super().get_renderables()
        if self._outlook is not None:
            yield Text(self._outlook.sentence(), style="dim", no_wrap=True, overflow="ellipsis")


def _lines(trials: int, done: Counter[str], outlook: Outlook | None) -> Listener:
    lock, counts = Lock(), Counter(done)
    step = max(trials // 4, 1)

    def ready(entry: LaneEntry) -> None:
        shown = f"{entry.framework} {entry.version}" if entry.status == "ready" else f"{entry.status}: {entry.message}"
        mutter(f"{entry.lane}: {shown}")

    def recorded(record: Record) -> None:
        with lock:
            counts[record.lane] += 1
            count = counts[record.lane]
            if outlook is not None:
                outlook.recorded(record)
        if not record.conforms and record.waived is None:
            mutter(f"{record.lane}: {record.outcome}: {record.trial}: {record.detail}")
        if count % step == 0 or count == trials:
            mutter(f"{record.lane}: {count} of {trials}{f'; {outlook.sentence()}' if outlook is not None else ''}")

    return Listener(ready, recorded)
