"""The same name in the spelling of different systems."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_agent.deidentify.text.spelling import fold, spellings


@given(st.text())
def test_folding_keeps_the_length(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(st.text(st.characters(categories=["L"])))
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("MUELLER", "Müller"),
        ("Müller", "Mueller"),
        ("M?ller", "Müller"),
        ("M\ufffdller", "Müller"),
        ("MULLER", "müller"),
        ("Strauss", "Strauß"),
        ("Lodz", "Łódź"),
        ("?ód?", "Łódź"),
        ("DVORAK", "Dvořák"),
        ("Dvo?ák", "Dvořák"),
        ("Garcia", "García"),
        ("Soerensen", "Sørensen"),
        ("MÃ¼ller", "Müller"),
        ("Müller", "MÃ¼ller"),
    ],
)
def test_spelling_of_another_system_is_known(written: str, known: str) -> None:
    assert fold(unicodedata.normalize("NFC", written)) in spellings(known)


def test_decomposed_accent_is_the_same_name() -> None:
    assert spellings(unicodedata.normalize("NFD", "Müller")) == spellings("Müller")


def test_other_name_is_no_spelling() -> None:
    assert "miller" not in spellings("Müller")
