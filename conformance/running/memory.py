"""What the suite's own process gives back of its memory while it runs.

Knows: glibc's malloc. Must not know: anything of a run.
"""

import ctypes

# The names of glibc's malloc.h.
M_MMAP_THRESHOLD = -3
M_ARENA_MAX = -8
# Where glibc starts by default. It raises this to 32 MiB as arrays are freed, and what is smaller then lies in arenas,
# between objects that stay. Setting it keeps it.
MAPPED_BYTES = 2**17
# Of eight arenas a core otherwise. Threads of Python allocate one at a time.
ARENAS = 2


def give_back_freed_memory() -> None:
    """Let arrays that threads have freed go back to the system; does nothing where the C library is not glibc.

    Of the full corpus in six lanes, the process kept 970 MB of freed memory beside 410 MB in use.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return
    mallopt(M_MMAP_THRESHOLD, MAPPED_BYTES)
    mallopt(M_ARENA_MAX, ARENAS)
