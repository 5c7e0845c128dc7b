"""Films converted by processes, and what comes back from these."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import NamedTuple

from site_agent.deidentify.dictionary import code_words
from site_agent.deidentify.header.profile import load_profile
from site_agent.on_disk.account import Row, as_json
from site_agent.on_disk.conversion import (
    Conversion,
    Converted,
    LeftOut,
    Outcome,
)
from site_agent.on_disk.copying import fresh_digest
from site_agent.workers import Workers

_NO_STUDY = "no-study"

Film = tuple[Path, Path]
"""A file of SRC, and where to write the new film."""


class Ended(NamedTuple):
    """What became of a file.

    Attributes
    ----------
    name : str
        Folder and name that a film asks for, without a suffix; empty for other files.
    said : dict
        Of other files, ``left_out`` or ``passed_over``.
    row : str
        Its account as JSON, with what was said, and without the ``file`` of a film.
    """

    name: str
    said: Row
    row: str


def converters(conversion: Conversion, jobs: int) -> Workers[Film, Ended]:
    """Give processes that convert the headers of films."""
    # What each of them would read by itself is read once, before they are forked.
    load_profile()
    code_words()
    if conversion.with_account:
        fresh_digest()
    return Workers(partial(_converted, conversion), jobs=jobs, start="fork")


def _converted(conversion: Conversion, film: Film) -> Ended:
    return ended(conversion.convert(*film))


def ended(outcome: Outcome) -> Ended:
    """Give what became of a file in the form in which it leaves its process."""
    if isinstance(outcome, Converted):
        name = f"{outcome.study or _NO_STUDY}/{outcome.instance}"
        return Ended(name, {}, as_json(outcome.row or {}))
    if isinstance(outcome, LeftOut):
        said = {"left_out": outcome.why}
        return Ended("", said, as_json({**(outcome.row or {}), **said}))
    said = {"passed_over": outcome.why}
    return Ended("", said, as_json(said))
