"""Days and ages that only words tell."""

import pytest

from site_agent.deidentify.text.known import KnownIdentifiers
from site_agent.deidentify.text.scrub import scrub

NOBODY = KnownIdentifiers()


def scrubbed(text: str, language: str) -> str:
    return scrub(text, NOBODY, language).text


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", "14 May"),
        ("en", "third of March"),
        ("en", "twenty-third of March two thousand twenty"),
        ("de", "fünften Mai"),
        ("de", "einundzwanzigsten Februar zweitausenddreiundzwanzig"),
        ("fr", "vingt-sept mars"),
        ("es", "12 may"),
        ("es", "treinta y uno de enero"),
        ("it", "ventidue aprile"),
        ("it", "12 set"),
        ("nl", "eenentwintigste mei"),
        ("pl", "12 maja"),
        ("pl", "piątego maja"),
        ("pt", "dois de março"),
        ("sv", "tjugoförsta april"),
    ],
)
def test_day_without_figures_or_year_goes(language: str, written: str) -> None:
    assert scrubbed(f"no change {written} seen.", language) == "no change [DATE] seen."


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Opacity 2 may represent a scar."),
        ("en", "Grade 2/4. May-Thurner stent."),
        ("en", "2 out of 5 films, CTR 12/25, 2/6 murmur."),
        ("de", "Th 12. Mag sein."),
        ("pl", "Zmiany 2 mają po 5 mm."),
        ("fr", "Depuis dix-sept jours."),
        ("en", "The second may be a nodule."),
    ],
)
def test_what_is_no_day_stays(language: str, text: str) -> None:
    assert scrubbed(text, language) == text


@pytest.mark.parametrize(
    ("language", "text", "left"),
    [
        ("en", "A ninety-three-year-old man.", "90+-year-old man."),
        ("de", "Die einundneunzigjährige Frau.", "Die 90+ Frau."),
        ("fr", "Homme de quatre-vingt-onze ans.", "Homme de 90+ ans."),
        ("es", "Mujer de noventa y tres años.", "Mujer de 90+ años."),
        ("it", "Uomo di novantatré anni.", "Uomo di 90+ anni."),
        ("nl", "Vrouw van eenennegentig jaar.", "Vrouw van 90+ jaar."),
        ("sv", "Man nittio år.", "Man 90+ år."),
    ],
)
def test_age_over_89_in_words_is_banded(language: str, text: str, left: str) -> None:
    assert scrubbed(text, language) == left


def test_age_below_90_in_words_stays() -> None:
    text = "Homme de quatre-vingt-deux ans, a forty-year-old."
    assert scrubbed(text, "fr") == text
