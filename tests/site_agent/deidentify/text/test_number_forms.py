"""Phones of many countries by their form."""

import pytest

from site_agent.deidentify.text.number_forms import number_at
from site_agent.deidentify.text.spans import Category
from site_agent.deidentify.text.spelling import fold


@pytest.mark.parametrize(
    "phone",
    [
        *("00 33 5 23 33 35 00", "0474 82 59 72", "058/76 16 35", "02/123 45 67"),
        *("0554 - 09 05 89", "0-85 082 61 08", "(71) 885 92 13", "(0 30) 123 45 67"),
        *("1-800-555-0199", "1 (416) 555-0123", "1300 123 456", "01-23-45-67-89"),
        *("040 123 4567", "044 123 45 67", "+353 1 234 5678", "+356 2122 1234"),
        *("(21) 99023-7037", "17 418 76 78"),
    ],
)
def test_phone_is_found_whole(phone: str) -> None:
    found = number_at(phone, 0)
    assert found is not None
    assert (found.start, found.end) == (0, len(phone))
    assert found.category is Category.PHONE


@pytest.mark.parametrize(
    "number",
    ["12.345.678-K", "34 56 78 91", "9.876.543-2", "X.390313", "STU-452764-ML"],
)
def test_number_of_a_citizen_is_found_whole(number: str) -> None:
    found = number_at(fold(number), 0)
    assert found is not None
    assert (found.start, found.end) == (0, len(number))


@pytest.mark.parametrize(
    "text", ["12 x 9 mm", "12 14 16 18 mm", "120/80", "0.58", "3-5 cm", "1:1000"]
)
def test_clinical_figure_is_none(text: str) -> None:
    assert number_at(text, 0) is None


@pytest.mark.parametrize("begun", ["0", "0 ", "(0 ", "00 1 ", "1.2", "a1-"])
def test_long_run_of_figures_takes_no_time_that_grows(begun: str) -> None:
    number_at(begun + "1 " * 50_000, 0)
