"""Where a sentence ends, and where it does not."""

import pytest

from site_agent.label.sentences import sentences


def parts(section: str) -> list[str]:
    return [" ".join(word.text for word in words) for words in sentences(section)]


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
        ("list\n- one\n- two", ["list", "one", "two"]),
        ("limits of normal.. No edema", ["limits of normal", "no edema"]),
        ("", []),
        (" . ; ", []),
    ],
)
def test_sentences(section: str, expected: list[str]) -> None:
    assert parts(section) == expected


def test_words_keep_their_place() -> None:
    section = "Heart; LUNGS clear."
    for words in sentences(section):
        for word in words:
            assert section[word.start : word.end].lower() == word.text


def test_text_without_full_stops_is_cut_into_pieces() -> None:
    assert all(len(words) <= 120 for words in sentences("no " * 1000))
