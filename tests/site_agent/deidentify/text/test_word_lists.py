"""The lists of words that name nobody, and how words are built from them."""

from importlib.resources import files

import pytest

from site_agent.deidentify.text.known import identifiers_of_fields
from site_agent.deidentify.text.scrub import scrub
from site_agent.deidentify.text.spelling import fold
from site_agent.deidentify.text.word_lists import (
    _HEAD,
    _TAIL,
    _parts,
    is_allowed,
    is_built_like_one,
    is_clinical,
    languages,
)

_TEXT = "site_agent.deidentify.text"


@pytest.mark.parametrize("language", sorted(languages()))
def test_daily_words_are_one_a_line_small_and_once_in_a_dictionarys_order(
    language: str,
) -> None:
    listed = files(_TEXT).joinpath("daily_words", f"{language}.txt").read_text("utf-8")
    lines = listed.splitlines()
    assert listed.endswith("\n")
    assert all(line.isalpha() and line == line.lower() for line in lines)
    assert lines == sorted(set(lines), key=lambda word: (fold(word), word))
    # Capitals have no sharp s, and neither has Swiss German.
    assert {line.replace("ß", "ss") for line in lines} <= set(lines)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Verlaufskontrolle. Angrenzend Minderbelüftung ohne Pneumonienachweis."),
        ("de", "GERINGE RANDWINKELERGÜSSE. HERZGRÖSSE GRENZWERTIG. ZVK UNVERÄNDERT."),
        ("de", "Unauffaelliges Herz. Ohne Erguss. Gefaesszeichnung normal."),
        ("nl", "Voorgaand onderzoek ontbreekt. Besluit: Afgeplatte diafragmakoepels."),
        ("nl", "GEEN STUWING. VOORLOPIG VERSLAG. OVERLEG MET DE AANVRAGER."),
        ("sv", "Avplanade diafragmavalv. Frågor besvaras. Husläkare informeras."),
        ("sv", "INGA TIDIGARE BILDER TILLGÄNGLIGA. SVARET SKICKAS."),
    ],
)
def test_sentences_and_capitals_of_a_report_stay(language: str, text: str) -> None:
    assert scrub(text, identifiers_of_fields({}), language).text == text


def test_word_is_known_by_its_stem_its_ending_and_its_english_form() -> None:
    assert is_built_like_one("pneumonisch", "de")
    assert is_built_like_one("winkelergusses", "de")
    assert is_built_like_one("coursing", "en")
    assert not is_built_like_one("quandt", "de")


def test_word_of_a_german_system_without_accents_is_known_and_a_name_is_not() -> None:
    for word in ("roentgenaufnahme", "unauffaellig", "ergusshoehe", "verstaerkt"):
        assert is_built_like_one(word, "de")
    for name in ("mueller", "schoen", "kuehn", "boehm", "samuel", "bauer"):
        assert not is_built_like_one(name, "de")
    assert not is_built_like_one("unauffaellig", "fr")


@pytest.mark.parametrize("name", ["evers", "herzfeld", "konstantin", "kleinert"])
def test_name_that_is_built_like_a_word_is_none(name: str) -> None:
    assert not is_built_like_one(name, "de")
    assert not is_built_like_one(name, "nl")


def test_word_as_short_as_an_ending_is_not_built_of_it() -> None:
    assert not is_built_like_one("guss", "de")


def test_language_without_lists_has_the_words_of_all() -> None:
    assert "cs" not in languages()
    for word in ("pleura", "erguss", "poumon", "quandt"):
        assert is_allowed(word, "cs") == is_allowed(word)
    assert is_allowed("erguss", "cs")
    assert not is_allowed("erguss", "fr")


def test_known_name_is_looked_for_in_a_language_without_lists() -> None:
    known = identifiers_of_fields({"patient_name": "Quandtova^Jana"})
    scrubbed = scrub("Pacientka Quandtova, nalez quandtovi.", known, "cs")
    assert "Quandtova" not in scrubbed.text
    assert [doubt.rule for doubt in scrubbed.doubts] == ["language-without-lists"]


@pytest.mark.parametrize("language", ["", "en", "de", "ru"])
def test_shortest_stem_and_ending_are_as_long_as_is_looked_for_first(
    language: str,
) -> None:
    for table, fewest in (("stems", _HEAD), ("endings", _TAIL)):
        parts = _parts(table, language)
        assert parts
        assert all(len(part) >= fewest for part in parts)


@pytest.mark.parametrize("word", ["nonobstructive", "preprocedure", "hyperaerated"])
def test_word_behind_a_prefix_is_one_of_medicine(word: str) -> None:
    assert is_clinical(word, "en")


@pytest.mark.parametrize(
    "name", ["preston", "subero", "polyak", "transue", "interlandi"]
)
def test_name_that_begins_like_a_prefix_is_none(name: str) -> None:
    assert not is_clinical(name, "en")
