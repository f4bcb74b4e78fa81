"""Data within a page: JSON that no text in it can break out of.

Knows: HTML's and JavaScript's rules for what stands in a script element. Must not know: what the data says.
"""

import json
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from conformance.report import wording


def embedded(content: Any) -> Markup:
    """The content as JSON for a script element: ASCII, without `<`, `>` and `&`; foreign control characters spelled."""
    text = json.dumps(visible(content), ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    # Nothing in it can end the element, open a comment, or be a line end to JavaScript.
    return Markup(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))  # noqa: S704


def visible(content: Any) -> Any:
    """The content with control characters, lone surrogates and the like spelled out in every text of it."""
    if isinstance(content, str):
        return wording.printable(content)
    if isinstance(content, Mapping):
        return {visible(name): visible(entry) for name, entry in content.items()}
    if isinstance(content, list | tuple):
        return [visible(entry) for entry in content]
    return content
