"""The words of the report step as data."""

import pytest

from site_agent.deidentify.text.vocabulary import (
    common_words,
    either,
    phrases,
    words,
    written_words,
)


@pytest.mark.parametrize("table", ["findings", "impression"])
def test_every_language_of_the_consortium_has_headings(table: str) -> None:
    for language in ("en", "de", "fr", "es", "it", "nl", "sv", "pl", "cs", "pt"):
        assert phrases(table, language)


def test_no_heading_begins_both_sections() -> None:
    assert not phrases("findings") & phrases("impression")
    assert not (phrases("findings") | phrases("impression")) & phrases("other")


def test_words_are_folded_and_may_be_had_as_written() -> None:
    assert "frau" in words("titles", "plain")
    assert "M." in written_words("titles", "exact")


def test_common_words_hold_no_particle_of_a_name() -> None:
    assert {"small", "klein", "petit", "costa"} <= common_words()


def test_longest_alternative_comes_first() -> None:
    assert either(["a", "ab"]) == "ab|a"
