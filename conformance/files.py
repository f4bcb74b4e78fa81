"""Files that somebody else named: regular ones are read, no more of them than is allowed, and written as a whole.

Knows: the file system. Must not know: what files hold. A FIFO with nobody at its other end, a terminal or a device
would be waited for without end, and a device such as /dev/zero has no end.
"""

import errno
import json
import os
import stat
from contextlib import suppress
from io import BufferedReader
from pathlib import Path
from typing import Any

KINDS = {
    stat.S_IFIFO: "a FIFO",
    stat.S_IFCHR: "a character device",
    stat.S_IFBLK: "a block device",
    stat.S_IFSOCK: "a socket",
}


def _refuse(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


# Python's reader takes NaN and Infinity as well, which JSON does not have. Kept: json.loads makes one for each text.
_DECODER = json.JSONDecoder(parse_constant=_refuse)


def json_of(text: bytes) -> Any:
    """What JSON in UTF-8 says; raises ValueError, or RecursionError, for what is not JSON."""
    return _DECODER.decode(text.decode())


def read_regular(path: Path, most: int | None = None) -> bytes:
    """The bytes of a regular file, at most so many.

    Raises OSError, whose `strerror` says what is wrong: for what cannot be opened, what is not a regular file, and
    what is larger; it is not read then.
    """
    with open_regular(path) as stream:
        size = os.fstat(stream.fileno()).st_size
        if most is not None and size > most:
            raise OSError(errno.EFBIG, f"has {size:,} bytes; at most {most:,} are read", str(path))
        # As much as it has now: `read` makes room for as much as it is asked for.
        return stream.read(-1 if most is None else size)


def open_regular(path: Path) -> BufferedReader:
    """A regular file, opened to be read. Raises OSError as `read_regular` does."""
    # Opening a FIFO waits for its writer, unless asked not to; a device may do so as well.
    return os.fdopen(_regular(path, os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)), "rb")


def open_to_append(path: Path) -> int:
    """A descriptor at the end of a regular file, which is made where there is none; it is not handed to children.

    Raises OSError for what cannot be opened, and for what is not a regular file.
    """
    # Reading and writing: a FIFO opened to be written alone is refused or waited for before it can be seen to be one.
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NONBLOCK | os.O_CLOEXEC
    return _regular(path, os.open(path, flags, 0o666))


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file beside its place and rename it, so that nobody ever reads half of it.

    What is not a regular file, such as /dev/stdout, is written as it stands; a link's target is replaced, not the link.
    Raises OSError, also for a FIFO that nobody reads, for whom `open` would wait.
    """
    content = content.encode() if isinstance(content, str) else content
    path = Path(os.path.realpath(path))
    if os.path.exists(path) and not os.path.isfile(path):
        descriptor = os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        os.set_blocking(descriptor, True)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
        return
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    except OSError:
        with suppress(OSError):
            beside.unlink()
        raise


def _regular(path: Path, descriptor: int) -> int:
    """The descriptor of a regular file; raises OSError for anything else, which is closed then."""
    kind = stat.S_IFMT(os.fstat(descriptor).st_mode)
    if kind == stat.S_IFREG:
        return descriptor
    os.close(descriptor)
    if kind == stat.S_IFDIR:
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    raise OSError(errno.EINVAL, f"is {KINDS.get(kind, 'no file')}; expected a regular file", str(path))
