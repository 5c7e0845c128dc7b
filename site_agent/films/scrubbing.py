"""One film in, one film out, whose pixels were searched for text and scrubbed.

A film first gets its new header, which says that its pixels are clean; then the new
film itself is searched, and it is put into its place only if that is true. So a film
without text keeps its pixels byte for byte, however they are compressed.

The work is done in processes of their own, each on one core: to find text takes most of
the time, and a decoder that a damaged film crashes takes no other film with it. Beside
each of them runs one that holds the networks (`site_agent.ocr`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pydicom

from site_agent.deidentify.header.facts import announces_text
from site_agent.deidentify.header.options import Option
from site_agent.deidentify.header.reading import quiet
from site_agent.deidentify.pixels.film import NoPixels
from site_agent.deidentify.pixels.search import Clean, ForReview, Search
from site_agent.errors import UnreadableFile
from site_agent.films.converting import Ended, Film, ended
from site_agent.memory import give_back_at_once
from site_agent.ocr import OcrStopped, ocr
from site_agent.on_disk.account import (
    row_of_looked_through,
    row_of_refusal,
    row_of_scrubbed,
)
from site_agent.on_disk.conversion import (
    CANNOT_BE_OPENED,
    Conversion,
    Converted,
    LeftOut,
    Outcome,
)
from site_agent.on_disk.copying import can_be_read, digests_of, opened
from site_agent.on_disk.scrubbing import scrub_file
from site_agent.workers import Workers, mute

FOR_REVIEW = "For a person to look at: {why}."
_PRELOAD = ("site_agent.memory", __name__)
NOBODY_LOOKED = "the process that reads text ended, maybe for want of memory"


@dataclass(frozen=True, slots=True)
class ScrubbingConversion:
    """How films are converted and scrubbed, in one thread.

    Parameters
    ----------
    conversion : Conversion
        How their headers are converted; its options say nothing of pixels.
    may_stay : frozenset of str
        Texts that stay, from `meaning.allowed`.
    """

    conversion: Conversion
    may_stay: frozenset[str]

    def convert(self, path: Path, target: Path) -> Outcome:
        """De-identify the file at `path` to `target`, which holds nothing else yet.

        Where the outcome is not `Converted`, `target` may hold a part of a file.
        """
        try:
            return self._convert(path, target)
        except OSError:
            if can_be_read(path):
                raise  # not the film's fault: the disk is full, or gone
            return LeftOut(CANNOT_BE_OPENED, None)

    def _convert(self, path: Path, target: Path) -> Outcome:
        outcome = with_clean_pixels(self.conversion).convert(path, target)
        if not isinstance(outcome, Converted):
            return outcome
        with quiet():
            header = pydicom.dcmread(path, stop_before_pixels=True, force=True)
        search = Search(ocr(), self.may_stay)
        try:
            looked = scrub_file(target, search, is_announced=announces_text(header))
        except OcrStopped:
            looked = ForReview(NOBODY_LOOKED)
        if isinstance(looked, NoPixels):
            return self.conversion.convert(path, target)
        row = outcome.row
        if isinstance(looked, Clean):
            return outcome._replace(row=row and row_of_looked_through(row))
        try:
            with opened(path) as source:
                if isinstance(looked, ForReview):
                    why = FOR_REVIEW.format(why=looked.why)
                    return LeftOut(why, row and row_of_refusal(source, why))
                if row:
                    digests = digests_of(source, target)
                    size = target.stat().st_size
                    text = looked.texts, looked.share
                    row = row_of_scrubbed(source, row, digests, size, text)
        except UnreadableFile as error:
            return LeftOut(str(error), None)
        return outcome._replace(row=row)


def with_clean_pixels(conversion: Conversion) -> Conversion:
    """Give a conversion by which films say that their pixels are clean."""
    options = conversion.options.including(Option.CLEAN_PIXEL_DATA)
    return Conversion(conversion.pseudonyms, options, conversion.with_account)


def scrubbers(conversion: ScrubbingConversion, jobs: int) -> Workers[Film, Ended]:
    """Give processes that convert films and scrub them."""
    work = partial(_converted, conversion)
    return Workers(work, jobs=jobs, setup=_set_up, preload=_PRELOAD)


def _set_up() -> None:
    mute()
    give_back_at_once()
    ocr().start()


def _converted(conversion: ScrubbingConversion, film: Film) -> Ended:
    return ended(conversion.convert(*film))
