"""What a film says of text in its pixels, where nobody looked (PS3.15 E.3.1)."""

import io

import pydicom
import pytest
from pydicom.uid import ComputedRadiographyImageStorage

from site_agent.deidentify.header.options import Option, Options
from tests.site_agent.deidentify.both_ways import as_bytes, by_both, header_of
from tests.site_agent.deidentify.chest_film import chest_film

DX = "1.2.840.10008.5.1.4.1.1.1.1"
CR = str(ComputedRadiographyImageStorage)
LOOKED = Options().including(Option.CLEAN_PIXEL_DATA)


@pytest.mark.parametrize(
    ("sop_class", "came", "options", "stays"),
    [
        (CR, "NO", Options(), None),  # type 3: nobody checked it
        (CR, "YES", Options(), "YES"),
        (DX, "NO", Options(), "NO"),  # type 1: the old film's word
        (DX, "YES", Options(), "YES"),
        (CR, None, LOOKED, "NO"),
        (CR, "NO", LOOKED, "NO"),
    ],
)
def test_a_film_says_no_only_where_it_was_checked_or_must(
    sop_class, came, options, stays
):
    film = chest_film()
    film.SOPClassUID = film.file_meta.MediaStorageSOPClassUID = sop_class
    film.pop("BurnedInAnnotation", None)
    if came:
        film.BurnedInAnnotation = came
    content = as_bytes(film)
    result = by_both(content, options)
    new = pydicom.dcmread(io.BytesIO(result))
    assert new.get("BurnedInAnnotation") == stays
    is_word = (sop_class, came) == (DX, "NO")
    assert header_of(content, options).claims_no_text is is_word
