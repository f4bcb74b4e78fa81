"""How quickly the HTML report opens, filters and sorts in headless Chromium, and how large it is.

    .venv/bin/python benchmarks/report_page.py JOURNAL [--trials N] [--lanes N] [--rounds N]

Prints one line per figure: the median and the worst of the rounds, and the bar of the issue where there is one. With
--trials and --lanes the journal is repeated under other names until it is that large.

Opening counts from the navigation until the matrix's rows are drawn, or the lanes' figures; filtering and sorting
from the input until the browser has drawn the frame that shows the result.
"""

import shutil
import statistics
import sys
import tempfile
from argparse import ArgumentParser
from dataclasses import replace
from pathlib import Path
from time import perf_counter

from playwright.sync_api import Browser, Page, sync_playwright

from conformance.journal import Journal, Record
from conformance.report.merging import read_run
from conformance.report.writing import render

FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync")  # fmt: skip
QUERIES = ("torch", "outcome:agrees", "lane:torch stride:>1", "dtype:float32 -padding:SAME", "error:>0.5", "kernel=3")
SORTS = ("trial", "dtype", "K", "error", "seconds")
DRAWN = "() => new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(performance.now()), 0)))"
FILTER = """async (query) => {
  const search = document.getElementById("query");
  const before = performance.now();
  search.value = query;
  search.dispatchEvent(new Event("input"));
  return await (DRAWN)() - before;
}""".replace("DRAWN", DRAWN)
SORT = """async (name) => {
  const before = performance.now();
  document.querySelector(`[data-sort="${name}"]`).click();
  return await (DRAWN)() - before;
}""".replace("DRAWN", DRAWN)


def main() -> None:
    """Measure and print."""
    parser = ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("journal", type=Path)
    parser.add_argument("--trials", type=int)
    parser.add_argument("--lanes", type=int)
    parser.add_argument("--rounds", type=int, default=7)
    given = parser.parse_args()
    journal = enlarged(read_run(given.journal), given.trials, given.lanes)
    before = perf_counter()
    text = render([journal], "html")
    print(f"{len(journal.trials):,} trials, {len(journal.header.lanes)} lanes, {len(journal.records):,} records")
    print(f"written in {perf_counter() - before:.2f} s; {len(text.encode()) / 1e6:.2f} MB")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.html"
        path.write_text(text, encoding="utf-8")
        measure(path, given.rounds)


def measure(path: Path, rounds: int) -> None:
    """Each round in a browser of its own, so that nothing is warm."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        sys.exit("Chromium is needed; on Debian: apt-get install chromium")
    opened: dict[str, list[float]] = {"glance": [], "matrix": []}
    filtered: list[float] = []
    sorted_: list[float] = []
    with sync_playwright() as playwright:
        for _ in range(rounds):
            browser = playwright.chromium.launch(executable_path=program, headless=True, args=FLAGS)
            for view, times in opened.items():
                times.append(opening(browser, f"{path.as_uri()}#{view}", view))
            page = browser.contexts[-1].pages[-1]
            page.evaluate(FILTER, "warm")
            filtered += [page.evaluate(FILTER, query) for query in QUERIES for query in (query, "")]
            sorted_ += [page.evaluate(SORT, name) for name in SORTS]
            browser.close()
    for view, times in opened.items():
        told(f"opens at the {view}", times, "2,000 ms")
    told("filters", filtered, "100 ms")
    told("sorts", sorted_, "")


def opening(browser: Browser, address: str, view: str) -> float:
    """Milliseconds until the view's rows are there and drawn, by the wall clock of this process."""
    page: Page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
    before = perf_counter()
    page.goto(address, wait_until="commit")
    page.wait_for_selector("#grid-rows .row" if view == "matrix" else "#glance-table tbody tr")
    page.wait_for_load_state("load")
    page.evaluate(DRAWN)
    return 1000 * (perf_counter() - before)


def told(name: str, times: list[float], bar: str) -> None:
    """One line: median, worst, and what is asked for."""
    asked = f"   (asked: under {bar})" if bar else ""
    print(f"{name:22} median {statistics.median(times):7.1f} ms   worst {max(times):7.1f} ms   of {len(times)}{asked}")


def enlarged(journal: Journal, trials: int | None, lanes: int | None) -> Journal:
    """The journal with its trials and lanes repeated under other names."""
    names = list(journal.header.lanes)
    columns = (
        names
        if lanes is None
        else [f"{names[i % len(names)]}:copy{i}" if i >= len(names) else names[i] for i in range(lanes)]
    )
    origin = {column: names[place % len(names)] for place, column in enumerate(columns)}
    ids = list(journal.trials)
    wanted = len(ids) if trials is None else trials
    rows = {
        ids[i % len(ids)] + (f"/copy{i // len(ids)}" if i >= len(ids) else ""): ids[i % len(ids)] for i in range(wanted)
    }
    known: dict[tuple[str, str], Record] = {(record.trial, record.lane): record for record in journal.records}
    return replace(
        journal,
        header=replace(journal.header, lanes=tuple(columns), trials=wanted),
        trials={row: replace(journal.trials[old], id=row) for row, old in rows.items()},
        lanes={
            column: replace(journal.lanes[old], lane=column) for column, old in origin.items() if old in journal.lanes
        },
        records=tuple(
            replace(known[old, origin[column]], trial=row, lane=column)
            for row, old in rows.items()
            for column in columns
            if (old, origin[column]) in known
        ),
    )


if __name__ == "__main__":
    main()
