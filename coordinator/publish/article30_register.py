"""The register of processing activities (GDPR Art. 30), as the consortium holds it.

One entry for each record that a site has published, newest last; nothing is left out
when a site publishes again. The names follow the letters of Art. 30(1).
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict
from sqlmodel import Session

from coordinator.consortium.published import records
from coordinator.models import Submission
from coordinator.rules.counts import in_words
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


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class Contact(_Part):
    """Art. 30(1)(a): name and contact details."""

    name: str
    contact: str


class Processed(_Part):
    """What was in fact processed for one manifest; counts in words."""

    manifest_root: str
    studies_received: str
    studies_kept: str
    first_year: int
    last_year: int
    deidentification_methods: tuple[int, ...]


class Entry(_Part):
    """One record, with when it came and where it is in the log."""

    site: str
    received_at: int
    log_index: int
    a_controller: Contact
    a_joint_controller: Contact | None
    a_representative: Contact | None
    a_data_protection_officer: Contact
    b_purposes: tuple[str, ...]
    b_legal_basis: str
    c_data_subjects: tuple[str, ...]
    c_personal_data: tuple[str, ...]
    d_recipients: tuple[str, ...]
    e_third_countries: tuple[str, ...]
    f_retention_months: int
    g_security_measures: tuple[str, ...]
    processed: Processed


class Register(_Part):
    """The whole register."""

    consortium: str
    entries: tuple[Entry, ...]


def register(session: Session, *, consortium: str) -> Register:
    """Draw up the register from every record that was accepted."""
    return Register(
        consortium=consortium,
        entries=tuple(_entry(row, record) for row, record in records(session)),
    )


def _entry(row: Submission, record: RecordOfProcessing) -> Entry:
    return Entry(
        site=row.site,
        received_at=row.received_at,
        log_index=row.leaf_index,
        a_controller=_contact(record.controller),
        a_joint_controller=(
            _contact(record.joint_controller)
            if record.HasField("joint_controller")
            else None
        ),
        a_representative=(
            _contact(record.representative)
            if record.HasField("representative")
            else None
        ),
        a_data_protection_officer=_contact(record.data_protection_officer),
        b_purposes=tuple(map(Purpose.Name, record.purposes)),
        b_legal_basis=LegalBasis.Name(record.legal_basis),
        c_data_subjects=tuple(map(DataSubject.Name, record.data_subjects)),
        c_personal_data=tuple(map(DataCategory.Name, record.data_categories)),
        d_recipients=tuple(map(Recipient.Name, record.recipients)),
        e_third_countries=tuple(record.third_countries),
        f_retention_months=record.retention_months,
        g_security_measures=tuple(map(SecurityMeasure.Name, record.security_measures)),
        processed=Processed(
            manifest_root=record.manifest_root.hex(),
            studies_received=in_words(record.studies_received_tens),
            studies_kept=in_words(record.studies_kept_tens),
            first_year=record.first_year,
            last_year=record.last_year,
            deidentification_methods=tuple(record.deidentification_methods),
        ),
    )


def _contact(party: Party) -> Contact:
    return Contact(name=party.name, contact=party.contact)
