"""Known numbers and places with other separators."""

import pytest

from site_agent.deidentify.text.identifiers import KnownIdentifiers
from site_agent.deidentify.text.known_numbers import (
    Squeezed,
    find_known_numbers,
    find_known_places,
)
from site_agent.deidentify.text.page import open_page


def numbers(text: str, number: str) -> list[str]:
    page = open_page(text)
    known = KnownIdentifiers(ids=frozenset({number}))
    spans = find_known_numbers(page, Squeezed(page.folded), known)
    return [text[s.start : s.end] for s in spans]


def places(text: str, place: str) -> set[str]:
    page = open_page(text)
    known = KnownIdentifiers(texts=frozenset({place}))
    spans = find_known_places(page, Squeezed(page.folded), known)
    return {text[s.start : s.end] for s in spans}


@pytest.mark.parametrize(
    "written", ["H50-26428", "H 50 26428", "h50/26428", "H50.26428", "H50_26428"]
)
def test_number_is_found_with_any_separators(written: str) -> None:
    assert numbers(f"see {written}, please", "H50-26428") == [written]


@pytest.mark.parametrize("text", ["XH50264281", "H50-264289", "0H50-26428"])
def test_number_inside_a_longer_one_is_another(text: str) -> None:
    assert numbers(text, "H50-26428") == []


def test_number_of_three_characters_is_not_looked_for() -> None:
    assert numbers("grade A12 seen", "A12") == []


def test_uid_is_not_found_inside_another() -> None:
    known = KnownIdentifiers(uids=frozenset({"1.2.276.0.5"}))
    page = open_page("1.2.276.0.55 and 9.1.2.276.0.5")
    assert list(find_known_numbers(page, Squeezed(page.folded), known)) == []


def test_parts_of_an_address_that_tell_something() -> None:
    address = "Radiology, Hauptstr. 5, Mayen"
    assert "Hauptstr 5" in places("lives at Hauptstr 5 now", address)
    assert places("seen in Radiology today", address) == set()


def test_town_counts_with_a_capital_inside_a_sentence() -> None:
    text = "She came from Mayen. mayen is no word."
    assert places(text, "Klinikum Mayen") == {"Mayen"}
