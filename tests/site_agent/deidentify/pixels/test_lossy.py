"""A film that lost something says so in whatever syntax it is."""

from __future__ import annotations

import pytest
from pydicom.dataset import Dataset
from pydicom.uid import (
    JPEG2000,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLSNearLossless,
)

from site_agent.deidentify.pixels.lossy import tell_of_loss


def told(syntax: str, **before: str) -> tuple[str, str, str]:
    film = Dataset()
    for keyword, value in before.items():
        setattr(film, keyword, value)
    tell_of_loss(film, syntax, 12.5)
    flag, ratio, method = (
        str(film.get(f"LossyImageCompression{rest}", ""))
        for rest in ("", "Ratio", "Method")
    )
    return flag, ratio, method


@pytest.mark.parametrize(
    ("syntax", "method"),
    [
        (JPEGBaseline8Bit, "ISO_10918_1"),
        (JPEGLSNearLossless, "ISO_14495_1"),
        (JPEG2000, "ISO_15444_1"),
    ],
)
def test_loss_is_told_with_method_and_ratio(syntax: str, method: str) -> None:
    assert told(syntax) == ("01", "12.50", method)


def test_lossless_syntax_adds_nothing() -> None:
    assert told(JPEG2000Lossless) == ("", "", "")


def test_what_the_film_says_itself_stays() -> None:
    said = {"LossyImageCompression": "01", "LossyImageCompressionRatio": "30"}
    assert told(JPEGBaseline8Bit, **said) == ("01", "30", "")
    assert told(JPEG2000, LossyImageCompression="00") == ("00", "", "")


def test_lossy_film_cannot_say_that_nothing_was_lost() -> None:
    assert told(JPEGBaseline8Bit, LossyImageCompression="00")[0] == "01"
