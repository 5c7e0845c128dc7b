"""Weeks, quarters, seasons and feasts that are dates, and those that are none."""

import pytest

from site_agent.deidentify.text.known import KnownIdentifiers
from site_agent.deidentify.text.scrub import scrub

NOBODY = KnownIdentifiers()


@pytest.mark.parametrize(
    ("language", "text", "left"),
    [
        ("en", "Stable since Easter 2019.", "Stable since [DATE]."),
        ("en", "Stable since autumn of 2018.", "Stable since [DATE]."),
        ("en", "Last film Q3 2019.", "Last film [DATE]."),
        ("en", "Last film week 12 2019.", "Last film [DATE]."),
        ("de", "Befund: zuletzt KW 12 erfolgt.", "Befund: zuletzt [DATE] erfolgt."),
        ("de", "Befund: zuletzt 1. Quartal 2019.", "Befund: zuletzt [DATE]."),
        ("fr", "Cliché du printemps 2019.", "Cliché du [DATE]."),
        ("es", "Control en verano de 2018.", "Control en [DATE]."),
        ("it", "Controllo in estate 2018.", "Controllo in [DATE]."),
        ("nl", "Controle in voorjaar 2019.", "Controle in [DATE]."),
        ("pl", "Badanie z III 2019.", "Badanie z [DATE]."),
        ("pl", "Badanie z X.2019.", "Badanie z [DATE]."),
        ("pt", "Controlo no Natal de 2018.", "Controlo no [DATE]."),
        ("sv", "Kontroll v. 12 2019.", "Kontroll [DATE]."),
        ("sv", "Kontroll hösten 2018.", "Kontroll [DATE]."),
    ],
)
def test_part_of_a_year_is_a_date(language: str, text: str, left: str) -> None:
    assert scrub(text, NOBODY, language).text == left


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "At week 32 of gestation, in winter, 2 000 ml drained."),
        ("en", "Series of 2012 images, grade III 2 cm."),
        ("de", "In der 12. Woche, im 3. Quartal."),
        ("sv", "Kontroll v 32, kontroll i höst."),
    ],
)
def test_week_of_a_pregnancy_and_a_season_alone_are_none(
    language: str, text: str
) -> None:
    assert scrub(text, NOBODY, language).text == text
