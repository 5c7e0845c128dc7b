"""Write a film: its new header, then its pixels, copied by the kernel where it can."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from site_agent.errors import UnreadableFile

if TYPE_CHECKING:
    from blake3 import blake3

CHUNK = 1 << 19
"""Bytes read at once: they are digested and written while the processor holds them.

Pixels are not moved to whole blocks of the new file: the kernel then looks for as much
memory in one piece, and where that is rare a copy takes twice as long."""

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


Buffer = bytes | memoryview


class Digests(NamedTuple):
    """Digests of two films, in the form of `named`.

    `new` is of the whole new film, and `old` of the old one without the pixels that the
    new one has too: to digest these twice would take longer than to copy them.
    """

    old: str
    new: str


class NewFilm(NamedTuple):
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


class CannotWrite(Exception):
    """A new file cannot be written; what it is made from may be well.

    Not an OSError, which is also what libraries raise on damaged films.
    """

    def __init__(self, why: OSError) -> None:
        super().__init__()
        self.why = why


@contextmanager
def writing() -> Iterator[None]:
    """Tell what fails by `CannotWrite` instead of an OSError."""
    try:
        yield
    except OSError as error:
        raise CannotWrite(error) from None


def can_be_read(path: Path) -> bool:
    """Whether all of a file can be read; else what failed is a fault of its own."""
    with suppress(OSError), path.open("rb") as file:
        while file.read(CHUNK):
            pass
        return True
    return False


def write_film(source: int, film: NewFilm, path: Path) -> None:
    """Write a new film, its pixels copied by the kernel.

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
    with created(path) as target:
        write_all(target, film.head)
        copied = _copy_in_kernel(source, target, film.start, film.length)
        rest = chunks(source, film.start + copied, film.length - copied)
        for chunk in rest:
            write_all(target, chunk)
        write_all(target, film.tail)


def write_film_digested(source: int, film: NewFilm, path: Path) -> Digests:
    """Write a new film as `write_film` does, and digest both films.

    The pixels are read once. To let the kernel copy them and read them again for their
    digest would take longer.
    """
    digest = fresh_digest()
    with created(path) as target:
        for part in _parts(source, film):
            digest.update(part)
            write_all(target, part)
    old = _digest_without(source, film.start, film.start + film.length)
    return Digests(old, named(digest))


def digests_of(source: int, path: Path) -> Digests:
    """Digest an old film and a new one that shares no pixels with it, at `path`."""
    with path.open("rb") as new:
        return Digests(digest_of(source), digest_of(new.fileno()))


def digest_of(source: int) -> str:
    """Give the digest of a whole file."""
    return _digest_without(source, 0, 0)


def chunks(source: int, start: int, length: int) -> Iterator[memoryview]:
    """Yield bytes of a file; each chunk holds until the next one is asked for."""
    end = start + length
    while start < end:
        count = os.preadv(source, [_ROOM[: end - start]], start)
        if not count:
            raise UnreadableFile("The file became shorter while it was read.")
        yield _ROOM[:count]
        start += count


# One place in memory, since a new one each time costs time.
_ROOM = memoryview(bytearray(CHUNK))


def _parts(source: int, film: NewFilm) -> Iterator[Buffer]:
    yield film.head
    yield from chunks(source, film.start, film.length)
    yield film.tail


@contextmanager
def created(path: Path) -> Iterator[int]:
    """Open a file for writing, empty; the descriptor is closed at the end."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC
    target = os.open(path, flags, 0o666)
    try:
        yield target
    finally:
        os.close(target)


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


def write_all(target: int, content: Buffer) -> None:
    """Write all of it to a descriptor; one call may write only a part."""
    left = memoryview(content).cast("B")
    while left:
        left = left[os.write(target, left) :]
