"""Fields of XML and JSON, and rows of tables, in the head of a report."""

import pytest

from site_agent.deidentify.text.known import KnownIdentifiers
from site_agent.deidentify.text.scrub import scrub

NOBODY = KnownIdentifiers()


@pytest.mark.parametrize(
    ("text", "planted"),
    [
        ('<patient nr="47-11-08" sex="F">Rust, Rose</patient>', ("47", "Rust", "Rose")),
        ('<order requester="S Head"/>\nFindings: Clear.', ("Head",)),
        ('{"patientName": "Long Mary", "age": "60"}', ("Long", "Mary")),
        ('{"medico": "Blanco"}', ("Blanco",)),
        ("<ns2:patient>Heart, Wing</ns2:patient>", ("Heart", "Wing")),
    ],
)
def test_value_of_a_named_field_goes(text: str, planted: tuple[str, ...]) -> None:
    done = scrub(text, NOBODY, "en").text
    assert not [word for word in planted if word in done]


@pytest.mark.parametrize(
    "text",
    [
        '<exam code="CXR">Chest PA</exam>',
        '{"modality": "CR", "view": "PA"}',
        "<findings>Clear lungs, no effusion.</findings>",
    ],
)
def test_value_of_another_field_stays(text: str) -> None:
    assert scrub(text, NOBODY, "en").text == text


def test_dates_and_numbers_between_the_commas_of_a_row_go() -> None:
    row = 'CR,H-1262133,"Rust, Anna",12/12/87,F,"CHEST PA",04-MAR-07,"Hart"'
    done = scrub(f"{row}\nFindings: Clear.", NOBODY, "en").text
    assert not [it for it in ("1262133", "12/12/87", "04-MAR", "Rust") if it in done]


def test_commas_of_prose_stay_what_they_are() -> None:
    text = 'Effusion of 1,5 cm,"small", stable.'
    assert "1,5 cm" in scrub(text, NOBODY, "de").text
