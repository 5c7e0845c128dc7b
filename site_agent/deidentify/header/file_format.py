"""The file around a data set (PS3.10): a new meta group, an empty preamble."""

from __future__ import annotations

from io import BytesIO

from pydicom import dcmwrite
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import (
    UID,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    MediaStorageDirectoryStorage,
)

from site_agent.deidentify.header.codestream import Picture, Unreadable
from site_agent.deidentify.header.denial import PIXELS
from site_agent.deidentify.header.encapsulated import (
    SEQUENCE_DELIMITER,
    carried,
    fragments_of,
)
from site_agent.deidentify.header.marking import (
    IMPLEMENTATION_CLASS_UID,
    IMPLEMENTATION_VERSION_NAME,
)
from site_agent.deidentify.header.options import Option, Options
from site_agent.deidentify.header.picture import picture_bytes
from site_agent.deidentify.header.reading import UNREADABLE, number_of, quiet, text_of
from site_agent.deidentify.header.retaining import kept_uid
from site_agent.deidentify.pseudonym import Pseudonyms
from site_agent.errors import UnreadableFile

_PIXEL_DATA = 0x7FE00010
_UNDEFINED_LENGTH = 0xFFFFFFFF


def clean_meta(
    dataset: Dataset, pseudonyms: Pseudonyms, options: Options
) -> FileMetaDataset:
    """Give a meta group made anew: SOP Class, SOP Instance UID, transfer syntax.

    Application entity titles, addresses and private information are not taken over.

    Raises
    ------
    UnreadableFile
        When the file is a directory or no SOP instance, or if it does not say how its
        pixels are compressed.
    """
    came = getattr(dataset, "file_meta", None) or Dataset()
    with quiet():
        sop_class = text_of(dataset, "SOPClassUID")
        sop_class = sop_class or text_of(came, "MediaStorageSOPClassUID")
        instance = text_of(dataset, "SOPInstanceUID")
        instance = instance or text_of(came, "MediaStorageSOPInstanceUID")
        if not sop_class or not instance:
            raise UnreadableFile(
                "It has no SOPClassUID or no SOPInstanceUID. Export it again."
            )
        if sop_class == MediaStorageDirectoryStorage:
            raise UnreadableFile("It is the directory of a medium, not an image.")
        meta = FileMetaDataset()
        meta.FileMetaInformationVersion = b"\0\1"
        is_kept = Option.UIDS in options.others
        meta.MediaStorageSOPClassUID = UID(
            kept_uid(sop_class, pseudonyms, is_kept=is_kept)
        )
        meta.MediaStorageSOPInstanceUID = UID(
            kept_uid(instance, pseudonyms, is_kept=is_kept)
        )
        meta.TransferSyntaxUID = _transfer_syntax(dataset, came)
        meta.ImplementationClassUID = UID(IMPLEMENTATION_CLASS_UID)
        meta.ImplementationVersionName = IMPLEMENTATION_VERSION_NAME
    return meta


def to_bytes(dataset: Dataset) -> bytes:
    """Give the Part 10 file of a cleaned data set, in its transfer syntax.

    What stands behind the picture in its pixels is cut off; what a compressed picture
    carries beside the picture is set to zero (`encapsulated`).

    Raises
    ------
    UnreadableFile
        When it cannot be written so: its pixels are not what its header says.
    """
    buffer = BytesIO()
    with quiet():
        try:
            _leave_the_picture(dataset)
            dcmwrite(buffer, dataset, enforce_file_format=True)
        except UNREADABLE:
            raise UnreadableFile(
                "Its pixels are not what its transfer syntax says. Export it again."
            ) from None
    return buffer.getvalue()


def _leave_the_picture(dataset: Dataset) -> None:
    """Take out of the pixels what is no picture."""
    has_frames = bool(text_of(dataset, "NumberOfFrames"))
    frames = number_of(dataset, "NumberOfFrames") if has_frames else 1
    for tag in sorted(PIXELS & set(dataset.keys())):
        element = dataset[tag]
        if element.is_undefined_length:
            syntax = dataset.file_meta.TransferSyntaxUID
            picture = Picture(
                number_of(dataset, "Rows"), number_of(dataset, "Columns"), frames
            )
            pixels = element.value or b""
            element.value = _with_nothing_carried(pixels, syntax, picture)
            continue
        length = picture_bytes(
            rows=number_of(dataset, "Rows"),
            columns=number_of(dataset, "Columns"),
            allocated=number_of(dataset, "BitsAllocated"),
            samples=number_of(dataset, "SamplesPerPixel"),
            frames=frames,
            photometric=text_of(dataset, "PhotometricInterpretation"),
        )
        value = element.value or b""
        if not length:
            raise UnreadableFile(
                "Its header does not say how large its picture is. Export it again."
            )
        if len(value) < length:
            raise UnreadableFile(
                "It has fewer pixels than its header says. Export it again."
            )
        if len(value) > length:
            element.value = value[:length]


def _with_nothing_carried(
    pixels: bytes, transfer_syntax: str, picture: Picture
) -> bytes:
    whole = pixels + SEQUENCE_DELIMITER

    def read(offset: int, count: int) -> bytes:
        return whole[offset : offset + count]

    try:
        items, _ = fragments_of(read, 0, len(whole))
        spans = carried(read, items, transfer_syntax, picture)
    except Unreadable:
        raise UnreadableFile(
            "Its compressed pixels are not what its transfer syntax says, or cannot be "
            "looked through. Export it again."
        ) from None
    if not spans:
        return pixels
    cleaned = bytearray(pixels)
    for start, length in spans:
        cleaned[start : start + length] = bytes(length)
    return bytes(cleaned)


def _transfer_syntax(dataset: Dataset, came: Dataset) -> UID:
    stated = UID(text_of(came, "TransferSyntaxUID"))
    is_encapsulated = _is_encapsulated(dataset)
    if stated:
        if not stated.is_transfer_syntax or stated.is_private:
            raise UnreadableFile(
                "Its transfer syntax is not one of the standard's. Export it again in "
                "Explicit VR Little Endian."
            )
        if is_encapsulated and not stated.is_compressed:
            raise UnreadableFile(
                "Its pixels are compressed, and its transfer syntax says they are not. "
                "Export it again."
            )
        return stated
    if is_encapsulated:
        raise UnreadableFile(
            "Its pixels are compressed, and it does not say how. Export it again."
        )
    implicit, little = dataset.original_encoding
    if implicit:
        return ImplicitVRLittleEndian
    # A data set made in memory has no original encoding.
    return ExplicitVRBigEndian if little is False else ExplicitVRLittleEndian


def _is_encapsulated(dataset: Dataset) -> bool:
    if _PIXEL_DATA not in dataset:
        return False
    item = dataset.get_item(_PIXEL_DATA)
    if isinstance(item, RawDataElement):
        return item.length == _UNDEFINED_LENGTH
    return item.is_undefined_length
