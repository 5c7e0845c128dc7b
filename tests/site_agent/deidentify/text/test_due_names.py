"""Names where a person is due: initials, pairs of capitals, a month with a capital."""

import pytest

from site_agent.deidentify.text.due_names import (
    initialled,
    is_lone_month,
    paired,
)
from site_agent.deidentify.text.name_runs import is_dotted_word
from site_agent.deidentify.text.page import open_page


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("S Head reported this", 2),
        ("Head, S. reported this", 2),
        ("Dos Santos, M. reported", 3),
        ("E. MAY reported", 2),
        ("PM Costalonga reported", 2),
        ("AT Löwer reported", 2),
        ("Head reported this", 0),
        ("An E-Mail came", 0),
        ("T4 Head", 0),
        ("Gray, D.O.B. 1950", 0),
    ],
)
def test_initials_show_a_name_of_any_words(text: str, end: int) -> None:
    assert initialled(open_page(text, "en"), 0) == end


def test_two_capitals_show_a_name_where_a_person_is_due() -> None:
    assert paired(open_page("Massimo Heart reported", "en"), 0) == 2
    assert paired(open_page("Heart normal", "en"), 0) == 0
    assert paired(open_page("Chest Hospital", "en"), 0) == 0


def test_german_nouns_are_no_pair_of_names() -> None:
    assert paired(open_page("Befund Herz unverändert", "de"), 0) == 0


def test_letter_of_an_abbreviation_is_no_initial() -> None:
    page = open_page("Rust, D.O.B. 1950, and D. Rust", "en")
    assert is_dotted_word(page, 1)
    assert not is_dotted_word(page, 5)


def test_month_with_a_capital_is_a_name_where_months_have_none() -> None:
    assert is_lone_month(open_page("vu par Janvier ce jour", "fr"), 2)
    assert not is_lone_month(open_page("vu en Janvier 2019", "fr"), 2)
    assert not is_lone_month(open_page("seen in January again", "en"), 2)
