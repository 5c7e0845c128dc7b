"""Days without a year, and the fractions, ribs and levels that look like them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_agent.deidentify.text.known import KnownIdentifiers
from site_agent.deidentify.text.scrub import scrub
from site_agent.deidentify.text.spans import Category

NOBODY = KnownIdentifiers()


def dates(text: str, language: str) -> list[str]:
    spans = scrub(text, NOBODY, language).spans
    return [text[s.start : s.end] for s in spans if s.category is Category.DATE]


@pytest.mark.parametrize(
    ("text", "language", "day"),
    [
        ("Thorax im Bett, 30.8. 4 uhr 20", "de", "30.8."),
        ("Im Seitenvergleich zu 29.08.: besser.", "de", "29.08."),
        ("Verlauf\n12. 2.: Neues Infiltrat.", "de", "12. 2."),
        ("Verlauf\n05.02.: Nach Punktion weniger.", "de", "05.02."),
        ("Control 10/6 01 hs: pulmón expandido.", "es", "10/6"),
        ("Rx 17/11: pulmão expandido.", "pt", "17/11"),
        ("Em relação a 24/12 piora.", "pt", "24/12"),
        ("Jämförs med 14/10. Hjärtat är stort.", "sv", "14/10"),
        ("Lungor i säng 25/12 kl 0510.", "sv", "25/12"),
        ("Kontrola 22.07 o 6: płuco rozprężone.", "pl", "22.07"),
        ("Radio au lit le 27/3 5h30.", "fr", "27/3"),
        ("Il radiogramma del 3 u.s., confrontato.", "it", "3 u.s."),
        ("Porównano z badaniem z 3.IX.", "pl", "3.IX."),
        ("Rx 8/11: igual.", "es", "8/11"),
        ("Confronto dell'8/11 esterno.", "it", "8/11"),
        ("Undersökt 8/11 -24 på plats.", "sv", "8/11 -24"),
        ("Thorax za 9/11 en gisteren.", "nl", "za 9/11"),
        ("Film from yesterday (6/11) was clear.", "en", "6/11"),
        ("Kontrolle 8.11. Kein Erguss.", "de", "8.11."),
    ],
)
def test_day_is_told_by_what_stands_beside_it(
    text: str, language: str, day: str
) -> None:
    assert dates(text, language) == [day]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Fraktur der 7./8. Rippe rechts.", "de"),
        ("Fraktur BWK 11/12: keine Sinterung.", "de"),
        ("Fraktur BWK 7/8 und LWK 1/2.", "de"),
        ("Fracture T11/12: stable.", "en"),
        ("Apgar 9/10, pain 3/10, grade 2/6 murmur.", "en"),
        ("Segment 9/10 consolidation, ribs 7/8.", "en"),
        ("FEV1 2.5. Node 1.2. No change.", "en"),
        ("1.2. Thorax\n1.3. Abdomen", "de"),
        ("Der Herd misst 3.5. Keine Änderung.", "de"),
        ("Fratture delle coste 7/8.", "it"),
        ("Grado 3/4: estable.", "es"),
        ("Score on 5/10 scale, film 1/2.", "en"),
        ("Escala de 8/10 puntos.", "es"),
        ("8.11. Thorax\n8.12. Abdomen", "de"),
        ("Indication: wheeze x 4/7, weight loss for 3/12, 5/7 history of fever.", "en"),
        ("Clinical details: pain past 2/7. Review in 6/12.", "en"),
        ("Findings: CTR 15.5/29. Cardiothoracic ratio 14/29.", "en"),
        ("Jämförelse: hjärt-lungkvot 12/25.", "sv"),
    ],
)
def test_ribs_levels_grades_and_sizes_are_no_days(text: str, language: str) -> None:
    assert not dates(text, language)


@given(
    day=st.integers(1, 31),
    month=st.integers(1, 12),
    hour=st.integers(0, 23),
    minute=st.integers(0, 59),
)
def test_day_with_a_time_behind_it_is_a_date(
    day: int, month: int, hour: int, minute: int
) -> None:
    text = f"Lungor i säng {day}/{month} kl {hour:02}{minute:02}."
    assert f"{day}/{month}" in dates(text, "sv")


@pytest.mark.parametrize(
    ("text", "language", "day"),
    [
        ("The 25/07 film showed it.", "en", "25/07"),
        ("Fluid on the 3/5 study.", "en", "3/5"),
        ("Compare with 8/28 & nothing.", "en", "8/28"),
        ("Drain in place (Hospital Taarlo, 08/10).", "en", "08/10"),
        ("Zuletzt CT 9/98 unauffällig.", "de", "9/98"),
        ("Vergleich vom 5. 3., stabil.", "de", "5. 3."),
        ("Foto 19/4-17.", "sv", "19/4-17"),
    ],
)
def test_day_beside_a_film_or_a_hospital(text: str, language: str, day: str) -> None:
    assert day in dates(text, language)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("INDICATION: asbestos, ILO 1/1, category 2/2.", "en"),
        ("Il 2/3 inferiore, nel 2/3.", "it"),
        ("Antibiose Tag 5/7, Bild 3/4.", "de"),
        ("8 WEEKS AGO. 28 FR DRAIN.", "en"),
        ("CTR 16.5/28 and 2/3 of the lung.", "en"),
    ],
)
def test_category_third_and_one_of_many_are_none(text: str, language: str) -> None:
    assert dates(text, language) == []
