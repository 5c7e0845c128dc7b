"""What statistics and quality checks need of a header, read before it is cleaned.

Only bands and classes go on: a decade, a calendar year, a vendor, an indication.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator

from pydicom.dataset import Dataset

from protos.statistics_pb2 import AgeBand, Sex, Vendor
from site_agent.deidentify.header.indication import indication_of
from site_agent.deidentify.header.projection import is_chest, view_of
from site_agent.deidentify.header.reading import items_of, number_of, text_of
from site_agent.deidentify.header.vendor import vendor_of
from site_agent.deidentify.pseudonym import Pseudonyms
from site_agent.study import Facts, ReceivedReport, ReceivedStudy, Technical, View

OLDEST = 130
"""Years; a greater age is a typing error."""

_FIRST_YEAR = 1970  # no film was digital before
_DATES = ("StudyDate", "SeriesDate", "AcquisitionDate", "ContentDate")
_AGE = re.compile(r"(\d{1,3})([YMWD]?)")
_DAYS = {"D": 1, "W": 7, "M": 30.4375, "Y": 365.25, "": 365.25}
_SEXES = {"F": Sex.FEMALE, "M": Sex.MALE, "O": Sex.OTHER_SEX}
_DECADES = (
    AgeBand.AGE_20_29,
    AgeBand.AGE_30_39,
    AgeBand.AGE_40_49,
    AgeBand.AGE_50_59,
    AgeBand.AGE_60_69,
    AgeBand.AGE_70_79,
    AgeBand.AGE_80_89,
    AgeBand.AGE_90_PLUS,
)
_INDICATION_SECTIONS = (
    "indication",
    "indications",
    "reason",
    "reason for exam",
    "clinical indication",
    "clinical information",
    "clinical history",
    "history",
)
_INDICATION_IN_TEXT = re.compile(
    r"^[ \t]*(?:clinical |reason for )?"
    r"(?:indications?|reason|history|information|exam(?:ination)?|question"
    r"|indikation|fragestellung|klinische angaben|renseignements cliniques"
    r"|indicaci[oó]n|indicazione|wskazani[ae])[ \t]*:[ \t]*"
    r"(?P<text>.*?)(?=\n[ \t]*\n|\n[ \t]*[A-Z][A-Za-z /]{2,30}:|\Z)",
    re.IGNORECASE | re.MULTILINE | re.DOTALL,
)


def technical(dataset: Dataset) -> Technical:
    """Read what the quality checks need of one film."""
    return Technical(
        modality=text_of(dataset, "Modality").upper(),
        view=view_of(dataset),
        rows=number_of(dataset, "Rows"),
        columns=number_of(dataset, "Columns"),
        bits_stored=number_of(dataset, "BitsStored"),
        chest=is_chest(dataset),
        vendor=vendor_of(text_of(dataset, "Manufacturer")),
        burned_in=announces_text(dataset),
    )


def announces_text(dataset: Dataset) -> bool:
    """Whether a header says that text is burned into the pixels (0028,0301).

    An overlay kept in the unused bits of the pixels (PS3.3 C.9.2, retired) counts as
    burned in: the header cannot take it out.
    """
    is_said = text_of(dataset, "BurnedInAnnotation").upper() == "YES"
    return is_said or _has_overlay_in_pixels(dataset)


def facts(study: ReceivedStudy, pseudonyms: Pseudonyms) -> Facts:
    """Read what the statistics need of a study, from its PA film where it has one.

    What that film's header does not tell, the other films of the study may.
    """
    headers = [image.dataset for image in study.images]
    headers.sort(key=lambda header: view_of(header) is not View.PA)
    vendors = (vendor_of(text_of(header, "Manufacturer")) for header in headers)
    devices = (device_of(header, pseudonyms) for header in headers)
    bands = (age_band(header) for header in headers)
    sexes = (_SEXES.get(text_of(header, "PatientSex").upper()) for header in headers)
    dates = (study_date(header) for header in headers)
    return Facts(
        age=next((b for b in bands if b != AgeBand.AGE_UNKNOWN), AgeBand.AGE_UNKNOWN),
        sex=next((sex for sex in sexes if sex is not None), Sex.SEX_UNKNOWN),
        year=next((date.year for date in dates if date is not None), 0),
        vendor=next((v for v in vendors if v is not None), Vendor.OTHER_VENDOR),
        device=next((device for device in devices if device), ""),
        indication=indication_of(_reasons(study.report, headers)),
    )


def age_band(dataset: Dataset) -> AgeBand.ValueType:
    """Give the band of PatientAge, else of the time from birth to study."""
    age = _stated_age(text_of(dataset, "PatientAge"))
    if age is None:
        age = _age_between(date_of(dataset, "PatientBirthDate"), study_date(dataset))
    if age is None or not 0 <= age <= OLDEST:
        return AgeBand.AGE_UNKNOWN
    if age < 10:
        return AgeBand.AGE_0_9
    if age < 18:
        return AgeBand.AGE_10_17
    if age < 20:
        return AgeBand.AGE_18_19
    return _DECADES[min(int(age) // 10, 9) - 2]


def study_date(dataset: Dataset) -> dt.date | None:
    """Give StudyDate, or the nearest to it that the header has."""
    dates = (date_of(dataset, keyword) for keyword in _DATES)
    return next((d for d in dates if d and d.year >= _FIRST_YEAR), None)


def date_of(dataset: Dataset, keyword: str) -> dt.date | None:
    """Give a DA value, ``1993.08.22`` as well; None where it is no date."""
    digits = text_of(dataset, keyword).replace(".", "").replace("-", "")[:8]
    try:
        return dt.datetime.strptime(digits, "%Y%m%d").date()  # noqa: DTZ007  a DA has no zone
    except ValueError:
        return None


def device_of(dataset: Dataset, pseudonyms: Pseudonyms) -> str:
    """Give a pseudonym of the device that made the film; empty where none is told."""
    for keyword in ("DeviceSerialNumber", "DetectorID", "StationName"):
        if number := text_of(dataset, keyword):
            maker = (
                text_of(dataset, "Manufacturer"),
                text_of(dataset, "ManufacturerModelName"),
            )
            return pseudonyms.device("|".join((*maker, number)))
    return ""


def _stated_age(text: str) -> float | None:
    match = _AGE.fullmatch(text.upper())
    if match is None:
        return None
    return int(match[1]) * _DAYS[match[2]] / _DAYS["Y"]


def _age_between(birth: dt.date | None, day: dt.date | None) -> int | None:
    if birth is None or day is None:
        return None
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def _reasons(
    report: ReceivedReport | None, headers: Iterable[Dataset]
) -> Iterator[str]:
    """Texts that may say why the film was asked for, the most specific first."""
    for header in headers:
        yield text_of(header, "ReasonForTheRequestedProcedure")
    if report is not None:
        for name in _INDICATION_SECTIONS:
            yield report.sections.get(name, "")
        for match in _INDICATION_IN_TEXT.finditer(report.text):
            yield match["text"]
    for header in headers:
        for item in items_of(header, "RequestAttributesSequence"):
            yield text_of(item, "ReasonForTheRequestedProcedure")
            yield text_of(item, "RequestedProcedureDescription")
        for keyword in (
            "RequestedProcedureDescription",
            "StudyDescription",
            "AdmittingDiagnosesDescription",
            "AdditionalPatientHistory",
        ):
            yield text_of(header, keyword)


def _has_overlay_in_pixels(dataset: Dataset) -> bool:
    tags = tuple(dataset.keys())  # to iterate the data set itself would parse all of it
    for tag in (tag for tag in tags if tag & 0xFF00FFFF == 0x60000102):
        has_data = (tag & 0xFFFF0000 | 0x3000) in dataset
        if not has_data and number_of(dataset, tag) > 0:
            return True
    return False
