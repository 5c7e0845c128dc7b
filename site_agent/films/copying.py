"""Write a film: its new header, then its pixels, copied by the kernel where it can."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from site_agent.errors import UnreadableFile

if TYPE_CHECKING:
    from blake3 import blake3

CHUNK = 1 << 19
_LARGEST_MAPPED = 1 << 25  # what is mapped counts as memory that is used

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
    """Digests of two films, in the form of `named`.

    `new` is of the whole new film, and `old` of the old one without the pixels that the
    new one has too: to digest these twice would take longer than to copy them.
    """

    old: str
    new: str


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


def write_film(source: int, film: NewFilm, path: Path) -> None:
    """Write a new film.

    Parameters
    ----------
    source : int
        Descriptor of the old film; its own position is not moved.
    path : Path
        The new file. It is not forced onto the disk.

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
        copied = _copy_in_kernel(source, target, film.start, film.length)
        rest = chunks(source, film.start + copied, film.length - copied)
        for chunk in rest:
            _write(target, chunk)
        _write(target, film.tail)
    finally:
        os.close(target)


def digests_of(source: int, film: NewFilm, path: Path) -> Digests:
    """Digest an old film, and the new one that was written to `path`.

    A new one of usual size is mapped into memory, so that one call digests it beside
    the interpreter; the old one is not, for it might become shorter meanwhile.
    """
    old = _digest_without(source, film.start, film.start + film.length)
    if path.stat().st_size > _LARGEST_MAPPED:
        with opened(path) as target:
            return Digests(old, digest_of(target))
    new = fresh_digest()
    new.update_mmap(path)
    return Digests(old, named(new))


def digest_of(source: int) -> str:
    """Give the digest of a whole file."""
    return _digest_without(source, 0, 0)


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


def _digest_without(source: int, start: int, end: int) -> str:
    digest = fresh_digest()
    for chunk in chunks(source, 0, start):
        digest.update(chunk)
    for chunk in chunks(source, end, os.fstat(source).st_size - end):
        digest.update(chunk)
    return named(digest)


def _state(descriptor: int) -> tuple[int, int]:
    state = os.fstat(descriptor)
    return state.st_size, state.st_mtime_ns


def _write(target: int, content: bytes | memoryview) -> None:
    left = memoryview(content)
    while left:
        left = left[os.write(target, left) :]
