"""A code meaning that stays is made of the standard's own words."""

from __future__ import annotations

import pytest
from pydicom.sequence import Sequence

from site_agent.deidentify.compile_code_words import compile_words
from site_agent.deidentify.dictionary import CODE_WORDS
from site_agent.deidentify.header.options import Options
from tests.site_agent.deidentify.both_ways import as_bytes, by_engine, by_pydicom
from tests.site_agent.deidentify.chest_film import chest_film, code


def test_words_are_what_the_script_compiles() -> None:
    assert CODE_WORDS.read_text("ascii").split() == compile_words(), (
        "run python -m site_agent.deidentify.compile_code_words"
    )


@pytest.mark.parametrize(
    "meaning",
    ["postero-anterior", "Left lateral", "XR Chest 2 Views", "Radiography of chest"],
)
def test_meaning_of_the_standard_stays(meaning: str) -> None:
    film = chest_film(ViewCodeSequence=Sequence([code("R-10214", "SRT", meaning)]))
    for route in (by_engine, by_pydicom):
        assert meaning.encode() in route(as_bytes(film), Options())


@pytest.mark.parametrize(
    "meaning", ["Chest Francisco", "postero-anterior, Reuter", "WESACK", "chest Höfig"]
)
def test_meaning_with_a_name_goes_though_its_scheme_is_a_standard(meaning: str) -> None:
    film = chest_film(ViewCodeSequence=Sequence([code("R-10214", "SRT", meaning)]))
    content = as_bytes(film)
    for route in (by_engine, by_pydicom):
        after = route(content, Options())
        assert b"R-10214" in after
        assert meaning.encode("latin-1") not in after


@pytest.mark.parametrize("keyword", ["CodeValue", "CodeMeaning", "LongCodeValue"])
def test_code_outside_a_sequence_goes(keyword: str) -> None:
    content = as_bytes(chest_film(**{keyword: "REUTER"}))
    for route in (by_engine, by_pydicom):
        assert b"REUTER" not in route(content, Options())
