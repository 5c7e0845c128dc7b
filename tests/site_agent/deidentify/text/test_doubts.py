"""What is left in doubt: a text with small letters only shows no names."""

import pytest

from site_agent.deidentify.text.known import KnownIdentifiers
from site_agent.deidentify.text.scrub import scrub


def doubts(text: str, language: str = "en") -> list[str]:
    return [d.rule for d in scrub(text, KnownIdentifiers(), language).doubts]


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


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (
            "thorax bett, ITS 6\npat. öztürk mehmet\ntubus über Carina.\nkein pneu. "
            "möller weiß bescheid.",
            "de",
        ),
        ("rx thorax au lit\nm. colombani né à X\npas de pneumothorax. SNG ok", "fr"),
        ("portable chest\npt ochieng, MRN given\nno effusion. no change", "en"),
    ],
)
def test_few_capitals_in_a_text_of_small_letters_show_no_names(
    text: str, language: str
) -> None:
    assert "no-capitals" in doubts(text, language)


@pytest.mark.parametrize(
    "text",
    [
        "PA AND LATERAL CHEST:\nLungs are clear\nno effusion\nHeart is frobnicated.",
        "Findings:\n- no focal frobnication\nImpression: Normal.\nNo change.",
        "Heart size normal. Lungs clear\nand the mediastinum\nis frobnicated. No "
        "effusion.",
    ],
)
def test_telegraphic_report_with_sentences_is_none(text: str) -> None:
    assert doubts(text) == []
