"""A film carries the codes of what was done to it, and no others."""

from __future__ import annotations

import pytest
from pydicom.sr.codedict import codes

from site_agent.deidentify.header.options import Dates, Option, Options, options_named
from tests.site_agent.deidentify.both_ways import as_bytes, by_engine, by_pydicom
from tests.site_agent.deidentify.chest_film import again, chest_film


def test_codes_and_meanings_are_those_of_the_standard() -> None:
    listed = codes.cid7050.concepts.values()
    meanings = {code.value: code.meaning for code in listed}
    every = Options(Dates.SHIFT, frozenset(Option))
    assert len(every.method_codes) == len(Option) + 1
    for value, meaning in every.method_codes:
        assert meanings[value] == meaning


def test_methods_are_the_basic_profile_and_what_was_chosen_in_order() -> None:
    assert Options().methods == ("113100",)
    assert Options(Dates.SHIFT).methods == ("113100", "113107")
    options = Options().including(Option.UIDS, Option.CLEAN_GRAPHICS)
    assert options.methods == ("113100", "113103", "113110")


def test_moved_dates_are_the_same_by_either_name() -> None:
    assert Options(others=frozenset({Option.MODIFIED_DATES})) == Options(Dates.SHIFT)
    assert options_named(["retain_longitudinal_modified_dates"]) == Options(Dates.SHIFT)


def test_name_that_is_no_option_is_refused_with_those_that_are() -> None:
    with pytest.raises(ValueError, match=r"keep-names.*retain-uids"):
        options_named(["retain-uids", "keep-names"])
    with pytest.raises(ValueError, match="full-dates"):
        options_named(["retain-longitudinal-full-dates"])


@pytest.mark.parametrize("way", [by_engine, by_pydicom])
def test_film_says_that_its_pixels_are_clean_only_if_told_so(way) -> None:  # type: ignore[no-untyped-def]
    content = as_bytes(again(chest_film(BurnedInAnnotation="YES")))
    assert b"113101" not in way(content, Options())
    assert b"(\0\x01\x03CS\x02\0NO" not in way(content, Options())
    clean = way(content, Options().including(Option.CLEAN_PIXEL_DATA))
    assert b"113101" in clean
    assert b"(\0\x01\x03CS\x02\0NO" in clean
