"""How many bytes the picture has that a header speaks of (PS3.3 C.7.6.3).

What stands behind the last pixel is no picture, whatever it is, and does not stay. A
header that does not say how large its picture is cannot be told from one that lies.
"""

from __future__ import annotations

from site_agent.deidentify.header.encoding import UNDEFINED
from site_agent.deidentify.header.layout import Layout
from site_agent.deidentify.header.structure import Declined
from site_agent.deidentify.header.texts import raw_value

_SAMPLES, _ROWS, _COLUMNS, _ALLOCATED = 0x00280002, 0x00280010, 0x00280011, 0x00280100
_PHOTOMETRIC, _FRAMES = 0x00280004, 0x00280008
_ONE_SAMPLE = frozenset(("", "MONOCHROME1", "MONOCHROME2", "PALETTE COLOR"))
_SHARED_COLOUR = frozenset(("YBR_FULL_422", "YBR_PARTIAL_422"))
# Computed Radiography, Digital X-Ray for presentation and for processing (PS3.4 B.5).
_RADIOGRAPHS = frozenset(
    f"1.2.840.10008.5.1.4.1.1.{last}" for last in ("1", "1.1", "1.1.1")
)


def picture_bytes(
    rows: int, columns: int, allocated: int, samples: int, frames: int, photometric: str
) -> int:
    """Count the bytes of a picture that is not encapsulated; 0 if it cannot be told.

    Parameters
    ----------
    rows, columns, allocated, samples, frames : int
        As the header has them, `allocated` in bits; 0 where it does not.
    photometric : str
        Photometric Interpretation.
    """
    if photometric in _SHARED_COLOUR:
        samples = 2  # two pixels share their colour (PS3.3 C.7.6.3.1.2)
    elif not samples and photometric in _ONE_SAMPLE:
        samples = 1
    return (rows * columns * allocated * samples * frames + 7) // 8


def pixels_to_keep(layout: Layout, sop_class: str) -> int:
    """Give how many bytes of a film's pixels are its picture.

    Raises
    ------
    Declined
        When its pixels are missing, are fewer than its header says, or if that says
        nothing.
    """
    rows = _number(layout, _ROWS)
    if layout.pixels is None:
        if rows or sop_class in _RADIOGRAPHS:
            raise Declined("no pixels")
        return 0
    if layout.pixels.length == UNDEFINED:
        return layout.pixels_length
    frames = _text(layout, _FRAMES) or "1"
    if not frames.isdecimal() or len(frames) > 9:
        raise Declined("a number of frames that is none")
    length = picture_bytes(
        rows,
        _number(layout, _COLUMNS),
        _number(layout, _ALLOCATED),
        _number(layout, _SAMPLES),
        int(frames),
        _text(layout, _PHOTOMETRIC),
    )
    if not length:
        raise Declined("a picture of unknown size")
    if layout.pixels.length < length:
        raise Declined("pixels that are cut off")
    return length


def _number(layout: Layout, tag: int) -> int:
    element = layout.elements.get(tag)
    if element is None or element.vr not in ("", "US"):
        return 0
    value = raw_value(layout.data, element)[:2]
    return int.from_bytes(value, "little" if layout.encoding.little else "big")


def _text(layout: Layout, tag: int) -> str:
    element = layout.elements.get(tag)
    value = raw_value(layout.data, element) if element else b""
    return value.decode("latin-1").strip(" \0")
