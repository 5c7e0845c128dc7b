"""The dataset: its progress, its versions and its log, in rounded words."""

from __future__ import annotations

import json

from protos import codec
from protos.dataset_pb2 import DatasetVersion
from protos.statistics_pb2 import (
    AgeBand,
    AgeCell,
    DatasetStatistics,
    Observation,
    ObservationSexCell,
    Sex,
    YearCell,
)


def test_progress_and_statistics_are_in_rounded_words(
    http, researcher, consortium, hospital
):
    consortium.submit(hospital, hospital.contribution(study_tens=12))
    tables = DatasetStatistics(
        manifest_root=b"r" * 32,
        patient_tens=11,
        study_tens=12,
        ages=[AgeCell(age=AgeBand.AGE_40_49, tens=0)],
        years=[YearCell(year=2021, tens=5)],
        observations_by_sex=[
            ObservationSexCell(observation=Observation.EDEMA, sex=Sex.FEMALE, tens=3)
        ],
    )
    consortium.submit(hospital, hospital.sealed(hospital.statement(statistics=tables)))
    told = http.get("/api/v1/progress", headers=researcher).json()
    assert told == {
        "dataset": "chest-radiographs",
        "studies": 120,
        "target": 40_000,
        "sites": {"alder": 120},
    }
    (site,) = http.get("/api/v1/statistics", headers=researcher).json()
    assert site["patients"] == "about 110"
    assert site["tables"]["ages"] == [
        {"of": {"age": "AGE_40_49"}, "patients": "fewer than 10"}
    ]
    assert site["tables"]["years"][0]["of"] == {"year": "2021"}
    assert site["tables"]["observations_by_sex"] == [
        {"of": {"observation": "EDEMA", "sex": "FEMALE"}, "patients": "about 30"}
    ]


def test_version_over_http(http, admin, consortium, hospitals):
    for hospital in hospitals:
        consortium.submit(hospital, hospital.contribution())
    made = http.post("/api/v1/versions", headers=admin)
    assert made.status_code == 201
    assert made.json()["version"] == "1.0.0"
    assert http.post("/api/v1/versions", headers=admin).status_code == 409
    digest = bytes.fromhex(made.json()["digest"])
    consortium.submit(hospitals[0], hospitals[0].vote(digest))
    (listed,) = http.get("/api/v1/versions", headers=admin).json()
    assert listed["votes"] == {"alder": "approve"}
    assert set(listed["sites"]) == {"alder", "birch", "cedar"}


def test_checkpoint_over_http_is_the_signed_note(http, researcher, consortium):
    told = http.get("/api/v1/log/checkpoint", headers=researcher).json()
    assert told["log_key"] == consortium.vkey
    assert told["checkpoint"].startswith("north/log\n1\n")


def test_version_content_is_what_the_sites_voted_on(http, researcher, released):
    (listed,) = http.get("/api/v1/versions", headers=researcher).json()
    content = codec.decode(DatasetVersion, released.content)
    assert listed["specification"] == content.specification.hex()
    assert json.dumps(listed["sites"], sort_keys=True) == json.dumps(
        {each.site: each.manifest_root.hex() for each in content.sites}, sort_keys=True
    )
