"""Numbers that identify by their form, and numbers that do not."""

import pytest

from site_agent.deidentify.text.known import KnownIdentifiers
from site_agent.deidentify.text.page import open_page
from site_agent.deidentify.text.patterns import find_patterns
from site_agent.deidentify.text.scrub import scrub
from site_agent.deidentify.text.spans import Category


def found(text: str) -> list[tuple[Category, str]]:
    spans = find_patterns(open_page(text), [])
    return [(span.category, text[span.start : span.end]) for span in spans]


@pytest.mark.parametrize(
    "number",
    [
        *("+49 (0)8446 19131", "+34 872 934 490", "(04509) 83806"),
        *(
            "06 12 34 56 78",
            "601 234 567",
            "(555) 123-4567",
            "555.123.4567",
            "08-123 45 67",
        ),
    ],
)
def test_phone(number: str) -> None:
    assert (Category.PHONE, number) in found(f"call {number} today")


@pytest.mark.parametrize(
    "number",
    [
        *("RX10278982", "H50-26428", "123456", "19850412-1234", "12345678Z"),
        "02806377814",
        *("RSSMRA85T10A562S", "US-0282-07016", "1.2.276.0.7230010.3.1"),
    ],
)
def test_number(number: str) -> None:
    assert (Category.ID, number) in found(f"see {number} there")


@pytest.mark.parametrize(
    "text",
    [
        "from 2016-2018",
        "3.5-4.5 cm",
        "120 kV",
        "T12-L1",
        "1:1",
        "50000",
        "12,000",
        "C3/4",
    ],
)
def test_no_identifier(text: str) -> None:
    assert found(f"was {text} there") == []


@pytest.mark.parametrize(
    ("text", "age"), [("92 ans", "92"), ("101-jähriger", "101"), ("aged 95", "95")]
)
def test_age_over_89_is_banded(text: str, age: str) -> None:
    assert found(text) == [(Category.AGE, age)]


@pytest.mark.parametrize("text", ["89 years", "45-year-old", "90 lateral", "95 % of"])
def test_other_ages_and_numbers_stay(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Vergleich vom 23.8.: stabil", "23.8."),
        ("compared with 12/28 film", "12/28"),
        ("jämfört med 13/10 nu", "13/10"),
    ],
)
def test_day_and_month_after_a_word_for_dates(text: str, day: str) -> None:
    assert found(text) == [(Category.DATE, day)]


@pytest.mark.parametrize(
    "text", ["du 1/3 moyen", "score on 5/10 scale", "from 3.5 to 4.2 cm", "ratio 15/29"]
)
def test_fraction_score_and_size_are_no_dates(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("language", "text", "left"),
    [
        ("de", "Befund: Bild 24.12. vermerkt.", "Befund: Bild [DATE] vermerkt."),
        ("de", "Befund: Bild am 12.5 erfolgt.", "Befund: Bild am [DATE] erfolgt."),
        ("fr", "Constatations: au 12/05 idem.", "Constatations: au [DATE] idem."),
        ("de", "Befund: Rundherd 1.5. Herz 12.5 cm.", None),
        ("en", "FINDINGS: CTR 12/25, 2/6 murmur, 5/10.", None),
    ],
)
def test_day_and_month_without_a_year(
    language: str, text: str, left: str | None
) -> None:
    assert scrub(text, KnownIdentifiers(), language).text == (left or text)


def test_reserve_number_behind_a_birthday_goes_whole() -> None:
    text = "Utlåtande: reservnummer 19600101-A12B finns."
    assert scrub(text, KnownIdentifiers(), "sv").text == (
        "Utlåtande: reservnummer [ID] finns."
    )


@pytest.mark.parametrize("text", ["Pleuraplack, ILO 1/1, Caplan.", "GB 18500."])
def test_category_and_count_are_no_house_number_and_no_postcode(text: str) -> None:
    assert scrub(text, KnownIdentifiers(), "sv").text == text


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("none since22. 01. 2023 was seen", "de"),
        ("vu le3 mai 2013 ici", "fr"),
        ("x-th,,1 mei 2023", "nl"),
        ("none since2/15/05 (see letter)", "en"),
    ],
)
def test_date_without_a_space_before_it_goes(text: str, language: str) -> None:
    assert "[DATE]" in scrub(text, KnownIdentifiers(), language).text
    assert not any(map(str.isdigit, scrub(text, KnownIdentifiers(), language).text))


def test_age_in_brackets_behind_the_day_of_birth_goes() -> None:
    assert (
        "95" not in scrub("born 26 July 1922 (95), seen", KnownIdentifiers(), "en").text
    )


@pytest.mark.parametrize(
    ("language", "text", "scrubbed"),
    [
        ("en", "none sinceFebruary 4, 2020", "none since[DATE]"),
        ("en", "NONE SINCE22. 01. 2023, CLEAR", "NONE SINCE[DATE], CLEAR"),
        ("en", "whom I saw onJan 26 2024,here", "whom I saw on[DATE],here"),
        ("pl", "notatka z20 kwietnia 2005", "notatka z[DATE]"),
        ("pl", "brak od31.01.2024 r. nic", "brak od[DATE] nic"),
        ("pt", "desde22 de abril de 2006", "desde[DATE]"),
        ("sv", "bild sedan7/9-06 finns", "bild sedan[DATE] finns"),
    ],
)
def test_date_without_a_space_before_it(
    language: str, text: str, scrubbed: str
) -> None:
    assert scrub(text, KnownIdentifiers(), language).text == scrubbed


@pytest.mark.parametrize(
    ("language", "date"),
    [
        ("de", "Mai des Jahres 2006"),
        ("es", "noviembre del año 2010"),
        ("es", "mayo de 14"),
        ("fr", "février de l'année 2016"),
        ("it", "luglio dell'anno 2011"),
        ("nl", "november van 2020"),
        ("pl", "6-go czerwca 1999"),
        ("pt", "abril do ano de 2009"),
    ],
)
def test_date_with_words_between_its_parts(language: str, date: str) -> None:
    scrubbed = scrub(f"x {date}, y", KnownIdentifiers(), language).text
    assert scrubbed == "x [DATE], y"


@pytest.mark.parametrize(
    "number",
    [
        *("GH 35 14 94", "R5 51292", "31224.2", "IMG-Z2840", "21 01555268 45"),
        *("ESPZAW97 G40 R820K", "51/474 40 62", "310 26 92 019", "0 87 847 11 76"),
    ],
)
def test_number_in_groups_goes_whole(number: str) -> None:
    scrubbed = scrub(f"seen under {number}, since", KnownIdentifiers(), "en").text
    assert scrubbed in ("seen under [ID], since", "seen under [PHONE], since")
