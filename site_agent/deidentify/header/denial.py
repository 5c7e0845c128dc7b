"""What goes although Table E.1-1 does not list it.

The table lists the attributes that are known to identify. It cannot list what a device
or a person puts into an attribute that should hold something else. So everything that
can hold free text, a name, a date, an address or unnamed bytes goes unless this module
names it as technical. Numbers, code strings and replaced UIDs stay.
"""

from __future__ import annotations

from site_agent.deidentify.dictionary import tags

# Groups about persons, orders, visits, papers, signatures and cameras, besides what the
# table lists of them.
_DENIED_GROUPS = frozenset(
    {
        *(0x0010, 0x0012, 0x0016, 0x0032, 0x0038, 0x0088, 0x0400, 0x2000, 0x2010),
        *(0x2020, 0x2030, 0x2040, 0x2100, 0x2110, 0x2120, 0x2130, 0x4000, 0x4008),
        0x4010,
    }
)
# VRs whose values are words, names, places, dates or unnamed bytes (PS3.5 6.2).
_DENIED_VRS = frozenset(
    {
        *("LO", "SH", "ST", "LT", "UC", "UT"),
        *("PN", "AE", "UR", "AS", "DA", "DT", "TM"),
        *("OB", "OD", "OF", "OL", "OV", "OW", "UN"),
    }
)


def tags_named(keywords: str) -> frozenset[int]:
    """Give the tags of attributes by their keywords, with spaces between."""
    return frozenset(tags()[keyword] for keyword in keywords.split())


TECHNICAL_TEXT = tags_named(
    """
    Manufacturer ManufacturerModelName SoftwareVersions
    DetectorManufacturerName DetectorManufacturerModelName
    SecondaryCaptureDeviceManufacturer SecondaryCaptureDeviceManufacturerModelName
    SecondaryCaptureDeviceSoftwareVersions DigitalImageFormatAcquired
    CodeValue LongCodeValue CodingSchemeDesignator CodingSchemeVersion CodeMeaning
    AcquisitionDeviceProcessingCode ProcessingFunction PostprocessingFunction
    PhosphorType PlateType CollimatorGridName GridAbsorbingMaterial GridSpacingMaterial
    FilterType TypeOfFilters DetectorMode AcquisitionMode ConvolutionKernel
    ContrastBolusRoute RescaleType ModalityLUTType LUTExplanation
    WindowCenterWidthExplanation PixelSpacingCalibrationDescription
    """
)
"""Attributes of text that describe the machine or the picture. Their values must look
so as well: ASCII, no long numbers, no dates, no addresses (`values`)."""

PIXELS = tags_named("PixelData FloatPixelData DoubleFloatPixelData")
"""The picture itself: without it there is no film, and it is never changed here."""

PICTURE_BYTES = PIXELS | tags_named(
    """
    ExtendedOffsetTable ExtendedOffsetTableLengths LUTData
    RedPaletteColorLookupTableData GreenPaletteColorLookupTableData
    BluePaletteColorLookupTableData AlphaPaletteColorLookupTableData
    SegmentedRedPaletteColorLookupTableData SegmentedGreenPaletteColorLookupTableData
    SegmentedBluePaletteColorLookupTableData SegmentedAlphaPaletteColorLookupTableData
    """
)
"""Attributes of bytes that are the picture, or tell how to show it."""

COUNTERS = tags_named("SeriesNumber AcquisitionNumber InstanceNumber")
"""Small numbers in which some systems keep an order's number or a time."""


def is_denied(tag: int, vr: str) -> bool:
    """Whether an attribute that Table E.1-1 does not list goes all the same."""
    if tag >> 16 in _DENIED_GROUPS:
        return True
    allowed = tag in TECHNICAL_TEXT or tag in PICTURE_BYTES
    return not allowed and all(each in _DENIED_VRS for each in vr.split(" or "))


_NEVER = frozenset({0x00080005, 0x00700209, 0x04000500})


def never_stands(tag: int) -> bool:
    """Whether a tag goes wherever it stands and whatever it holds.

    Private attributes (odd groups); command, meta and directory groups; group lengths;
    curves (50xx); overlays (60xx: an overlay without its data is not valid, and its
    label is free text), compound graphics; signatures, their parameters, and padding;
    Encrypted Attributes; Specific Character Set, which is written anew where text that
    an option keeps needs one.
    """
    group = tag >> 16
    return (
        bool(group & 1)
        or tag in _NEVER
        or group < 0x0008
        or tag & 0xFFFF == 0
        or group & 0xFF00 in (0x5000, 0x6000)
        or group in (0x4FFE, 0xFFFA, 0xFFFC, 0xFFFE)
    )
