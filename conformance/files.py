"""Files that somebody else wrote: regular ones alone, and no more of them than is allowed.

Knows: the file system. Must not know: what files hold. A FIFO that nobody writes to, a terminal or a device would be
waited for without end, and a device such as /dev/zero has no end.
"""

import errno
import os
import stat
from pathlib import Path

KINDS = {
    stat.S_IFIFO: "a FIFO",
    stat.S_IFCHR: "a character device",
    stat.S_IFBLK: "a block device",
    stat.S_IFSOCK: "a socket",
}


def read_regular(path: Path, most: int | None = None) -> bytes:
    """The bytes of a regular file, at most so many.

    Raises OSError, whose `strerror` says what is wrong: for what cannot be opened, what is no regular file, and what is
    larger; it is not read then.
    """
    # Opening a FIFO waits for its writer, unless asked not to; a device may do so as well.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as stream:
        status = _regular(path, descriptor)
        content = b"" if most is not None and status.st_size > most else stream.read(-1 if most is None else most + 1)
        size = max(status.st_size, len(content))
        if most is not None and size > most:
            raise OSError(errno.EFBIG, f"has {size:,} bytes; at most {most:,} are read", str(path))
        return content


def open_to_append(path: Path) -> int:
    """A descriptor at the end of a regular file, which is made where there is none; it is not handed to children.

    Raises OSError for what cannot be opened, and for what is no regular file.
    """
    # Reading and writing: a FIFO opened to be written alone is refused or waited for before it can be seen to be one.
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NONBLOCK | os.O_CLOEXEC
    descriptor = os.open(path, flags, 0o666)
    try:
        _regular(path, descriptor)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _regular(path: Path, descriptor: int) -> os.stat_result:
    """The status of a regular file; raises OSError for anything else."""
    status = os.fstat(descriptor)
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(status.st_mode):
        kind = KINDS.get(stat.S_IFMT(status.st_mode), "no file")
        raise OSError(errno.EINVAL, f"is {kind}; expected a regular file", str(path))
    return status
