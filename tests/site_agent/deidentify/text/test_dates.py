"""Dates in all the ways in which letters write them, and what is no date."""

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_agent.deidentify.text.dates import dates_in, find_dates
from site_agent.deidentify.text.spelling import fold

DAY = dt.date(2019, 3, 5)


@pytest.mark.parametrize(
    "written",
    [
        *(
            "05.03.2019",
            "5.3.2019",
            "5. 3. 2019",
            "05/03/2019",
            "03/05/2019",
            "5-3-2019",
        ),
        *("2019-03-05", "2019/3/5", "2019.03.05", "20190305", "05032019", "05.03.19"),
        *(
            "20190305141500",
            "2019-03-05T14:15",
            "05/03 2019",
            "5.III.2019",
            "5 III 2019",
        ),
        *(
            "5 March 2019",
            "March 5, 2019",
            "Mar. 5 2019",
            "5th of March 2019",
            "5-Mar-2019",
        ),
        *(
            "5. März 2019",
            "5. Maerz 2019",
            "5 mars 2019",
            "5 de marzo de 2019",
            "5MAR2019",
        ),
        *(
            "5 marzo 2019",
            "5 maart 2019",
            "5 mars 2019",
            "5 marca 2019",
            "5. března 2019",
        ),
        *("5 de março de 2019", "den 5 mars 2019", "5 M?rz 2019"),
        *("5-Mar-19", "5/Mar/19", "5Mar19", "5 Mar. 19", "5. März '19", "5 mrt 19"),
    ],
)
def test_day_is_found_as_written_everywhere(written: str) -> None:
    assert DAY in dates_in(f"Compared with the film of {written}. Clear.")


@pytest.mark.parametrize(
    "written",
    [
        *("March 2019", "03/2019", "2019-03", "5 March", "March 5", "5. März"),
        *("3 août", "Feb '23", "Feb/2023", "Feb/23", "9th Feb", "15 mai", "12 maj"),
    ],
)
def test_part_of_a_date_is_found_without_a_day(written: str) -> None:
    (found,) = find_dates(fold(f"Film of {written} shown."))
    assert found.days == ()


@pytest.mark.parametrize(
    "text",
    [
        "Nodule of 3.5 cm, formerly 3.2 cm; 3.5/4.2/18 mm; 10-12-15 mm; 3 x 4 cm.",
        "T12 and L1, T10-11-12, score 5/10, 8-12 weeks, ratio 15/29, grade 2/4.",
        "Opacity 2 may represent scar. 1.2.840.10008.5.1.4. Since 2016, 3 days ago.",
        "45/67/2018 and 31.02.2019 are no days.",
    ],
)
def test_measurements_are_no_dates(text: str) -> None:
    assert list(find_dates(fold(text))) == []


def test_order_that_is_unclear_means_both_days() -> None:
    assert dates_in("03/04/2018") == {dt.date(2018, 3, 4), dt.date(2018, 4, 3)}


def test_full_stops_mean_the_day_first() -> None:
    assert dates_in("03.04.2018") == {dt.date(2018, 4, 3)}


@given(st.dates(dt.date(1900, 1, 1), dt.date(2099, 12, 31)))
def test_every_day_is_found_in_figures(day: dt.date) -> None:
    for form in ("%Y%m%d", "%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%d %B %Y"):
        assert day in dates_in(day.strftime(form))


@given(st.text(alphabet="0123456789./- marchTuesy", max_size=80))
def test_dates_never_overlap(text: str) -> None:
    found = list(find_dates(fold(text)))
    assert all(a.end <= b.start for a, b in pairwise(found))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2018-feb-22", "2018-02-22"),
        ("2018.feb.22", "2018-02-22"),
        ("2018 feb 22", "2018-02-22"),
        ("22/oct/2012", "2012-10-22"),
        ("05 / 03 / 2019", "2019-03-05"),
        ("5 - 3 - 2019", "2019-03-05"),
        ("20190305142200.000+0100", "2019-03-05"),
        ("20190305t142200", "2019-03-05"),
        ("2019-03-05t14:22:00z", "2019-03-05"),
    ],
)
def test_date_with_the_year_first_or_wide_strokes_is_found_whole(
    text: str, day: str
) -> None:
    (found,) = find_dates(text)
    assert (found.start, found.end) == (0, len(text))
    assert dt.date.fromisoformat(day) in found.days


@pytest.mark.parametrize(
    "text",
    [
        "typed: Grimwood,5 March 2019",
        "Wynik:Quandt,14:18,05.03.19.",
        "validated 05.03.19,14:54",
        "seen.05/03/2019",
    ],
)
def test_comma_or_stop_glued_to_a_word_or_a_time_is_no_decimal(text: str) -> None:
    (found,) = find_dates(fold(text))
    assert DAY in found.days


@pytest.mark.parametrize("text", ["ratio 3,5/3/19", "7.05.03.19", "1,5 March 2019"])
def test_comma_of_a_decimal_begins_no_date(text: str) -> None:
    assert not any(DAY in found.days for found in find_dates(fold(text)))


def test_date_on_the_line_after_an_initial_is_no_run_of_levels() -> None:
    assert list(find_dates(fold("Plaza L\n2/1/09")))
    assert not list(find_dates(fold("wedge L2/1/09")))
