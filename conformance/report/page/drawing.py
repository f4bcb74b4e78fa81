"""Vega-Lite specifications to SVG, in a process of its own.

The engine is a JavaScript virtual machine: where address space or descriptors are short it ends its process without an
exception, and with it would go the reports that are not written yet. Knows: processes. Must not know: what is drawn
(`conformance.report.page.plots`).
"""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from markupsafe import Markup

# For all drawings of a page; 40 of them take about three seconds.
LIMIT_SECONDS = 120.0
AGAIN = "write the report again with `conformance report JOURNAL --format html`"
MISSING = (
    "The plots are left out: they need vl-convert-python. Install it with `pip install 'nn-conformance[html]'` and "
    f"{AGAIN}."
)
_ENGINE = Path(__file__).with_name("engine.py")


class NotDrawn(Exception):
    """Nothing could be drawn; the message says why, and what to do."""


def drawn(specifications: Sequence[Mapping[str, Any]]) -> list[Markup]:
    """An SVG for each, its texts and attributes escaped. Raises NotDrawn where the engine is missing or failed."""
    if not specifications:
        return []
    if find_spec("vl_convert") is None:
        raise NotDrawn(MISSING)
    lines = "".join(f"{json.dumps(each)}\n" for each in specifications)
    try:
        # -P: the engine's own folder must not come before the standard library on its path.
        done = subprocess.run(
            [sys.executable, "-P", str(_ENGINE)], input=lines, capture_output=True, text=True, timeout=LIMIT_SECONDS
        )
    except OSError as error:
        raise NotDrawn(_failed(f"could not be started: {error.strerror}")) from error
    except subprocess.TimeoutExpired as error:
        raise NotDrawn(_failed(f"did not end within {LIMIT_SECONDS:g} s")) from error
    if done.returncode != 0:
        # Of an exception the last line is the message.
        said = done.stderr.strip().splitlines()[-1:]
        status = "".join([f"status {done.returncode}", *(f" ({line[:200]})" for line in said)])
        raise NotDrawn(_failed(f"ended with {f'signal {-done.returncode}' if done.returncode < 0 else status}"))
    return [Markup(json.loads(line)) for line in done.stdout.splitlines()]  # noqa: S704


def _failed(how: str) -> str:
    return f"The plots are left out: the process that draws them {how}. Where it has more memory, {AGAIN}."
