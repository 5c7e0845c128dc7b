"""A report with planted identifiers: what must go is gone, the rest is untouched."""

from __future__ import annotations

import contextlib
import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_agent.deidentify.text.identifiers import KnownIdentifiers
from site_agent.deidentify.text.names import PersonName
from site_agent.deidentify.text.report import (
    deidentify_report,
    find_identifiers,
    readable,
)
from site_agent.deidentify.text.spans import replace
from site_agent.errors import ReportInDoubt
from site_agent.study import DeidentifiedReport, ReceivedReport

KNOWN = KnownIdentifiers(
    names=frozenset(
        {
            PersonName("Müller", ("Oxana", "Rita")),
            PersonName("van den Heuvel", ("Jan-Peter",)),
            PersonName("O'Brien", ("Pat",)),
            PersonName("Small", ("Grace",)),
            PersonName("Li", ("Wei",)),
        }
    ),
    ids=frozenset({"H50-26428", "RX75104434", "+49 (0)8446 19131", "Q77"}),
    dates=frozenset({dt.date(2017, 2, 24)}),
    uids=frozenset({"1.3.12.2.1107.5.3.1.2.699599560.18071"}),
    texts=frozenset({"Klinikum Mayen", "Hildburg-Tröst-Gasse 6-8, Starnberg"}),
)
NOBODY = KnownIdentifiers()


def cleaned(text: str, known: KnownIdentifiers = KNOWN) -> str:
    text = readable(text)
    return replace(text, find_identifiers(text, known))


@pytest.mark.parametrize(
    "name",
    [
        *("Müller", "MÜLLER", "Mueller", "MUELLER", "Muller", "M?ller", "müller"),
        *(
            "Oxana Müller",
            "Müller, Oxana",
            "MUELLER^OXANA^RITA",
            "O. Müller",
        ),
        *("oxana müller", "Oxana R. Müller", "Müller-Thurgau", "Oxana"),
        *("van den Heuvel", "Heuvel", "J. van den Heuvel", "Jan-Peter van den Heuvel"),
        *("O'Brien", "OBrien", "Pat O'Brien", "Grace Small", "Small, Grace"),
        *("Wei Li", "Li^Wei"),
    ],
)
def test_known_name_goes_in_every_form(name: str) -> None:
    assert cleaned(f"We saw {name} today.") == "We saw [NAME] today."


def test_name_that_is_a_word_goes_only_as_a_name() -> None:
    text = "Small left effusion, small heart. Mrs Small was informed; we told Small so."
    expected = (
        "Small left effusion, small heart. Mrs [NAME] was informed; we told [NAME] so."
    )
    assert cleaned(text) == expected


def test_short_name_goes_only_beside_its_other_half_or_a_title() -> None:
    assert cleaned("Li was here. Dr. Li too.") == "Li was here. Dr. [NAME] too."


@pytest.mark.parametrize(
    ("written", "placeholder"),
    [
        *(("H50-26428", "[ID]"), ("H50 26428", "[ID]"), ("h5026428", "[ID]")),
        *(("RX75104434", "[ID]"), ("RX-7510-4434", "[ID]")),
        ("1.3.12.2.1107.5.3.1.2.699599560.18071", "[ID]"),
        ("Klinikum Mayen", "[PLACE]"),
        ("Hildburg-Trost-Gasse 6-8", "[PLACE]"),
        ("Starnberg", "[PLACE]"),
        ("24.02.2017", "[DATE]"),
    ],
)
def test_known_numbers_and_places_go(written: str, placeholder: str) -> None:
    assert cleaned(f"As in {written} before.") == f"As in {placeholder} before."


def test_id_of_three_letters_and_digits_is_too_short_to_tell() -> None:
    assert cleaned("Grade Q77 seen.") == "Grade Q77 seen."


@pytest.mark.parametrize(
    ("written", "released"),
    [
        (
            "Discussed with Dr. Anna Weber by phone.",
            "Discussed with Dr. [NAME] by phone.",
        ),
        ("Frau Schmidt-Rottluff kommt.", "Frau [NAME] kommt."),
        ("Prof. Dr. med. A. von Hagen sah es.", "Prof. Dr. med. [NAME] sah es."),
        ("Nurse Isabella Omma called.", "Nurse [NAME] called."),
        ("At 13:10 and 9:05 a.m. today.", "At [TIME] and [TIME] today."),
        ("Um 14.30 Uhr gesehen.", "Um [TIME] gesehen."),
        ("Call (555) 123-4567 now.", "Call [PHONE] now."),
        ("Tel. 0761/270-3804 ist frei.", "Tel. [PHONE] ist frei."),
        ("Write to a.weber@klinik.example soon.", "Write to [EMAIL] soon."),
        ("See https://pacs.example/x?id=1 there.", "See [URL] there."),
        ("MRN: 4711 noted.", "MRN: [ID] noted."),
        ("Film 12345678 seen.", "Film [ID] seen."),
        ("A 93-year-old man.", "A 90+-year-old man."),
        ("Im Alter von 101 Jahren.", "Im Alter von 90+ Jahren."),
        ("Seen at Hospital General de Ávila first.", "Seen at [PLACE] first."),
    ],
)
def test_what_shows_by_its_form_goes(written: str, released: str) -> None:
    assert cleaned(written, NOBODY) == released


@pytest.mark.parametrize(
    "text",
    [
        "T12 and L1, C3-4, T10-11-12; 3.5 cm, 1,2 cm, 3 x 4 mm; 8-12 weeks; 5/10.",
        "Kerley B lines, Swan-Ganz catheter, Port-A-Cath, Hickman line, Ghon focus.",
        "No change in 2016. A 67-year-old woman. 3 days earlier. FiO2 0.4, 120 kV.",
        "Heart: normal. The AP view was taken at 120 kVp with 2.5 mAs; CTR 15/29.",
        "14 Fr. Left chest tube. Patient was informed. Discussed with the team.",
        '1. No pneumothorax. 2. Small effusion (2.1 cm) - stable; "ground-glass" 50 %.',
    ],
)
def test_clinical_text_stays_letter_by_letter(text: str) -> None:
    assert cleaned(text, NOBODY) == text


def test_eponym_stays_when_it_is_a_physician_too() -> None:
    known = KnownIdentifiers(names=frozenset({PersonName("Kerley", ("Peter",))}))
    text = "Kerley B lines. Discussed with Dr. Kerley."
    assert cleaned(text, known) == "Kerley B lines. Discussed with Dr. [NAME]."


def test_header_that_lost_an_accent_still_finds_the_name() -> None:
    known = KnownIdentifiers(names=frozenset({PersonName("M\ufffdllner", ("Ute",))}))
    assert cleaned("We told Müllner so.", known) == "We told [NAME] so."


def test_letter_loses_everything_around_its_sections() -> None:
    letter = """Klinikum Mayen
Radiology - Herrmannstr. 21, Mayen - Tel. 02806377814

Patient: RUST, Margarita (F), geb. 16.05.1946, ID M33-66655
Zuweiser: Dr. Tilmann Dietz

INDICATION: Cough.

FINDINGS: Small left effusion. Compared with the film of 31.10.2018.

IMPRESSION: Left effusion. Discussed with Dr. Dietz by telephone on 11 January 2021
at 13:10. Mrs Rust was informed.

gez.: Dr. Detlef Schinke, 11.01.2021
"""
    report = deidentify_report(ReceivedReport(letter, {}, {}), NOBODY)
    assert report == DeidentifiedReport(
        findings="Small left effusion. Compared with the film of [DATE].",
        impression="Left effusion. Discussed with Dr. [NAME] by telephone on [DATE]\n"
        "at [TIME]. Mrs [NAME] was informed.",
    )


def test_fields_are_used_and_cleaned() -> None:
    fields = {
        "findings": "Clear on 24.02.2017.",
        "impression": "Normal.\nSigned: Dr. Oxana Müller",
        "indication": "Oxana Müller coughs.",
    }
    report = deidentify_report(ReceivedReport("", fields, {}), KNOWN)
    assert report == DeidentifiedReport("Clear on [DATE].", "Normal.")


def test_field_that_lacks_is_looked_for_in_the_letter() -> None:
    received = ReceivedReport("IMPRESSION: Normal.", {"findings": "Clear."}, {})
    assert deidentify_report(received, NOBODY).impression == "Normal."


def test_report_without_sections_is_empty() -> None:
    received = ReceivedReport("Heart and lungs are normal.", {}, {})
    assert deidentify_report(received, NOBODY) == DeidentifiedReport("", "")


@pytest.mark.parametrize(
    "hidden", ["Mül\u00adler", "Mül\u200bler", "Mu\u0308ller", "Mül\u202eler"]
)
def test_invisible_characters_hide_no_name(hidden: str) -> None:
    assert cleaned(f"We saw {hidden} today.") == "We saw [NAME] today."


def test_control_characters_become_spaces_and_line_ends_one() -> None:
    assert readable("a\x00b\r\nc\rd\x85e\tf\ud800") == "a b\nc\nd\ne\tf"


@given(st.text())
def test_any_text_gives_text_that_a_file_can_hold(text: str) -> None:
    released = cleaned(text)
    assert json.loads(json.dumps(released).encode()) == released
    released.encode()


@given(st.text(alphabet="Müller Oxana,.^-\n1234/:", max_size=200))
def test_spans_lie_inside_the_text(text: str) -> None:
    text = readable(text)
    assert all(
        0 <= span.start < span.end <= len(text)
        for span in find_identifiers(text, KNOWN)
    )


@pytest.mark.parametrize(
    "unit",
    [
        *("a", "1", "1-", "1.", "A. ", "Dr. ", "Dr. A ", "( ", " ", "\n", "von ", "x:"),
        *(
            "?",
            "Müller, ",
            "a@",
            "a.",
            "H50-",
            "_\n",
            "+4 ",
            "12:3",
            "0 ",
            "A-",
            "A b:\n",
        ),
        *("Klinikum ", "20 ", "was informed ", "Signed: ", "[", "patient: A"),
    ],
)
def test_no_pattern_backtracks_over_a_long_text(unit: str) -> None:
    """A quadratic pattern would take minutes here; a linear one takes a moment."""
    text = "FINDINGS: " + unit * (60_000 // len(unit))
    with contextlib.suppress(ReportInDoubt):
        report = deidentify_report(ReceivedReport(text, {}, {}), KNOWN)
        assert report.impression == ""
