"""What stands around the names of institutions: articles, towns, forms, numbers."""

import pytest

from site_agent.deidentify.text.page import open_page
from site_agent.deidentify.text.place_ends import (
    with_article,
    with_form,
    with_town,
    with_town_behind,
)


@pytest.mark.parametrize(
    ("text", "name", "whole"),
    [
        ("Klinikum Aue gGmbH, Befund", "Klinikum Aue", "Klinikum Aue gGmbH"),
        ("Torre, Lda. e", "Torre", "Torre, Lda."),
        ("ASL Torino 3, referto", "ASL Torino", "ASL Torino 3"),
        ("Przychodnia nr 5", "Przychodnia nr", "Przychodnia nr 5"),
        ("Klinikum Aue 12.03.2015", "Klinikum Aue", "Klinikum Aue"),
    ],
)
def test_form_and_number_belong_to_the_name(text: str, name: str, whole: str) -> None:
    assert text[: with_form(open_page(text, "de"), len(name))] == whole


def test_town_behind_a_number_belongs_to_the_name() -> None:
    text = "Przychodnia nr 5 Brzeg / Pracownia"
    page = open_page(text, "pl")
    assert text[: with_town_behind(page, len("Przychodnia nr 5"))].endswith("Brzeg")


def test_article_and_town_belong_to_the_name() -> None:
    page = open_page("At The Orion Hospital, East Farley, normal.", "en")
    assert page.words[with_article(page, 2)] == "The"
    assert page.words[with_town(page, 3)] == "Farley"


def test_sentence_behind_a_comma_is_no_town() -> None:
    page = open_page("Orion Hospital, Heart size normal.", "en")
    assert with_town(page, 1) == 1
