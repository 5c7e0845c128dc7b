"""Where a sentence ends, and where it does not."""

import pytest

from site_agent.label.sentences import (
    abbreviation,
    composed,
    lower,
    spans,
    texts_of,
    words_of,
)

ABBREVIATIONS = abbreviation(())


def parts(section: str) -> list[str]:
    lowered = lower(section)
    texts = [texts_of(lowered[a:b]) for a, b in spans(section, ABBREVIATIONS)]
    return [" ".join(words) for words in texts if words]


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        ("Heart normal. Lungs clear.", ["heart normal", "lungs clear"]),
        ("Nodule of 1.5 cm seen.", ["nodule of 1.5 cm seen"]),
        ("Seen by Dr. Weber today.", ["seen by dr weber today"]),
        ("1. Clear. 2. Normal.", ["1 clear", "2 normal"]),
        ("Clear.Heart normal", ["clear", "heart normal"]),
        ("No effusion; edema", ["no effusion", "edema"]),
        ("wrapped\nline", ["wrapped line"]),
        ("one\n\ntwo", ["one", "two"]),
        ("No effusion\nHeart enlarged", ["no effusion", "heart enlarged"]),
        ("Drains: none\nUpper abdomen: gas", ["drains : none", "upper abdomen : gas"]),
        ("Consolidation of the\nLingula", ["consolidation of the lingula"]),
        ("no consolidation,\nPneumothorax", ["no consolidation , pneumothorax"]),
        (
            "There is no evidence of an acute infiltrate and none of a\n"
            "Pneumothorax after the removal of both drains.",
            [
                "there is no evidence of an acute infiltrate and none of a "
                "pneumothorax after the removal of both drains"
            ],
        ),
        ("list\n- one\n- two", ["list", "one", "two"]),
        ("limits of normal.. No edema", ["limits of normal", "no edema"]),
        ("Pneumothorax: no. Effusion: no.", ["pneumothorax : no", "effusion : no"]),
        ("Effusion? Nodule.", ["effusion ?", "nodule"]),
        ("? Pneumonia. Lost letters: Gr??e", ["? pneumonia", "lost letters : gr e"]),
        ("", []),
        (" . ; ", []),
    ],
)
def test_sentences(section: str, expected: list[str]) -> None:
    assert parts(section) == expected


def test_words_keep_their_place() -> None:
    text = "heart; lungs clear."
    for word in words_of(text):
        assert text[word.start : word.end] == word.text


def test_capitals_that_grow_in_small_letters_keep_their_place() -> None:
    assert lower("\u0130 A") == "\u0130 a"


@pytest.mark.parametrize("text", ["x" * 50_000, "no " * 20_000, "-? " * 20_000])
def test_no_piece_of_a_text_is_long_and_none_is_lost(text: str) -> None:
    places = list(spans(text, ABBREVIATIONS))
    assert max(end - start for start, end in places) <= 4000
    assert "".join(text[start:end] for start, end in places) == text


def test_marks_are_composed_with_their_places() -> None:
    text, places = composed("Re\u0301sume\u0301 \u00e9")
    assert text == "R\u00e9sum\u00e9 \u00e9"
    assert list(places) == [0, 1, 3, 4, 5, 6, 8, 9, 10]


def test_text_of_composed_letters_keeps_its_places() -> None:
    assert composed("Größe") == ("Größe", range(6))
