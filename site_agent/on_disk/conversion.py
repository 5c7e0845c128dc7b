"""One film in, one film out: by the engine, or by pydicom where that declines."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from site_agent.deidentify.header.engine import (
    Declined,
    TooLarge,
    clean_header,
)
from site_agent.deidentify.header.options import Options
from site_agent.deidentify.pseudonym import Pseudonyms
from site_agent.errors import SiteError, UnreadableFile
from site_agent.on_disk.account import (
    Row,
    row_of_content,
    row_of_copy,
    row_of_refusal,
)
from site_agent.on_disk.copying import (
    NewFilm,
    can_be_read,
    opened,
    write_film,
    write_film_digested,
)

NO_IMAGE = "no DICOM image"
LINK = "a symbolic link, which is not followed"
CANNOT_BE_OPENED = "A file cannot be opened."
TOO_LARGE = (
    "A file asks for too much memory: a header of 16 MB, a deflated file of 32 MB, or "
    "a file of 32 MB that is not as the standard has it. Export it again."
)

# pydicom holds a film about three times.
_LARGEST_SLOW = 1 << 25


class Converted(NamedTuple):
    """A film that was written. `row` is None where no account was asked for."""

    study: str
    instance: str
    row: Row | None


class LeftOut(NamedTuple):
    """A film that was not, and why; the text holds no identifier."""

    why: str
    row: Row | None


class NoImage(NamedTuple):
    """A file that is no DICOM image, or is not looked at."""

    why: str = NO_IMAGE


Outcome = Converted | LeftOut | NoImage


class Conversion(NamedTuple):
    """How films are converted, by one thread of a process."""

    pseudonyms: Pseudonyms
    options: Options
    with_account: bool = False

    def convert(self, path: Path, target: Path) -> Outcome:
        """De-identify the file at `path` to `target`, which holds nothing else yet.

        Where the outcome is not `Converted`, `target` may hold a part of a file.
        """
        try:
            if path.is_symlink():
                return NoImage(LINK)  # it may lead out of SRC
            if not path.is_file() and path.exists():
                return NoImage()  # a pipe might never answer
            with opened(path) as source:
                return self._convert(path, source, target)
        except UnreadableFile as error:
            return LeftOut(str(error), None)
        except OSError:
            if can_be_read(path):
                raise  # not the film's fault: the disk is full, or gone
            return LeftOut(CANNOT_BE_OPENED, None)

    def _convert(self, path: Path, source: int, target: Path) -> Outcome:
        def read(offset: int, count: int) -> bytes:
            return os.pread(source, count, offset)

        size = os.fstat(source).st_size
        try:
            header = clean_header(read, size, self.pseudonyms, self.options)
        except TooLarge:
            return self._left_out(source, TOO_LARGE)
        except Declined:
            return self._convert_slowly(path, source, target)
        film = NewFilm(
            header.head, header.pixels_start, header.pixels_length, header.tail
        )
        row = None
        if self.with_account:
            digests = write_film_digested(source, film, target)
            row = row_of_copy(source, header, digests)
        else:
            write_film(source, film, target)
        return Converted(header.study, header.instance, row)

    def _convert_slowly(self, path: Path, source: int, target: Path) -> Outcome:
        # Only now, since it takes longer to import than many films to convert.
        from site_agent.on_disk.slow_way import NOT_DICOM, convert_by_pydicom, is_dicom

        if os.fstat(source).st_size > _LARGEST_SLOW:
            if is_dicom(path):
                return self._left_out(source, TOO_LARGE)
            return NoImage()
        try:
            film = convert_by_pydicom(path, self.pseudonyms, self.options)
        except SiteError as error:
            return self._left_out(source, str(error))
        if film is NOT_DICOM:
            return NoImage()
        new = NewFilm(film.content)
        row = None
        if self.with_account:
            digests = write_film_digested(source, new, target)
            size, claims = len(film.content), film.claims_no_text
            row = row_of_content(
                source, digests, size, film.actions, claims_no_text=claims
            )
        else:
            write_film(source, new, target)
        return Converted(film.study, film.instance, row)

    def _left_out(self, source: int, why: str) -> LeftOut:
        return LeftOut(why, row_of_refusal(source, why) if self.with_account else None)
