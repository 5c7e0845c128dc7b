"""Which language a report is in, and when it does not tell."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_agent.label.compile_language_words import compiled
from site_agent.label.language import DATA, Detected, detect
from site_agent.label.pack import languages

GOLD = Path(__file__).parent / "gold"
SHARED = Path(__file__).parents[4] / "shared/data/reports"
REPORTS = {
    "en": "Heart size is normal. No pleural effusion or pneumothorax.",
    "de": "Das Herz ist normal groß. Kein Pneumothorax, kein Pleuraerguss.",
    "fr": "Silhouette cardiaque normale. Pas d'épanchement ni de pneumothorax.",
    "es": "Silueta cardíaca normal. Sin derrame pleural ni neumotórax.",
    "it": "Ombra cardiaca nei limiti. Non versamento pleurico né pneumotorace.",
    "nl": "Normale hartgrootte. Geen pleuravocht, geen pneumothorax.",
    "pt": "Silhueta cardíaca normal. Não há derrame pleural nem pneumotórax.",
    "pl": "Sylwetka serca niepowiększona. Bez płynu w jamach opłucnowych.",
    "sv": "Normalstort hjärta. Ingen pleuravätska, ingen pneumotorax.",
    "ru": "Тень сердца не расширена. Выпота и пневмоторакса нет.",
}


@pytest.mark.parametrize(("language", "report"), REPORTS.items())
def test_report_tells_its_language(language: str, report: str) -> None:
    assert detect(report) == Detected(language, certain=True)


@pytest.mark.parametrize(("language", "report"), REPORTS.items())
def test_report_in_capitals_tells_its_language(language: str, report: str) -> None:
    assert detect(report.upper()) == Detected(language, certain=True)


def test_data_is_what_the_script_gives() -> None:
    assert DATA.read_text("utf-8") == compiled(DATA.parent), (
        "run python -m site_agent.label.compile_language_words"
    )


def test_every_pack_is_a_language_that_is_told() -> None:
    assert set(languages()) == REPORTS.keys()


@pytest.mark.parametrize(
    ("report", "language"),
    [
        ("Herz o.B.", "de"),
        ("Pas d'epanchement.", "fr"),
        ("Não há derrame.", "pt"),
        ("No hay derrame.", "es"),
        ("Senza versamento.", "it"),
        ("Heart normal.", "en"),
    ],
)
def test_a_few_words_may_be_enough(report: str, language: str) -> None:
    assert detect(report, default="pl") == Detected(language, certain=True)


@pytest.mark.parametrize(
    "text", ["", "12/3 RX", "XXXX", "?", "胸部异常", "Edema pulmonar."]
)
def test_text_that_does_not_tell_is_in_the_default_and_marked(text: str) -> None:
    assert detect(text, default="pt") == Detected("pt", certain=False)


def test_letter_of_foreign_names_is_in_the_language_of_its_words() -> None:
    letter = (
        "Hôpital Saint-Étienne, Dr. Núñez-Müller, patient Åke Wałęsa-Gonçalves\n"
        "Rue de la Santé 7, Lyon\n\n"
        "Poumons clairs. Pas d'épanchement pleural. Silhouette cardiaque normale."
    )
    assert detect(letter).language == "fr"


def test_only_the_beginning_of_a_long_text_is_read() -> None:
    text = REPORTS["sv"] + " " * 3_000 + REPORTS["de"] * 100
    assert detect(text) == Detected("sv", certain=True)


@given(st.text())
def test_any_text_has_a_language_that_there_is_a_pack_for(text: str) -> None:
    assert detect(text).language in languages()


def test_single_sentences_of_the_gold_are_hardly_ever_mistaken() -> None:
    told = [
        (language, detect(json.loads(line)["text"]))
        for language in REPORTS
        for path in GOLD.glob(f"{language}.jsonl")
        for line in path.read_text("utf-8").splitlines()
    ]
    right = sum(found.certain and found.language == lang for lang, found in told)
    wrong = sum(found.certain and found.language != lang for lang, found in told)
    assert right > 0.9 * len(told)
    assert wrong < 0.01 * len(told)


@pytest.mark.skipif(not SHARED.is_dir(), reason="needs ../shared/data/reports")
def test_letters_with_their_headers_are_told_with_and_without_names() -> None:
    lines = (SHARED / "deid_rich.jsonl").read_text("utf-8").splitlines()
    for row in map(json.loads, lines):
        text = row["text"]
        assert detect(text) == Detected(row["lang"], certain=True)
        for name in sorted(row["phi"], key=lambda span: -span["start"]):
            text = f"{text[: name['start']]} {text[name['end'] :]}"
        assert detect(text) == Detected(row["lang"], certain=True)


@pytest.mark.skipif(not SHARED.is_dir(), reason="needs ../shared/data/reports")
def test_english_reports_are_english() -> None:
    with (SHARED / "iu_reports.csv").open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            report = f"{row['findings']} {row['impression']}"
            assert not report.strip() or detect(report, "ru").language == "en"
