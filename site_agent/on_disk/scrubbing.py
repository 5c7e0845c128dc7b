"""A film's file, searched for text and scrubbed with little of it in memory."""

from __future__ import annotations

from pathlib import Path

from site_agent.deidentify.header.reading import UNREADABLE, quiet
from site_agent.deidentify.pixels.film import (
    NOT_DECODED,
    NOT_SEEN,
    TOO_MUCH,
    NoPixels,
    Outcome,
    Scrubbed,
    scrub,
)
from site_agent.deidentify.pixels.search import ForReview, Search
from site_agent.deidentify.pixels.size import is_too_much
from site_agent.on_disk.decoder import write_decoded
from site_agent.on_disk.decoding import takes_too_much
from site_agent.on_disk.in_place import open_in_place


def scrub_file(path: Path, search: Search, *, is_announced: bool) -> Outcome:
    """Look for burned-in text in a film, and fill it in its file.

    Parameters
    ----------
    path : Path
        A film as this program writes it, which nobody else reads yet. A file
        ``decoded-`` and its name may be written beside it.
    search : Search
        What looks for text.
    is_announced : bool
        Whether the film's own header says that there is text.

    Returns
    -------
    Outcome
        Where it is `Scrubbed`, the file is changed: a film that was compressed is in
        Explicit VR Little Endian now, since nothing is to be lost by compression
        twice; another keeps its transfer syntax. Where it is `Clean`, no byte is.

    Raises
    ------
    OcrStopped
        When the process that reads text ended.
    OSError
        When a file cannot be written.
    """
    with quiet():
        try:
            opened = open_in_place(path)
        except UNREADABLE:
            return ForReview(NOT_DECODED)
    if opened.has_floats:
        return ForReview(NOT_SEEN)
    if not opened.has_pixels:
        return NoPixels()
    if opened.is_compressed:
        if is_too_much(opened.film) or takes_too_much(opened.film, path.stat().st_size):
            return ForReview(TOO_MUCH)
        return _scrub_decoded(path, search, is_announced=is_announced)
    if opened.pixels is None:
        return ForReview(NOT_DECODED)
    return scrub(opened.film, opened.pixels, search, is_announced=is_announced)


def _scrub_decoded(path: Path, search: Search, *, is_announced: bool) -> Outcome:
    decoded = path.with_name(f"decoded-{path.name}")
    try:
        if not write_decoded(path, decoded):
            return ForReview(NOT_DECODED)
        outcome = scrub_file(decoded, search, is_announced=is_announced)
        if isinstance(outcome, Scrubbed):
            decoded.replace(path)
        return outcome
    finally:
        decoded.unlink(missing_ok=True)
