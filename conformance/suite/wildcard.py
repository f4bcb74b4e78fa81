"""Wildcards: * is any text, everything else (brackets too) stands for itself.

Trial ids hold brackets, so shell patterns would be misread. Regular expressions would be matched by backtracking, whose
time grows exponentially with the number of wildcards; here each piece of text is searched once, from left to right.
"""

from functools import lru_cache


def matches(pattern: str, name: str) -> bool:
    """Whether the whole name is one that the pattern means; in time linear in the pattern and in the name a piece."""
    first, *others = _pieces(pattern)
    if not others:
        return name == first
    *between, last = others
    start, end = len(first), len(name) - len(last)
    if start > end or not name.startswith(first) or not name.endswith(last):
        return False
    # The leftmost place of each piece leaves the most room for those that follow it, so no other place need be tried.
    for piece in between:
        found = name.find(piece, start, end)
        if found < 0:
            return False
        start = found + len(piece)
    return True


def can_begin(pattern: str, beginning: str) -> bool:
    """Whether a name that begins so can be one that the pattern means, as far as the text before its first * says."""
    head = _pieces(pattern)[0]
    return head.startswith(beginning) or (beginning.startswith(head) and "*" in pattern)


@lru_cache(maxsize=4096)
def _pieces(pattern: str) -> tuple[str, ...]:
    """The text between wildcards; kept, because a run asks the same few patterns of every record."""
    return tuple(pattern.split("*"))
