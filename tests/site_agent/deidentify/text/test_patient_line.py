"""Names of a patient line that are words too, before an age or a birthday."""

import pytest

from site_agent.deidentify.text.known import KnownIdentifiers
from site_agent.deidentify.text.scrub import scrub

NOBODY = KnownIdentifiers()


@pytest.mark.parametrize(
    ("language", "name", "after"),
    [
        ("en", "CLEAR, JOSH", ", 79 y/o. Ref: FINCH."),
        ("en", "Heart, Liberty", ", 61-year-old. MRN 7123456."),
        ("it", "Arnaldo Cortese", ", anni 68. Accettazione A845245171."),
        ("it", "DONNA, GAROBBIO", ", anni 25."),
        ("sv", "Ö. LÖFGREN", ", 38 år. Journalnr 04638437."),
        ("de", "T. Gross", ", * 19.12.1941, Versicherten-Nr. R123456789"),
        ("de", "K. Lange", ", geb. am 19.12.1941"),
    ],
)
def test_name_before_an_age_goes_whatever_words_it_is_of(
    language: str, name: str, after: str
) -> None:
    head = {"it": "RX torace del 11.09.2013", "sv": "Lungröntgen 2010-06-28"}
    text = (
        f"{head.get(language, 'Chest X-ray 10/07/2013')}. {name}{after}\n\n"
        "Findings: Heart normal, lungs clear.\nImpression: Normal."
    )
    scrubbed = scrub(text, NOBODY, language)
    assert not [word for word in name.split() if word in scrubbed.text.split("\n")[0]]
    assert scrubbed.sections["findings"] == "Heart normal, lungs clear."


@pytest.mark.parametrize(
    "text",
    [
        "Indication: Chest pain, 79 years old.",
        "INDICATION: CHEST PAIN, 65 YO.",
        "Findings: Small effusion, 3 days earlier larger.",
        "Impression: Pneumonia, 79 year old patient.",
        "Findings: Cough, fever, 40 y/o.",
    ],
)
def test_complaint_before_an_age_stays(text: str) -> None:
    assert scrub(text, NOBODY, "en").text == text


def test_label_before_a_name_stays() -> None:
    text = "Patient: Quandt, Xaver, 79 years.\nFindings: Clear."
    scrubbed = scrub(text, NOBODY, "en").text
    assert scrubbed == "Patient: [NAME], 79 years.\nFindings: Clear."


def test_name_alone_behind_a_heading_and_before_a_bare_age_goes() -> None:
    text = "Indication: Foot, 78, intubated overnight.\nFindings: Clear."
    assert "Foot" not in scrub(text, KnownIdentifiers(), "en").text


@pytest.mark.parametrize(
    ("language", "text", "scrubbed"),
    [
        ("en", "cxr 16:15 - HEART, Ottoline, 49y", "cxr [TIME] - [NAME], 49y"),
        ("nl", "rx 05:39u, Lange, Sanne, 84j", "rx [TIME]u, [NAME], 84j"),
        ("sv", "kl 19:04, QUANDT-LINDELL PER, 73 år", "kl [TIME], [NAME], 73 år"),
    ],
)
def test_name_behind_a_time_of_day_goes(
    language: str, text: str, scrubbed: str
) -> None:
    assert scrub(text, NOBODY, language).text == scrubbed


@pytest.mark.parametrize(
    ("language", "text", "scrubbed"),
    [
        ("sv", "remissen på LINDELL-KVIST, PER, född", "remissen på [NAME], född"),
        ("fr", "adressé Francillon, G., né(e) le", "adressé [NAME]., né(e) le"),
        ("it", "torace di VERDE, BRUNO, nato il", "torace [NAME], nato il"),
    ],
)
def test_name_with_a_comma_inside_a_sentence_goes_before_a_birthday(
    language: str, text: str, scrubbed: str
) -> None:
    written = scrub(f"{text} 02/03/1947", NOBODY, language).text
    assert written == f"{scrubbed} [DATE]"
