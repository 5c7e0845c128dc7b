"""What words may be in the names of institutions."""

import pytest

from site_agent.deidentify.text.page import open_page
from site_agent.deidentify.text.place_words import Part, is_proper_head, part_of


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Queen Orla Hospital", [Part.PROPER, Part.PROPER, Part.GENERIC]),
        ("Royal Chest Clinic", [Part.GENERIC, Part.TRADE, Part.GENERIC]),
        ("St Orla of Kells", [Part.SAINT, Part.PROPER, Part.LINK, Part.PROPER]),
        ("Dr Orla X-ray", [Part.TITLE, Part.PROPER, Part.NONE, Part.NONE]),
    ],
)
def test_words_are_told_apart(text: str, parts: list[Part]) -> None:
    page = open_page(text, "en")
    assert [part_of(page, at) for at in range(len(parts))] == parts


@pytest.mark.parametrize(
    ("word", "proper"),
    [("Marienhospital", True), ("Kreiskrankenhaus", False), ("Hospital", False)],
)
def test_compound_is_proper_unless_its_first_half_is_generic(
    word: str, proper: bool
) -> None:
    assert is_proper_head(open_page(word, "de"), 0) is proper
