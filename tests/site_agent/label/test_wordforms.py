"""Words are read as the pack's own, whatever their spelling and ending."""

import pytest

from site_agent.label.pack import load
from site_agent.label.sentences import lower, words_of
from site_agent.label.wordforms import WordForms, read_forms

POLISH = WordForms(
    {"ł": "l", "ę": "e", "ó": "o"},
    ["płuc*", "płucna", "zapaleni*", "zapalenie", "zap*", "węzł*"],
)


def read(section: str) -> list[str]:
    words = words_of(lower(section))
    return [word.text for word in POLISH.read(words, section)]


@pytest.mark.parametrize(
    ("written", "word"),
    [
        ("zapaleniami", "zapaleni*"),
        ("Zapalenie", "zapalenie"),
        ("zapadnięty", "zap*"),
        ("Płuca", "pluc*"),
        ("pluca", "pluc*"),
        ("PŁUCNA", "plucna"),
        ("węzłów", "wezl*"),
        ("serce", "serce"),
    ],
)
def test_word_is_read_as_the_packs_own_else_as_its_longest_stem(
    written: str, word: str
) -> None:
    assert read(written) == [word]


def test_stem_in_a_phrase_stands_for_the_packs_longer_words_too() -> None:
    assert set(POLISH.rows([(("zapaleni*", "płuc*"), 1)])) == {
        ((first, second), 1)
        for first in ("zapaleni*", "zapalenie")
        for second in ("pluc*", "plucna")
    }


def test_what_is_said_of_a_word_itself_goes_before_its_stem() -> None:
    phrases = [(("zapaleni*",), "stem"), (("zapalenie",), "word")]
    assert dict(POLISH.rows(phrases)) == {
        ("zapaleni*",): "stem",
        ("zapalenie",): "word",
    }


@pytest.mark.parametrize("section", ["Absence d'un épanchement", "absence epanchement"])
def test_ignored_words_are_left_out_of_reports_and_phrases(section: str) -> None:
    french = WordForms({"é": "e"}, ["absence", "épanch*"], ignored=["d", "un"])
    words = words_of(lower(section))
    read = [word.text for word in french.read(words, section)]
    assert tuple(read) in dict(french.rows([(("absence", "d", "épanch*"), 1)]))


def test_words_keep_their_place() -> None:
    section = "Zapalenie płuc."
    words = words_of(lower(section))
    read = POLISH.read(words, section)
    assert [section[w.start : w.end] for w in read] == ["Zapalenie", "płuc"]


def test_english_reads_its_words_as_they_are_but_for_short_forms() -> None:
    forms = load("en").forms
    assert forms is not None
    assert forms.texts("there isn't an infarct") == [
        "there",
        "is",
        "not",
        "an",
        "infarct",
    ]
    assert read_forms({"findings": {}}, [("pleural", "effusion")]) is None


def test_more_words_than_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("site_agent.label.wordforms._REMEMBERED", 2)
    assert read("płuca płuc płucami zapalenia") == ["pluc*"] * 3 + ["zapaleni*"]
