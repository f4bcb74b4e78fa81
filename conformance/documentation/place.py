"""Where the pages lie: inside the installed package, or beside it in a checkout.

Knows: files. Must not know: what pages say.
"""

from collections.abc import Mapping
from pathlib import Path

INDEX = "index"
LEFT_OUT = "decisions"
"""the folder of records for the suite's own developers; no page of the documentation"""


def folder() -> Path:
    """The folder of the pages."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "shipped_docs"
    return installed if installed.is_dir() else package.parent / "docs"


def pages() -> Mapping[str, Path]:
    """Every page by its name, `adapters` or `reference/verbs`; the index first."""
    where = folder()
    found = {path.relative_to(where).with_suffix("").as_posix(): path for path in sorted(where.rglob("*.md"))}
    kept = {name: path for name, path in found.items() if not name.startswith(f"{LEFT_OUT}/")}
    return {INDEX: kept[INDEX], **kept}


def title(path: Path) -> str:
    """The first heading of a page."""
    return next(line.removeprefix("# ") for line in path.read_text("utf-8").splitlines() if line.startswith("# "))
