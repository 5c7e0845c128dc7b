"""Dates and numbers of persons in technical text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_agent.deidentify.header import written_dates
from site_agent.deidentify.header.written_dates import (
    is_a_date,
    names_a_date,
    names_a_number,
)
from site_agent.deidentify.text.dates import MONTHS


@pytest.mark.parametrize(
    "text",
    [
        *("12 Apr 1961", "12/Apr/61", "April 12, 1961", "12APR1961", "M 12 APR 61"),
        *("12 04 1961", "1961 04 12", "12_04_1961", "12. 04. 1961", "04/25/1961"),
        *("12.04.61", "12041961", "04121961", "19610412", "Apr 1961", "1961-apr-12"),
    ],
)
def test_dates_are_known_as_people_write_them(text):
    assert names_a_date(text)


@pytest.mark.parametrize("month", [name for name in MONTHS if "?" not in name])
def test_months_of_every_language_that_the_reports_know_are_known(month):
    assert names_a_date(f"12 {month} 1961")
    assert names_a_date(f"{month} 12, 1961")


@pytest.mark.parametrize("text", ["MRN 76543", "pat: 7654", "555 12 34 56", "123456"])
def test_numbers_of_persons_are_known_by_groups_or_by_their_label(text):
    assert names_a_number(text)


@pytest.mark.parametrize(
    "text",
    [
        *("DR-ID 300CL APL Software V7.4.0017", "2.6.3.7", "iU22_6.3.3.145", "60003"),
        *("6000,17133,10625,11622,11754,14424", "Type 9840 500 70201", "LUT 12 1024"),
        *("syngo MR 2004V 4VB11D", "V3.51*P25", "syngo CT 2011A", "0.1Cu 1Al"),
    ],
)
def test_versions_models_and_parameters_of_real_devices_stay(text):
    assert not names_a_date(text)
    assert not names_a_number(text)


@pytest.mark.parametrize(("number", "is_one"), [("12041961", True), ("600255", False)])
def test_a_number_is_a_date_only_as_a_whole(number, is_one):
    assert is_a_date(number) is is_one
    assert not is_a_date(number + "0")


@given(st.from_regex(r"[0-9aApPrRjJnNsty./, _-]{0,24}", fullmatch=True))
def test_no_date_is_passed_over_for_want_of_a_sign_of_one(text):
    found = written_dates._figures().search(text) or written_dates._named().search(text)
    assert names_a_date(text) == bool(found)
