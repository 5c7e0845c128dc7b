"""Names alone in fields of HL7 and on lines of a signature, whatever words they are."""

import pytest

from site_agent.deidentify.text.known import KnownIdentifiers
from site_agent.deidentify.text.scrub import scrub

NOTHING = KnownIdentifiers()
REPORT = "FINDINGS: Clear lungs.\nIMPRESSION: No acute disease.\n\n"


@pytest.mark.parametrize("name", ["LOBE", "T. Lobe", "CLEAR, LAURA", "ROSE^MARY^B"])
def test_person_in_a_field_of_hl7_goes_even_as_a_word_of_medicine(name: str) -> None:
    message = f"OBR|1|RX771||71046^CHEST 2 VIEWS|||||||||||||{name}\n\n{REPORT}"
    scrubbed = scrub(message, NOTHING, "en").text
    assert name not in scrubbed
    assert "71046^CHEST 2 VIEWS" in scrubbed
    assert "Clear lungs." in scrubbed


def test_table_of_findings_is_no_segment() -> None:
    text = "FINDINGS:\n| Heart | normal |\n| Lungs | clear |\nIMPRESSION: Normal."
    assert scrub(text, NOTHING, "en").text == text


@pytest.mark.parametrize(
    "line", ["HEART", "W. Bank", "/s/ Harrington", "-- SMALL", "Page, Anna"]
)
def test_name_alone_below_the_text_goes(line: str) -> None:
    signed = scrub(f"{REPORT}________________\n{line}", NOTHING, "en").text
    assert signed.startswith("FINDINGS: Clear lungs.")
    for word in line.replace(",", "").split():
        assert len(word) < 4 or word not in signed


def test_dash_before_a_finding_is_no_signature() -> None:
    text = "FINDINGS:\n-- No effusion.\n-- Normal heart size\nIMPRESSION: Normal."
    assert scrub(text, NOTHING, "en").text == text


def test_initials_before_a_date_go() -> None:
    assert "CKD" not in scrub(f"{REPORT}End of report. CKD/12 July 2008", NOTHING).text


def test_issuer_of_a_number_stays_in_its_field() -> None:
    text = "PID|||4417726^^^PAS~943 476 5919^^^NHS||OCHIENG^TERO\nFINDINGS: Normal."
    left = scrub(text, KnownIdentifiers(), "en").text
    assert "^^^PAS~" in left
    assert "4417726" not in left
    assert "5919" not in left


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Foot, S., FRCR", "Foot, S"),
        ("FOOT, Anna, Consultant Radiologist", "FOOT, Anna"),
        ("// S. FOOT //", "S. FOOT"),
        ("[e-sig] FOOT S., MBBS", "FOOT S"),
        ("S Foot\nConsultant Radiologist", "S Foot"),
    ],
)
def test_name_before_a_degree_or_between_marks_goes(line: str, name: str) -> None:
    assert name not in scrub(f"{REPORT}Best wishes,\n\n{line}\n", NOTHING, "en").text


def test_abbreviated_department_in_a_letterhead_stays() -> None:
    text = "S.C. di Radiologia\n\nReferto: Polmoni liberi.\nConclusioni: Nella norma."
    assert "Radiologia" in scrub(text, NOTHING, "it").text


def test_point_of_care_with_empty_components_and_local_segments_stay() -> None:
    text = "PV1|1|E|ED^^^||||A. Rust^^^MD\nOBX|1|TX|36643-5^XR CHEST||F\nZDS|"
    kept = scrub(f"{text}\nFindings: Clear.", KnownIdentifiers()).text
    for written, there in {
        "|ED^^^|": True,
        "|36643-5^XR": True,
        "ZDS": True,
        "Rust": False,
    }.items():
        assert (written in kept) == there


def test_result_that_is_who_signed_is_a_person() -> None:
    text = "OBX|9|TX|SIG^SIGNED BY||WELLS||||||F\nOBX|2|TX|RPT||Clear||||||F"
    scrubbed = scrub(text, KnownIdentifiers(), "en").text
    assert "WELLS" not in scrubbed
    assert "||Clear||" in scrubbed
