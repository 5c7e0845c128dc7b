"""Small films and the rows of a manifest that name them."""

import hashlib
from io import BytesIO

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import (
    DigitalXRayImageStorageForPresentation,
    ExplicitVRLittleEndian,
    generate_uid,
)

from protos.statistics_pb2 import (
    AgeBand,
    Assertion,
    Indication,
    Observation,
    Sex,
    Vendor,
)
from site_agent.study import AuditedFile, AuditedStudy, Facts
from site_agent.train.loss import OBSERVATIONS

FACTS = Facts(
    age=AgeBand.AGE_50_59,
    sex=Sex.FEMALE,
    year=2021,
    vendor=Vendor.GE,
    device="D1",
    indication=Indication.ROUTINE_CHECK_UP,
)


def film(pixels, photometric="MONOCHROME2"):
    """Return the bytes of a DICOM film with these grey levels."""
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = DigitalXRayImageStorageForPresentation
    dataset.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    dataset.SOPClassUID = DigitalXRayImageStorageForPresentation
    dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID
    dataset.Modality = "DX"
    dataset.Rows, dataset.Columns = pixels.shape
    dataset.SamplesPerPixel = 1
    dataset.PhotometricInterpretation = photometric
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 16, 12, 11
    dataset.PixelRepresentation = 0
    dataset.PixelData = pixels.astype(np.uint16).tobytes()
    buffer = BytesIO()
    dataset.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()


def audited(study, patient, content, positive=()):
    """Return the manifest row of a study whose primary film is `content`."""
    labels = dict.fromkeys(OBSERVATIONS, Assertion.NEGATIVE)
    labels[Observation.NO_FINDING] = (
        Assertion.NOT_MENTIONED if positive else Assertion.POSITIVE
    )
    labels |= dict.fromkeys(positive, Assertion.POSITIVE)
    return AuditedStudy(
        study=study,
        patient=patient,
        primary=AuditedFile("primary.dcm", hashlib.sha256(content).hexdigest()),
        supplementary=(),
        report=AuditedFile("report.json", hashlib.sha256(b"{}").hexdigest()),
        facts=FACTS,
        labels=labels,
        methods=("113100",),
    )
