"""The fast header engine: the profile applied to the bytes themselves.

It gives, attribute by attribute, what `header` gives by way of pydicom, and shares its
rules (`profile`, `denial`, `values`, `pseudonym`). A value that stays keeps its bytes.
What cannot be decided safely here is declined, and `header` does that file; the tests
hold both to the same result.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from site_agent.deidentify.header.cleaning import Cleaning
from site_agent.deidentify.header.codestream import Read
from site_agent.deidentify.header.encoding import DEFLATED, UNDEFINED, TooLong
from site_agent.deidentify.header.items import own_identifiers_in
from site_agent.deidentify.header.layout import Layout, lay_out
from site_agent.deidentify.header.marking import (
    BURNED_IN_ANNOTATION,
    claim_of,
    file_start,
    marks,
)
from site_agent.deidentify.header.moving import shift_of
from site_agent.deidentify.header.options import Option, Options
from site_agent.deidentify.header.picture import pixels_to_keep
from site_agent.deidentify.header.profile import load_profile
from site_agent.deidentify.header.retaining import kept_uid
from site_agent.deidentify.header.structure import ROOMY, Declined, Limits, TooLarge
from site_agent.deidentify.header.texts import charset_of, first_text
from site_agent.deidentify.pseudonym import Pseudonyms

__all__ = ["CleanHeader", "Declined", "Limits", "TooLarge", "clean_header"]

_PATIENT_ID, _ISSUER_OF_PATIENT_ID = 0x00100020, 0x00100021
_SOP_CLASS, _SOP_INSTANCE, _STUDY = 0x00080016, 0x00080018, 0x0020000D
_DIRECTORY = "1.2.840.10008.1.3.10"  # Media Storage Directory Storage (PS3.4 B.5)


class CleanHeader(NamedTuple):
    """A de-identified film but for its pixels, which are copied as they are.

    Attributes
    ----------
    study, instance : str
        The new StudyInstanceUID, empty where the film has none, and SOPInstanceUID.
    head : bytes
        The new file up to the value of its pixels.
    pixels_start, pixels_length : int
        The bytes of the old file that follow `head` in the new one.
    tail : bytes
        What follows the pixels: nothing, or the NUL that makes their length even.
    has_pixels : bool
        Whether it has any, in `head` where the data set is deflated.
    actions : dict
        How many attributes met which end, at all depths, by their tag and the action
        code of PS3.15 E.1.1 (X, Z, D, U, K, C). Private attributes, and those that the
        data dictionary does not know, are counted under these words instead of a tag.
    claims_no_text : bool
        Whether it says that no text is burned in, and nobody looked (`marking.Claim`).
    """

    study: str
    instance: str
    head: bytes
    pixels_start: int
    pixels_length: int
    tail: bytes
    has_pixels: bool
    actions: Mapping[tuple[int | str, str], int]
    claims_no_text: bool = False


def clean_header(
    read: Read,
    size: int,
    pseudonyms: Pseudonyms,
    options: Options,
    limits: Limits = ROOMY,
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
    limits : Limits
        How much of the file is held in memory.

    Raises
    ------
    Declined
        When the file is better left to `header`: its structure is broken, it has no
        preamble, or something in it can be read in several ways.
    TooLarge
        When more of it would have to be held in memory.
    """
    layout = lay_out(read, size, limits)
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
    length = pixels_to_keep(layout, sop_class)
    patient = pseudonyms.patient(
        first_text(data, elements, _PATIENT_ID, charset),
        first_text(data, elements, _ISSUER_OF_PATIENT_ID, charset),
    )
    profile = load_profile()
    keeps_uids = Option.UIDS in options.others
    new_class = kept_uid(sop_class, pseudonyms, is_kept=keeps_uids)
    new_instance = kept_uid(instance, pseudonyms, is_kept=keeps_uids)
    iod = profile.iods.get(new_class)
    own = own_identifiers_in(data, elements)
    cleaning = Cleaning(
        data=data,
        encoding=encoding,
        pseudonyms=pseudonyms,
        options=options,
        iod=iod,
        shift=shift_of(patient, pseudonyms, options),
        own=own,
    )
    claim = claim_of(
        first_text(data, elements, BURNED_IN_ANNOTATION, ""),
        profile.type_of(BURNED_IN_ANNOTATION, iod=iod, parent=0),
        options,
    )
    done = cleaning.file(elements, charset, claim.special)
    if own.may_stand_in(b"".join(done.values())):
        cleaning = replace(cleaning, is_repeated=True, actions={})
        done = cleaning.file(elements, charset, claim.special)
        if own.are_left_in(b"".join(done.values())):
            raise Declined("a name that is left")
    done |= marks(encoding, profile.edition, options, new_instance)
    study = done.get(_STUDY, b"")[8:].rstrip(b" \0").decode("ascii")
    if "\\" in study or b"\\" in done.get(_SOP_CLASS, b""):
        raise Declined("several studies or classes")
    content, padding = b"".join(done[tag] for tag in sorted(done)), b""
    if layout.pixels is not None:
        tag, vr, stated = layout.pixels.tag, layout.pixels.vr, layout.pixels.length
        if stated != UNDEFINED:
            padding = b"\0" * (length & 1)
            stated = length + len(padding)
        content += encoding.head(tag, vr, stated)
    start = layout.pixels_start
    if layout.transfer_syntax == DEFLATED:
        pixels = memoryview(data)[start : start + length]
        content = _deflated(content, pixels, padding)
        start, length, padding = 0, 0, b""
    return CleanHeader(
        study=study,
        instance=new_instance,
        head=file_start(new_class, new_instance, layout.transfer_syntax) + content,
        pixels_start=start,
        pixels_length=length,
        tail=padding,
        has_pixels=layout.pixels is not None,
        actions=cleaning.actions,
        claims_no_text=claim.stays,
    )


def _deflated(*parts: bytes | memoryview) -> bytes:
    deflater = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    deflated = b"".join([*map(deflater.compress, parts), deflater.flush()])
    return deflated + b"\0" * (len(deflated) & 1)
