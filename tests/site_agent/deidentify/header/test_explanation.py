"""The profile in words: complete, true to the options, and so in the documentation."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from site_agent.deidentify.header.explanation import WORDS, explain
from site_agent.deidentify.header.options import Dates, Option, Options
from site_agent.deidentify.header.profile import load_profile

PAGE = Path(__file__).parents[4] / "docs" / "deidentification.md"
EVERY = Options(Dates.SHIFT, frozenset(Option))


def lines(options: Options) -> dict[tuple[str, str], tuple[str, str, str]]:
    return {
        (line.tag, line.name): (line.code, line.action, line.because)
        for line in explain(options)
    }


def test_every_row_of_the_table_is_told_in_words() -> None:
    tags = {tag for tag, _ in lines(Options())}
    for tag, rule in load_profile().rules.items():
        assert f"({tag >> 16:04X},{tag & 0xFFFF:04X})" in tags, rule.name
        assert rule.basic in WORDS


def test_patients_name_and_number_are_told_as_they_are_treated() -> None:
    for options in (Options(), EVERY):
        told = lines(options)
        assert told["(0010,0010)", "Patient's Name"][1] == "emptied"
        number = told["(0010,0020)", "Patient ID"]
        assert number[1] == "replaced by a keyed pseudonym"


@pytest.mark.parametrize("option", Option)
def test_rows_that_change_with_an_option_name_it(option: Option) -> None:
    basic, chosen = lines(Options()), lines(Options(others=frozenset({option})))
    changed = {key for key in chosen if chosen[key] != basic.get(key)}
    assert all(chosen[key][2] == option for key in changed)
    assert bool(changed) is (option is not Option.CLEAN_PIXEL_DATA)


def test_what_the_data_dictionary_does_not_know_is_told_to_go() -> None:
    told = lines(EVERY)["(0010,2162)", "Ethnic Groups"]
    assert told[0] == "X"
    assert "dictionary" in told[1]


def test_ages_private_attributes_and_concepts_are_told_where_an_option_keeps_them() -> (
    None
):
    told = lines(EVERY)
    assert "090Y" in told["(0010,1010)", "Patient's Age"][1]
    private = "(2001,xx03)", "Philips Imaging DD 001: MR Image Diffusion B-Factor"
    assert told[private][2] == Option.SAFE_PRIVATE
    assert told["121033 DCM", "Subject Age (NUM)"][0] == "K"
    assert told["121022 DCM", "Accession Number (TEXT)"][0] == "X"


def test_documentation_lists_the_options_with_their_codes_and_rows() -> None:
    profile = load_profile()
    rows = re.findall(
        r"(?m)^\| `([a-z-]+)` \| (\d+) \| (\d+) \| (\d+) \|$", PAGE.read_text("utf-8")
    )
    expected = []
    for option in Option:
        said = Counter(
            rule.options.get(option)
            for rule in (*profile.rules.values(), *profile.groups.values())
        )
        expected.append((str(option), option.code[0], str(said["K"]), str(said["C"])))
    assert rows == expected


def test_documentation_has_the_numbers_and_the_edition_of_the_profile() -> None:
    profile, text = load_profile(), " ".join(PAGE.read_text("utf-8").split())
    assert f"PS3.15 {profile.edition}" in text
    assert f"all {len(profile.rules)} attributes" in text
    assert f"{len(profile.groups)} groups of Table E.1-1" in text
    assert f"has {len(profile.safe_private)} of them" in text
