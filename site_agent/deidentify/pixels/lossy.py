"""What a film keeps saying of a lossy compression that it once had.

Pixels that went through one never are again what they were, so whoever gets them must
be told, in whatever transfer syntax they are by now (PS3.3 C.7.6.1.1.5).
"""

from __future__ import annotations

from pydicom.dataset import Dataset

from site_agent.deidentify.header.reading import text_of

_METHODS = {
    "1.2.840.10008.1.2.4.50": "ISO_10918_1",
    "1.2.840.10008.1.2.4.51": "ISO_10918_1",
    "1.2.840.10008.1.2.4.81": "ISO_14495_1",
    "1.2.840.10008.1.2.4.91": "ISO_15444_1",
    "1.2.840.10008.1.2.4.93": "ISO_15444_2",
    "1.2.840.10008.1.2.4.112": "ISO_18181_1",
    "1.2.840.10008.1.2.4.203": "ISO_15444_15",
}
"""Compression that loses or may lose, by transfer syntax (C.7.6.1.1.5.1)."""

_EITHER = frozenset(
    {
        "1.2.840.10008.1.2.4.91",
        "1.2.840.10008.1.2.4.93",
        "1.2.840.10008.1.2.4.112",
        "1.2.840.10008.1.2.4.203",
    }
)
"""Of these, syntaxes in which nothing may have been lost; a film that says so is right.
Where it says nothing, it is taken for lossy."""


def tell_of_loss(film: Dataset, syntax: str, ratio: float) -> None:
    """Note on a film, decoded from `syntax`, that its pixels were compressed with loss.

    Parameters
    ----------
    film : Dataset
        What it says itself of a loss stays.
    syntax : str
        In which it was.
    ratio : float
        How many times as many bytes its pixels take now.
    """
    method = _METHODS.get(syntax)
    said = text_of(film, "LossyImageCompression")
    if method is None or said == "01" or (said == "00" and syntax in _EITHER):
        return
    film.LossyImageCompression = "01"
    film.LossyImageCompressionRatio = f"{ratio:.2f}"
    film.LossyImageCompressionMethod = method
