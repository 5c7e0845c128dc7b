"""Rooms, postcodes and numbers in parts go whole; sizes and levels stay."""

import pytest

from site_agent.deidentify.text.known import KnownIdentifiers
from site_agent.deidentify.text.scrub import scrub

NOBODY = KnownIdentifiers()


def left_of(text: str, language: str) -> str:
    return scrub(text, NOBODY, language).text


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("de", "+49 (0) 30 - 555 12 34"),
        ("en", "RX240118-0034"),
        ("de", "DE89 3704 0044 0532 0130 00"),
        ("sv", "310512+1234"),
        ("it", "333 5550192"),
        ("pt", "(11) 91234-5678"),
        ("de", "KV-Nr. A 123 004 577"),
        ("de", "RTW 71/83-2"),
        ("fr", "1800575123456 78"),
        ("pt", "CC 14471903 3 ZX7"),
        ("pt", "carteira 0055 1120 8"),
        ("pt", "SAMU USA-447"),
        ("pl", "autem KBX 4471"),
        ("sv", "förs.nr SV-4451-88"),
        ("sv", "hkp SE-J44"),
        ("fr", "immatriculé AB-123-CD"),
        ("de", "5C/12-2"),
        ("en", "Film no. 447/24"),
        ("de", "SVNR 4471 290429"),
        ("de", "AHV 756.4471.9033.21"),
        ("es", "hab. 512-B"),
    ],
)
def test_no_figure_of_a_parted_number_is_left(language: str, written: str) -> None:
    left = left_of(f"Normal: {written} normal.", language)
    assert not any(map(str.isdigit, left)), left


@pytest.mark.parametrize(
    ("language", "text"),
    [
        *(("en", "seen in room 4-217B now"), ("en", "in bed 12 now")),
        *(("de", "auf Zimmer 312 jetzt"), ("de", "auf Station 4B jetzt")),
        *(("fr", "en chambre 214 alors"), ("nl", "in kamer 12 gezien")),
        *(("pl", "na sali, sala 14 teraz"), ("sv", "på avd 31 nu")),
        *(("en", "near SW1A 1AA now"), ("nl", "te 1788 BV nu")),
        *(("pt", "em 7900-111 agora"), ("sv", "i 602 10 Norrköpinge")),
    ],
)
def test_room_and_postcode_go(language: str, text: str) -> None:
    assert not any(map(str.isdigit, left_of(text, language)))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "FINDINGS: T2 1ST RIB, L1 2ND LEVEL, 4 cm, 12 x 14 mm, 2/6 murmur."),
        ("en", "Bed was left. Room air 21 %."),
        ("nl", "Nodus van 1200 MM in de long."),
        ("de", "Herz 12 cm, Lunge 24 cm, LWK 2 und Th 11 bis 12."),
    ],
)
def test_sizes_and_levels_stay(language: str, text: str) -> None:
    assert left_of(text, language) == text


@pytest.mark.parametrize(
    "written",
    ["joe[at]mail.example", "joe.lung@mail", "@petey_lung19", "lungs.example"],
)
def test_address_without_its_usual_marks_goes(written: str) -> None:
    left = left_of(f"the lungs are clear, {written} for more.", "en")
    assert left in (
        "the lungs are clear, [EMAIL] for more.",
        "the lungs are clear, [URL] for more.",
    )


@pytest.mark.parametrize("number", ["1400CR3751", "CR.0067.542067", "DX.003269.61"])
def test_letters_in_a_number_go_with_it(number: str) -> None:
    assert scrub(f"accessie {number} thorax", NOBODY, "nl").text.endswith("] thorax")
    assert number[:4] not in scrub(f"accessie {number} thorax", NOBODY, "nl").text
