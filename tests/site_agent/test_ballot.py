from __future__ import annotations

from protos import codec, envelope
from protos.dataset_pb2 import DatasetVersion, SiteRoot
from protos.training_pb2 import PermitTerms, TrainingPlan
from site_agent import ballot

NOW = 1_795_000_000
SPECIFICATION, BUNDLE = b"\x05" * 32, b"\x06" * 32
OURS, THEIRS, OLD = b"\x01" * 32, b"\x02" * 32, b"\x03" * 32


def version(*sites: SiteRoot, specification: bytes = SPECIFICATION) -> DatasetVersion:
    return DatasetVersion(
        dataset="chest-radiographs",
        version="1.0.0",
        specification=specification,
        sites=sites or [root("st-anna", OURS), root("st-bruno", THEIRS)],
    )


def root(site: str, manifest_root: bytes) -> SiteRoot:
    return SiteRoot(site=site, manifest_root=manifest_root)


def against_version(proposal: DatasetVersion) -> tuple[str, ...]:
    return ballot.against_version(
        proposal,
        site="st-anna",
        published=OURS,
        roots=[OURS, OLD],
        specification=SPECIFICATION,
    )


def terms(**changed: object) -> PermitTerms:
    fields: dict[str, object] = {
        "plan": "plan-1",
        "training": TrainingPlan(
            title="t", dataset="chest-radiographs", version="1.0.0"
        ),
        "version_digest": envelope.digest(codec.encode(version())),
        "sites": [root("st-anna", OURS), root("st-bruno", THEIRS)],
        "bundle": BUNDLE,
        "quorum": 2,
        "valid_until": NOW + 60,
        **changed,
    }
    return PermitTerms(**fields)  # type: ignore[arg-type]  # fields of several types


def against_permit(asked: PermitTerms, now: int = NOW) -> tuple[str, ...]:
    return ballot.against_permit(
        asked,
        site="st-anna",
        roots=[OURS, OLD],
        released=[version()],
        bundle=BUNDLE,
        now=now,
    )


def test_version_with_the_manifest_that_was_published_last_may_be_approved() -> None:
    assert against_version(version()) == ()


def test_version_without_this_site_may_be_approved() -> None:
    assert against_version(version(root("st-bruno", THEIRS))) == ()


def test_version_with_a_manifest_that_is_not_ours() -> None:
    (reason,) = against_version(version(root("st-anna", THEIRS)))
    assert "has not frozen" in reason


def test_version_with_an_earlier_manifest_of_ours() -> None:
    (reason,) = against_version(version(root("st-anna", OLD)))
    assert "published last" in reason


def test_version_gives_all_reasons_at_once() -> None:
    sites = [root("st-anna", OURS), root("st-anna", OLD)]
    reasons = against_version(version(*sites, specification=bytes(32)))
    assert len(reasons) == 2


def test_permit_that_fits_may_be_signed() -> None:
    assert against_permit(terms()) == ()


def test_permit_on_fewer_sites_than_the_version_may_be_signed() -> None:
    assert against_permit(terms(sites=[root("st-anna", OURS)], quorum=1)) == ()


def test_permit_on_a_version_that_was_not_released() -> None:
    assert any(
        "not released" in why for why in against_permit(terms(version_digest=bytes(32)))
    )


def test_permit_that_calls_the_version_by_another_name() -> None:
    plan = TrainingPlan(title="t", dataset="chest-radiographs", version="2.0.0")
    (reason,) = against_permit(terms(training=plan))
    assert "another name" in reason


def test_permit_gives_all_reasons_at_once() -> None:
    asked = terms(
        sites=[root("st-anna", THEIRS), root("st-bruno", OURS)],
        bundle=bytes(32),
        quorum=1,
    )
    reasons = against_permit(asked, now=NOW + 60)
    for part in (
        "not in the released version",
        "has not frozen",
        "other training code",
        "less than a majority",
        "expired",
    ):
        assert any(part in reason for reason in reasons)
    assert len(reasons) == 5


def test_permit_that_does_not_name_this_site() -> None:
    asked = terms(sites=[root("st-bruno", THEIRS)], quorum=1)
    (reason,) = against_permit(asked)
    assert "does not name this site" in reason
