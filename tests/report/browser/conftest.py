"""Reports opened from disk in the system's Chromium, which must neither complain nor ask any network for anything."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, Request, sync_playwright

from conformance.journal import Journal, Record, TrialEntry
from conformance.judging.excerpt import Excerpt
from conformance.report.writing import render

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SIZES = {"desktop": (1280, 900), "phone": (390, 844)}
UPSAMPLED = {"input": 4, "kernel": 3, "stride": 2, "dilation": 1, "crop_before": 0, "crop_after": 1, "output": 8}
WINDOW = Excerpt(
    axes=(1, 2),
    start=(0, 0, 0, 0),
    shape=(2, 2),
    expected=("1 2", "3 4"),
    observed=("1 nan", "3 5"),
    error=("0 nan", "0 7.5"),
    unit="bound",
    wrong=(".x", ".x"),
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    names = ("chromium", "chromium-browser", "google-chrome")
    program = next((found for name in names if (found := shutil.which(name))), None)
    if program is None:
        pytest.fail(f"none of {', '.join(names)} is installed; on Debian: apt-get install chromium")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, headless=True, args=FLAGS)
        yield running
        running.close()


@pytest.fixture(params=SIZES)
def size(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


class Opener:
    """Opens reports, and remembers whatever a page complains of or asks from elsewhere."""

    def __init__(self, browser: Browser, folder: Path) -> None:
        self._browser = browser
        self._folder = folder
        self.complaints: list[str] = []
        self.contexts: list[BrowserContext] = []

    def journal(self, journal: Journal, size: str = "desktop", fragment: str = "", *, dark: bool = False) -> Page:
        path = self._folder / "report.html"
        path.write_text(render([journal], "html"), encoding="utf-8", newline="\n")
        return self.file(path, size, fragment, dark=dark)

    def file(self, path: Path, size: str = "desktop", fragment: str = "", *, dark: bool = False) -> Page:
        width, height = SIZES[size]
        context = self._browser.new_context(
            viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light"
        )
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: self.complaints.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        page.on("request", self._note)
        page.on("dialog", self._dismiss)
        page.goto(f"{path.as_uri()}{fragment}")
        return page

    def _dismiss(self, dialog: Dialog) -> None:
        self.complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _note(self, request: Request) -> None:
        if not request.url.startswith("file:"):
            self.complaints.append(f"request: {request.url}")


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Opener]:
    """At the end there was no complaint, and nothing was asked from elsewhere."""
    opener = Opener(browser, tmp_path)
    yield opener
    for context in opener.contexts:
        context.close()
    assert opener.complaints == []


@pytest.fixture
def told(realistic: Journal) -> Journal:
    """The realistic run, with geometries, and heat maps of what differs."""
    return replace(
        realistic,
        trials={name: _with_axes(trial) for name, trial in realistic.trials.items()},
        records=tuple(_with_window(record) for record in realistic.records),
    )


def _with_axes(trial: TrialEntry) -> TrialEntry:
    return trial if trial.fault else replace(trial, axes=(UPSAMPLED, UPSAMPLED))


def _with_window(record: Record) -> Record:
    if record.outcome != "differs" or record.metrics is None:
        return record
    return replace(
        record, metrics=replace(record.metrics, excerpt=WINDOW), diagnosis=("behaves as if crop_before were 1",)
    )
