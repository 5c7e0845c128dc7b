"""Everything that is known to identify the people of one study.

Collected from all headers at every depth (private elements too), from what came beside
the report, from the report's own letterhead and signature, and from the site's staff
list. The text step removes these in all their spellings, the audit searches for them
in everything that would be kept.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydicom.datadict import dictionary_VR, keyword_for_tag
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pydicom.uid import UID

from site_agent.deidentify.text.dates import dates_in
from site_agent.deidentify.text.letter import people_of
from site_agent.deidentify.text.names import PersonName, parse_dicom_name, parse_name
from site_agent.deidentify.text.spelling import fold
from site_agent.deidentify.text.vocabulary import common_words
from site_agent.study import ReceivedReport, ReceivedStudy

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
_STANDARD_ROOT = "1.2.840.10008."
_DATE_PREFIX = re.compile(r"(\d{4})[.-]?(\d\d)[.-]?(\d\d)")


@dataclass(frozen=True, slots=True)
class KnownIdentifiers:
    """The identifiers of one study, as they were found.

    `ids` are numbers of all kinds, phones and stations among them. `texts` are places:
    hospitals, departments, addresses. `common` are folded words of the header that
    stay there (manufacturer, model) and are therefore not telling alone.
    """

    names: frozenset[PersonName] = frozenset()
    ids: frozenset[str] = frozenset()
    dates: frozenset[dt.date] = frozenset()
    uids: frozenset[str] = frozenset()
    texts: frozenset[str] = frozenset()
    common: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Collector:
    names: set[PersonName] = field(default_factory=set)
    ids: set[str] = field(default_factory=set)
    dates: set[dt.date] = field(default_factory=set)
    uids: set[str] = field(default_factory=set)
    texts: set[str] = field(default_factory=set)
    innocent: set[str] = field(default_factory=set)

    def finish(self) -> KnownIdentifiers:
        common = {word for text in self.innocent for word in re.findall(r"\w+", text)}
        return KnownIdentifiers(
            names=frozenset(self.names),
            ids=frozenset(i for i in self.ids if fold(i) not in self.innocent),
            dates=frozenset(self.dates),
            uids=frozenset(self.uids),
            texts=frozenset(t for t in self.texts if _tells(t, common)),
            common=frozenset(common),
        )


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
    found = _Collector()
    for image in study.images:
        file_meta = getattr(image.dataset, "file_meta", None)
        if file_meta is not None:
            _from_header(file_meta, found)
        _from_header(image.dataset, found)
    if study.report is not None:
        _from_report(study.report, found)
    for member in staff:
        found.names.update(parse_name(member))
    return found.finish()


def identifiers_of_fields(
    fields: Mapping[str, str], staff: Sequence[str] = ()
) -> KnownIdentifiers:
    """Collect what stands beside a report: by kind, ``patient_name`` and the like.

    A kind is told by its name, else by how the value looks; several values of a kind
    stand on lines of their own.
    """
    found = _Collector()
    for kind, value in fields.items():
        for one in value.splitlines():
            _from_field(fold(kind), one, found)
    for member in staff:
        found.names.update(parse_name(member))
    return found.finish()


def _from_header(dataset: Dataset, found: _Collector) -> None:
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
                found.uids.update(filter(_is_instance, _values(dataset, tag)))
        elif keyword in _ID_KEYWORDS:
            found.ids.update(_values(dataset, tag))
        elif keyword in _TEXT_KEYWORDS:
            found.texts.update(_values(dataset, tag))
        elif keyword in _INNOCENT_KEYWORDS:
            found.innocent.update(map(fold, _values(dataset, tag)))


def _from_code(keyword: str, code: Dataset, found: _Collector) -> None:
    if keyword in _PERSON_CODES | _PLACE_CODES:
        found.ids.update(_values(code, "CodeValue"))
        meanings = _values(code, "CodeMeaning")
        if keyword in _PERSON_CODES:
            found.names.update(n for meaning in meanings for n in parse_name(meaning))
        else:
            found.texts.update(meanings)


def _from_report(report: ReceivedReport, found: _Collector) -> None:
    for text in (report.text, *report.sections.values()):
        found.names.update(people_of(text))
        found.dates.update(dates_in(text))
    for kind, value in report.known.items():
        _from_field(fold(kind), value, found)


_NAME_FIELD = re.compile(
    "name|patient$|physician|doctor|radiologist|operator|author|person|nurse|referr"
)
_PLACE_FIELD = re.compile(
    "hospital|clinic|institution|address|street|city|department|ward|location|place"
)


def _from_field(kind: str, value: str, found: _Collector) -> None:
    """Take a field beside the text for what its name says, else for what it looks."""
    dates = dates_in(value)
    found.dates.update(dates)
    people = tuple(people_of(value))
    found.names.update(people)
    if _PLACE_FIELD.search(kind):
        found.texts.add(value)
    elif "uid" in kind:
        found.uids.update(filter(_is_instance, value.split()))
    elif _NAME_FIELD.search(kind) and not any(map(str.isdigit, value)):
        found.names.update(parse_name(value))
    elif not dates and not people and any(map(str.isdigit, value)):
        found.ids.add(value)


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


def _is_instance(uid: str) -> bool:
    return not uid.startswith(_STANDARD_ROOT) and UID(uid).name == uid


def _tells(text: str, common: set[str]) -> bool:
    """Whether a place says more than words like Radiology."""
    words = re.findall(r"[^\W\d_]{3,}", fold(text))
    return any(word not in common_words() and word not in common for word in words)
