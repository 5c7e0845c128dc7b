"""What a de-identified film says of itself, as bytes (PS3.15 E.1.1; PS3.10 7.1)."""

from __future__ import annotations

from typing import NamedTuple

from site_agent.deidentify.header.content import NOTHING_SPECIAL, Special
from site_agent.deidentify.header.encoding import EXPLICIT_LITTLE, Encoding, encoding_of
from site_agent.deidentify.header.options import Options
from site_agent.deidentify.header.profile import Action
from site_agent.deidentify.header.treatment import Handling, Treatment

METHOD = "Hilum: PS3.15 {edition} Annex E"
"""De-identification Method (0012,0063)."""

IMPLEMENTATION_CLASS_UID = "2.25.216350874417394275834091286735125906731"
IMPLEMENTATION_VERSION_NAME = "HILUM_1"

SOP_INSTANCE_UID = 0x00080018
BURNED_IN_ANNOTATION = 0x00280301

_GOES = Treatment(("CS",), Handling.GO, Action.REMOVE, Action.REMOVE)


class Claim(NamedTuple):
    """What a film says of text in its pixels, where nobody looked.

    Attributes
    ----------
    special : mapping
        That Burned In Annotation (0028,0301) goes, unless it has to stay.
    stays : bool
        Whether it says that there is none, and stays because the information object
        asks for it (type 1, as in PS3.3 Table C.8-71): it is then the old film's word.
    """

    special: Special
    stays: bool


def claim_of(burned_in: str, kind: str, options: Options) -> Claim:
    """Judge what a film says, by the attribute's type; YES always stays."""
    if options.are_pixels_clean or burned_in in ("", "YES"):
        return Claim(NOTHING_SPECIAL, stays=False)
    if kind in ("1", "1C"):
        return Claim(NOTHING_SPECIAL, stays=True)
    return Claim({BURNED_IN_ANNOTATION: _GOES}, stays=False)


def marks(
    encoding: Encoding, edition: str, options: Options, sop_instance: str
) -> dict[int, bytes]:
    """Give the elements that say what was done, by tag (PS3.15 E.1.1, E.3.6).

    They replace what stood there. SOP Instance UID is among them, since it has to be
    that of the file meta group; Burned In Annotation only where the pixels were cleaned
    (E.3.1).
    """

    def text(tag: int, vr: str, value: str) -> bytes:
        return encoding.element(tag, vr, value.encode("ascii"))

    items = b"".join(
        encoding.item(
            text(0x00080100, "SH", code)
            + text(0x00080102, "SH", "DCM")
            + text(0x00080104, "LO", meaning)
        )
        for code, meaning in options.method_codes
    )
    pixels = {BURNED_IN_ANNOTATION: text(BURNED_IN_ANNOTATION, "CS", "NO")}
    return {
        SOP_INSTANCE_UID: text(SOP_INSTANCE_UID, "UI", sop_instance),
        0x00120062: text(0x00120062, "CS", "YES"),
        0x00120063: text(0x00120063, "LO", METHOD.format(edition=edition)),
        0x00120064: encoding.element(0x00120064, "SQ", items),
        0x00280303: text(0x00280303, "CS", options.longitudinal),
        **(pixels if options.are_pixels_clean else {}),
    }


def file_start(sop_class: str, sop_instance: str, transfer_syntax: str) -> bytes:
    """Give an empty preamble and a meta group made anew (PS3.10 7.1)."""
    meta = encoding_of(EXPLICIT_LITTLE)
    group = b"".join(
        (
            meta.element(0x00020001, "OB", b"\0\1"),
            meta.element(0x00020002, "UI", sop_class.encode("ascii")),
            meta.element(0x00020003, "UI", sop_instance.encode("ascii")),
            meta.element(0x00020010, "UI", transfer_syntax.encode("ascii")),
            meta.element(0x00020012, "UI", IMPLEMENTATION_CLASS_UID.encode("ascii")),
            meta.element(0x00020013, "SH", IMPLEMENTATION_VERSION_NAME.encode("ascii")),
        )
    )
    length = len(group).to_bytes(4, "little")
    return bytes(128) + b"DICM" + meta.element(0x00020000, "UL", length) + group
