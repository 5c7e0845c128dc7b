"""The order of the steps for one study, and what becomes of one that breaks a step.

acquire -> deidentify -> quality -> scrub -> label -> audit -> store. The types of
`site_agent.study` allow no other order. A refusal ends it, and so does anything that a
damaged film makes a library raise: one study never stops the others.
"""

from __future__ import annotations

import signal
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType

from site_agent import folders
from site_agent.acquire.receive import receive
from site_agent.acquire.sorting import Arrival
from site_agent.audit import audit, files_of
from site_agent.config import Specification
from site_agent.deidentify.burned_in import scrub_films
from site_agent.deidentify.header.facts import technical
from site_agent.deidentify.header.options import Option
from site_agent.deidentify.pixels.film import Outcome
from site_agent.deidentify.pixels.search import Search
from site_agent.deidentify.pseudonym import Pseudonyms
from site_agent.deidentify.study import Options, deidentify
from site_agent.deidentify.text.identifiers import known_identifiers
from site_agent.errors import UnreadableFile
from site_agent.label.step import label
from site_agent.ocr import ocr
from site_agent.on_disk.conversion import Conversion, Converted
from site_agent.on_disk.copying import CannotWrite, writing
from site_agent.on_disk.scrubbing import scrub_file
from site_agent.quality.technical import check
from site_agent.study import (
    AuditedStudy,
    DeidentifiedImage,
    Reason,
    ReasonCode,
    ReceivedImage,
    ReceivedStudy,
    Refusal,
)

LARGEST_STUDY = 1 << 30
"""Bytes; a study of films is a few per cent of it."""

TIME_LIMIT = 600
"""Seconds for one study, so that a file that keeps a parser busy holds up no other."""

CHANGED = "a file changed while it was read"

_AT_WORK = "at-work-"


@dataclass(frozen=True, slots=True)
class Tools:
    """What the steps need beside the study. Holds the pseudonym key: never shown.

    `may_stay` are the texts that stay on a film, from `allowed`; None where films are
    not searched for text. `language` is that of reports that do not tell theirs.
    """

    pseudonyms: Pseudonyms
    options: Options
    staff: tuple[str, ...]
    specification: Specification
    may_stay: frozenset[str] | None = None
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Staged:
    """A study that passed every step, and the folder where its files are staged."""

    study: AuditedStudy
    folder: Path


def process(
    received: ReceivedStudy, tools: Tools, folder: Path
) -> tuple[AuditedStudy, Mapping[str, bytes | Path]] | Refusal:
    """Take a study through all steps; return it with the files that were audited.

    Films are written into `folder`, which holds nothing else.

    Raises
    ------
    CannotWrite
        They cannot be written there.
    """
    known = known_identifiers(received, tools.staff)
    options, scrub = tools.options, None
    if tools.may_stay is not None:
        options = options.including(Option.CLEAN_PIXEL_DATA)
        scrub = partial(_scrub, Search(ocr(), tools.may_stay))
    clean = partial(_clean, Conversion(tools.pseudonyms, options), folder)
    deidentified = deidentify(received, tools.pseudonyms, options, known, clean)
    if isinstance(deidentified, Refusal):
        return deidentified
    checked = check(deidentified, tools.specification)
    if isinstance(checked, Refusal):
        return checked
    scrubbed = scrub_films(checked, scrub)
    if isinstance(scrubbed, Refusal):
        return scrubbed
    labelled = label(scrubbed, tools.language)
    audited = audit(labelled, known)
    if isinstance(audited, Refusal):
        return audited
    return audited, files_of(labelled)


def take(arrival: Arrival, tools: Tools, staging: Path) -> Staged | Refusal:
    """Process an arrival, and stage its files when it passes.

    Raises
    ------
    OSError
        The files cannot be written; that is no fault of the study.
    """
    if not arrival.images:
        return Refusal(arrival.reasons)
    if early := _unfit(arrival, tools.specification):
        return Refusal(early)
    with TemporaryDirectory(prefix=_AT_WORK, dir=staging) as folder:
        result = _result(arrival, tools, Path(folder))
        if isinstance(result, Refusal) or arrival.reasons:
            further = result.reasons if isinstance(result, Refusal) else ()
            return Refusal(_merged(arrival.reasons, further))
        study, files = result
        return Staged(study, folders.stage(staging, study, files))


def _result(
    arrival: Arrival, tools: Tools, folder: Path
) -> tuple[AuditedStudy, Mapping[str, bytes | Path]] | Refusal:
    try:
        with _quiet(), _limited(TIME_LIMIT):
            before = _states(arrival)
            result = process(receive(arrival), tools, folder)
            if _states(arrival) != before:
                return Refusal((Reason(ReasonCode.UNREADABLE, CHANGED),))
            return result
    except CannotWrite as error:
        raise error.why from None
    except Exception as error:  # noqa: BLE001  libraries raise anything on damaged files
        return Refusal((Reason(ReasonCode.UNREADABLE, type(error).__name__),))


def _states(arrival: Arrival) -> list[tuple[int, int]]:
    """Give what tells whether a film is still the file whose header was read."""
    states = [image.path.stat() for image in arrival.images]
    return [(each.st_size, each.st_mtime_ns) for each in states]


def _clean(
    conversion: Conversion, folder: Path, image: ReceivedImage
) -> DeidentifiedImage:
    """Write a film with a clean header.

    Raises
    ------
    UnreadableFile
        When the film is damaged, or cannot be de-identified.
    """
    path = folder / f"{len(list(folder.iterdir()))}.dcm"
    with writing():
        converted = conversion.convert(image.path, path)
    if not isinstance(converted, Converted):
        raise UnreadableFile(converted.why)
    return DeidentifiedImage(converted.instance, path, technical(image.dataset))


def _scrub(search: Search, film: DeidentifiedImage) -> Outcome:
    with writing():
        return scrub_file(film.path, search, is_announced=film.technical.burned_in)


def _unfit(arrival: Arrival, specification: Specification) -> tuple[Reason, ...]:
    """Give the reasons for which a study is not even read, none for most.

    What a damaged header says of the film is not to be relied on, except for a modality
    that can be read and is another one.
    """
    reasons = arrival.reasons
    modalities = {image.modality for image in arrival.images if image.modality}
    foreign = bool(modalities) and not modalities & set(specification.modalities)
    strange = (Reason(ReasonCode.MODALITY, ", ".join(sorted(modalities))),)
    if any(reason.code is ReasonCode.UNREADABLE for reason in reasons):
        return reasons + strange if foreign else reasons
    if sum(image.size for image in arrival.images) > LARGEST_STUDY:
        too_large = Reason(ReasonCode.UNREADABLE, "the study is larger than 1 GiB")
        return reasons + strange if foreign else (*reasons, too_large)
    return ()


def _merged(
    first: tuple[Reason, ...], further: tuple[Reason, ...]
) -> tuple[Reason, ...]:
    """Put reasons together; of two reports the study does not lack one."""
    ambiguous = any(reason.code is ReasonCode.REPORT_AMBIGUOUS for reason in first)
    return tuple(
        dict.fromkeys(
            reason
            for reason in (*first, *further)
            if not (ambiguous and reason.code is ReasonCode.REPORT_MISSING)
        )
    )


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence warnings: pydicom's quote the values they complain of."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


class _TooSlow(Exception):
    """A study took longer than the limit."""


@contextmanager
def _limited(seconds: int) -> Iterator[None]:
    """Raise `_TooSlow` in the main thread after so many seconds."""

    def ring(number: int, frame: FrameType | None) -> None:
        raise _TooSlow

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
