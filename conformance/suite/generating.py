"""What every kind's generators are made of: words that a seed gives, and the error of a promise that cannot be kept.

Every number follows from raw words of a bit generator by IEEE basic operations, because NumPy promises the streams of
bit generators but not those of its distributions.
"""

from hashlib import sha256

import numpy as np
from numpy.typing import NDArray


class Unfit(ValueError):
    """A generator that cannot keep its promise for this call; the message says why."""


class Words:
    """A stream of uniformly random 64-bit words."""

    def __init__(self, seed: str) -> None:
        digest = sha256(seed.encode()).digest()
        self._bits = np.random.PCG64(int.from_bytes(digest[:16], "little"))

    def below(self, limit: int, count: int) -> NDArray[np.int64]:
        """Integers 0 <= n < limit, limit a power of two: the words' upper bits."""
        if limit == 1:
            return np.zeros(count, dtype=np.int64)
        shift = np.uint64(64 - (limit.bit_length() - 1))
        return (self._take(count) >> shift).astype(np.int64)

    def signs(self, count: int) -> NDArray[np.int64]:
        """+1 or -1, evenly."""
        return 2 * self.below(2, count) - 1

    def uniform(self, count: int) -> NDArray[np.float64]:
        """0 <= x < 1 in steps of 2^-53."""
        return self.below(2**53, count).astype(np.float64) * 2.0**-53

    def normal(self, count: int) -> NDArray[np.float64]:
        """Mean 0, variance 1, nearly normal: the sum of twelve uniform numbers less six (Irwin-Hall).

        Twelve 32-bit uniforms sum exactly and need no logarithm, whose last bit differs between C libraries.
        """
        halves = self._take(6 * count).view("<u4").reshape(count, 12)
        sums: NDArray[np.float64] = halves.sum(axis=1, dtype=np.uint64).astype(np.float64)
        return sums * 2.0**-32 - 6.0

    def _take(self, count: int) -> NDArray[np.uint64]:
        return np.asarray(self._bits.random_raw(count), dtype="<u8")


def bits_of_count(count: int) -> int:
    """ceil(log2(count)): the bits that a sum of that many terms needs beyond its terms'."""
    return max(count - 1, 0).bit_length()
