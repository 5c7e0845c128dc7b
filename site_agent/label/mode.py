"""The conventions by which a report is labelled, difference by difference.

docs/adr/0005-labeler-conventions.md says why, and what each costs on public gold sets.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from protos.statistics_pb2 import Assertion

_YES, _MAYBE, _NO = Assertion.POSITIVE, Assertion.UNCERTAIN, Assertion.NEGATIVE


class Mode(StrEnum):
    """Whose conventions hold.

    RADIOLOGIST reads a sentence as its writer meant it. CHEXPERT labels as the labeler
    of Irvin et al. (2019) does, for datasets that must be comparable. CODER labels as
    people who index reports do (Open-i, NegBio): what is named as a finding is coded.
    """

    RADIOLOGIST = "radiologist"
    CHEXPERT = "chexpert"
    CODER = "coder"


@dataclass(frozen=True, slots=True)
class Conventions:
    """What the modes label differently; None is no label.

    Attributes
    ----------
    borderline
        ``borderline heart size``, where no enlargement is named.
    borderline_named
        ``borderline cardiomegaly``.
    alternative
        ``atelectasis versus scar``, each.
    near
        ``vascular congestion``: Edema, to which it is near.
    sign
        ``vascular prominence``: Edema, of which it is a sign.
    no_new
        ``no new consolidation``.
    past
        ``history of pneumonia``.
    unseen
        ``effusion is not well evaluated``.
    secondary
        ``volume loss secondary to effusion``: the effusion.
    unstated
        ``stable heart size``: an organ of which no state is said but that it is stable.
    named
        ``the heart``: an organ of which nothing is said.
    implies
        Whether ``heart failure`` is Edema and a doubtful Cardiomegaly.
    weighs
        Whether what is said is weighed against what is known: alternatives that agree
        in a label leave it certain; a vague opacity, and one that may be an artefact,
        are doubtful; a supposed infiltrate is a supposed consolidation.
    """

    borderline: Assertion.ValueType
    borderline_named: Assertion.ValueType
    alternative: Assertion.ValueType
    near: Assertion.ValueType | None
    sign: Assertion.ValueType | None
    no_new: Assertion.ValueType
    past: Assertion.ValueType | None
    unseen: Assertion.ValueType | None
    secondary: Assertion.ValueType
    unstated: Assertion.ValueType | None
    named: Assertion.ValueType | None
    implies: bool
    weighs: bool


CONVENTIONS = {
    Mode.RADIOLOGIST: Conventions(
        borderline=_MAYBE,
        borderline_named=_MAYBE,
        alternative=_MAYBE,
        near=_YES,
        sign=_MAYBE,
        no_new=_NO,
        past=None,
        unseen=None,
        secondary=_YES,
        unstated=None,
        named=None,
        implies=False,
        weighs=True,
    ),
    Mode.CHEXPERT: Conventions(
        borderline=_MAYBE,
        borderline_named=_YES,
        alternative=_MAYBE,
        near=_MAYBE,
        sign=_MAYBE,
        no_new=_MAYBE,
        past=_NO,
        unseen=_MAYBE,
        secondary=_MAYBE,
        unstated=_MAYBE,
        named=_YES,
        implies=True,
        weighs=False,
    ),
    Mode.CODER: Conventions(
        borderline=_YES,
        borderline_named=_YES,
        alternative=_YES,
        near=None,
        sign=None,
        no_new=_NO,
        past=None,
        unseen=None,
        secondary=_YES,
        unstated=None,
        named=None,
        implies=False,
        weighs=False,
    ),
}
