"""What leaves is counted in patients, in tens, and never tells one of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from protos import codec
from protos.dataset_pb2 import Contribution
from protos.statistics_pb2 import (
    AGE_10_17,
    AGE_20_29,
    AGE_30_39,
    AGFA,
    CARDIAC_FOLLOW_UP,
    CARDIOMEGALY,
    FEMALE,
    GE,
    MALE,
    NEGATIVE,
    OTHER_VENDOR,
    PHILIPS,
    POSITIVE,
    ROUTINE_CHECK_UP,
    SIEMENS,
    DatasetStatistics,
    Observation,
)
from site_agent.aggregate import aggregate, contribution
from site_agent.manifest import Manifest, root
from site_agent.study import AuditedFile, AuditedStudy, Facts

ROOT = bytes(range(32))
DIGEST = "0" * 64
NOTHING = dict.fromkeys(Observation.values()[1:], NEGATIVE)


def study(number: int, patient: int | None = None, **facts: object) -> AuditedStudy:
    base = Facts(AGE_20_29, FEMALE, 2019, PHILIPS, f"D{number % 5}", ROUTINE_CHECK_UP)
    return AuditedStudy(
        study=f"S{number:04}",
        patient=f"P{number if patient is None else patient:04}",
        primary=AuditedFile("primary.dcm", DIGEST),
        supplementary=(),
        report=AuditedFile("report.json", DIGEST),
        facts=replace(base, **facts),
        labels=NOTHING,
        methods=("113100",),
    )


def with_positive(of: AuditedStudy) -> AuditedStudy:
    return replace(of, labels={**NOTHING, CARDIOMEGALY: POSITIVE})


def cell(statistics: DatasetStatistics, table: str, **keys: int) -> int:
    found = [
        entry.tens
        for entry in getattr(statistics, table)
        if all(getattr(entry, name) == value for name, value in keys.items())
    ]
    assert len(found) == 1, found
    return int(found[0])


def test_patient_with_many_studies_counts_once_in_a_cell() -> None:
    statistics = aggregate([study(n, patient=n % 10) for n in range(40)], ROOT)
    assert statistics.study_tens == 4
    assert statistics.patient_tens == 1
    assert cell(statistics, "sexes", sex=FEMALE) == 1


def test_patient_who_grew_older_counts_in_both_bands() -> None:
    young = [study(n, patient=n) for n in range(10)]
    old = [study(n + 100, patient=n, age=AGE_30_39) for n in range(10)]
    statistics = aggregate([*young, *old], ROOT)
    assert cell(statistics, "ages", age=AGE_20_29) == 1
    assert cell(statistics, "ages", age=AGE_30_39) == 1
    assert statistics.patient_tens == 1


def test_nine_patients_read_like_none() -> None:
    nine = [study(n, sex=MALE, year=2001) for n in range(9)]
    many = [study(n + 100) for n in range(10)]
    with_nine = aggregate([*nine, *many], ROOT)
    assert cell(with_nine, "sexes", sex=MALE) == 0
    without = aggregate(many, ROOT)
    without.patient_tens, without.study_tens = 2, 2
    for statistics in (with_nine, without):
        del statistics.observations[:], statistics.ages[:], statistics.indications[:]
        del statistics.vendors[:]
    assert with_nine == without


def test_year_of_one_patient_is_not_listed() -> None:
    studies = [*(study(n) for n in range(10)), study(99, year=1987)]
    assert [entry.year for entry in aggregate(studies, ROOT).years] == [2019]


def test_cells_are_rounded_from_the_truth_and_not_from_each_other() -> None:
    studies = [study(n, sex=FEMALE if n < 14 else MALE) for n in range(28)]
    statistics = aggregate(studies, ROOT)
    assert cell(statistics, "sexes", sex=FEMALE) == 1
    assert cell(statistics, "sexes", sex=MALE) == 1
    assert statistics.patient_tens == 3


def test_vendor_of_two_devices_is_other_and_shares_its_patients() -> None:
    three = [study(n, device=f"D{n % 3}") for n in range(10)]
    two = [
        study(n + 100, patient=n, vendor=SIEMENS, device=f"E{n % 2}") for n in range(10)
    ]
    one = [study(n + 200, patient=n, vendor=AGFA, device="F") for n in range(10)]
    statistics = aggregate([*three, *two, *one], ROOT)
    assert cell(statistics, "vendors", vendor=PHILIPS) == 1
    assert cell(statistics, "vendors", vendor=SIEMENS) == 0
    assert cell(statistics, "vendors", vendor=AGFA) == 0
    assert cell(statistics, "vendors", vendor=OTHER_VENDOR) == 1


def test_two_way_tables_count_positive_patients_only() -> None:
    studies = [study(n) for n in range(20)]
    studies += [with_positive(study(n + 100, age=AGE_10_17)) for n in range(10)]
    statistics = aggregate(studies, ROOT)
    key = {"observation": CARDIOMEGALY}
    assert cell(statistics, "observations_by_sex", **key, sex=FEMALE) == 1
    assert cell(statistics, "observations_by_age", **key, age=AGE_10_17) == 1
    assert cell(statistics, "observations_by_age", **key, age=AGE_20_29) == 0
    assert cell(statistics, "observations", **key, assertion=POSITIVE) == 1
    assert cell(statistics, "observations", **key, assertion=NEGATIVE) == 2


@pytest.mark.parametrize("count", [0, 1, 300])
def test_tables_fit_the_schema_and_have_the_same_cells_always(count: int) -> None:
    studies = [study(n, indication=CARDIAC_FOLLOW_UP) for n in range(count)]
    statistics = aggregate(studies, ROOT)
    assert codec.decode(DatasetStatistics, codec.encode(statistics)) == statistics
    assert len(statistics.observations) == 56
    assert len(statistics.observations_by_age) == 168
    assert len(statistics.vendors) == 11


def frozen(studies: list[AuditedStudy]) -> Manifest:
    return Manifest(root(studies), tuple(studies), bytes(32), len(studies), 0)


def test_contribution_names_the_manifest_and_counts_in_tens() -> None:
    studies = [study(n, patient=n % 20) for n in range(44)]
    made = contribution(frozen(studies))
    assert made == Contribution(
        manifest_root=root(studies),
        specification=bytes(32),
        study_tens=4,
        patient_tens=2,
    )


def test_third_vendor_counts_only_with_ten_patients() -> None:
    two = [study(n, vendor=(PHILIPS, SIEMENS)[n % 2]) for n in range(40)]
    few = [study(n + 100, vendor=GE) for n in range(9)]
    other = [study(n + 200, vendor=OTHER_VENDOR) for n in range(10)]
    assert not contribution(frozen([*two, *few, *other])).three_vendors
    few.append(study(150, vendor=GE))
    assert contribution(frozen([*two, *few, *other])).three_vendors
