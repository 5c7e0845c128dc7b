"""Days of the week, ranges and years in words go with the date beside them."""

import pytest

from site_agent.deidentify.text.known import KnownIdentifiers
from site_agent.deidentify.text.scrub import scrub

NOBODY = KnownIdentifiers()


@pytest.mark.parametrize(
    ("before", "date", "after", "language"),
    [
        ("Phoned on ", "Monday, Aug 5", ".", "en"),
        ("Compared with ", "15 and 16 September", ".", "en"),
        ("and with ", "the 14th of August 2019", ".", "en"),
        ("on ", "the third of March twenty twenty-four", " with pain.", "en"),
        ("vom ", "Mo., 11.11.2024", ", Erguss.", "de"),
        ("am ", "Dienstag, den 4.6.", " vom Gerüst.", "de"),
        ("am ", "28./29.8.", ", begleitet.", "de"),
        ("vom ", "02.-19.02.2025", " stationär.", "de"),
        ("de face du ", "lundi 1er juillet 2024", ".", "fr"),
        ("le ", "12 mars deux mille vingt-quatre", ".", "fr"),
        ("lateral (", "miércoles, 6 de marzo de 2024", ").", "es"),
        ("ingresa ", "dom. 09/06/24", ".", "es"),
        ("del ", "ven 18/10/2024", ".", "it"),
        ("thorax d.d. ", "di 5 nov 2024", ".", "nl"),
        ("przyjęcie ", "niedziela 21.07.24", ".", "pl"),
        ("perfil, ", "terça-feira, 9 de abril de 2024", ".", "pt"),
        ("sida ", "tis 2024-11-12", ".", "sv"),
        ("uppger fall ", "den tjugoandra april", ".", "sv"),
    ],
)
def test_what_goes_with_a_date_goes(
    before: str, date: str, after: str, language: str
) -> None:
    scrubbed = scrub(before + date + after, NOBODY, language)
    assert scrubbed.text == f"{before}[DATE]{after}"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("O2 sat 12/03/2019 was low.", "sat"),
        ("Fracture of T12 and 14 May film.", "T12"),
        ("Nodule 3 mm and 14 May 2019 film.", "3 mm"),
    ],
)
def test_words_and_sizes_before_a_date_stay(text: str, kept: str) -> None:
    assert kept in scrub(text, NOBODY, "en").text
