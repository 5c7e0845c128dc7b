"""A text taken apart: nothing of it is lost, however long it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_agent.deidentify.text.page import Page, ends_phrase, open_page
from site_agent.deidentify.text.vocabulary import by_last_word


def together(page: Page) -> str:
    """Put words and gaps together; a gap where the text has none is left out."""
    glued = [0, *map(int.__eq__, page.ends, page.starts[1:]), 0]
    parts = zip(glued, page.gaps, [*page.words, ""], strict=False)
    return "".join(("" if joined else gap) + word for joined, gap, word in parts)


@given(st.text(alphabet="aÄßłΩя\u05d0-'?.,: \n12\u0663\ufffd", max_size=60))
def test_words_and_gaps_make_the_text_again(text: str) -> None:
    page = open_page(text)
    assert together(page).replace("?", "\ufffd") == text.replace("?", "\ufffd")
    assert all(
        page.text[start:end].replace("\ufffd", "?") == word
        for start, end, word in zip(page.starts, page.ends, page.words, strict=True)
    )


@pytest.mark.parametrize("between", ["\n", " "])
def test_long_text_is_taken_apart_as_a_short_one(between: str) -> None:
    line = "Kerley B?lines, M\ufffdller: 12/28; d'Arc 5 cm." + between
    often = (1 << 20) // len(line) + 2
    one, page = open_page(line), open_page(line * often)
    assert page.words == one.words * often
    assert page.starts[-1] - page.starts[-2] == one.starts[-1] - one.starts[-2]
    assert together(page) == line.replace("\ufffd", "?") * often


def test_figures_of_every_script_are_found() -> None:
    page = open_page("12/3, \u0661\u0662 x4")
    assert page.figures == [(0, 2), (3, 4), (6, 8), (10, 11)]


def test_phrase_counts_with_all_its_words() -> None:
    listed = by_last_word("addressed")
    page = open_page("was discussed with nobody with", "en")
    assert ends_phrase(page, 2, listed)
    assert not ends_phrase(page, 4, listed)


def test_space_that_was_forgotten_before_a_capital_parts_words() -> None:
    page = open_page("seen sinceFebruary 4, toRoyal; eGFR 60, mmHg, McNeil", "en")
    assert "since February to Royal" in " ".join(page.words)
    assert {"eGFR", "mmHg", "McNeil"} <= set(page.words)
    assert together(page) == page.text
    assert all(
        page.text[start:end] == word
        for start, end, word in zip(page.starts, page.ends, page.words, strict=True)
    )


def test_long_text_without_spaces_before_capitals_is_parted_in_one_go() -> None:
    line = "since May toRoyal, sinceFebruary\n"
    page = open_page(line * 40_000, "en")
    assert page.words == open_page(line, "en").words * 40_000
    assert together(page) == page.text
