"""Progress of a run: bars on a terminal, plain lines elsewhere."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Lock

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from conformance.cli.streams import mutter
from conformance.journal import LaneEntry, Record
from conformance.running.assignment import Listener


@contextmanager
def progress(lanes: Sequence[str], trials: int, done: Counter[str], *, quiet: bool) -> Iterator[Listener]:
    """A listener that shows how far each lane is; `done` counts what a resumed journal holds already."""
    console = Console(stderr=True)
    if quiet:
        yield Listener()
    elif console.is_terminal:
        yield from _bars(console, lanes, trials, done)
    else:
        yield _lines(trials, done)


def _bars(console: Console, lanes: Sequence[str], trials: int, done: Counter[str]) -> Iterator[Listener]:
    columns = (TextColumn("{task.description}", markup=False), BarColumn(bar_width=None), MofNCompleteColumn(),
               TimeElapsedColumn(), TextColumn("{task.fields[wrong]}"))  # fmt: skip
    with Progress(*columns, console=console) as bars:
        tasks = {lane: bars.add_task(lane, total=trials, completed=done[lane], wrong="starting") for lane in lanes}
        wrong: Counter[str] = Counter()

        def ready(entry: LaneEntry) -> None:
            bars.update(tasks[entry.lane], wrong="" if entry.status == "ready" else entry.status)

        def recorded(record: Record) -> None:
            wrong[record.lane] += not record.conforms and record.waived is None
            text = f"[red]{wrong[record.lane]} wrong" if wrong[record.lane] else ""
            bars.update(tasks[record.lane], advance=1, wrong=text)

        yield Listener(ready, recorded)


def _lines(trials: int, done: Counter[str]) -> Listener:
    lock, counts = Lock(), Counter(done)
    step = max(trials // 4, 1)

    def ready(entry: LaneEntry) -> None:
        shown = f"{entry.framework} {entry.version}" if entry.status == "ready" else f"{entry.status}: {entry.message}"
        mutter(f"{entry.lane}: {shown}")

    def recorded(record: Record) -> None:
        with lock:
            counts[record.lane] += 1
            count = counts[record.lane]
        if not record.conforms and record.waived is None:
            mutter(f"{record.lane}: {record.outcome}: {record.trial}: {record.detail}")
        if count % step == 0 or count == trials:
            mutter(f"{record.lane}: {count} of {trials}")

    return Listener(ready, recorded)
