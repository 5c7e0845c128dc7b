"""Made-up values: the same for one patient, no true one among them, time kept."""

import datetime as dt
import re

import pytest

from site_agent.deidentify.pseudonym import Pseudonyms
from site_agent.reports.rows import Report
from site_agent.reports.scrubbing import scrub_row

PSEUDONYMS = Pseudonyms(bytes(range(32)))
KNOWN = {"patient_name": "Farquharson^Ottoline", "patient_id": "H7733182"}
TEXT = (
    "Pt: Ottoline Farquharson | MRN: H7733182 | DOB 3 May 1951\n"
    "FINDINGS: Mrs FARQUHARSON was seen on 24.02.2017 and on 26.02.2017, 3 days "
    "earlier too, 14:05. Dr. O. Wing was told.\nIMPRESSION: 93 years old, normal.\n"
)


def made(text: str = TEXT, report: str = "1", **known: str) -> str:
    row = Report(1, report, text, "en", KNOWN | known)
    return scrub_row(row, (), PSEUDONYMS).scrubbed.text


def test_no_identifier_and_no_placeholder_of_a_name_is_left() -> None:
    text = made()
    for identifier in ("Ottoline", "Farquharson", "7733182", "1951", "2017", "Wing"):
        assert identifier.lower() not in text.lower()
    assert "[NAME]" not in text
    assert "[ID]" not in text


def test_same_name_has_the_same_surrogate_in_all_spellings() -> None:
    text = made()
    family = re.search(r"Pt: \w+ (\w+)", text)
    assert family is not None
    assert f"Mrs {family[1].upper()} was" in text


def test_time_between_two_dates_is_kept() -> None:
    first, second = map(dt.date.fromisoformat, re.findall(r"\bon ([\d-]+)", made()))
    assert (second - first).days == 2
    assert first < dt.date(2017, 2, 24)
    assert "3 days earlier" in made()


def test_time_of_day_and_high_age_keep_their_placeholders() -> None:
    assert "[TIME]" in made()
    assert "90+ years old" in made()


def test_number_keeps_its_form() -> None:
    match = re.search(r"MRN: (\w+)", made())
    assert match is not None
    assert re.fullmatch(r"[A-Z]\d{7}", match[1])


def test_two_reports_of_a_patient_agree_and_two_patients_do_not() -> None:
    assert made(report="1") == made(report="2")
    other = TEXT.replace("H7733182", "H1")
    assert made(other, patient_id="H1").split()[1] != made().split()[1]


def test_sections_have_the_surrogates_too() -> None:
    scrubbed = scrub_row(Report(1, "1", TEXT, "en", KNOWN), (), PSEUDONYMS).scrubbed
    assert scrubbed.sections["findings"] in scrubbed.text


@pytest.mark.parametrize(
    ("language", "days"), [("en", 28), ("de", 1)], ids=["American", "European"]
)
def test_order_of_day_and_month_follows_the_language(language: str, days: int) -> None:
    text = "FINDINGS: Seen on 02/03/2017 and on 03/03/2017.\nIMPRESSION: Normal."
    row = Report(1, "1", text, language, {"patient_id": "7"})
    dates = re.findall(r"\d{4}-\d\d-\d\d", scrub_row(row, (), PSEUDONYMS).scrubbed.text)
    first, second = map(dt.date.fromisoformat, dates)
    assert (second - first).days == days


@pytest.mark.parametrize("written", ["March 2019", "03/2019", "marzo de 2019"])
def test_month_and_year_move_as_far_as_days(written: str) -> None:
    text = f"FINDINGS: As on 15.03.2019 and in {written}.\nIMPRESSION: Normal."
    said = scrub_row(Report(1, "1", text, "en", {"patient_id": "7"}), (), PSEUDONYMS)
    day = re.search(r"\d{4}-\d\d-\d\d", said.scrubbed.text)
    assert day is not None
    assert f"in {day[0][:7]}." in said.scrubbed.text
