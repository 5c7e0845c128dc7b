"""What is left in doubt: a text with small letters only shows no names."""

import pytest

from site_agent.deidentify.text.known import KnownIdentifiers
from site_agent.deidentify.text.scrub import scrub


def doubts(text: str) -> list[str]:
    return [d.rule for d in scrub(text, KnownIdentifiers(), "en").doubts]


def test_unknown_word_in_a_text_of_small_letters_is_a_doubt() -> None:
    assert doubts("lungs are clear in the ochieng man.") == ["no-capitals"]


@pytest.mark.parametrize(
    "text",
    [
        "lungs are clear. no effusion.",
        "lungs are clear, mr ochieng should return.",  # taken already
        "Lungs are clear, frobnicated.",
        "",
    ],
)
def test_text_without_unknown_words_or_with_capitals_is_none(text: str) -> None:
    assert doubts(text) == []
