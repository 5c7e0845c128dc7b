"""What the consortium shows to others: the Article 30 register, the dataset card."""

from __future__ import annotations

from contextlib import contextmanager
from fractions import Fraction

import httpx
import pytest

from coordinator.consortium import versions
from coordinator.database import open_session
from coordinator.publish.article30_register import register
from protos.article30_pb2 import (
    DataCategory,
    DataSubject,
    LegalBasis,
    Party,
    Purpose,
    Recipient,
    RecordOfProcessing,
    SecurityMeasure,
)
from protos.statistics_pb2 import (
    Assertion,
    DatasetStatistics,
    Observation,
    ObservationCell,
    YearCell,
)
from tests.coordinator.conftest import PASSWORD

ROOT = b"r" * 32


@pytest.fixture
def published(consortium, hospital):
    """Let one hospital publish all it has to say."""
    record = RecordOfProcessing(
        controller=Party(name="Alder Hospital", contact="post@alder.example"),
        joint_controller=Party(name="Alder University", contact="law@alder.example"),
        data_protection_officer=Party(
            name="D. P. Officer", contact="dpo@alder.example"
        ),
        purposes=[Purpose.REFERENCE_DATASET, Purpose.FEDERATED_TRAINING],
        legal_basis=LegalBasis.RESEARCH_6_1_E_9_2_J,
        data_subjects=[DataSubject.ADULT_PATIENTS],
        data_categories=[DataCategory.PSEUDONYMISED_RADIOGRAPHS],
        recipients=[Recipient.NO_RECIPIENT_OF_PERSONAL_DATA],
        third_countries=["CH"],
        retention_months=120,
        security_measures=[SecurityMeasure.MUTUAL_TLS],
        manifest_root=ROOT,
        studies_received_tens=12,
        studies_kept_tens=0,
        first_year=2016,
        last_year=2021,
        deidentification_methods=[113100],
    )
    tables = DatasetStatistics(
        manifest_root=ROOT,
        patient_tens=8,
        study_tens=8,
        years=[YearCell(year=2016, tens=8)],
        observations=[
            ObservationCell(
                observation=Observation.EDEMA, assertion=Assertion.POSITIVE, tens=0
            )
        ],
    )
    consortium.submit(hospital, hospital.contribution(ROOT))
    for body in ({"record_of_processing": record}, {"statistics": tables}):
        consortium.submit(hospital, hospital.sealed(hospital.statement(**body)))


def test_register_has_every_letter_of_article_30(consortium, published):
    with open_session(consortium.home, reads=True) as session:
        (entry,) = register(session, consortium="north").entries
    assert entry.a_controller.name == "Alder Hospital"
    assert entry.a_joint_controller.contact == "law@alder.example"
    assert entry.a_representative is None
    assert entry.a_data_protection_officer.contact == "dpo@alder.example"
    assert entry.b_purposes == ("REFERENCE_DATASET", "FEDERATED_TRAINING")
    assert entry.b_legal_basis == "RESEARCH_6_1_E_9_2_J"
    assert entry.c_data_subjects == ("ADULT_PATIENTS",)
    assert entry.c_personal_data == ("PSEUDONYMISED_RADIOGRAPHS",)
    assert entry.d_recipients == ("NO_RECIPIENT_OF_PERSONAL_DATA",)
    assert entry.e_third_countries == ("CH",)
    assert entry.f_retention_months == 120
    assert entry.g_security_measures == ("MUTUAL_TLS",)
    assert entry.processed.studies_received == "about 120"
    assert entry.processed.studies_kept == "fewer than 10"
    assert entry.processed.manifest_root == ROOT.hex()


@contextmanager
def logged_in(address, name):
    with httpx.Client(base_url=address, timeout=60) as client:
        asked = {"username": name, "password": PASSWORD}
        token = client.post("/api/v1/session", json=asked).json()["token"]
        client.headers["Authorization"] = f"Bearer {token}"
        yield client


def test_register_is_exported_to_the_admin(address, published):
    with logged_in(address, "ann") as http:
        told = http.get("/api/v1/records-of-processing").json()
    assert told["consortium"] == "north"
    assert told["entries"][0]["a_controller"]["name"] == "Alder Hospital"


def test_card_tells_sources_figures_and_what_lacks(address, consortium, published):
    with open_session(consortium.home) as session:
        version = versions.propose(session, share=Fraction(2, 3), now=consortium.now)
    with logged_in(address, "rosa") as http:
        told = http.get("/api/v1/versions/1.0.0/card")
        assert http.get("/api/v1/versions/2.0.0/card").status_code == 404
    assert told.headers["content-type"] == "text/markdown; charset=utf-8"
    card = told.text
    assert card.startswith("# chest-radiographs 1.0.0\n")
    assert "| alder | alder hospital | about 80 | about 80 |" in card
    assert "- edema, positive: fewer than 10" in card
    assert "- 2016: about 80" in card
    assert "| studies | **no** | about 80 studies | 40,000 studies |" in card
    assert version.digest.hex() in card


def test_card_does_not_show_tables_of_another_manifest(
    address, consortium, hospital, published
):
    consortium.submit(hospital, hospital.contribution(b"s" * 32))
    with open_session(consortium.home) as session:
        versions.propose(session, share=Fraction(2, 3), now=consortium.now)
    with logged_in(address, "rosa") as http:
        card = http.get("/api/v1/versions/1.0.0/card").text
    assert "| alder | alder hospital | not published | not published |" in card
    assert "edema, positive" not in card
