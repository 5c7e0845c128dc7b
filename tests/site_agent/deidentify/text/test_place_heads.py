"""Words that a house may be called by, and where one of them is no house's."""

import pytest

from site_agent.deidentify.text.page import open_page
from site_agent.deidentify.text.places import find_houses


def houses(text: str, language: str) -> list[str]:
    return [
        text[span.start : span.end] for span in find_houses(open_page(text, language))
    ]


@pytest.mark.parametrize(
    ("language", "house"),
    [
        ("en", "Farrowdale Minor Injury Unit"),
        ("en", "Quenby Urgent Care"),
        ("en", "Marlow Diagnostics & Imaging"),
        ("en", "Quarrington District General"),
        ("en", "Drs van Ettinger & Partners Radiology"),
        ("en", "The van Ettinger Clinic"),
        ("en", "Saint Bianca Health"),
        ("de", "Radiologie Sommer & Partner"),
        ("de", "Gruppenpraxis Ettinger"),
        ("nl", "Radiologisch kabinet Ettinger"),
        ("nl", "Medische Beeldvorming Ettinger"),
        ("fr", "Clinique radiologique Chaudet"),
        ("fr", "H\u00f4pital vosgien Sainte-Ursule"),
        ("fr", "H\u00f4pital jurassien, site Chaudet"),
        ("it", "Radiologia Verrini S.r.l."),
        ("es", "Telerradiolog\u00eda Lermanda"),
        ("es", "IMSS Hospital General de Zona Lermanda"),
        ("pt", "Diagn\u00f3sticos Nascimento Ltda"),
        ("pt", "Unidade B\u00e1sica de Sa\u00fade Lermanda"),
        ("pl", "Teleradiologia Mrzyg\u0142owo sp. z o.o."),
        ("sv", "Privatmottagning Ekdala"),
        ("sv", "Ekdala h\u00e4lsov\u00e5rdscentral"),
    ],
)
def test_house_of_any_kind_goes_with_its_name(language: str, house: str) -> None:
    assert houses(f"12: {house}.", language) in ([house], [house + "."])


def test_general_word_for_a_house_goes_with_the_town_that_names_it() -> None:
    text = "Films from Government Medical College, Quenbypur (2015)."
    assert houses(text, "en") == ["Government Medical College, Quenbypur"]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "General: well. Attorney General. Day care."),
        ("en", "Department of Radiology & Imaging."),
        ("es", "Radiolog\u00eda T\u00f3rax. Servicio de Radiolog\u00eda."),
        ("it", "Radiologia Toracica. Diagnostica per immagini."),
        ("fr", "Imagerie m\u00e9dicale. Clinique stable, site op\u00e9ratoire propre."),
        ("nl", "Dienst Medische Beeldvorming."),
        ("sv", "R\u00f6ntgen pulm. Remiss till mottagningen."),
    ],
)
def test_trade_without_a_name_is_no_house(language: str, text: str) -> None:
    assert houses(text, language) == []
