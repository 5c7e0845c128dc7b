"""Fill a film's DICOM attributes, with identifiers wherever real exports have them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import (
    UID,
    CTImageStorage,
    DigitalXRayImageStorageForPresentation,
    ExplicitVRLittleEndian,
    JPEGLSLossless,
)

from deploy.hospital.people import Hospital, Visit, make_uid

_VIEWS = {
    "PA": ("R-10214", "postero-anterior", ["L", "F"]),
    "AP": ("R-10206", "antero-posterior", ["R", "F"]),
    "LL": ("R-10236", "left lateral", ["P", "F"]),
}
_DATES = (
    "StudyDate",
    "SeriesDate",
    "AcquisitionDate",
    "ContentDate",
    "InstanceCreationDate",
)
_TIMES = (
    "StudyTime",
    "SeriesTime",
    "AcquisitionTime",
    "ContentTime",
    "InstanceCreationTime",
)


def film_header(
    hospital: Hospital, visit: Visit, view: str, instance: int, rng: np.random.Generator
) -> Dataset:
    """Fill all attributes of one DX film (PS3.3 A.26) but the pixels."""
    header = Dataset()
    header.SpecificCharacterSet = hospital.locale.charset
    for group in (
        _patient(hospital, visit),
        _study(hospital, visit, rng),
        _series(visit, view, instance, rng),
        _equipment(hospital, visit),
        _exposure(visit, view, rng),
    ):
        for keyword, value in group.items():
            setattr(header, keyword, value)
    person = visit.patient.person
    block = header.private_block(0x0019, "HOSPITAL EXPORT 1.0", create=True)
    block.add_new(0x01, "LO", f"{person.family}, {person.given}"[:64])
    block.add_new(0x02, "DA", f"{visit.patient.birth:%Y%m%d}")
    block.add_new(0x03, "SQ", Sequence([_item(PatientID=visit.patient.patient_id)]))
    return header


def stray_ct(hospital: Hospital, visit: Visit, rng: np.random.Generator) -> Dataset:
    """Make one CT slice that got into the export by mistake."""
    slice_ = film_header(hospital, visit, "PA", 1, rng)
    for keyword in ("ViewPosition", "ViewCodeSequence", "PresentationIntentType"):
        delattr(slice_, keyword)
    slice_.SOPClassUID, slice_.Modality = CTImageStorage, "CT"
    slice_.StudyDescription = slice_.SeriesDescription = "CT thorax"
    add_pixels(slice_, rng.integers(0, 2000, (128, 128), dtype=np.uint16), bits=12)
    return slice_


def add_pixels(
    header: Dataset, film: NDArray[np.uint16], *, bits: int, inverted: bool = False
) -> None:
    """Add the image pixel module (PS3.3 C.7.6.3).

    Parameters
    ----------
    header : pydicom.dataset.Dataset
        Changed in place.
    film : numpy.ndarray
        Stored values of 12 bits, white is dense; shape (rows, columns).
    bits : int
        12 (in 16 allocated) or 8.
    inverted : bool
        Store MONOCHROME1, in which white is air.
    """
    stored = (4095 - film) if inverted else film
    if bits == 8:
        stored = (stored >> 4).astype(np.uint8)
    header.SamplesPerPixel = 1
    header.PhotometricInterpretation = "MONOCHROME1" if inverted else "MONOCHROME2"
    header.PresentationLUTShape = "INVERSE" if inverted else "IDENTITY"
    header.Rows, header.Columns = stored.shape
    header.BitsAllocated = 8 * stored.itemsize
    header.BitsStored = bits
    header.HighBit = bits - 1
    header.PixelRepresentation = 0
    header.PixelData = stored.tobytes()


def save(header: Dataset, path: Path, *, compressed: bool = False) -> None:
    """Write a Part 10 file, its folder too; JPEG-LS lossless when `compressed`."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = header.SOPClassUID
    meta.MediaStorageSOPInstanceUID = header.SOPInstanceUID
    meta.TransferSyntaxUID = UID(ExplicitVRLittleEndian)
    header.file_meta = meta
    if compressed:
        header.compress(JPEGLSLossless, generate_instance_uid=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    header.save_as(path, enforce_file_format=True)


def _item(**attributes: object) -> Dataset:
    item = Dataset()
    for keyword, value in attributes.items():
        setattr(item, keyword, value)
    return item


def code_sequence(value: str, scheme: str, meaning: str) -> Sequence:
    """Make a code sequence of one item (PS3.3 8.8)."""
    return Sequence(
        [_item(CodeValue=value, CodingSchemeDesignator=scheme, CodeMeaning=meaning)]
    )


def _patient(hospital: Hospital, visit: Visit) -> dict[str, object]:
    patient = visit.patient
    other = _item(
        PatientID=patient.national_id,
        IssuerOfPatientID=hospital.name,
        TypeOfPatientID="TEXT",
    )
    return {
        "PatientName": patient.person.dicom,
        "PatientID": patient.patient_id,
        "IssuerOfPatientID": hospital.name,
        "PatientBirthDate": f"{patient.birth:%Y%m%d}",
        "PatientSex": patient.sex,
        "PatientAge": f"{visit.age:03d}Y",
        "OtherPatientIDsSequence": Sequence([other]),
        "PatientAddress": patient.address,
        "PatientTelephoneNumbers": patient.phone,
        "AdditionalPatientHistory": (
            f"{visit.indication}; referred by Dr {visit.referrer.family}"
        ),
        "PatientComments": f"Please call {patient.phone} with the result",
    }


def _study(
    hospital: Hospital, visit: Visit, rng: np.random.Generator
) -> dict[str, object]:
    requested = f"Chest radiograph, {visit.indication.lower()}"
    request = _item(
        AccessionNumber=visit.accession,
        RequestedProcedureID=visit.procedure_id,
        ScheduledProcedureStepID=visit.procedure_id,
        RequestedProcedureDescription=requested[:64],
        RequestingPhysician=visit.referrer.dicom,
        ReferencedStudySequence=Sequence(
            [
                _item(
                    ReferencedSOPClassUID="1.2.840.10008.3.1.2.3.1",
                    ReferencedSOPInstanceUID=make_uid(rng),
                )
            ]
        ),
    )
    return {
        **dict.fromkeys(_DATES, f"{visit.day:%Y%m%d}"),
        **dict.fromkeys(_TIMES, visit.time),
        "AcquisitionDateTime": f"{visit.day:%Y%m%d}{visit.time}",
        "StudyInstanceUID": visit.study_uid,
        "StudyID": visit.study_id,
        "AccessionNumber": visit.accession,
        "StudyDescription": requested[:64],
        "ReferringPhysicianName": visit.referrer.dicom,
        "RequestingPhysician": visit.referrer.dicom,
        "PerformingPhysicianName": visit.radiologist.dicom,
        "NameOfPhysiciansReadingStudy": visit.radiologist.dicom,
        "OperatorsName": visit.radiographer.dicom,
        "InstitutionName": hospital.name,
        "InstitutionAddress": f"{hospital.address}, {hospital.phone}",
        "InstitutionalDepartmentName": "Radiology",
        "RequestAttributesSequence": Sequence([request]),
    }


def _series(
    visit: Visit, view: str, instance: int, rng: np.random.Generator
) -> dict[str, object]:
    code, meaning, orientation = _VIEWS[view]
    return {
        "SOPClassUID": DigitalXRayImageStorageForPresentation,
        "SOPInstanceUID": make_uid(rng),
        "SeriesInstanceUID": make_uid(rng),
        "FrameOfReferenceUID": make_uid(rng),
        "PositionReferenceIndicator": "",
        "SeriesNumber": instance,
        "InstanceNumber": instance,
        "Modality": "DX",
        "PresentationIntentType": "FOR PRESENTATION",
        "ImageType": ["ORIGINAL", "PRIMARY", ""],
        "SeriesDescription": f"Chest {view}",
        "ProtocolName": f"Chest {view}",
        "BodyPartExamined": "CHEST",
        "AnatomicRegionSequence": code_sequence("51185008", "SCT", "Chest"),
        "ViewPosition": view,
        "ViewCodeSequence": code_sequence(code, "SRT", meaning),
        "PatientOrientation": orientation,
        "ImageLaterality": "U",
        "AcquisitionContextSequence": Sequence([]),
        "ImageComments": f"{visit.patient.person.family} {visit.day:%d.%m.%Y}",
        "BurnedInAnnotation": "NO",
    }


def _equipment(hospital: Hospital, visit: Visit) -> dict[str, object]:
    device = visit.device
    return {
        "Manufacturer": device.manufacturer,
        "ManufacturerModelName": device.model,
        "StationName": device.station,
        "DeviceSerialNumber": device.serial,
        "DetectorID": f"DET{device.serial}",
        "SoftwareVersions": "VE10",
        "PerformedStationName": device.station,
        "PerformedLocation": f"{hospital.name}, room {device.station[-2:]}"[:16],
    }


def _exposure(visit: Visit, view: str, rng: np.random.Generator) -> dict[str, object]:
    """Fill acquisition and display: nothing about a person."""
    milliseconds, current = int(rng.integers(3, 30)), int(rng.choice((250, 320, 400)))
    return {
        "KVP": str(int(rng.choice((109, 117, 125)))),
        "DistanceSourceToDetector": "1800",
        "ExposureTime": str(milliseconds),
        "XRayTubeCurrent": str(current),
        "Exposure": str(current * milliseconds // 1000),
        "AcquisitionDeviceProcessingDescription": f"CHEST {view}",
        "PositionerType": "NONE",
        "DetectorType": "SCINTILLATOR",
        "DetectorConfiguration": "AREA",
        "DateOfLastDetectorCalibration": f"{visit.prior:%Y%m%d}",
        "ImagerPixelSpacing": ["0.148", "0.148"],
        "PixelIntensityRelationship": "LOG",
        "PixelIntensityRelationshipSign": -1,
        "RescaleIntercept": "0",
        "RescaleSlope": "1",
        "RescaleType": "US",
        "LossyImageCompression": "00",
        "WindowCenter": "2048",
        "WindowWidth": "4096",
    }
