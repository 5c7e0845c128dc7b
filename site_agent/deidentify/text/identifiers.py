"""Everything that is known to identify the people of one study.

Collected from all headers at every depth (private elements too), from what came beside
the report, from the report's own letterhead and signature, and from the site's staff
list.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from typing import Any

from pydicom.datadict import dictionary_VR, keyword_for_tag
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue

from site_agent.deidentify.text.dates import dates_in
from site_agent.deidentify.text.known import (
    Collector,
    KnownIdentifiers,
    is_instance,
    names_of_staff,
)
from site_agent.deidentify.text.letter import people_of
from site_agent.deidentify.text.names import parse_dicom_name, parse_name
from site_agent.deidentify.text.spelling import fold
from site_agent.study import ReceivedReport, ReceivedStudy

__all__ = ["KnownIdentifiers", "known_identifiers"]

# Their values number a person, a visit, an order or a device, or reach one.
_NUMBERED = """
PatientID OtherPatientIDs AccessionNumber StudyID RequestedProcedureID AdmissionID
ScheduledProcedureStepID PerformedProcedureStepID ServiceEpisodeID
FillerOrderNumberImagingServiceRequest PlacerOrderNumberImagingServiceRequest
FillerOrderNumberProcedure PlacerOrderNumberProcedure MedicalRecordLocator
InsurancePlanIdentification PatientTelephoneNumbers PatientTelecomInformation
PersonTelephoneNumbers PersonTelecomInformation ReferringPhysicianTelephoneNumbers
ConsultingPhysicianTelephoneNumbers OrderCallbackPhoneNumber
OrderCallbackTelecomInformation DeviceSerialNumber DetectorID PlateID CassetteID
GantryID GeneratorID DeviceID UniqueDeviceIdentifier EthicsCommitteeApprovalNumber
ClinicalTrialSubjectID ClinicalTrialSubjectReadingID StationName StationAETitle
PerformedStationName PerformedStationAETitle ScheduledStationName
ScheduledStationAETitle RetrieveAETitle SourceApplicationEntityTitle
SendingApplicationEntityTitle ReceivingApplicationEntityTitle
"""
_PLACED = """
InstitutionName InstitutionAddress InstitutionalDepartmentName PatientAddress
PersonAddress ReferringPhysicianAddress IssuerOfPatientID PerformedLocation
PatientInstitutionResidence CurrentPatientLocation ScheduledProcedureStepLocation
RequestingService
"""
_ID_KEYWORDS = frozenset(_NUMBERED.split())
_TEXT_KEYWORDS = frozenset(_PLACED.split())
# A coded person or place: the meaning is a name, the value a number (PS3.3 10.1, 10.2).
_PERSON_CODES = frozenset({"PersonIdentificationCodeSequence"})
_PLACE_CODES = frozenset({"InstitutionCodeSequence"})
# They stay in the header, so that a station or a person of the same name is no leak.
_INNOCENT_KEYWORDS = frozenset({"Manufacturer", "ManufacturerModelName", "Modality"})
# UIDs of classes, syntaxes, coding schemes and programs: they identify no instance.
_CLASS_UIDS = re.compile(
    "SOPClass|TransferSyntax|CodingScheme|Context(Group|UID)|MappingResource"
    "|ImplementationClass|PrivateInformationCreator"
)
_DATE_PREFIX = re.compile(r"(\d{4})[.-]?(\d\d)[.-]?(\d\d)")


def known_identifiers(study: ReceivedStudy, staff: Sequence[str]) -> KnownIdentifiers:
    """Collect what identifies the people of `study`.

    Parameters
    ----------
    study
        All its images and its report. Elements that no step reads are not decoded.
    staff
        Names of the site's people, in any written form (``site.toml``).

    Raises
    ------
    ValueError, NotImplementedError, LookupError
        When an element that may identify somebody cannot be decoded: the file is
        damaged.
    """
    found = Collector()
    for image in study.images:
        file_meta = getattr(image.dataset, "file_meta", None)
        if file_meta is not None:
            _from_header(file_meta, found)
        _from_header(image.dataset, found)
    if study.report is not None:
        _from_report(study.report, found)
    found.names |= names_of_staff(tuple(staff))
    return found.finish()


def _from_header(dataset: Dataset, found: Collector) -> None:
    for tag in dataset.keys():  # noqa: SIM118  iterating a Dataset decodes its elements
        keyword = keyword_for_tag(tag)
        vr = dataset.get_item(tag).VR or _dictionary_vr(tag)
        if vr == "SQ":
            for item in dataset[tag].value or ():
                _from_header(item, found)
                _from_code(keyword, item, found)
        elif vr == "PN":
            for value in _values(dataset, tag):
                found.names.update(parse_dicom_name(value))
        elif vr in ("DA", "DT"):
            for value in _values(dataset, tag):
                found.dates.update(_dicom_dates(value))
        elif vr == "UI":
            if not _CLASS_UIDS.search(keyword):
                found.uids.update(filter(is_instance, _values(dataset, tag)))
        elif keyword in _ID_KEYWORDS:
            found.ids.update(_values(dataset, tag))
        elif keyword in _TEXT_KEYWORDS:
            found.texts.update(_values(dataset, tag))
        elif keyword in _INNOCENT_KEYWORDS:
            found.innocent.update(map(fold, _values(dataset, tag)))


def _from_code(keyword: str, code: Dataset, found: Collector) -> None:
    if keyword in _PERSON_CODES | _PLACE_CODES:
        found.ids.update(_values(code, "CodeValue"))
        meanings = _values(code, "CodeMeaning")
        if keyword in _PERSON_CODES:
            found.names.update(n for meaning in meanings for n in parse_name(meaning))
        else:
            found.texts.update(meanings)


def _from_report(report: ReceivedReport, found: Collector) -> None:
    for text in (report.text, *report.sections.values()):
        found.names.update(people_of(text))
        found.dates.update(dates_in(text))
    for kind, value in report.known.items():
        found.take_field(kind, value)


def _values(dataset: Dataset, tag: Any) -> Iterator[str]:
    """Give the values of an element as text, without padding and empty ones."""
    if tag not in dataset:
        return
    value = dataset[tag].value
    for one in value if isinstance(value, (MultiValue, list)) else (value,):
        text = "" if one is None else str(one).strip(" \0\t\r\n")
        if text:
            yield text


def _dictionary_vr(tag: Any) -> str:
    try:
        return dictionary_VR(tag)
    except KeyError:  # a private or unknown element of an implicit VR file
        return "UN"


def _dicom_dates(value: str) -> Iterator[dt.date]:
    """Give the days of a DA, a DT or a range; what is no date is passed over."""
    for year, month, day in _DATE_PREFIX.findall(value):
        try:
            yield dt.date(int(year), int(month), int(day))
        except ValueError:
            continue
