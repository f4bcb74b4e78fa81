"""I/N, the I-th of N parts of a run: a text that the command line and journals have in common."""

# Far more than jobs that a CI starts at once; a larger number is a slip.
MOST_SHARDS = 10_000


def shard_of(text: str) -> tuple[int, int] | None:
    """(I, N) of a text I/N, the I-th of N shards; None for any other text."""
    number, _, count = text.partition("/")
    if not all(part.isdecimal() and len(part) <= len(str(MOST_SHARDS)) for part in (number, count)):
        return None
    return (int(number), int(count)) if 1 <= int(number) <= int(count) <= MOST_SHARDS else None
