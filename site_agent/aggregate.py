"""AuditedStudy... -> DatasetStatistics: the tables that may leave the site.

The policy is `protos.disclosure`'s: the unit is the patient, every cell and every
margin is rounded to tens on its own from the truth, a vendor that rests on fewer than
three devices is in "other". A patient with several studies counts once in each cell
that any of them falls into, so cells need not add up to their margin.

Tables over closed lists have all their cells, so that a cell of 0 tens does not tell
none from nine. Years are not closed: a year of fewer than ten patients is not listed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from itertools import product
from typing import TypeVar

from protos.dataset_pb2 import Contribution
from protos.disclosure import fold, tens
from protos.statistics_pb2 import (
    OTHER_VENDOR,
    POSITIVE,
    AgeBand,
    AgeCell,
    Assertion,
    DatasetStatistics,
    Indication,
    IndicationCell,
    Observation,
    ObservationAgeCell,
    ObservationCell,
    ObservationSexCell,
    Sex,
    SexCell,
    Vendor,
    VendorCell,
    YearCell,
)
from site_agent.manifest import Manifest
from site_agent.study import AuditedStudy

K = TypeVar("K", bound=Hashable)

# Without the first of each, which stands for "not given".
_OBSERVATIONS, _ASSERTIONS = Observation.values()[1:], Assertion.values()[1:]
_AGES, _SEXES = AgeBand.values()[1:], Sex.values()[1:]
_VENDORS, _INDICATIONS = Vendor.values()[1:], Indication.values()[1:]


def aggregate(
    studies: Iterable[AuditedStudy], manifest_root: bytes
) -> DatasetStatistics:
    """Count audited studies into the tables of ``protos/statistics.proto``.

    Parameters
    ----------
    studies
        All studies of one frozen manifest.
    manifest_root
        The manifest's root, 32 bytes.
    """
    kept = tuple(studies)
    labels = _patients(kept, lambda study: study.labels.items())
    by_sex = _patients(kept, lambda s: [(o, s.facts.sex) for o in _positive(s)])
    by_age = _patients(kept, lambda s: [(o, s.facts.age) for o in _positive(s)])
    ages = _patients(kept, lambda study: [study.facts.age])
    sexes = _patients(kept, lambda study: [study.facts.sex])
    years = _patients(kept, lambda study: [study.facts.year])
    indications = _patients(kept, lambda study: [study.facts.indication])
    vendors = _vendors(kept)
    return DatasetStatistics(
        manifest_root=manifest_root,
        patient_tens=tens(len({study.patient for study in kept})),
        study_tens=tens(len(kept)),
        observations=[
            ObservationCell(observation=observation, assertion=assertion, tens=count)
            for (observation, assertion), count in _cells(
                labels, product(_OBSERVATIONS, _ASSERTIONS)
            )
        ],
        ages=[AgeCell(age=age, tens=count) for age, count in _cells(ages, _AGES)],
        sexes=[SexCell(sex=sex, tens=count) for sex, count in _cells(sexes, _SEXES)],
        years=[
            YearCell(year=year, tens=count)
            for year, count in _cells(years, sorted(years))
            if year and count
        ],
        vendors=[
            VendorCell(vendor=vendor, tens=count)
            for vendor, count in _cells(vendors, _VENDORS)
        ],
        indications=[
            IndicationCell(indication=indication, tens=count)
            for indication, count in _cells(indications, _INDICATIONS)
        ],
        observations_by_sex=[
            ObservationSexCell(observation=observation, sex=sex, tens=count)
            for (observation, sex), count in _cells(
                by_sex, product(_OBSERVATIONS, _SEXES)
            )
        ],
        observations_by_age=[
            ObservationAgeCell(observation=observation, age=age, tens=count)
            for (observation, age), count in _cells(
                by_age, product(_OBSERVATIONS, _AGES)
            )
        ],
    )


def contribution(manifest: Manifest, *, audited_tenths: int = 0) -> Contribution:
    """Say what a manifest contributes: its root, its specification, rounded counts.

    `audited_tenths` is the share of the studies that a radiologist has audited. A
    vendor counts towards three when it stands behind ten patients or more, so that no
    single patient's film can turn the answer.
    """
    vendors = _patients(manifest.studies, lambda study: [study.facts.vendor])
    standing = [vendor for vendor, patients in vendors.items() if tens(len(patients))]
    return Contribution(
        manifest_root=manifest.root,
        specification=manifest.specification,
        study_tens=tens(len(manifest.studies)),
        patient_tens=tens(len({study.patient for study in manifest.studies})),
        three_vendors=len(set(standing) - {OTHER_VENDOR}) >= 3,
        audited_tenths=audited_tenths,
    )


def _patients(
    studies: Iterable[AuditedStudy], keys: Callable[[AuditedStudy], Iterable[K]]
) -> dict[K, set[str]]:
    """Collect the patients of each cell."""
    found: dict[K, set[str]] = defaultdict(set)
    for study in studies:
        for key in keys(study):
            found[key].add(study.patient)
    return found


def _cells(patients: Mapping[K, set[str]], keys: Iterable[K]) -> list[tuple[K, int]]:
    return [(key, tens(len(patients.get(key, ())))) for key in keys]


def _vendors(studies: Sequence[AuditedStudy]) -> dict[Vendor.ValueType, set[str]]:
    devices: dict[Vendor.ValueType, set[str]] = defaultdict(set)
    for study in studies:
        devices[study.facts.vendor].add(study.facts.device)
    patients = _patients(studies, lambda study: [study.facts.vendor])
    return fold(patients, devices, OTHER_VENDOR)


def _positive(study: AuditedStudy) -> list[Observation.ValueType]:
    return [
        observation
        for observation, assertion in study.labels.items()
        if assertion == POSITIVE
    ]
