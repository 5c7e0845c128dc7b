"""Write a film: its new header, then its pixels, copied by the kernel where it can."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from site_agent.errors import UnreadableFile

if TYPE_CHECKING:
    from blake3 import blake3

CHUNK = 1 << 19  # so much stays in a processor's own cache until it is digested

# Between two file systems, and where a kernel or a file system cannot do it.
_CANNOT = frozenset(
    (errno.EXDEV, errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.EPERM)
)


def fresh_digest() -> blake3:
    """Begin a digest of the kind that `named` names."""
    from blake3 import blake3  # only where a report is asked for

    return blake3()


def named(digest: blake3) -> str:
    """Give a digest as the report has it: ``blake3:`` and 64 hexadecimal digits."""
    return f"blake3:{digest.hexdigest()}"


@dataclass(frozen=True, slots=True)
class Digests:
    """Digests of two films, taken while the new one is written.

    `new` is of the whole new film, and `old` of the old one without the pixels that the
    new one has too: to digest these twice would take longer than to copy them.
    """

    old: blake3 = field(default_factory=fresh_digest)
    new: blake3 = field(default_factory=fresh_digest)


@dataclass(frozen=True, slots=True)
class NewFilm:
    """What a new film is made of: new bytes, and between them pixels of the old one.

    Attributes
    ----------
    head, tail : bytes
        What stands before and after the pixels.
    start, length : int
        The bytes of the old film that are its pixels; none where `head` holds them.
    """

    head: bytes
    start: int = 0
    length: int = 0
    tail: bytes = b""


@contextmanager
def opened(path: Path) -> Iterator[int]:
    """Open a file for reading; the descriptor is closed at the end.

    Raises
    ------
    UnreadableFile
        When the file was written to in the meantime.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        before = _state(descriptor)
        yield descriptor
        if _state(descriptor) != before:
            raise UnreadableFile("The file changed while it was read. Run again.")
    finally:
        os.close(descriptor)


def write_film(
    source: int, film: NewFilm, path: Path, digests: Digests | None = None
) -> None:
    """Write a new film.

    Parameters
    ----------
    source : int
        Descriptor of the old film; its own position is not moved.
    path : Path
        The new file. It is not forced onto the disk.
    digests : Digests or None
        To be taken; then it is not the kernel that copies.

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
        _write(target, film.head)
        if digests is None:
            copied = _copy_in_kernel(source, target, film.start, film.length)
            rest = chunks(source, film.start + copied, film.length - copied)
            for chunk in rest:
                _write(target, chunk)
        else:
            _copy_and_digest(source, target, film, digests)
        _write(target, film.tail)
    finally:
        os.close(target)


def digest_of(source: int) -> str:
    """Give the digest of a whole file."""
    digest = fresh_digest()
    for chunk in chunks(source, 0, os.fstat(source).st_size):
        digest.update(chunk)
    return named(digest)


def chunks(source: int, start: int, length: int) -> Iterator[memoryview]:
    """Yield bytes of a file; each chunk holds until the next one is asked for."""
    end = start + length
    room = memoryview(bytearray(min(CHUNK, length)))
    while start < end:
        count = os.preadv(source, [room[: end - start]], start)
        if not count:
            raise UnreadableFile("The file became shorter while it was read.")
        yield room[:count]
        start += count


def _copy_and_digest(source: int, target: int, film: NewFilm, digests: Digests) -> None:
    size = os.fstat(source).st_size
    end = film.start + film.length
    for chunk in chunks(source, 0, film.start):
        digests.old.update(chunk)
    digests.new.update(film.head)
    for chunk in chunks(source, film.start, film.length):
        _write(target, chunk)
        digests.new.update(chunk)
    for chunk in chunks(source, end, size - end):
        digests.old.update(chunk)
    digests.new.update(film.tail)


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


def _state(descriptor: int) -> tuple[int, int]:
    state = os.fstat(descriptor)
    return state.st_size, state.st_mtime_ns


def _write(target: int, content: bytes | memoryview) -> None:
    left = memoryview(content)
    while left:
        left = left[os.write(target, left) :]
