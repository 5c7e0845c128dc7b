"""Items of a denied list that stand for themselves, and those that do not."""

import pytest

from tests.site_agent.label.said import said


@pytest.mark.parametrize(
    ("language", "text", "assertions"),
    [
        ("en", "No pneumothorax, small effusion.", "01"),
        ("en", "No nodule, effusion unchanged.", "01"),
        ("en", "No edema, effusion on the left unchanged.", "01"),
        ("en", "No effusion, no pneumothorax, edema.", "001"),
        ("de", "Kein Erguss, kein Pneumothorax, Kardiomegalie.", "001"),
        ("it", "Non versamento, non pneumotorace, cardiomegalia.", "001"),
        ("en", "No fracture, ribs intact, effusion.", "01"),
        ("de", "Kein Pneumothorax, Rippen intakt, Erguss links.", "01"),
        ("es", "Sin infiltrados, derrame izquierdo todavía presente.", "01"),
        ("en", "Chest tube in place, pneumothorax no longer seen.", "10"),
        ("en", "Pneumothorax without shift, chest tube kinked.", "11"),
        ("fr", "La masse a diminué et l'épanchement a disparu.", "10"),
    ],
)
def test_item_stands_for_itself(language: str, text: str, assertions: str) -> None:
    assert said(text, language) == assertions


@pytest.mark.parametrize(
    ("language", "text", "assertions"),
    [
        ("en", "No effusion, no pneumothorax, edema or nodule.", "0000"),
        ("en", "No effusion, pneumothorax, edema.", "000"),
        ("it", "Non gozzo, non cardiomegalia, infiltrati né versamenti.", "000"),
        ("en", "No effusion on the left.", "0"),
        ("en", "No catheter, chest tube or effusion.", "000"),
    ],
)
def test_item_is_denied_with_its_list(
    language: str, text: str, assertions: str
) -> None:
    assert said(text, language) == assertions
