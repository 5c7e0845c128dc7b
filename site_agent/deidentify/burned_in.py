"""Take text out of the films of a study that meets the specification (PS3.15 E.3.1).

To look through one film takes longer than all the other steps together, and nothing of
a study that is refused is kept: so only the films that go on are looked through.
"""

from __future__ import annotations

from collections.abc import Callable

from site_agent.deidentify.pixels.film import (
    NOT_DECODED,
    NoPixels,
    Outcome,
    Scrubbed,
)
from site_agent.deidentify.pixels.search import Clean, ForReview
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

Scrub = Callable[[DeidentifiedImage], Outcome]
"""Searches a film for text, and fills in its file what is found."""


def scrub_films(study: CheckedStudy, scrub: Scrub | None) -> ScrubbedStudy | Refusal:
    """Search the films of a study for text, and fill what is found.

    Parameters
    ----------
    study : CheckedStudy
        The headers of its films say already that pixels are clean, where `scrub` is
        given.
    scrub : callable or None
        None leaves pixels as they are; then a film whose header says that text is
        burned in does not go on.

    Returns
    -------
    ScrubbedStudy or Refusal
        Refused when a person has to look at the primary film, or its pixels cannot be
        read. A lateral is left out for the same reasons.
    """
    primary = _scrubbed(study.primary, scrub)
    if isinstance(primary, Reason):
        return Refusal((primary,))
    further = [_scrubbed(film, scrub) for film in study.supplementary]
    return ScrubbedStudy(
        study,
        primary,
        tuple(film for film in further if isinstance(film, DeidentifiedImage)),
        (*study.left_out, *(each for each in further if isinstance(each, Reason))),
    )


def _scrubbed(
    film: DeidentifiedImage, scrub: Scrub | None
) -> DeidentifiedImage | Reason:
    if scrub is None:
        is_announced = film.technical.burned_in
        return Reason(ReasonCode.BURNED_IN, ANNOUNCED) if is_announced else film
    match scrub(film):
        case Clean() | Scrubbed():
            return film
        case NoPixels():
            return Reason(ReasonCode.UNREADABLE, NO_PIXELS)
        case ForReview(why):
            damaged = why == NOT_DECODED
            code = ReasonCode.UNREADABLE if damaged else ReasonCode.BURNED_IN
            return Reason(code, why)
