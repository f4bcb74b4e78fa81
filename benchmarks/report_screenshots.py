"""Pictures of the HTML report for docs/: each view light and dark, on a desktop and on a phone.

    .venv/bin/python benchmarks/report_screenshots.py REPORT.html docs/screenshots [--record '#record/...']

Prints each file that it wrote. The record is the first nonconformance of the page, unless one is named.
"""

import shutil
import sys
from argparse import ArgumentParser
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync")  # fmt: skip
PICTURES = {
    "glance": ("#glance", "light", (1440, 1000)),
    "matrix": ("#matrix", "light", (1440, 900)),
    "matrix-dark": ("#matrix?q=-outcome%3Aagrees", "dark", (1440, 900)),
    "numerics": ("#numerics", "light", (1440, 1700)),
    "conventions": ("#conventions", "dark", (1440, 1000)),
    "record": ("", "light", (1280, 2000)),
    "record-phone": ("", "dark", (390, 1700)),
    "matrix-phone": ("#matrix", "light", (390, 844)),
    "glance-phone": ("#glance", "dark", (390, 844)),
}
"""name -> address within the page (empty: the record), colours, width and height"""


def main() -> None:
    """Take all pictures."""
    parser = ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("report", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--record")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        sys.exit("Chromium is needed; on Debian: apt-get install chromium")
    address = given.report.resolve().as_uri()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, headless=True, args=FLAGS)
        record = given.record or first_nonconformance(browser, address)
        for name, (fragment, colours, size) in PICTURES.items():
            path = given.folder / f"{name}.png"
            take(browser, f"{address}{fragment or record}", colours, size, path)
            print(path)
        browser.close()


def first_nonconformance(browser: Browser, address: str) -> str:
    """Where the findings' first link leads."""
    page = browser.new_page()
    page.goto(f"{address}#findings")
    link = page.locator("#findings a[href^='#record/']").first.get_attribute("href")
    page.close()
    return link or "#matrix"


def take(browser: Browser, address: str, colours: str, size: tuple[int, int], path: Path) -> None:
    """One picture of what the window shows."""
    scheme = "dark" if colours == "dark" else "light"
    page = browser.new_page(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
    page.goto(address)
    page.wait_for_timeout(500)
    page.screenshot(path=path)
    page.close()


if __name__ == "__main__":
    main()
