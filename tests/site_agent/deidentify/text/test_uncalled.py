"""Numbers that nothing calls one, and the clinical figures that look like them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_agent.deidentify.text.known import KnownIdentifiers
from site_agent.deidentify.text.scrub import scrub

NOBODY = KnownIdentifiers()


@pytest.mark.parametrize(
    "number",
    [
        *(
            "RX204417G",
            "M41.700352",
            "40.118823",
            "61X20417",
            "24P31877",
            "S7190223345A",
        ),
        *("512-380-4", "41-17-60-22", "7319 4402", "20.0045.12", "55.156.459-C"),
        *(
            "3 417 822",
            "6630 41772 8",
            "1208 2851 1943",
            "41 22 07 60318",
            "QL 265289",
        ),
        *("U/N 417726", "PZ 41 22 07 C", "756.1034.2288.19", "APJ1.0012345678"),
        *("RSS MRA 85T10 A562S", "ZKGYTD 69K99 T410E", "9312-417-228-HX"),
    ],
)
def test_figure_that_can_be_no_measure_goes(number: str) -> None:
    text = f"FINDINGS: Normal. Bloods are under {number} since then."
    scrubbed = scrub(text, NOBODY, "en")
    assert not scrubbed.doubts
    assert not any(part in scrubbed.text for part in number.split())


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "NT-proBNP 12345 ng/l, dalteparin 15000 units, platelets 150,000/ul."),
        ("en", "Gas 7.31/8.2/5.1, peak flow 350/450, exposure index 1452."),
        ("en", "Nodule 10x12x14 mm, T10-11-12, ribs 4-5-6, 120/80, 1-0-1, 2 x 500 mg."),
        ("de", "Leukozyten 12.500/µl, Thrombozyten 250.000, BNP 12345 pg/ml."),
        ("fr", "Leucocytes 12 500, plaquettes 150 000, CRP 124."),
        ("it", "PCR 124, piastrine 150.000, leucociti 18500."),
        ("sv", "LPK 12,5, TPK 150, 20000 E, puls 98."),
    ],
)
def test_value_that_was_measured_stays_and_is_no_doubt(
    language: str, text: str
) -> None:
    scrubbed = scrub(text, NOBODY, language)
    assert scrubbed.doubts == ()
    assert scrubbed.text == text


def test_letter_before_a_number_goes_with_it() -> None:
    text = "Befund: BG-Nr. F 24 417922 bleibt."
    assert scrub(text, NOBODY, "de").text == "Befund: BG-Nr. [ID] bleibt."


def test_birthday_behind_a_word_of_values_goes() -> None:
    text = "Verslag: man, gb 010264, hart normaal."
    assert "0264" not in scrub(text, NOBODY, "nl").text


def test_letters_that_call_a_number_are_no_part_of_it() -> None:
    assert scrub("FINDINGS: CHI 4417720931.", NOBODY).text == "FINDINGS: CHI [ID]."


@given(st.from_regex(r"[A-Z][0-9]{2}\.[0-9]{6}", fullmatch=True))
def test_no_figure_of_a_parted_number_is_left(number: str) -> None:
    text = scrub(f"FINDINGS: seen with {number} today.", NOBODY, "en").text
    assert not any(map(str.isdigit, text))
