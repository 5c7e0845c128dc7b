"""What belongs to a name: its other half, initials, what a caret joins."""

import pytest

from site_agent.deidentify.text.known import KnownIdentifiers
from site_agent.deidentify.text.scrub import scrub

NOBODY = KnownIdentifiers()


@pytest.mark.parametrize(
    ("text", "scrubbed", "language"),
    [
        ("Patient MOLANDER^INGA^PER, kontroll", "Patient [NAME], kontroll", "sv"),
        ("Re: Quandt E  D.O.B. unknown", "Re: [NAME]  D.O.B. unknown", "en"),
        ("Name:Quandt R.DOB:unknown", "Name:[NAME].DOB:unknown", "en"),
        ("Dear Sir,\nBase, Yolanthe K., came", "Dear Sir,\n[NAME]., came", "en"),
        ("REPORTED BY Thaddeus Grimwood", "REPORTED BY [NAME]", "en"),
        ("AUDIT of Grimwood SIGN", "AUDIT of [NAME] SIGN", "en"),
        ('"display": "Quandt, DONNA"', '"display": "[NAME]"', "en"),
        ("Normal. Jolanthe-Pi aware.", "Normal. [NAME] aware.", "en"),
        ("Addendum by HA Quandt", "Addendum by [NAME]", "en"),
        ("Verbal report given to PK May.", "Verbal report given to [NAME].", "en"),
    ],
)
def test_name_ends_where_it_ends(text: str, scrubbed: str, language: str) -> None:
    assert scrub(text, NOBODY, language).text == scrubbed


@pytest.mark.parametrize(
    "text",
    [
        "Kerley B lines, Golden S sign.",
        "Follow up as per Fleischner Society guidance.",
        "Chest PA, supine. Monod sign. RUL cavity.",
    ],
)
def test_words_of_medicine_beside_commas_stay(text: str) -> None:
    assert scrub(text, NOBODY, "en").text == text
