"""Addresses of several countries, whole, in a letterhead and inside a sentence."""

import pytest

from site_agent.deidentify.text.addresses import find_addresses
from site_agent.deidentify.text.known import KnownIdentifiers
from site_agent.deidentify.text.page import open_page
from site_agent.deidentify.text.scrub import scrub

ADDRESSES = {
    "en": "218 Juniper Street, Ashbourne, NH 34192",
    "de": "Birnbaumstraße 40, 58040 Obersulm",
    "fr": "14 rue des Tanneurs, 71330 Brévaux",
    "es": "Plaza de Imelda Riera 44, Huesca, 13778",
    "it": "Borgo Agostino, 87, 57128, Ardenza (LI)",
    "nl": "Jorislaan 6, 3155 LP, Beltrum",
    "pl": "ul. Listopada 05/41, 65-401 Płońsk",
    "pt": "Rua Nova do Almada 12, 1200-288 Lisboa",
    "sv": "Backgatan 426, 57670 Varberg",
}


@pytest.mark.parametrize("language", ADDRESSES)
def test_address_goes_whole(language: str) -> None:
    address = ADDRESSES[language]
    text = f"Patient: Xaver Quandt\nAdr.: {address}\nTel. 030 1234567\n\nX."
    scrubbed = scrub(text, KnownIdentifiers(), language).text
    left = [
        word
        for word in address.replace(",", " ").split()
        if len(word) > 3 and word in scrubbed
    ]
    assert left == []


@pytest.mark.parametrize(
    ("language", "address"),
    [
        *(("en", "12 Elm St"), ("en", "4 Old Oak Rd"), ("es", "C/ Mayor 7")),
        *(("fr", "12 rue des Lilas"), ("pt", "Rua das Oliveiras, 18")),
        *(("pl", "ul. Plater 41"), ("fr", "avenue Alice Comment 5")),
        ("pl", "pl. Wyzwolenia 72/08, 12-920 Brzeg"),
    ],
)
def test_street_in_a_sentence_goes_with_its_number(language: str, address: str) -> None:
    text = f"FINDINGS: near {address} no effusion."
    scrubbed = scrub(text, KnownIdentifiers(), language).text
    assert scrubbed == "FINDINGS: near [PLACE] no effusion."


@pytest.mark.parametrize(
    "text",
    [
        "Flat hemidiaphragm, 2 cm nodule in the right lung.",
        "Nodule of the court of the lung. Ring shadow 12 mm.",
        "MR LANE HAS A 2.3 CM NODULE",
        "Level 3 lymph node, unit 4.",
        "STRIE DI KERLEY. INVARIATO RISPETTO AL 4 SETTEMBRE",
    ],
)
def test_sizes_beside_words_for_streets_are_no_address(text: str) -> None:
    assert list(find_addresses(open_page(text, "en"))) == []


@pytest.mark.parametrize(
    ("language", "address"),
    [
        ("nl", "Martinering 07, 3103, Perwez"),
        ("nl", "LOUISALAAN 9, 2504, GEEL"),
        ("en", "Fleurring 708, 9577HF, Leens"),
    ],
)
def test_town_behind_a_postcode_goes_whatever_word_it_is(
    language: str, address: str
) -> None:
    text = f"Quandt Clinic, {address}\nTel. 030 1234567\n\nFindings: Clear."
    head = scrub(text, KnownIdentifiers(), language).text.split("\n")[0]
    assert not [word for word in address.replace(",", "").split() if word in head]


@pytest.mark.parametrize(
    ("language", "address"),
    [
        ("en", "9 Holm Loop, Birchmouth, B1 8DY"),
        ("pt", "Av Loureiro, 93, 4592-106 Torres Novas"),
        ("pt", "R. de Vinte e Quatro de Agosto, S/N, 1037-095 Rio Maior"),
        ("pt", "Praça do Dr. Jaime Cortesão, 70, 4172-822 Barcelos"),
        ("it", "Stretto Alessandro, 6, 24013, Oltre Il Colle (BG)"),
        ("it", "P.zza Grande 3"),
        ("es", "Cañada de Anabel Fuentes 493, Lleida, 18348"),
        ("nl", "Lucahof 679, 8412 YR, Sterksel"),
        ("nl", "Dorpsstraat 3-II, 9999 ZX Warfstermolen"),
    ],
)
def test_street_cut_short_and_town_of_several_words_go_whole(
    language: str, address: str
) -> None:
    text = f"Q: Quandt ({address})\n\nX: X."
    assert address not in scrub(text, KnownIdentifiers(), language).text
    spans = scrub(text, KnownIdentifiers(), language).spans
    begin = text.index(address)
    assert any(one.start <= begin and one.end >= begin + len(address) for one in spans)


@pytest.mark.parametrize(
    ("language", "line", "kept"),
    [
        (
            "en",
            "Attended Orla Hospital X-ray department 17 May 2005, order 5",
            "X-ray department",
        ),
        ("en", "Verified by: S Wilson on Jun 02, 2006 at 14:47", " on "),
        ("pt", "SEGUNDO A FILHA, 3.º DIA DE PÓS-OPERATÓRIO, 2", "DIA"),
    ],
)
def test_sentence_in_a_letterhead_is_no_address(
    language: str, line: str, kept: str
) -> None:
    text = f"Chest X-ray\n{line}\n\nFindings: Clear."
    assert kept in scrub(text, KnownIdentifiers(), language).text


@pytest.mark.parametrize(
    "address",
    [
        "PSC 7033, Box 8656, APO AP 80255",
        "USNS Jones, FPO AE 12345",
        "Unit 4021 Box 7773, DPO AA 34012",
    ],
)
def test_address_of_soldiers_goes_whole(address: str) -> None:
    scrubbed = scrub(
        f"at the care home ({address}), dated", KnownIdentifiers(), "en"
    ).text
    assert scrubbed == "at the care home ([PLACE]), dated"


@pytest.mark.parametrize("town", ["Villa D'Alme' (BG)", "Are' (TO)", "Cella Dati (CR)"])
def test_italian_town_goes_up_to_its_province(town: str) -> None:
    text = f"vive in Viale Lodovico, 7, 10014, {town} con la moglie"
    scrubbed = scrub(text, KnownIdentifiers(), "it").text
    assert scrubbed == "vive in [PLACE] con la moglie"
