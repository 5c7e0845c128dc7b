"""Compounds are taken apart at their heads, and what a hyphen leaves out comes back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_agent.label.compounds import Compounds
from site_agent.label.sentences import lower, words_of
from site_agent.label.wordforms import WordForms

WORDS = ["pleura", "perikard", "herz", "lunge", "stauung*", "und", "kein*", "erguss*"]
HEADS = ["erguss*", "ergüsse*", "vergrößerung", "verdacht*", "zeichen", "stauung*"]
SPELLING = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"}


def forms() -> WordForms:
    heads = [
        "erguss*",
        "erguesse*",
        "vergroesserung",
        "verdacht*",
        "zeichen",
        "stauung*",
    ]
    return WordForms(SPELLING, [*WORDS, *HEADS], Compounds(heads, ["s", "n"]))


def read(section: str) -> list[str]:
    words = words_of(lower(section))
    return [word.text for word in forms().read(words, section)]


@pytest.mark.parametrize(
    ("section", "words"),
    [
        ("Pleuraerguss", ["pleura", "erguss*"]),
        ("Pleura-Ergüssen", ["pleura", "erguesse*"]),
        ("Pleuraergusses", ["pleura", "erguss*"]),
        ("Herzvergrößerung", ["herz", "vergroesserung"]),
        ("HERZVERGROESSERUNG", ["herz", "vergroesserung"]),
        ("Lungenstauungszeichen", ["lunge", "stauung*", "zeichen"]),
        ("Pleuraergussverdacht", ["pleura", "erguss*", "verdacht*"]),
        ("Interlobärerguss", ["interlobaer", "erguss*"]),
        ("Erguss", ["erguss*"]),
        ("Milz", ["milz"]),
        (
            "Pleura- und Perikarderguss",
            ["pleura", "erguss*", "und", "perikard", "erguss*"],
        ),
        (
            "Pleura-, Herz- und Lungenstauung",
            ["pleura", "stauung*", ",", "herz", "stauung*", "und", "lunge", "stauung*"],
        ),
        (
            "Pleura- und Perikard-Erguss",
            ["pleura", "erguss*", "und", "perikard", "erguss*"],
        ),
        (
            "Pleuraerguss und -stauung",
            ["pleura", "erguss*", "und", "pleura", "stauung*"],
        ),
        ("Herz- und Lunge", ["herz", "und", "lunge"]),
        ("- Erguss", ["erguss*"]),
        ("-Erguss", ["erguss*"]),
    ],
)
def test_words_of_a_compounding_language(section: str, words: list[str]) -> None:
    assert read(section) == words


def test_every_part_has_the_place_of_its_compound() -> None:
    section = "Kein Pleura- oder Perikarderguss."
    words = words_of(lower(section))
    places = [section[w.start : w.end] for w in forms().read(words, section)]
    whole = "Perikarderguss"
    assert places == ["Kein", "Pleura", "Pleura", "oder", whole, whole]


@given(st.text(alphabet="pleuraergussverdachtherz -,s", max_size=80))
def test_nothing_is_lost_and_places_do_not_run_back(section: str) -> None:
    words = words_of(lower(section))
    read = forms().read(words, section)
    assert {word.start for word in read} == {word.start for word in words}
    assert [word.start for word in read] == sorted(word.start for word in read)


def test_long_made_up_compounds_take_no_long_time() -> None:
    section = " ".join("erguss" * n for n in range(1, 200)) + " pleura-" * 5_000
    assert read(section)


def test_stem_of_the_pack_with_an_ending_is_no_compound() -> None:
    known = ["metastas*", "seropneumothorax*", "pneumothorax*", "stas*"]
    swedish = WordForms({}, known, Compounds(["stas*", "pneumothorax*"], []))
    section = "metastaser seropneumothorax lungstas"
    words = words_of(lower(section))
    assert [word.text for word in swedish.read(words, section)] == [
        "metastas*",
        "seropneumothorax*",
        "lung",
        "stas*",
    ]
