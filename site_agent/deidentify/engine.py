"""The fast header engine: the profile applied to the bytes themselves.

It gives, attribute by attribute, what `header` gives by way of pydicom, and shares its
rules (`profile`, `denial`, `values`, `pseudonym`). A value that stays keeps its bytes.
What cannot be decided safely here is declined, and `header` does that file; the tests
hold both to the same result.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from site_agent.deidentify.cleaning import Cleaning
from site_agent.deidentify.encoding import DEFLATED, TooLong
from site_agent.deidentify.layout import Layout, Read, lay_out
from site_agent.deidentify.marking import file_start, marks
from site_agent.deidentify.options import Options
from site_agent.deidentify.picture import check_pixels
from site_agent.deidentify.profile import load_profile
from site_agent.deidentify.pseudonym import Pseudonyms
from site_agent.deidentify.structure import Declined
from site_agent.deidentify.texts import charset_of, first_text

__all__ = ["CleanHeader", "Declined", "clean_header"]

_PATIENT_ID, _ISSUER_OF_PATIENT_ID = 0x00100020, 0x00100021
_SOP_CLASS, _SOP_INSTANCE, _STUDY = 0x00080016, 0x00080018, 0x0020000D
_DIRECTORY = "1.2.840.10008.1.3.10"  # Media Storage Directory Storage (PS3.4 B.5)


@dataclass(frozen=True, slots=True)
class CleanHeader:
    """A de-identified film but for its pixels, which are copied as they are.

    Attributes
    ----------
    study, instance : str
        The new StudyInstanceUID, empty where the film has none, and SOPInstanceUID.
    head : bytes
        The new file up to the value of its pixels.
    pixels_start, pixels_length : int
        The bytes of the old file that follow `head` in the new one.
    actions : dict
        How many attributes met which end, at all depths, by their tag and the action
        code of PS3.15 E.1.1 (X, Z, D, U, K, C). Private attributes, and those that the
        data dictionary does not know, are counted under these words instead of a tag.
    """

    study: str
    instance: str
    head: bytes
    pixels_start: int
    pixels_length: int
    actions: Mapping[tuple[int | str, str], int]


def clean_header(
    read: Read, size: int, pseudonyms: Pseudonyms, options: Options
) -> CleanHeader:
    """Apply the profile to a DICOM file.

    Parameters
    ----------
    read : Read
        Gives bytes of the file. Pixels are not read.
    size : int
        Bytes in the file.
    pseudonyms, options
        As for `header.deidentify_header`, with the same result.

    Raises
    ------
    Declined
        When the file is better left to `header`: its structure is broken, it has no
        preamble, or something in it can be read in several ways.
    """
    layout = lay_out(read, size)
    try:
        return _clean(layout, pseudonyms, options)
    except TooLong:
        raise Declined("a value of more than 64 kB") from None


def _clean(layout: Layout, pseudonyms: Pseudonyms, options: Options) -> CleanHeader:
    data, elements, encoding = layout.data, layout.elements, layout.encoding
    charset = charset_of(data, elements, "")
    sop_class = first_text(data, elements, _SOP_CLASS, "") or layout.sop_class
    instance = first_text(data, elements, _SOP_INSTANCE, "") or layout.sop_instance
    if not sop_class or not instance or sop_class == _DIRECTORY:
        raise Declined("no image")
    check_pixels(layout, sop_class)
    patient = pseudonyms.patient(
        first_text(data, elements, _PATIENT_ID, charset),
        first_text(data, elements, _ISSUER_OF_PATIENT_ID, charset),
    )
    profile = load_profile()
    new_class, new_instance = pseudonyms.uid(sop_class), pseudonyms.uid(instance)
    cleaning = Cleaning(
        data=data,
        encoding=encoding,
        pseudonyms=pseudonyms,
        dates=options.dates,
        iod=profile.iods.get(new_class),
        shift_days=pseudonyms.date_shift_days(patient),
    )
    done = cleaning.file(elements, charset)
    done |= marks(encoding, profile.edition, options, new_instance)
    study = done.get(_STUDY, b"")[8:].rstrip(b" \0").decode("ascii")
    if "\\" in study or b"\\" in done.get(_SOP_CLASS, b""):
        raise Declined("several studies or classes")
    content = b"".join(done[tag] for tag in sorted(done))
    if layout.pixels is not None:
        pixels = layout.pixels
        content += encoding.head(pixels.tag, pixels.vr, pixels.length)
    start, length = layout.pixels_start, layout.pixels_length
    if layout.transfer_syntax == DEFLATED:
        content = _deflated(content + data[start : start + length])
        start, length = 0, 0
    return CleanHeader(
        study=study,
        instance=new_instance,
        head=file_start(new_class, new_instance, layout.transfer_syntax) + content,
        pixels_start=start,
        pixels_length=length,
        actions=cleaning.actions,
    )


def _deflated(content: bytes) -> bytes:
    deflater = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    deflated = deflater.compress(content) + deflater.flush()
    return deflated + b"\0" * (len(deflated) & 1)
