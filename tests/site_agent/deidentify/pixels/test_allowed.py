"""Texts that may stay are compared as a whole, and nothing else about them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from site_agent.deidentify.pixels.allowed import allowed, compared, usually_allowed


def test_usual_texts_say_how_a_film_was_taken() -> None:
    usual = usually_allowed()
    assert {compared("AP"), compared("Supine"), compared("semi  erect")} <= usual
    assert "" not in usual
    assert not any(text.startswith("#") for text in usual)


def test_side_markers_are_not_among_them() -> None:
    assert not {"l", "r"} & usually_allowed()  # they stay by another rule: alone


def test_comments_and_empty_lines_are_no_texts() -> None:
    assert allowed(["# Raum 1", "", "  ", "Raum  7 "]) == {"raum 7"}


@given(st.text(), st.text(min_size=1))
def test_text_is_allowed_whole_and_no_prefix_of_it(text: str, more: str) -> None:
    listed = allowed([text])
    assert listed <= {compared(text)}
    if compared(text + more) != compared(text):
        assert compared(text + more) not in listed
