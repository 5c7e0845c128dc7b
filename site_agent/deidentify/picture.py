"""Whether a file has the pixels that its header speaks of (PS3.3 C.7.6.3)."""

from __future__ import annotations

from site_agent.deidentify.encoding import UNDEFINED
from site_agent.deidentify.layout import Layout
from site_agent.deidentify.structure import Declined
from site_agent.deidentify.texts import raw_value

_SAMPLES, _ROWS, _COLUMNS, _ALLOCATED = 0x00280002, 0x00280010, 0x00280011, 0x00280100
_PHOTOMETRIC, _FRAMES = 0x00280004, 0x00280008
_SHARED_COLOUR = frozenset((b"YBR_FULL_422", b"YBR_PARTIAL_422"))
# Computed Radiography, Digital X-Ray for presentation and for processing (PS3.4 B.5).
_RADIOGRAPHS = frozenset(
    f"1.2.840.10008.5.1.4.1.1.{last}" for last in ("1", "1.1", "1.1.1")
)


def check_pixels(layout: Layout, sop_class: str) -> None:
    """Decline a film whose pixels are missing, or fewer than its header says."""
    rows = _number(layout, _ROWS, 0)
    if layout.pixels is None:
        if rows or sop_class in _RADIOGRAPHS:
            raise Declined("no pixels")
        return
    if layout.pixels.length == UNDEFINED:
        return
    samples = _number(layout, _SAMPLES, 1)
    if _text(layout, _PHOTOMETRIC) in _SHARED_COLOUR:
        samples = 2  # two pixels share their colour (PS3.3 C.7.6.3.1.2)
    frames = _text(layout, _FRAMES) or b"1"
    if not frames.isdigit() or len(frames) > 9:
        raise Declined("a number of frames that is none")
    bits = rows * _number(layout, _COLUMNS, 0) * samples * int(frames)
    if layout.pixels.length < (bits * _number(layout, _ALLOCATED, 8) + 7) // 8:
        raise Declined("pixels that are cut off")


def _number(layout: Layout, tag: int, default: int) -> int:
    element = layout.elements.get(tag)
    if element is None or element.vr not in ("", "US"):
        return default
    value = raw_value(layout.data, element)[:2]
    return int.from_bytes(value, "little" if layout.encoding.little else "big")


def _text(layout: Layout, tag: int) -> bytes:
    element = layout.elements.get(tag)
    return raw_value(layout.data, element).strip(b" \0") if element else b""
