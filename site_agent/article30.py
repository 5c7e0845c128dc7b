"""What was processed -> RecordOfProcessing: the record of GDPR Article 30(1).

The controller's words come from ``site.toml``. Everything that can be seen from what
was in fact processed is taken from there and not from what somebody typed.
"""

from __future__ import annotations

from collections.abc import Sequence

from protos import codec
from protos.article30_pb2 import (
    ACCESS_CONTROL,
    ADULT_PATIENTS,
    AGE_BAND_SEX_YEAR,
    CONSORTIUM_AGGREGATES,
    CONSORTIUM_MODEL_UPDATES,
    EGRESS_LEDGER,
    FEDERATED_TRAINING,
    HEALTH_PROFESSIONALS,
    MUTUAL_TLS,
    NO_RECIPIENT_OF_PERSONAL_DATA,
    OBSERVATION_LABELS,
    PAEDIATRIC_PATIENTS,
    PSEUDONYMISATION_PS3_15,
    PSEUDONYMISED_RADIOGRAPHS,
    PSEUDONYMISED_REPORTS,
    REIDENTIFICATION_MAP,
    RESIDUAL_IDENTIFIER_AUDIT,
    SIGNED_ENVELOPES,
    STATISTICAL_DISCLOSURE_CONTROL,
    VAULT_AES_256_GCM,
    DataSubject,
    Recipient,
    RecordOfProcessing,
    SecurityMeasure,
)
from protos.disclosure import tens
from protos.statistics_pb2 import AGE_0_9, AGE_10_17, AGE_UNKNOWN
from site_agent.config import SiteConfig
from site_agent.errors import ConfigurationError
from site_agent.manifest import Manifest
from site_agent.study import AuditedStudy

_PAEDIATRIC = frozenset((AGE_0_9, AGE_10_17))
# Art. 32(1): what this program does at every site; nothing here is optional.
_MEASURES: tuple[SecurityMeasure.ValueType, ...] = (
    PSEUDONYMISATION_PS3_15,
    VAULT_AES_256_GCM,
    MUTUAL_TLS,
    SIGNED_ENVELOPES,
    EGRESS_LEDGER,
    STATISTICAL_DISCLOSURE_CONTROL,
    RESIDUAL_IDENTIFIER_AUDIT,
    ACCESS_CONTROL,  # everything at the site is readable by the agent's account only
)


def record(config: SiteConfig, manifest: Manifest) -> RecordOfProcessing:
    """Make the record of what was processed for one frozen manifest.

    Raises
    ------
    ConfigurationError
        Art. 30(1)(a) asks for details that ``site.toml`` lacks; all are listed.
    """
    faults = _missing(config)
    if faults:
        raise ConfigurationError(
            "The record of processing activities needs (Art. 30(1)):\n  "
            + "\n  ".join(faults)
        )
    years = _published_years(manifest.studies)
    made = RecordOfProcessing(
        controller=config.controller,
        joint_controller=config.joint_controller,
        representative=config.representative,
        data_protection_officer=config.dpo,
        purposes=config.purposes,
        legal_basis=config.legal_basis,
        data_subjects=_data_subjects(manifest.studies),
        data_categories=[
            PSEUDONYMISED_RADIOGRAPHS,
            PSEUDONYMISED_REPORTS,
            OBSERVATION_LABELS,
            AGE_BAND_SEX_YEAR,
            REIDENTIFICATION_MAP,
        ],
        recipients=_recipients(config),
        third_countries=config.third_countries,
        retention_months=config.retention_months,
        security_measures=_MEASURES,
        manifest_root=manifest.root,
        studies_received_tens=tens(manifest.received),
        studies_kept_tens=tens(len(manifest.studies)),
        first_year=min(years, default=0),
        last_year=max(years, default=0),
        deidentification_methods=sorted(
            {int(code) for study in manifest.studies for code in study.methods}
        ),
    )
    codec.check(made)
    return made


def _missing(config: SiteConfig) -> list[str]:
    parties = {
        "controller": config.controller,
        "dpo": config.dpo,
        "joint_controller": config.joint_controller,
        "representative": config.representative,
    }
    return [
        f"[{table}] {key} in site.toml"
        for table, party in parties.items()
        if party is not None
        for key, value in (("name", party.name), ("contact", party.contact))
        if not value.strip()
    ]


def _published_years(studies: Sequence[AuditedStudy]) -> list[int]:
    """Give the years of ten patients or more, as the statistics do.

    The first and the last year are a minimum and a maximum; of all years they could
    rest on one patient.
    """
    patients: dict[int, set[str]] = {}
    for study in studies:
        patients.setdefault(study.facts.year, set()).add(study.patient)
    return [year for year, found in patients.items() if year and tens(len(found))]


def _data_subjects(studies: Sequence[AuditedStudy]) -> list[DataSubject.ValueType]:
    """Give the categories of persons, Art. 30(1)(c).

    A category says that there is somebody, not how many; the law asks for it even of
    one child. Physicians are named in the headers and reports that are processed.
    """
    ages = {study.facts.age for study in studies}
    subjects: list[DataSubject.ValueType] = []
    if ages - _PAEDIATRIC - {AGE_UNKNOWN}:
        subjects.append(ADULT_PATIENTS)
    if ages & _PAEDIATRIC:
        subjects.append(PAEDIATRIC_PATIENTS)
    return [*subjects, HEALTH_PROFESSIONALS]


def _recipients(config: SiteConfig) -> list[Recipient.ValueType]:
    """Give the categories of recipients, Art. 30(1)(d); no film or report leaves."""
    recipients: list[Recipient.ValueType] = [
        NO_RECIPIENT_OF_PERSONAL_DATA,
        CONSORTIUM_AGGREGATES,
    ]
    if config.training and FEDERATED_TRAINING in config.purposes:
        recipients.append(CONSORTIUM_MODEL_UPDATES)
    return recipients
