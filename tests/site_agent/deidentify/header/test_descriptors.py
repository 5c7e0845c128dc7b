"""Of a description stays what is known to be harmless, and nothing else."""

from __future__ import annotations

import re
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_agent.deidentify.header.descriptors import DATA, cleaned, name_words
from site_agent.deidentify.text.spelling import fold

NOBODY: frozenset[str] = frozenset()
WORDS = {
    fold(word)
    for words in tomllib.loads(DATA.read_text("utf-8"))["words"].values()
    for word in words.split()
}


@pytest.mark.parametrize(
    ("text", "stays"),
    [
        ("XR CHEST PA/LAT", "XR CHEST PA LAT"),
        ("Röntgen Thorax in 2 Ebenen", "Röntgen Thorax in 2 Ebenen"),
        ("Thorax p.a. links", "Thorax p.a links"),
        ("Radiografía de tórax", "Radiografía de tórax"),
        ("RTG klatki piersiowej PA", "RTG klatki piersiowej PA"),
        ("Chest x-ray, L side", "Chest x L side"),
    ],
)
def test_usual_descriptions_stay(text: str, stays: str) -> None:
    assert cleaned(text, NOBODY) == stays


@pytest.mark.parametrize(
    ("text", "stays"),
    [
        ("XR CHEST for Francisco Reuter, K18-95938", "XR CHEST"),
        ("chest 12.03.17", "chest"),
        ("chest 12 3 1957", "chest"),
        ("chest 1 2 3 4 5", "chest"),
        ("93 y/o with pneumonia", "with pneumonia"),
        ("Chest 057Y", "Chest"),
        ("Reuter^Francisco", ""),
        ("20170815", ""),
        ("2", ""),
        ("胸部 山田", ""),
    ],
)
def test_names_numbers_dates_and_ages_go(text: str, stays: str) -> None:
    assert cleaned(text, NOBODY) == stays


def test_word_that_is_a_name_in_the_same_header_goes() -> None:
    names = name_words(["Lung^Thomas", "Thorax^Anna=山田"])
    assert cleaned("Chest, right lung, Dr Thorax", names) == "Chest right"


@given(st.text(max_size=80))
def test_nothing_that_is_not_listed_is_ever_left(text: str) -> None:
    for token in cleaned(text, NOBODY).split():
        bare = fold(token).replace(".", "")
        assert bare in WORDS or bare in set("lrx") or re.fullmatch("[0-9]", token)


@given(st.lists(st.sampled_from(["chest", "12", "3", "1957", ".", "/", "-"])))
def test_no_number_of_two_digits_is_left_however_it_is_written(
    parts: list[str],
) -> None:
    for joined in ("".join(parts), " ".join(parts)):
        assert not re.search(r"\d\W*\d", cleaned(joined, NOBODY))
