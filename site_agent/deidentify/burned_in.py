"""Take text out of the films of a study that meets the specification (PS3.15 E.3.1).

To look through one film takes longer than all the other steps together, and nothing of
a study that is refused is kept: so only the films that go on are looked through.
"""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import pydicom

from site_agent.deidentify.header.dataset import to_bytes
from site_agent.deidentify.header.reading import quiet
from site_agent.deidentify.pixels.film import (
    NOT_DECODED,
    NoPixels,
    Scrubbed,
    scrub,
)
from site_agent.deidentify.pixels.search import Clean, ForReview, Search
from site_agent.study import (
    CheckedStudy,
    DeidentifiedImage,
    Reason,
    ReasonCode,
    Refusal,
    ScrubbedStudy,
)

ANNOUNCED = "its header says so"
NO_PIXELS = "a film has no pixels"


def scrub_films(study: CheckedStudy, search: Search | None) -> ScrubbedStudy | Refusal:
    """Search the films of a study for text, and fill what is found.

    Parameters
    ----------
    study : CheckedStudy
        The headers of its films say already that pixels are clean, where `search` is
        given.
    search : Search or None
        What looks for text. None leaves pixels as they are; then a film whose header
        says that text is burned in does not go on.

    Returns
    -------
    ScrubbedStudy or Refusal
        Refused when a person has to look at the primary film, or its pixels cannot be
        read. A lateral is left out for the same reasons.
    """
    primary = _scrubbed(study.primary, search)
    if isinstance(primary, Reason):
        return Refusal((primary,))
    further = [_scrubbed(film, search) for film in study.supplementary]
    return ScrubbedStudy(
        study,
        primary,
        tuple(film for film in further if isinstance(film, DeidentifiedImage)),
        (*study.left_out, *(each for each in further if isinstance(each, Reason))),
    )


def _scrubbed(
    film: DeidentifiedImage, search: Search | None
) -> DeidentifiedImage | Reason:
    is_announced = film.technical.burned_in
    if search is None:
        return Reason(ReasonCode.BURNED_IN, ANNOUNCED) if is_announced else film
    with quiet():
        dataset = pydicom.dcmread(BytesIO(film.content))
    match scrub(dataset, search, is_announced=is_announced):
        case Clean():
            return film
        case Scrubbed(scrubbed):
            return replace(film, content=to_bytes(scrubbed))
        case NoPixels():
            return Reason(ReasonCode.UNREADABLE, NO_PIXELS)
        case ForReview(why):
            damaged = why == NOT_DECODED
            code = ReasonCode.UNREADABLE if damaged else ReasonCode.BURNED_IN
            return Reason(code, why)
