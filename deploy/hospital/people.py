"""Invent hospitals, their staff and their patients. Every name and number is made up.

Family names are chosen so that none is a word of a report, and so that accents,
digraphs and double names occur.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

FIRST_YEAR, LAST_YEAR = 2019, 2024


@dataclass(frozen=True, slots=True)
class Locale:
    """What names, addresses and numbers look like in one country (locales.toml)."""

    charset: str
    """Specific Character Set (0008,0005)."""
    families: tuple[str, ...]
    women: tuple[str, ...]
    men: tuple[str, ...]
    streets: tuple[str, ...]
    towns: tuple[str, ...]
    hospital: str
    phone: str
    """A digit takes the place of each ``#``."""


def _read_locales() -> tuple[Locale, ...]:
    table = tomllib.loads(Path(__file__).with_name("locales.toml").read_text("utf-8"))
    return tuple(
        Locale(
            charset=entry["charset"],
            families=tuple(entry["families"]),
            women=tuple(entry["women"]),
            men=tuple(entry["men"]),
            streets=tuple(entry["streets"]),
            towns=tuple(entry["towns"]),
            hospital=entry["hospital"],
            phone=entry["phone"],
        )
        for entry in table["locale"]
    )


LOCALES = _read_locales()

_FLEETS = (
    (("SIEMENS", "Ysio Max"), ("Philips Medical Systems", "DigitalDiagnost")),
    (("GE Healthcare", "Discovery XR656"), ("Agfa", "DX-D600")),
    (
        ("FUJIFILM Corporation", "FDR Visionary Suite"),
        ("Carestream Health", "DRX-Evolution"),
    ),
)


@dataclass(frozen=True, slots=True)
class Person:
    """A name; `dicom` is the PN value (PS3.5 6.2.1)."""

    family: str
    given: str

    @property
    def dicom(self) -> str:
        """Family name, caret, given name."""
        return f"{self.family}^{self.given}"


@dataclass(frozen=True, slots=True)
class Device:
    """One radiographic system. `rows` and `columns` are its detector's, pixels."""

    manufacturer: str
    model: str
    station: str
    serial: str
    rows: int
    columns: int
    inverted: bool
    """Whether it stores MONOCHROME1."""


@dataclass(frozen=True, slots=True)
class Hospital:
    """One hospital: number 1 writes its reports as text, 2 as JSON, 3 as one CSV."""

    number: int
    locale: Locale
    name: str
    address: str
    phone: str
    devices: tuple[Device, ...]
    referrers: tuple[Person, ...]
    radiologists: tuple[Person, ...]
    radiographers: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class Patient:
    """A patient, with everything that would tell who it is."""

    person: Person
    sex: str
    birth: dt.date
    patient_id: str
    national_id: str
    address: str
    phone: str


@dataclass(frozen=True, slots=True)
class Visit:
    """One study: who, when, where, by whom."""

    patient: Patient
    device: Device
    day: dt.date
    time: str
    """HHMMSS."""
    prior: dt.date
    accession: str
    study_id: str
    procedure_id: str
    study_uid: str
    referrer: Person
    radiologist: Person
    radiographer: Person
    indication: str

    @property
    def age(self) -> int:
        """Whole years at the day of the study."""
        before = (self.day.month, self.day.day) < (
            self.patient.birth.month,
            self.patient.birth.day,
        )
        return self.day.year - self.patient.birth.year - before


INDICATIONS = (
    "Routine check-up",
    "Cardiac follow-up",
    "Respiratory symptoms: cough and dyspnea",
    "Pre-operative clearance",
)


def found_hospital(number: int, rng: np.random.Generator) -> Hospital:
    """Invent hospital `number` (from 1); country, vendors and formats go round."""
    locale = LOCALES[(number - 1) % len(LOCALES)]
    fleet = _FLEETS[(number - 1) % len(_FLEETS)]
    town = locale.towns[int(rng.integers(len(locale.towns)))]
    devices = tuple(
        Device(
            *fleet[index == 3],
            station=f"XRAY{number}{index}{digits(rng, 4)}",
            serial=f"SN{digits(rng, 8)}",
            rows=(2048, 2320, 2500, 2048)[index],
            columns=(2048, 2048, 2048, 2320)[index],
            inverted=index == 1,
        )
        for index in range(4)
    )
    staff = people(locale, 20, rng)
    return Hospital(
        number=number,
        locale=locale,
        name=locale.hospital.format(town),
        address=f"{_street(locale, rng)}, {town}",
        phone=_phone(locale, rng),
        devices=devices,
        referrers=staff[:12],
        radiologists=staff[12:16],
        radiographers=staff[16:],
    )


def admit(
    hospital: Hospital, day: dt.date, age: int, rng: np.random.Generator
) -> Patient:
    """Invent a patient who is `age` years old on `day`."""
    locale = hospital.locale
    sex = "FM"[int(rng.integers(2))]
    born = day - dt.timedelta(days=int(365.25 * age) + int(rng.integers(2, 360)))
    return Patient(
        person=_person(locale, sex, rng),
        sex=sex,
        birth=born,
        patient_id=f"{'HKPR'[hospital.number % 4]}{digits(rng, 7)}",
        national_id=digits(rng, 11),
        address=f"{_street(locale, rng)}, {_pick(locale.towns, rng)}",
        phone=_phone(locale, rng),
    )


def book(
    hospital: Hospital, patient: Patient, day: dt.date, rng: np.random.Generator
) -> Visit:
    """Invent a study of `patient` on `day`."""
    return Visit(
        patient=patient,
        device=hospital.devices[int(rng.integers(len(hospital.devices)))],
        day=day,
        time=f"{rng.integers(7, 19):02d}{rng.integers(60):02d}{rng.integers(60):02d}",
        prior=day - dt.timedelta(days=int(rng.integers(40, 700))),
        accession=f"ACC{digits(rng, 8)}",
        study_id=f"ST{digits(rng, 7)}",
        procedure_id=f"RP{digits(rng, 7)}",
        study_uid=make_uid(rng),
        referrer=hospital.referrers[int(rng.integers(len(hospital.referrers)))],
        radiologist=hospital.radiologists[
            int(rng.integers(len(hospital.radiologists)))
        ],
        radiographer=hospital.radiographers[
            int(rng.integers(len(hospital.radiographers)))
        ],
        indication=_pick(INDICATIONS, rng),
    )


def people(locale: Locale, count: int, rng: np.random.Generator) -> tuple[Person, ...]:
    """Invent `count` people."""
    return tuple(_person(locale, "FM"[index % 2], rng) for index in range(count))


def make_uid(rng: np.random.Generator) -> str:
    """Make a UID under the root that PS3.5 B.2 leaves to everybody."""
    return f"2.25.{int(rng.integers(1, 2**62))}{digits(rng, 12)}"


def digits(rng: np.random.Generator, count: int) -> str:
    """Draw `count` decimal digits, the first not zero."""
    return str(int(rng.integers(10 ** (count - 1), 10**count)))


def _person(locale: Locale, sex: str, rng: np.random.Generator) -> Person:
    return Person(
        _pick(locale.families, rng),
        _pick(locale.women if sex == "F" else locale.men, rng),
    )


def _street(locale: Locale, rng: np.random.Generator) -> str:
    return _pick(locale.streets, rng).format(rng.integers(2, 180))


def _phone(locale: Locale, rng: np.random.Generator) -> str:
    return "".join(
        str(rng.integers(10)) if sign == "#" else sign for sign in locale.phone
    )


def _pick(values: tuple[str, ...], rng: np.random.Generator) -> str:
    return values[int(rng.integers(len(values)))]
