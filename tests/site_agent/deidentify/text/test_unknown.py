"""Default deny: what of a report's words no list takes for a name, and what it does."""

import pytest

from site_agent.deidentify.text.known import KnownIdentifiers
from site_agent.deidentify.text.scrub import scrub

NOBODY = KnownIdentifiers()
HEADED = {
    "en": "Findings: ",
    "de": "Befund: ",
    "fr": "Résultats : ",
    "es": "Hallazgos: ",
    "it": "Referto: ",
    "nl": "Bevindingen: ",
    "pl": "Opis: ",
    "pt": "Achados: ",
    "sv": "Utlåtande: ",
}


def taken(text: str, language: str) -> list[str]:
    return [text[s.start : s.end] for s in scrub(text, NOBODY, language).spans]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Day 4 after Ivor Lewis oesophagectomy. Reverse S of Golden is absent.", "en"),
        ("Golden S sign and Hampton's hump. Aveir leadless pacemaker.", "en"),
        ("Barlow's disease, Kocher clamp left as drain. Nelson's segment.", "en"),
        ("Z. n. Bülau-Drainage, Schmorl-Herde, M. Bechterew, Golden-S-Zeichen.", "de"),
        ("Syndrome de Ciuffini-Pancoast, drain de Joly, signe de Palla.", "fr"),
        ("Sonda de Levin, tubo de Mallinckrodt, signo de Westermark.", "es"),
        ("Drenaggio di Bülau, ernie di Schmorl, segno di Golden.", "it"),
        ("Ziekte van Besnier-Boeck, Schmorlse noduli, teken van Hampton.", "nl"),
        ("Guzki Schmorla, dren Bülaua, choroba Scheuermanna, objaw Goldena.", "pl"),
        ("Dreno de Bülau, nódulos de Schmorl, doença de Scheuermann.", "pt"),
        ("Mb Scheuermann, Schmorlska impressioner, Bülau-drän.", "sv"),
    ],
)
@pytest.mark.parametrize("loud", [False, True])
def test_eponym_of_several_words_or_with_an_ending_stays(
    text: str, language: str, loud: bool
) -> None:
    text = HEADED[language] + text
    assert not taken(text.upper() if loud else text, language)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Rods from T5 to L3, wedging of D8. CTR 15.5/29.", "en"),
        ("Tassement étagé de T7 à T11. ICT 15,5/29.", "fr"),
        ("Escoliosis de T5 a L3. Aplastamiento de D8.", "es"),
        ("Kompression av Th7 och L2. Hjärt-lungkvot 15,5/29.", "sv"),
        ("Dren 28 Ch, furosemid 40 MG.", "pl"),
        ("CURB-65 score 2, NYHA II, GOLD 3, BI-RADS 2, Lung-RADS 4B, T2N1M0.", "en"),
    ],
)
@pytest.mark.parametrize("loud", [False, True])
def test_level_ratio_unit_and_score_stay(text: str, language: str, loud: bool) -> None:
    text = HEADED[language] + text
    assert not taken(text.upper() if loud else text, language)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Film of five weeks ago, ex-smoker, 30 pack years.", "en"),
        ("Aufnahme von vor fünf Wochen, 30 packyears.", "de"),
        ("Radiographie d'il y a cinq semaines, 48 heures après.", "fr"),
        ("Control de hace cinco semanas, segundo día.", "es"),
        ("Radiografia di cinque settimane fa.", "it"),
        ("Foto van vijf weken geleden, 30 pakjaren.", "nl"),
        ("Zdjęcie sprzed pięciu tygodni, 30 paczkolat.", "pl"),
        ("Exame de há cinco semanas, 48 horas depois.", "pt"),
        ("Bild för fem veckor sedan, 30 paketår.", "sv"),
    ],
)
def test_relative_time_stays_in_capitals(text: str, language: str) -> None:
    assert not taken((HEADED[language] + text).upper(), language)


def test_findings_after_their_heading_are_nobody() -> None:
    assert not taken("OPIS: SERCE W NORMIE, PŁUCA BEZ ZMIAN.", "pl")
    assert not taken("Opis: Serce w normie.", "pl")


@pytest.mark.parametrize(
    ("text", "language", "name"),
    [
        ("The film was taken by Lewisham on the ward.", "en", "Lewisham"),
        ("Besuch bei Quandtmeier, kein Befund.", "de", "Quandtmeier"),
        ("Prosił Wrzeciądz, przekazano.", "pl", "Wrzeciądz"),
        ("Weber Bertha was here before the film.", "en", "Weber Bertha"),
    ],
)
def test_unknown_word_with_a_capital_goes(text: str, language: str, name: str) -> None:
    assert name in " ".join(taken(text, language))


@pytest.mark.parametrize(
    "text",
    [
        "No effusion. Amended QZW 4 May.",
        "Kein Erguss. Vid. QZW, Korrektur folgt.",
        "Cardiomegaly, unchanged. Pgd QZW",
    ],
)
def test_capitals_that_abbreviate_nothing_known_are_somebodys_initials(
    text: str,
) -> None:
    assert "QZW" not in scrub(text, NOBODY).text


@pytest.mark.parametrize(
    "text", ["NSCLC, EGFR positive.", "ECMO via VVI.", "Z.n. TAVI."]
)
def test_abbreviations_of_reports_stay(text: str) -> None:
    assert scrub(text, NOBODY).text == text


@pytest.mark.parametrize(
    "text",
    [
        "Admitted with Glasgow 13, at rest Borg 4, later Killip II.",
        "Appearances of a Kasabach-Merritt phenomenon and a Denham pin.",
        "The Abbe-Estlander flap and the Rotter-Erb syndrome are unchanged.",
    ],
)
def test_score_with_its_value_and_thing_with_its_name_stay(text: str) -> None:
    assert scrub(text, KnownIdentifiers(), "en").text == text


@pytest.mark.parametrize(
    "text", ["Seen by Rankin at home.", "Rankin 45 years old", "Rankin 12.05.1960"]
)
def test_name_of_a_score_without_its_value_goes(text: str) -> None:
    assert "Rankin" not in scrub(f"Clear. {text}", KnownIdentifiers(), "en").text
