"""Write a film: its new header, then its pixels, copied by the kernel where it can."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from site_agent.errors import UnreadableFile

CHUNK = 1 << 18

# Between two file systems, and where a kernel or a file system cannot do it.
_CANNOT = frozenset(
    (errno.EXDEV, errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.EPERM)
)


@contextmanager
def opened(path: Path) -> Iterator[int]:
    """Open a file for reading; the descriptor is closed at the end."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


class Digest(Protocol):
    """A hash of `hashlib`."""

    def update(self, data: bytes | memoryview, /) -> None:
        """Take in more bytes."""


def write_film(
    source: int,
    start: int,
    length: int,
    head: bytes,
    path: Path,
    digest: Digest | None = None,
) -> None:
    """Write `head` and then `length` bytes of a file from `start` on to a new file.

    Parameters
    ----------
    source : int
        Descriptor of the old film; its own position is not moved.
    start, length : int
        The bytes of its pixels.
    path : Path
        The new file. It is not forced onto the disk.
    digest : Digest or None
        Takes in the pixels on their way, so that they are read once.

    Raises
    ------
    UnreadableFile
        When the old film ends before its pixels do: somebody is still writing it.
    OSError
        When either file fails.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC
    target = os.open(path, flags, 0o666)
    try:
        _write(target, head)
        copied = 0 if digest else _copy_in_kernel(source, target, start, length)
        for chunk in _chunks(source, start + copied, length - copied):
            _write(target, chunk)
            if digest:
                digest.update(chunk)
    finally:
        os.close(target)


def digest_of(source: int, start: int, length: int) -> str:
    """Give SHA-256, hexadecimal, of `length` bytes from `start` on."""
    digest = hashlib.sha256()
    for chunk in _chunks(source, start, length):
        digest.update(chunk)
    return digest.hexdigest()


def _copy_in_kernel(source: int, target: int, start: int, length: int) -> int:
    copied = 0
    while copied < length:
        try:
            count = os.copy_file_range(
                source, target, length - copied, offset_src=start + copied
            )
        except OSError as error:
            if error.errno not in _CANNOT:
                raise
            break
        if not count:
            break
        copied += count
    return copied


def _chunks(source: int, start: int, length: int) -> Iterator[memoryview]:
    """Yield bytes of a file; each chunk holds until the next one is asked for."""
    end = start + length
    room = memoryview(bytearray(min(CHUNK, length)))
    while start < end:
        count = os.preadv(source, [room[: end - start]], start)
        if not count:
            raise UnreadableFile("The file became shorter while it was read.")
        yield room[:count]
        start += count


def _write(target: int, content: bytes | memoryview) -> None:
    left = memoryview(content)
    while left:
        left = left[os.write(target, left) :]
