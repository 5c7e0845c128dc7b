from __future__ import annotations

import json

from protos.article30_pb2 import RecordOfProcessing
from protos.consortium_pb2 import Statement
from protos.dataset_pb2 import DatasetVersion, SiteRoot
from protos.statistics_pb2 import (
    AGE_40_49,
    FEMALE,
    PNEUMONIA,
    DatasetStatistics,
    ObservationAgeCell,
    SexCell,
)
from protos.training_pb2 import DENSENET_TINY, FEDPROX, PermitTerms, TrainingPlan
from site_agent import plain_words


def statement() -> Statement:
    return Statement(
        consortium="north",
        site="st-anna",
        sequence=7,
        issued_at=1_795_000_000,
        statistics=DatasetStatistics(
            manifest_root=b"\xab" * 32,
            patient_tens=4,
            sexes=[SexCell(sex=FEMALE, tens=0)],
            observations_by_age=[
                ObservationAgeCell(observation=PNEUMONIA, age=AGE_40_49, tens=2)
            ],
        ),
    )


def test_every_field_is_shown_in_words() -> None:
    said = plain_words.readable(statement())
    assert said["sequence"] == 7
    assert said["issued_at"].endswith("UTC")
    statistics = said["statistics"]
    assert statistics["manifest_root"] == "ab" * 32
    assert statistics["patient_tens"] == "about 40"
    assert statistics["study_tens"] == "fewer than 10"
    assert statistics["sexes"] == [{"sex": "FEMALE", "tens": "fewer than 10"}]
    assert statistics["observations_by_age"] == [
        {"observation": "PNEUMONIA", "age": "AGE_40_49", "tens": "about 20"}
    ]
    assert statistics["vendors"] == []
    json.dumps(said)


def test_body_that_was_not_said_is_not_shown() -> None:
    said = plain_words.readable(statement())
    assert "vote" not in said
    assert "contribution" not in said


def test_list_of_enumerations_and_missing_parts() -> None:
    said = plain_words.readable(RecordOfProcessing(purposes=[1, 2]))
    assert said["purposes"] == ["REFERENCE_DATASET", "FEDERATED_TRAINING"]
    assert "representative" not in said


def test_version_shows_every_root_and_which_is_ours() -> None:
    proposal = DatasetVersion(
        dataset="chest-radiographs",
        version="1.0.0",
        specification=b"\x05" * 32,
        sites=[
            SiteRoot(site="st-anna", manifest_root=b"\x01" * 32),
            SiteRoot(site="st-bruno", manifest_root=b"\x02" * 32),
        ],
    )
    text = "\n".join(plain_words.version(proposal, site="st-anna"))
    assert "01" * 32 + "  (this site)" in text
    assert "02" * 32 in text
    assert "05" * 32 in text
    assert text.count("(this site)") == 1


def test_permit_shows_everything_that_is_signed() -> None:
    terms = PermitTerms(
        plan="plan-1",
        training=TrainingPlan(
            title="Effusion",
            dataset="chest-radiographs",
            version="1.0.0",
            network=DENSENET_TINY,
            strategy=FEDPROX,
            rounds=3,
            local_epochs=2,
            batch_size=16,
            image_size=64,
            learning_rate_millionths=1500,
            proximal_mu_millionths=10000,
            seed=42,
        ),
        sites=[SiteRoot(site="st-anna", manifest_root=b"\x01" * 32)],
        version_digest=b"\x07" * 32,
        bundle=b"\x06" * 32,
        quorum=1,
        valid_from=1_795_000_000,
        valid_until=1_795_086_400,
        upload_limit=64 << 20,
    )
    text = "\n".join(plain_words.permit(terms, site="st-anna"))
    for part in (
        "plan-1",
        '"Effusion"',
        "chest-radiographs 1.0.0",
        "DENSENET_TINY",
        "64 x 64",
        "FEDPROX",
        "3 rounds of 2",
        "64.0 MiB",
        "06" * 32,
        "07" * 32,
        "rate 0.0015, proximal term 0.01, seed 42",
        "1 of 1 members",
    ):
        assert part in text


def test_sizes_as_people_read_them() -> None:
    sizes = [plain_words.size(n) for n in (0, 1023, 1024, 5 << 20, 3 << 30)]
    assert sizes == ["0 bytes", "1023 bytes", "1.0 KiB", "5.0 MiB", "3.0 GiB"]
