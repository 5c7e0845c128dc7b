"""House numbers, floors, flats, beds go with the place beside them."""

import pytest

from site_agent.deidentify.text.known import KnownIdentifiers
from site_agent.deidentify.text.scrub import scrub

NOBODY = KnownIdentifiers()


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("14 bis, avenue du Maréchal-Brisson, 88990 Vaucourt", "fr"),
        ("Via dei Mille Pini, 14 - 99019 Borgo Alto (BQ)", "it"),
        ("Sarmiento 1177, depto. 3", "es"),
        ("Travessa do Poço, 9, r/c dto", "pt"),
        ("Hauptstr. 12, Hinterhaus, 3. OG", "de"),
        ("Kungsgatan 5 lgh 1102", "sv"),
        ("Av. Corrientes 1234, piso 5, depto B", "es"),
        ("12 Elm Close, Brackwater", "en"),
        ("12 ter rue des Lilas, bât. C, esc. 2, porte 14", "fr"),
        ("Corso Garibaldi 7/B, scala C, int. 12", "it"),
        ("os. Słoneczne 12 m. 34", "pl"),
        ("Rua 7 de Setembro, 447, apto 32", "pt"),
        ("45 King Street W, Apt 12, Toronto ON M5V 2T6", "en"),
    ],
)
def test_whole_address_goes(text: str, language: str) -> None:
    scrubbed = scrub(f"lives at {text}.", NOBODY, language).text
    left = scrubbed.removeprefix("lives at ")
    for removed in ("[PLACE]", "[NAME]"):
        left = left.replace(removed, "")
    assert not any(map(str.isalnum, left)), scrubbed


@pytest.mark.parametrize(
    ("text", "language", "scrubbed"),
    [
        ("avd 52 sal 3:2, sover", "sv", "avd [PLACE], sover"),
        ("kamer 0.117, slaapt", "nl", "kamer [PLACE], slaapt"),
        ("quarto 5, cama A, estável", "pt", "quarto [PLACE], estável"),
        ("sala 7 łóżko 3, stabilny", "pl", "sala [PLACE], stabilny"),
        ("chambre 12 lit fenêtre, stable", "fr", "chambre [PLACE], stable"),
        ("stanza 6 letto B, stabile", "it", "stanza [PLACE], stabile"),
        ("planta 5, hab. 512, estable", "es", "[PLACE], estable"),
        ("enf. 4 leito 2, estável", "pt", "[PLACE], estável"),
        ("łóżko nr 4, stabilny", "pl", "łóżko nr [PLACE], stabilny"),
        ("box 8, estável", "pt", "box [PLACE], estável"),
    ],
)
def test_room_and_bed_go_together(text: str, language: str, scrubbed: str) -> None:
    assert scrub(text, NOBODY, language).text == scrubbed


@pytest.mark.parametrize(
    "text", ["abita in v. Kohler 4, scala B.", "residente in p.za Kohler 4."]
)
def test_street_may_be_abbreviated(text: str) -> None:
    assert "4" not in scrub(text, NOBODY, "it").text


def test_house_number_needs_somebody_who_lives_there() -> None:
    lived = scrub("Woonachtig, wonende te Oudega, Buorren 9.", NOBODY, "nl").text
    assert "9" not in lived


@pytest.mark.parametrize(
    "text",
    [
        "Dr. Kowalski: 12 mm nodule",
        "Discussed with Dr. Kowalski 900 ml drained",
        "Mr Kowalski 45 years old",
        "Mrs Kowalski, 7 mm nodule",
    ],
)
def test_size_beside_a_name_stays(text: str) -> None:
    scrubbed = scrub(f"FINDINGS: {text}.", NOBODY, "en").sections["findings"]
    assert "".join(filter(str.isdigit, text)) in scrubbed


def test_code_and_town_behind_a_street_go() -> None:
    text = "woont te Lindensingel 3, 7908, Nieuw Brevelen."
    scrubbed = scrub(text, NOBODY, "nl").text
    assert not any(map(str.isdigit, scrubbed))
    assert "Brevelen" not in scrubbed


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Ospedale San Vito, Torreglia (05/12).", "it"),
        ("auswärts (Klinikum Wolfenach, 11/00).", "de"),
        ("Larkfield Regional Hospital in 7/16 is noted", "en"),
    ],
)
def test_month_behind_a_house_goes(text: str, language: str) -> None:
    assert "[DATE]" in scrub(text, NOBODY, language).text
