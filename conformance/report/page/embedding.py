"""Data within a page: JSON that no text in it can break out of.

Knows: HTML's and JavaScript's rules for what stands in a script element. Must not know: what the data says.
"""

import json
import re
import zlib
from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from conformance.report import wording

# How JSON writes whatever may have to be spelled out.
_ESCAPE = re.compile(r"\\[bfr]|\\u[0-9a-f]{4}|\x7f")


def embedded(content: Any) -> Markup:
    """The content as JSON for a script element: ASCII, without `<`, `>` and `&`; foreign control characters spelled."""
    text = _written(content)
    escaped = "".join(json.loads(f'"{each}"') for each in set(_ESCAPE.findall(text)))
    # Most content has nothing to spell out, and going through all of it takes longer than all else.
    if wording.printable(escaped) != escaped:
        text = _written(visible(content))
    # Nothing in it can end the element, open a comment, or be a line end to JavaScript.
    return Markup(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))  # noqa: S704


def packed(content: Any) -> Markup:
    """The same compressed, a sixth of its size: zlib in base64, for what scripts unpack when it is asked for."""
    return Markup(b64encode(zlib.compress(embedded(content).encode())).decode())  # noqa: S704


def _written(content: Any) -> str:
    return json.dumps(content, ensure_ascii=True, allow_nan=False, separators=(",", ":"))


def visible(content: Any) -> Any:
    """The content with control characters, lone surrogates and the like spelled out in every text of it."""
    if isinstance(content, str):
        return wording.printable(content)
    if isinstance(content, Mapping):
        return {visible(name): visible(entry) for name, entry in content.items()}
    if isinstance(content, list | tuple):
        return [visible(entry) for entry in content]
    return content
