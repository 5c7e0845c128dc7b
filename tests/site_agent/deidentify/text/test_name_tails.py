"""A name goes on behind what shows it: in small letters, or behind a hyphen."""

import pytest

from site_agent.deidentify.text.name_tails import with_tail
from site_agent.deidentify.text.page import open_page
from site_agent.deidentify.text.spans import Category, Span


@pytest.mark.parametrize(
    ("language", "begun", "rest"),
    [
        ("de", "Meral", " kowal"),
        ("en", "Lioba", " de boer"),
        ("fr", "E. K", ". garrido"),
        ("nl", "Niel", "-bij-As"),
        ("nl", "Van den Velde", "-de Heer"),
        ("en", "Watson", " GA"),
        ("en", "WILSON", ", M.E."),
        ("en", "JOHNSON", ", EM"),
        ("es", "Roselló", " CR"),
    ],
)
def test_name_is_taken_whole(language: str, begun: str, rest: str) -> None:
    page = open_page(f"{begun}{rest}, 2020", language)
    span = with_tail(page, Span(0, len(begun), Category.NAME, "titled"))
    assert span.end == len(begun + rest)


@pytest.mark.parametrize(
    ("language", "begun", "rest"),
    [
        ("en", "Lioba", " called today"),
        ("en", "Rust", "-year-old man"),
        ("de", "Meral", " war hier"),
        ("sv", "Vestin", ", tack"),
        ("en", "Rust", ", MD"),
        ("en", "Rust", " CT"),
        ("en", "Rust", ". A film"),
        ("en", "DR RUST", " IS"),
        ("en", "Rust", ""),
    ],
)
def test_sentence_that_goes_on_is_left(language: str, begun: str, rest: str) -> None:
    page = open_page(begun + rest, language)
    span = Span(0, len(begun), Category.NAME, "titled")
    assert with_tail(page, span) == span


def test_house_takes_no_small_word_in() -> None:
    page = open_page("Herzklinik okafor", "de")
    span = Span(0, 10, Category.PLACE, "house")
    assert with_tail(page, span) == span
