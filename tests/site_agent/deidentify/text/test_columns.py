"""Below the head of a column stands whom or which house it calls."""

import pytest

from site_agent.deidentify.text.columns import find_columns
from site_agent.deidentify.text.page import open_page


def cells(text: str, language: str) -> list[tuple[str, str]]:
    page = open_page(text, language)
    spans = find_columns(page)
    return [(span.category.name, text[span.start : span.end]) for span in spans]


@pytest.mark.parametrize(
    ("language", "text", "named"),
    [
        (
            "en",
            "| date | where | read by |\n|---|---|---|\n| 1 May 2020 | here | Stone |\n"
            "| 3 May 2020 | THE HILL CLINIC | bone |",
            [("NAME", "Stone"), ("PLACE", "THE HILL CLINIC"), ("NAME", "bone")],
        ),
        (
            "de",
            "Datum;Haus;befundet von\n12.03.2020;Herzzentrum Bad Au;Gross\n",
            [("PLACE", "Herzzentrum Bad Au"), ("NAME", "Gross")],
        ),
        ("fr", "date\tlieu\tlu par\n3/4/2020\tici\tPetit", [("NAME", "Petit")]),
    ],
)
def test_cells_below_a_head_are_found(
    language: str, text: str, named: list[tuple[str, str]]
) -> None:
    assert cells(text, language) == named


@pytest.mark.parametrize(
    "text",
    [
        "Patient | Anna Rust\nDiagnosis | Pneumonia\n",  # a label and its value
        "date | film | result\n1 May 2020 | PA | Clear\n",
        "date | where | read by\nNo effusion. | Clear.\n",  # another row
        "",
    ],
)
def test_rows_of_other_things_are_left(text: str) -> None:
    assert cells(text, "en") == []
