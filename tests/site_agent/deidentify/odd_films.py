"""Films as odd devices and damaged archives write them, each under its name."""

from __future__ import annotations

from collections.abc import Callable

from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.tag import Tag

from tests.site_agent.deidentify.chest_film import chest_film, code, item
from tests.site_agent.deidentify.every_row import SECRET, film_of_every_row


def raw(film: Dataset, keyword: str, vr: str, value: bytes) -> None:
    tag = Tag(keyword)
    film._dict[tag] = RawDataElement(tag, vr, len(value), value, 0, False, True)


def undefined_lengths() -> Dataset:
    film = chest_film()
    for keyword in ("ViewCodeSequence", "RequestAttributesSequence"):
        film[keyword].is_undefined_length = True
        for each in film[keyword].value:
            each.is_undefined_length_sequence_item = True
    return film


def nested(depth: int) -> Dataset:
    inner = item(PatientName=SECRET, PatientID=SECRET)
    for _ in range(depth):
        inner = item(ViewCodeSequence=Sequence([inner]), Modality="DX")
    return chest_film(ViewCodeSequence=Sequence([inner]))


def clutter() -> Dataset:
    film = chest_film()
    film.add_new(0x50000022, "LO", SECRET)
    film.add_new(0x60000022, "LO", SECRET)
    film.add_new(0x60003000, "OW", SECRET.encode())
    film.add_new(0x0018FFF0, "LO", SECRET)
    film.add_new(0x00211099, "UN", SECRET.encode())
    icon = item(PatientID=SECRET, BitsAllocated=8, PixelData=b"\0\0")
    film.add_new("IconImageSequence", "SQ", [icon])
    film.add_new("DataSetTrailingPadding", "OB", SECRET.encode())
    return film


def under_unknown_vr() -> Dataset:
    film = chest_film()
    for keyword, value in {
        "KVP": b"125 ",
        "PatientName": b"Reuter^Francisco",
        "Manufacturer": b"Reuter^Francisco",
        "StudyDate": b"20170815",
        "SamplesPerPixel": b"\1\0",
    }.items():
        raw(film, keyword, "UN", value)
    raw(film, "Modality", "LO", b"DX")
    raw(film, "BodyPartExamined", "PN", b"Reuter^Francisco")
    raw(film, "RescaleSlope", "OB", b"1 ")
    return film


def odd_values() -> Dataset:
    film = chest_film(
        SpecificCharacterSet="ISO_IR 192",
        PatientName="山田^太郎",
        IssuerOfPatientID="Universitätsklinikum",
        Manufacturer="キヤノン",
        ProcedureCodeSequence=Sequence([code("RX72944254", "99SEBNITZ", "XR for R")]),
        StudyDate="1917.8.15",
        AcquisitionDate="",
    )
    raw(film, "WindowCenter", "DS", b"2048\\20170815 ")
    raw(film, "DetectorVector", "US", b"Reuter^Francisco")
    raw(film, "ImageType", "CS", b"ORIGI\0\\PRIMARY\\RX72944254")
    raw(film, "SmallestImagePixelValue", "US", b"\1\0\2\0\3\0")
    raw(film, "SeriesInstanceUID", "UI", b"1.2.3\\ \\1.2.840.10008.1.1\0")
    return film


CORPUS: dict[str, Callable[[], Dataset]] = {
    "plain": chest_film,
    "every row": film_of_every_row,
    "undefined lengths": undefined_lengths,
    "nested": lambda: nested(8),
    "nested too deep": lambda: nested(60),
    "clutter": clutter,
    "unknown VR": under_unknown_vr,
    "odd values": odd_values,
    "no pixels, no study": lambda: item(
        SOPClassUID="1.2.840.10008.5.1.4.1.1.88.11", SOPInstanceUID="1.2.3", KVP="1"
    ),
}
