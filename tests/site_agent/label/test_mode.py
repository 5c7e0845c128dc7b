"""Where the modes differ, one convention at a time."""

import dataclasses

import pytest

from protos.statistics_pb2 import Assertion, Observation
from site_agent.label import Mode, label_text
from site_agent.label.mode import CONVENTIONS, Conventions

YES, NO, MAYBE = Assertion.POSITIVE, Assertion.NEGATIVE, Assertion.UNCERTAIN
BLANK = Assertion.NOT_MENTIONED
HEART, EDEMA = Observation.CARDIOMEGALY, Observation.EDEMA
PNEUMONIA, OPACITY = Observation.PNEUMONIA, Observation.LUNG_OPACITY
EFFUSION = Observation.PLEURAL_EFFUSION

# The convention; a sentence; what the radiologist, CheXpert and the coder say.
DIFFERENCES = [
    ("borderline", "Borderline heart size.", HEART, MAYBE, MAYBE, YES),
    ("borderline_named", "Borderline cardiomegaly.", HEART, MAYBE, YES, YES),
    ("alternative", "Edema versus pneumonia.", EDEMA, MAYBE, MAYBE, YES),
    ("near", "Vascular congestion.", EDEMA, YES, MAYBE, BLANK),
    ("sign", "Vascular prominence.", EDEMA, MAYBE, MAYBE, BLANK),
    ("no_new", "No new edema.", EDEMA, NO, MAYBE, NO),
    ("past", "History of pneumonia.", PNEUMONIA, BLANK, NO, BLANK),
    ("unseen", "Effusion is not well evaluated.", EFFUSION, BLANK, MAYBE, BLANK),
    ("secondary", "Collapse secondary to effusion.", EFFUSION, YES, MAYBE, YES),
    ("unstated", "Stable heart size.", HEART, BLANK, MAYBE, BLANK),
    ("named", "The heart is shifted.", HEART, BLANK, YES, BLANK),
    ("implies", "Heart failure.", HEART, BLANK, MAYBE, BLANK),
    ("weighs", "Scar or fibrosis.", OPACITY, YES, MAYBE, YES),
    ("weighs", "Vague opacity.", OPACITY, MAYBE, YES, YES),
]


@pytest.mark.parametrize(
    ("convention", "text", "observation", "radiologist", "chexpert", "coder"),
    DIFFERENCES,
)
def test_difference(
    convention: str,
    text: str,
    observation: Observation.ValueType,
    radiologist: Assertion.ValueType,
    chexpert: Assertion.ValueType,
    coder: Assertion.ValueType,
) -> None:
    given = [label_text(text, "", "en", mode)[observation] for mode in Mode]
    assert given == [radiologist, chexpert, coder], convention


def test_every_convention_is_shown() -> None:
    shown = {convention for convention, *_ in DIFFERENCES}
    assert shown == {field.name for field in dataclasses.fields(Conventions)}


def test_every_mode_has_conventions() -> None:
    assert set(CONVENTIONS) == set(Mode)


@pytest.mark.parametrize("mode", Mode)
def test_modes_agree_on_plain_sentences(mode: Mode) -> None:
    labels = label_text("No pneumothorax. Small effusion.", "", "en", mode)
    assert labels[Observation.PNEUMOTHORAX] == NO
    assert labels[EFFUSION] == YES
