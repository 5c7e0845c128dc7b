"""Names in the field after a label, also those that are words of medicine."""

import pytest

from site_agent.deidentify.text.known import KnownIdentifiers
from site_agent.deidentify.text.labelled import labelled
from site_agent.deidentify.text.page import open_page
from site_agent.deidentify.text.scrub import scrub


def named(text: str) -> list[str]:
    page = open_page(text, "en")
    runs = filter(None, (labelled(page, word) for word in range(len(page.words))))
    return [text[page.starts[first] : page.ends[end - 1]] for first, end in runs]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Patient: Rust, Margarita (F)", "Rust, Margarita"),
        ("Patient: Diffuse Anna", "Diffuse Anna"),
        ("Name: Milligan Foley, Jesse", "Milligan Foley, Jesse"),
        ("| Name            | Heart, Pasqual |", "Heart, Pasqual"),
        ("Name: QUANDT, GLENN  MRN: 1", "QUANDT, GLENN"),
        ("Radiologist: Löfgren", "Löfgren"),
        ("Radiologist: An Van der Auwera", "An Van der Auwera"),
        ("signed by rousseau", "rousseau"),
        ("PATIENT      SMALL, PHILIPPINE", "SMALL, PHILIPPINE"),
        ("Dict: LES", "LES"),
        ("DICT: RTM", "RTM"),
        ("SIGNED: MTB, 5 PM", "MTB"),
    ],
)
def test_name_in_a_field_is_found(text: str, name: str) -> None:
    assert named(text) == [name]


@pytest.mark.parametrize(
    "text",
    [
        "Radiologist: Pneumonia",
        "PATIENT CHEST FILM",
        "Patient chest",
        "Patient: Date of birth: 1",
        "signed by",
    ],
)
def test_word_of_medicine_in_a_field_is_no_name(text: str) -> None:
    assert named(text) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Ordering clinician ... Foot, I.", "Foot, I"),
        ("Zuweiser/in: Kalt, S.", "Kalt, S"),
        ("Demandeur ..... Petit", "Petit"),
        ("Lecteur : Janvier", "Janvier"),
        ("Peticionario: Rosa Seco", "Rosa Seco"),
        ("Inviante: COSTA,MARCO", "COSTA,MARCO"),
        ("Referrer - FOOT S; ward 4", "FOOT S"),
        ("Dear Löffler,", "Löffler"),
        ("Sign. ABK, utskrivet i dag", "ABK"),
        ("signed electronically by (Foot)", "Foot"),
    ],
)
def test_field_however_it_is_drawn_gives_its_name(text: str, name: str) -> None:
    assert name in named(text), named(text)


@pytest.mark.parametrize(
    "text",
    [
        "Interpretation: Normal chest.",
        "Interpretation: Chest. Resolving oedema.",
        "INTERPRETATION: RIGHT PARATRACHEAL MASS.",
        "ADDENDUM: Report amended at noon.",
    ],
)
def test_heading_that_is_a_label_elsewhere_is_followed_by_text(text: str) -> None:
    assert scrub(text, KnownIdentifiers(), "en").text == text


def test_heading_that_is_a_label_elsewhere_may_be_followed_by_a_name() -> None:
    text = scrub("Opis: Lis\nAddendum: Head, S.", KnownIdentifiers(), "pl").text
    assert "Lis" not in text
    assert "Head" not in text
