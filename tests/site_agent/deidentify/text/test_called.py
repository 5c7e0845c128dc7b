"""Numbers and phones by the words that call them so."""

import pytest

from site_agent.deidentify.text.known import KnownIdentifiers
from site_agent.deidentify.text.scrub import scrub

NOBODY = KnownIdentifiers()


@pytest.mark.parametrize(
    ("language", "text", "left"),
    [
        ("en", "ID card 1208 2851 1943, seen.", "ID card [ID], seen."),
        ("en", "Hosp no          : 4 417 822 seen.", "Hosp no          : [ID] seen."),
        ("en", "Insurance no.: QX 31 05 44 C", "Insurance no.: [ID]"),
        ("en", "Unit no. QP 800730; seen.", "Unit no. [ID]; seen."),
        ("de", "Charge 88A72B verwendet.", "Charge [ID] verwendet."),
        ("fr", "NIR 2 85 42 2A 591 290 32", "NIR [ID]"),
        ("es", "NIE/NIF 57 / 16721141 / 91", "NIE/NIF [ID]"),
        ("en", "Bleep no 1234 today.", "Bleep no [PHONE] today."),
        ("de", "Durchwahl -123 erreichbar.", "[PHONE] erreichbar."),
        ("nl", "Collega (tst. 4411).", "Collega ([PHONE])."),
        ("nl", "Collega (tst. 0474 11 59 72).", "Collega (tst. [PHONE])."),
    ],
)
def test_called_number_goes_whole(language: str, text: str, left: str) -> None:
    assert scrub(text, NOBODY, language).text == left


@pytest.mark.parametrize(
    "text", ["In this case. 3 nodules.", "A lot 40 ml of fluid.", "Contact 5 mm."]
)
def test_count_behind_such_a_word_stays(text: str) -> None:
    assert scrub(text, NOBODY, "en").text == text


def test_number_does_not_reach_over_the_end_of_its_line() -> None:
    text = "FINDINGS: Our ref: 17A934688\n24APR08\nNormal."
    assert scrub(text, NOBODY, "en").text == (
        "FINDINGS: Our ref: [ID]\n[DATE]\nNormal."
    )
