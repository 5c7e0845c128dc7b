"""Nouns that are written once and meant twice, and findings that are only a place."""

import pytest

from protos.statistics_pb2 import Assertion, Observation
from site_agent.label import label_text
from site_agent.label.labeler import mentions_in
from tests.site_agent.label.said import said

EFFUSION = Observation.PLEURAL_EFFUSION


@pytest.mark.parametrize(
    ("language", "text", "assertions"),
    [
        ("en", "There is a left but no right pleural effusion.", "10"),
        ("en", "Small right and no left effusion.", "10"),
        ("en", "Possible left but no right effusion.", "?0"),
        ("en", "No right and a small left effusion.", "01"),
        ("en", "No right, small left effusion.", "01"),
        ("de", "Rechts mäßiger, links kein Erguss.", "10"),
        ("nl", "Links wel, rechts geen pleuravocht.", "10"),
        ("sv", "Vänstersidig men ingen högersidig pleuravätska.", "10"),
    ],
)
def test_side_without_a_noun_has_the_one_that_follows(
    language: str, text: str, assertions: str
) -> None:
    assert said(text, language, EFFUSION) == assertions


@pytest.mark.parametrize(
    "text",
    [
        "No right or left effusion.",
        "No right and left effusion.",
        "The heart is shifted to the left, and no right effusion is seen.",
        "Volumes are low on the left, no right effusion.",
        "Nodule right, no left effusion.",
        "No nodule on the left and no right effusion.",
    ],
)
def test_side_of_something_else_is_given_no_noun(text: str) -> None:
    assert set(said(text, "en", EFFUSION)) == {"0"}


def test_mention_without_a_noun_stands_at_its_side() -> None:
    text = "A left but no right effusion."
    there = next(m for m in mentions_in(text) if m.assertion == Assertion.POSITIVE)
    assert text[there.start : there.end] == "A left"


def test_list_behind_the_other_side_is_denied() -> None:
    labels = label_text("A left but no right effusion or pneumothorax.", "")
    assert labels[EFFUSION] == Assertion.POSITIVE
    assert labels[Observation.PNEUMOTHORAX] == Assertion.NEGATIVE


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "No cavitation within the consolidation."),
        ("en", "No air bronchograms in the right lower lobe consolidation."),
        ("en", "Possible cavitation in the known consolidation."),
        ("de", "Keine Einschmelzung innerhalb der Konsolidierung."),
        ("fr", "Pas d'excavation au sein de la condensation."),
        ("ru", "Полости распада в зоне консолидации не определяются."),
    ],
)
def test_finding_in_which_something_is_looked_for_is_there(
    language: str, text: str
) -> None:
    labels = label_text(text, "", language)
    assert labels[Observation.CONSOLIDATION] == Assertion.POSITIVE


@pytest.mark.parametrize(
    "text",
    [
        "No effusion in the setting of pneumonia.",
        "No effusion or pneumonia in the chest.",
        "No evidence of pneumonia.",
    ],
)
def test_finding_that_is_no_place_is_denied(text: str) -> None:
    labels = label_text(text, "")
    assert labels[Observation.PNEUMONIA] == Assertion.NEGATIVE
