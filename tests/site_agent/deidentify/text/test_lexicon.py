"""What a written word may be, and that no word a label hangs on is taken for a name."""

import json
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from site_agent.deidentify.text.compile_report_words import words_of_pack
from site_agent.deidentify.text.known import KnownIdentifiers
from site_agent.deidentify.text.lexicon import UNKNOWN, kinds
from site_agent.deidentify.text.scrub import scrub
from site_agent.deidentify.text.word_lists import languages
from site_agent.label import label_text

NOBODY = KnownIdentifiers()
GOLD = Path(__file__).parents[2] / "label" / "gold"
LANGUAGES = sorted(languages() & {path.stem for path in GOLD.glob("??.jsonl")})


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_the_labelers_pack_may_stand_with_a_capital(
    language: str,
) -> None:
    pack = files("site_agent.label").joinpath(f"{language}.toml").read_text("utf-8")
    words = [word.strip("-*") for word in words_of_pack(tomllib.loads(pack))]
    written = {word.capitalize() for word in words} | {word.upper() for word in words}
    unknown = {word for word in written if kinds(language)[word] & UNKNOWN}
    assert not unknown, "run compile_report_words again"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("loud", [False, True])
def test_a_scrubbed_sentence_keeps_its_labels(language: str, loud: bool) -> None:
    lines = (GOLD / f"{language}.jsonl").read_text("utf-8").splitlines()
    texts = [json.loads(line)["text"] for line in lines]
    texts = [text.upper() for text in texts] if loud else texts
    for text in texts:
        scrubbed = scrub(text, NOBODY, language).text
        assert label_text(scrubbed, language) == label_text(text, language), scrubbed


def test_inflected_word_of_a_short_stem_is_known_and_a_name_of_its_letters_is_not() -> (
    None
):
    assert not kinds("es")["Nueva"] & UNKNOWN  # nuev*
    assert not kinds("pl")["Rurka"] & UNKNOWN  # rurk*
    assert kinds("fr")["Filip"] & UNKNOWN  # fil*


def test_compound_of_a_finding_is_known() -> None:
    assert not kinds("nl")["Longinfiltraat"] & UNKNOWN
    assert not kinds("de")["Winkelergusses"] & UNKNOWN


def test_capitals_of_a_sharp_s_are_known() -> None:
    assert not kinds("de")["AUSZUSCHLIESSEN"] & UNKNOWN


def test_language_without_lists_is_read_with_all_lists() -> None:
    assert kinds("ru").language == ""
    assert kinds("fi").language == ""


@pytest.mark.parametrize("language", ["ru", "fi", "cs", "xx"])
def test_report_in_a_language_without_lists_is_in_doubt(language: str) -> None:
    doubts = scrub("Keuhkot ovat kirkkaat. Ei nestettä.", NOBODY, language).doubts
    assert [doubt.rule for doubt in doubts] == ["language-without-lists"]


@pytest.mark.parametrize(
    ("language", "word"),
    [
        *(("de", "Bluthusten"), ("de", "Seropneumothorax"), ("fr", "Hémoptysie")),
        *(("es", "Mareo"), ("en", "Wheezy"), ("en", "Haemoptysis"), ("sv", "Andfådd")),
        *(("nl", "Wigvormige"), ("sv", "Kilformad"), ("it", "Toracalgia")),
    ],
)
def test_symptoms_and_words_built_as_medicine_builds_them_are_known(
    language: str, word: str
) -> None:
    assert not kinds(language)[word] & UNKNOWN
    assert not kinds(language)[word.upper()] & UNKNOWN
