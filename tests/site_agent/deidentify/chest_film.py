"""A small digital chest film that obeys PS3.3 A.26, with planted identifiers."""

from __future__ import annotations

import io

import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import (
    UID,
    DigitalXRayImageStorageForPresentation,
    ExplicitVRLittleEndian,
)

from site_agent.deidentify.header.reading import quiet

STUDY_UID = "1.2.276.0.7230010.3.1.2.1787205428.2345.1502795000.1"
SERIES_UID = "1.2.276.0.7230010.3.1.3.1787205428.2345.1502795000.2"
SOP_UID = "1.2.276.0.7230010.3.1.4.1787205428.2345.1502795000.3"
STEP_UID = "1.2.276.0.7230010.3.1.5.1787205428.2345.1502795000.4"

IDENTIFIERS = (
    "Reuter", "Francisco", "K18-95938", "RX72944254", "Krebs", "Klinikum Sebnitz",
    "SN90916691", "DXR3-K137", "19571113", "20170815", "101522", "Grafring",
    "1.2.276.0.7230010", "Ruppert",
)  # fmt: skip
"""Everything in the film's header that tells who, where, when and with what device."""


def item(**attributes: object) -> Dataset:
    """One data set from keywords."""
    dataset = Dataset()
    with quiet():
        for keyword, value in attributes.items():
            setattr(dataset, keyword, value)
    return dataset


def code(value: str, scheme: str, meaning: str, **further: object) -> Dataset:
    """One item of a code sequence."""
    return item(
        CodeValue=value, CodingSchemeDesignator=scheme, CodeMeaning=meaning, **further
    )


def chest_film(syntax: str = ExplicitVRLittleEndian, **changes: object) -> Dataset:
    """Make a film of 16 x 16 pixels and read it back, as a device would send it."""
    film = item(**_PATIENT, **_STUDY, **_IMAGE)
    film.ProcedureCodeSequence = Sequence([code("36643-5", "LN", "XR Chest 2 Views")])
    film.AnatomicRegionSequence = Sequence([code("816094009", "SCT", "Chest")])
    view = code("272479007", "SCT", "postero-anterior")
    view.ViewModifierCodeSequence = Sequence([])
    film.ViewCodeSequence = Sequence([view])
    film.PatientOrientationCodeSequence = Sequence([code("10904000", "SCT", "erect")])
    film.AcquisitionContextSequence = Sequence([])
    film.ReferencedPerformedProcedureStepSequence = Sequence(
        [
            item(
                ReferencedSOPClassUID="1.2.840.10008.3.1.2.3.3",
                ReferencedSOPInstanceUID=STEP_UID,
            )
        ]
    )
    film.RequestAttributesSequence = Sequence(
        [item(RequestedProcedureID="RX72944254", ScheduledProcedureStepID="RX72944254")]
    )
    block = film.private_block(0x0019, "SIEMENS DX FD", create=True)
    block.add_new(0x01, "LO", "Reuter^Francisco")
    with quiet():
        for keyword, value in changes.items():
            setattr(film, keyword, value)
    return again(film, syntax)


def again(film: Dataset, syntax: str = ExplicitVRLittleEndian) -> Dataset:
    """Write and read: the data set as it comes from a file."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = film.get("SOPClassUID", "1.2.3")
    meta.MediaStorageSOPInstanceUID = film.get("SOPInstanceUID", "1.2.3")
    meta.TransferSyntaxUID = UID(syntax)
    meta.SourceApplicationEntityTitle = "DXR3-K137"
    film.file_meta = meta
    film.preamble = b"Reuter".ljust(128, b"\0")
    buffer = io.BytesIO()
    with quiet():
        pydicom.dcmwrite(buffer, film, enforce_file_format=True)
        buffer.seek(0)
        return pydicom.dcmread(buffer)


_PATIENT = {
    "PatientName": "Reuter^Francisco",
    "PatientID": "K18-95938",
    "IssuerOfPatientID": "Klinikum Sebnitz",
    "PatientBirthDate": "19571113",
    "PatientSex": "M",
    "PatientAge": "059Y",
    "AdditionalPatientHistory": "lives at Grafring 29",
}
_STUDY = {
    "StudyInstanceUID": STUDY_UID,
    "StudyDate": "20170815",
    "StudyTime": "101522",
    "StudyID": "RX72944254",
    "AccessionNumber": "RX72944254",
    "ReferringPhysicianName": "Krebs^Jose",
    "StudyDescription": "XR CHEST for Francisco Reuter",
    "SeriesInstanceUID": SERIES_UID,
    "SeriesDate": "20170815",
    "SeriesTime": "101522",
    "SeriesNumber": 1,
    "SeriesDescription": "Chest PA",
    "Modality": "DX",
    "OperatorsName": "Ruppert^Bastian",
    "Manufacturer": "SIEMENS",
    "ManufacturerModelName": "FLUOROSPOT",
    "SoftwareVersions": ["VA10", "VB22"],
    "InstitutionName": "Klinikum Sebnitz",
    "StationName": "DXR3-K137",
    "DeviceSerialNumber": "SN90916691",
    "DetectorID": "SN90916691",
    "DateOfLastDetectorCalibration": "20170815",
    "TimeOfLastDetectorCalibration": "101522",
    "PerformedProcedureStepStartDate": "20170815",
    "PerformedProcedureStepStartTime": "101522",
    "PerformedProcedureStepID": "RX72944254",
}
_IMAGE = {
    "SOPClassUID": DigitalXRayImageStorageForPresentation,
    "SOPInstanceUID": SOP_UID,
    "InstanceNumber": 1,
    "AcquisitionNumber": 1,
    "AcquisitionDate": "20170815",
    "AcquisitionTime": "101522",
    "AcquisitionDateTime": "20170815101522",
    "ContentDate": "20170815",
    "ContentTime": "101522",
    "InstanceCreationDate": "20170815",
    "InstanceCreationTime": "101522",
    "ImageType": ["ORIGINAL", "PRIMARY", ""],
    "PresentationIntentType": "FOR PRESENTATION",
    "PatientOrientation": ["L", "F"],
    "BodyPartExamined": "CHEST",
    "ViewPosition": "PA",
    "ImageLaterality": "U",
    "SpecificCharacterSet": "ISO_IR 100",
    "KVP": "125",
    "ExposureTime": "10",
    "ExposureInuAs": "2500",
    "DistanceSourceToDetector": "1800",
    "DetectorType": "SCINTILLATOR",
    "DetectorConfiguration": "AREA",
    "DetectorDescription": "flat panel of Klinikum Sebnitz",
    "PositionerType": "NONE",
    "ImagerPixelSpacing": ["0.148", "0.148"],
    "PixelSpacing": ["0.148", "0.148"],
    "PixelSpacingCalibrationType": "GEOMETRY",
    "PixelSpacingCalibrationDescription": "at the detector",
    "BurnedInAnnotation": "NO",
    "LossyImageCompression": "00",
    "PixelIntensityRelationship": "LOG",
    "PixelIntensityRelationshipSign": -1,
    "PresentationLUTShape": "IDENTITY",
    "RescaleIntercept": "0",
    "RescaleSlope": "1",
    "RescaleType": "US",
    "WindowCenter": "2048",
    "WindowWidth": "4096",
    "SamplesPerPixel": 1,
    "PhotometricInterpretation": "MONOCHROME2",
    "Rows": 16,
    "Columns": 16,
    "BitsAllocated": 16,
    "BitsStored": 12,
    "HighBit": 11,
    "PixelRepresentation": 0,
    "PixelData": bytes(range(256)) * 2,
}


_SIZE = "00000010 00000010 00000000 00000000"
JPEG_2000 = bytes.fromhex(
    f"ff4f ff5100290000 {_SIZE} {_SIZE} 00010b0101 ff90000a0000000000000001 ff93"
)
"""The beginning of a JPEG 2000 picture of 16 rows and 16 columns; bytes and ``ff d9``
complete it."""
