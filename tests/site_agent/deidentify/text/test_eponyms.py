"""Names that are those of a sign, a disease or a device where they stand."""

import pytest

from site_agent.deidentify.text.eponyms import is_in_eponym
from site_agent.deidentify.text.page import open_page


@pytest.mark.parametrize(
    ("text", "word", "known"),
    [
        ("Kerley B lines", 0, True),
        ("an Osgood-Schlatter fragment", 1, True),
        ("an Osgood-Schlatter fragment", 2, True),
        ("seen by Osgood, the Schlatter fragment", 2, False),
        ("an Osgood-Schlatterson fragment", 1, False),
        ("seen by Rust", 2, False),
    ],
)
def test_part_of_an_eponym_counts_where_the_whole_stands(
    text: str, word: int, known: bool
) -> None:
    assert is_in_eponym(open_page(text, "en"), word) is known
