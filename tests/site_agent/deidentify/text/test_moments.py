"""Months, years and days that stand alone, and the words that look like them."""

import pytest

from site_agent.deidentify.text.known import KnownIdentifiers
from site_agent.deidentify.text.scrub import scrub
from site_agent.deidentify.text.spans import Category

NOBODY = KnownIdentifiers()


def dates(text: str, language: str | None) -> list[str]:
    spans = scrub(text, NOBODY, language).spans
    return [text[s.start : s.end] for s in spans if s.category is Category.DATE]


@pytest.mark.parametrize(
    ("text", "language", "date"),
    [
        ("Unchanged since November.", "en", "November"),
        ("A fall in May, now better.", "en", "May"),
        ("Seen in mid-March.", "en", "March"),
        ("Unverändert Ende März.", "de", "März"),
        ("Operation im Mai, jetzt gut.", "de", "Mai"),
        ("Toux depuis fin février.", "fr", "février"),
        ("Opéré en mars.", "fr", "mars"),
        ("Estable desde enero.", "es", "enero"),
        ("Operato a gennaio.", "it", "gennaio"),
        ("Onveranderd sinds maart.", "nl", "maart"),
        ("Operacja we wrześniu.", "pl", "wrześniu"),
        ("Porównano ze styczniem 2022.", "pl", "styczniem 2022"),
        ("Cirurgia em janeiro.", "pt", "janeiro"),
        ("Opererad i maj.", "sv", "maj"),
        ("Inchangé depuis 2021.", "fr", "2021"),
        ("Stable since 2019.", "en", "2019"),
        ("Bez zmian od 2020.", "pl", "2020"),
        ("Rendez-vous jeudi 18 avec le service.", "fr", "jeudi 18"),
        ("Control martes 3, estable.", "es", "martes 3"),
        ("Accident le 21 au soir.", "fr", "21"),
        ("Control el día 12.", "es", "12"),
    ],
)
def test_part_of_a_date_is_a_date_after_its_word(
    text: str, language: str, date: str
) -> None:
    assert dates(text, language) == [date]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("This may march from the apex in may be seen.", "en"),
        ("Monday 8 am the tube was pulled.", "en"),
        ("On Friday 12 cc were drained.", "en"),
        ("Since 2000 ml were drained the lung is clear.", "en"),
        ("Nodule le 8 mm du lobe.", "fr"),
        ("Desde 1500 ml de líquido.", "es"),
    ],
)
def test_verbs_times_and_volumes_are_no_dates(text: str, language: str) -> None:
    assert not dates(text, language)


def test_language_without_lists_of_months_has_none() -> None:
    assert not dates("since November", "xx")


def test_text_that_does_not_tell_its_language_is_read_with_all_lists() -> None:
    assert dates("Clear since November. Stable since 2019.", None) == [
        "November",
        "2019",
    ]
    assert not dates("it may march.", None)


def test_portuguese_day_of_the_week_goes_whole_with_its_day() -> None:
    text = scrub("Visto na terça-feira 12, sem queixas.", KnownIdentifiers(), "pt").text
    assert text == "Visto na [DATE], sem queixas."
