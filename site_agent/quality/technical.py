"""Whether a study meets the specification, as far as its headers can tell.

Every rule is listed in `RULES` and speaks for itself: it looks at one film and gives a
reason or none. A study is refused with the reasons of all rules at once, so that a data
manager sees everything that is wrong with it in one go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from protos.specification import Specification
from protos.statistics_pb2 import AgeBand
from site_agent.study import (
    CheckedStudy,
    DeidentifiedImage,
    DeidentifiedStudy,
    Reason,
    ReasonCode,
    Refusal,
    Technical,
    View,
)

Rule = Callable[[Technical, Specification], str | None]
"""Gives the detail of what is wrong (it may be empty), None when nothing is."""


def _modality(film: Technical, specification: Specification) -> str | None:
    return None if film.modality in specification.modalities else film.modality


def _body_part(film: Technical, _: Specification) -> str | None:
    if film.chest is None:
        return "no attribute tells the body part"
    return None if film.chest else ""


def _resolution(film: Technical, specification: Specification) -> str | None:
    large = (
        film.rows >= specification.least_rows
        and film.columns >= specification.least_columns
    )
    return None if large else f"{film.rows} x {film.columns}"


def _bit_depth(film: Technical, specification: Specification) -> str | None:
    deep = film.bits_stored >= specification.least_bits_stored
    return None if deep else f"{film.bits_stored} bits"


def _vendor(film: Technical, _: Specification) -> str | None:
    return "" if film.vendor is None else None


RULES: Mapping[ReasonCode, Rule] = {
    ReasonCode.MODALITY: _modality,
    ReasonCode.BODY_PART: _body_part,
    ReasonCode.RESOLUTION: _resolution,
    ReasonCode.BIT_DEPTH: _bit_depth,
    ReasonCode.VENDOR: _vendor,
}
"""What every film that goes on must meet, by the reason it is refused with."""


def check(
    study: DeidentifiedStudy, specification: Specification
) -> CheckedStudy | Refusal:
    """Hold a study to the specification of the dataset.

    The primary film is the PA view that meets every rule; of several the one with the
    most pixels, then the lowest SOPInstanceUID. Laterals that meet every rule are
    supplementary. Whatever else the study holds is left out, each with its reasons. For
    processing or for presentation, MONOCHROME1 or 2: all are taken.

    Returns
    -------
    CheckedStudy or Refusal
        The refusal has all reasons: those of every PA film (of every film, if there is
        no PA), a missing report or section, an unknown age.
    """
    judged = [(image, film_faults(image, specification)) for image in study.images]
    frontal = [film for film in judged if film[0].technical.view is View.PA]
    sound = [image for image, faults in frontal if not faults]
    reasons = [*_study_faults(study)]
    if not frontal:
        reasons.append(Reason(ReasonCode.PROJECTION, _views(study.images)))
    if not sound:
        reasons += [fault for _, faults in frontal or judged for fault in faults]
    if reasons or study.report is None:
        return Refusal(tuple(dict.fromkeys(reasons)))
    primary = min(sound, key=_preference)
    supplementary: list[DeidentifiedImage] = []
    left_out: list[Reason] = []
    for image, faults in judged:
        view = image.technical.view
        if image is primary:
            continue
        if view is View.LATERAL and not faults:
            supplementary.append(image)
            continue
        left_out += faults
        if view is not View.LATERAL:
            left_out.append(Reason(ReasonCode.FURTHER_VIEW, view.value))
    return CheckedStudy(
        study, study.report, primary, tuple(supplementary), tuple(left_out)
    )


def film_faults(
    image: DeidentifiedImage, specification: Specification
) -> tuple[Reason, ...]:
    """Give the reasons of all rules that a film breaks; empty when it meets them."""
    verdicts = (
        (code, rule(image.technical, specification)) for code, rule in RULES.items()
    )
    return tuple(
        Reason(code, detail) for code, detail in verdicts if detail is not None
    )


def _study_faults(study: DeidentifiedStudy) -> Iterable[Reason]:
    if study.report is None:
        yield Reason(ReasonCode.REPORT_MISSING)
    else:
        sections = {
            "Findings": study.report.findings,
            "Impression": study.report.impression,
        }
        lacking = [name for name, text in sections.items() if not text.strip()]
        if lacking:
            yield Reason(ReasonCode.SECTIONS, "no " + " and no ".join(lacking))
    if study.facts.age == AgeBand.AGE_UNKNOWN:
        yield Reason(ReasonCode.AGE)


def _views(images: Iterable[DeidentifiedImage]) -> str:
    return ", ".join(sorted({image.technical.view.value for image in images}))


def _preference(image: DeidentifiedImage) -> tuple[int, str]:
    pixels = image.technical.rows * image.technical.columns
    return -pixels, image.sop_instance_uid
