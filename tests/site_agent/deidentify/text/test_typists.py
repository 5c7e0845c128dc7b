"""Initials of who dictated and who wrote, and last lines that are none."""

import pytest

from site_agent.deidentify.text.known import KnownIdentifiers
from site_agent.deidentify.text.scrub import scrub

NOBODY = KnownIdentifiers()
LETTER = "Herz und Lunge unauffällig. Kein Erguss.\n\nOberarzt\n"


@pytest.mark.parametrize(
    "code",
    [
        *("so/hn", "CBL/sd", "ARM/mpg", "SML/tsrm 14", "JLS:kmr", "kl-190225-gs"),
        *("Bom/Carvalho", "Jung/Sommer", "HL/aeb\n\n", "hn/so 12.3.", "[CBL/sd]"),
        *("D: AB T: cd", "mlc", "/mk", "JLS", "HL/aeb/03", "HB-sr", "XY//zz"),
    ],
)
def test_initials_on_the_last_line_go(code: str) -> None:
    scrubbed = scrub(LETTER + code, NOBODY, "de").text.strip()
    assert scrubbed in (f"{LETTER}[NAME]", f"{LETTER}[ID]")


@pytest.mark.parametrize(
    ("line", "language"),
    [
        ("dict. MR / trans. kp", "en"),
        ("t: kp", "en"),
        ("geschr. kp", "de"),
        ("MR / kp", "de"),
        ("dettato MR, trascritto kp", "it"),
        ("ditado MR / dig. kp", "pt"),
    ],
)
def test_last_line_of_initials_and_words_for_them_keeps_the_words(
    line: str, language: str
) -> None:
    last = scrub(f"Normal.\n\n{line}\n", NOBODY, language).text.split("\n")[-2]
    assert "kp" not in last
    assert "MR" not in last


@pytest.mark.parametrize("line", ["No acute dz.", "PA und lat", "o.B."])
def test_last_line_with_other_words_stays(line: str) -> None:
    assert scrub(f"Lungs are normal.\n{line}", NOBODY, "en").text.endswith(line)


def test_initials_above_the_number_of_the_page_go() -> None:
    left = scrub(f"{LETTER}AB/cd\n\nSeite 1 von 1\n", NOBODY, "de").text
    assert left == f"{LETTER}[NAME]\n\nSeite 1 von 1\n"


@pytest.mark.parametrize(
    ("text", "code", "language"),
    [
        ("Gedicteerd: pch/ml. Geen vocht.", "pch/ml", "nl"),
        ("Nessun versamento. Dettato LDT/np.", "LDT/np", "it"),
        ("Sin derrame. Dictado jmf/cpv.", "jmf/cpv", "es"),
        ("Sem derrame. Ditado: im/jpc.", "im/jpc", "pt"),
        ("No effusion. Transcribed: wr/jkl", "wr/jkl", "en"),
        ("Kein Erguss. Diktat: Yi/ob", "Yi/ob", "de"),
        ("Pas d'épanchement. Saisi par mlc le 5", "mlc", "fr"),
    ],
)
def test_initials_after_their_word_go(text: str, code: str, language: str) -> None:
    assert code not in scrub(text, NOBODY, language).text


@pytest.mark.parametrize(
    "line", ["PA/LAT", "Stauung/Erguss", "rechts/links", "BWK/LWK", "a.p./lat."]
)
def test_words_on_the_last_line_stay(line: str) -> None:
    assert scrub(LETTER + line, NOBODY, "de").text.endswith(line)


def test_word_dictated_in_a_sentence_names_nobody() -> None:
    text = "Findings were dictated.\nThe letter was dictated but not read."
    assert scrub(text, NOBODY, "en").text == text


@pytest.mark.parametrize(
    "line",
    [
        *("Comparison date corrected. ABK", "Date corrected to 1952. ABK, 12.03.2019"),
        *("Dictated 12/03/19 / typed 13/03/19 / ABK", "Signed by T. Foot (ABK)"),
    ],
)
def test_initials_at_the_end_of_a_paragraph_go(line: str) -> None:
    text = f"Findings: Clear.\nImpression: Normal.\n\n{line}\n\nPage 1 of 1\n"
    assert "ABK" not in scrub(text, NOBODY, "en").text


@pytest.mark.parametrize(
    "line", ["Known COPD", "CTR 15.5/29", "Exam: CHEST PA", "Foot, T., MBBS"]
)
def test_abbreviation_at_the_end_of_a_line_stays(line: str) -> None:
    text = f"Findings: Clear.\nImpression: Normal. {line}\n\nPage 1 of 1\n"
    assert line.split()[-1] in scrub(text, NOBODY, "en").text


@pytest.mark.parametrize(
    ("line", "rest"),
    [
        ("GAS 3 May 2019", "[DATE]"),
        ("PMC/Warden  3MAY2019", ""),
        ("Report LPE 31-12-2017 00:06", "Report"),
        ("ATS 7 December, 2019", "[DATE]"),
        ("BML 21 de julho 2022 06:57", "[DATE]"),
        ("Dr. Quandt / SAH", "Dr."),
    ],
)
def test_initials_that_abbreviate_something_go_beside_a_day(
    line: str, rest: str
) -> None:
    last = scrub(f"No change.\n\n{line}", NOBODY, "en").text.split("\n")[-1]
    assert last.replace("[NAME]", "").strip().startswith(rest)
    assert not {*("GAS", "PMC", "Warden", "LPE", "ATS", "BML", "SAH")}.intersection(
        last.split()
    )


def test_film_beside_a_day_is_nobody() -> None:
    text = "CXR 3 May 2019\n\nNo change.\n\nCompared: CTA 3 May 2018"
    assert {"CXR", "CTA"} <= set(scrub(text, NOBODY, "en").text.split())


@pytest.mark.parametrize(
    ("language", "text", "scrubbed"),
    [
        (
            "en",
            "SIGNED April 15, 2004 01:19 SPM   RESIDENT",
            "SIGNED [DATE] [NAME]   RESIDENT",
        ),
        ("fr", "VALIDÉ 14/08/2006 08:09 ATS", "VALIDÉ [DATE] [TIME] [NAME]"),
        ("en", "job ended, author CAG, typist", "job ended, author [NAME], typist"),
        ("en", "ADDENDUM 11/16/20 BY THE WARD", "ADDENDUM [DATE] BY THE WARD"),
    ],
)
def test_initials_behind_the_stamp_of_a_signature(
    language: str, text: str, scrubbed: str
) -> None:
    assert scrub(text, KnownIdentifiers(), language).text == scrubbed


@pytest.mark.parametrize(
    "line", ["SMW 2024-11-23 (voice recognition)", "NES / Schreibbüro, 2014-07-02"]
)
def test_initials_before_the_day_of_typing_begin_a_line(line: str) -> None:
    scrubbed = scrub(f"Impression: Clear.\n\n{line}\n", NOBODY, "en").text
    assert line[:3] not in scrubbed


@pytest.mark.parametrize(
    ("language", "text"),
    [("nl", "(paraaf CMV); de foto"), ("en", "on call; initials MRN.")],
)
def test_initials_that_are_called_so(language: str, text: str) -> None:
    assert "[NAME]" in scrub(text, NOBODY, language).text
