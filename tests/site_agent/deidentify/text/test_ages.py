"""Ages over 89 and years of birth in figures, and what is neither."""

import pytest

from site_agent.deidentify.text.known import KnownIdentifiers
from site_agent.deidentify.text.scrub import scrub

NOBODY = KnownIdentifiers()


@pytest.mark.parametrize(
    ("language", "text", "left"),
    [
        ("en", "Patient 93F noted.", "Patient 90+F noted."),
        ("en", "Patient 93 M noted.", "Patient 90+ M noted."),
        ("en", "Patient 93/F noted.", "Patient 90+/F noted."),
        ("de", "Eine 91j. Frau.", "Eine 90+j. Frau."),
        ("nl", "Vrouw van 91 jr.", "Vrouw van 90+ jr."),
        ("pl", "U 92-letniej chorej.", "U 90+-letniej chorej."),
        ("pl", "Pacjentka l. 92 z kaszlem.", "Pacjentka l. 90+ z kaszlem."),
        ("sv", "En 91 åring.", "En 90+ åring."),
        ("sv", "En 94-årig kvinna.", "En 90+-årig kvinna."),
        ("de", "Pat. (w, 94) mit Husten.", "Pat. (w, 90+) mit Husten."),
        ("pl", "W 94 roku życia.", "W 90+ roku życia."),
        ("en", "The mother, 94, lives.", "The mother, 90+, lives."),
        ("en", "A lady of 92.", "A lady of 90+."),
        ("en", "Aged ninety-three.", "Aged 90+."),
        ("es", "Su madre (92) vive.", "Su madre (90+) vive."),
        ("it", "Una 93enne.", "Una 90+enne."),
        ("pl", "Pacjent (94 l.) kaszle.", "Pacjent (90+ l.) kaszle."),
        ("es", "Mujer de 91 a.", "Mujer de 90+ a."),
        ("it", "Paziente nata nel 1931.", "Paziente nata nel [DATE]."),
        ("it", "Paziente classe 1931.", "Paziente classe [DATE]."),
        ("sv", "Kvinna f. 31 i byn.", "Kvinna f. [DATE] i byn."),
        ("en", "Man born in 1931.", "Man born in [DATE]."),
    ],
)
def test_great_age_is_banded_and_year_of_birth_goes(
    language: str, text: str, left: str
) -> None:
    assert scrub(text, NOBODY, language).text == left


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Lesion of 93 mm, 93 m, 99% and 95 ml."),
        ("en", "Patient 83F noted."),
        ("es", "Rango 91 a 95."),
        ("fr", "Fonction F. 31 normale."),
    ],
)
def test_size_and_lower_age_stay(language: str, text: str) -> None:
    assert scrub(text, NOBODY, language).text == text


def test_age_in_brackets_behind_an_initial_goes_and_a_saturation_stays() -> None:
    assert "95" not in scrub("Die Mutter (J. 95) wohnt hier.", NOBODY, "de").text
    assert "(SpO2 95)" in scrub("Room air (SpO2 95).", NOBODY, "en").text
    assert "(95)" in scrub("Saturation (95) on air.", NOBODY, "en").text


@pytest.mark.parametrize(
    ("language", "text", "left"),
    [
        ("en", "Film (93M), ward.", "Film (90+M), ward."),
        ("en", "DOB/Age: 13/02/1919 / 90 seen", "DOB/Age: [DATE] / 90+ seen"),
        ("en", "Age 093Y seen", "Age 90+Y seen"),
        ("en", "In her 90s.", "In her 90+."),
        ("en", "A lady of 93 with cough.", "A lady of 90+ with cough."),
        ("de", "Pat. 93 a, Husten.", "Pat. 90+ a, Husten."),
        ("pl", "Wiek: 93 l, kaszel.", "Wiek: 90+ l, kaszel."),
    ],
)
def test_age_in_brackets_in_a_field_and_behind_a_birthday(
    language: str, text: str, left: str
) -> None:
    assert scrub(text, NOBODY, language).text == left


def test_age_in_brackets_behind_a_name_goes_and_a_count_stays() -> None:
    scrubbed = scrub("Courtenay, Alexandria (98). Slices (98).", NOBODY, "en").text
    assert scrubbed.endswith("] (90+). Slices (98).")


def test_age_before_a_birthday_is_banded() -> None:
    text = "Geisler W., 96, d.o.b. 17-10-12, SpO2 96, born well"
    scrubbed = scrub(text, NOBODY, "en").text
    assert "90+, d.o.b. [DATE]" in scrubbed
