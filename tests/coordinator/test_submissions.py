"""What a site says: accepted once, in order, and only in its own name."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlmodel import func, select

from coordinator.consortium import published
from coordinator.consortium.specifications import put_in_force
from coordinator.database import open_session
from coordinator.errors import Conflict, Malformed, NotFound, Refused
from coordinator.models import LogLeaf, Member, Submission
from protos import codec, envelope
from protos.article30_pb2 import LegalBasis, Party, RecordOfProcessing
from protos.dataset_pb2 import Contribution
from protos.specification import Specification
from protos.statistics_pb2 import DatasetStatistics


def held(consortium):
    """How many submissions and leaves there are."""
    with open_session(consortium.home, reads=True) as session:
        return tuple(
            session.exec(select(func.count()).select_from(table)).one()
            for table in (Submission, LogLeaf)
        )


def test_contribution_is_kept_byte_for_byte_and_is_a_leaf(consortium, hospital):
    data = hospital.contribution()
    receipt = consortium.submit(hospital, data)
    with open_session(consortium.home, reads=True) as session:
        assert session.get_one(LogLeaf, receipt.leaf_index).data == data
        latest = published.latest_contributions(session)
    assert latest["alder"].study_tens == 8
    assert not receipt.already_held


def test_same_bytes_again_get_the_same_receipt_and_change_nothing(consortium, hospital):
    data = hospital.contribution()
    first = consortium.submit(hospital, data)
    before = held(consortium)
    again = consortium.submit(hospital, data)
    assert (again.leaf_index, again.already_held) == (first.leaf_index, True)
    assert held(consortium) == before


def test_old_sequence_with_other_bytes_is_refused_as_replayed(consortium, hospital):
    first = hospital.contribution()
    consortium.submit(hospital, hospital.contribution())
    with pytest.raises(Conflict, match="replayed"):
        consortium.submit(hospital, first)


def test_gap_in_the_sequence_is_no_fault(consortium, hospital):
    # A statement that was refused keeps its number at the site.
    hospital.sequence = 41
    assert not consortium.submit(hospital, hospital.contribution()).already_held


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("consortium", "south", "another consortium"),
        ("site", "birch", "another site"),
        ("issued_at", 1_795_000_000 + 3600, "in the future"),
    ],
)
def test_statement_with_a_foreign_name_or_time_is_refused(
    consortium, hospital, field, value, reason
):
    body = Contribution(
        manifest_root=b"r" * 32, specification=Specification().sha256, study_tens=1
    )
    statement = hospital.statement(contribution=body, **{field: value})
    with pytest.raises(Refused, match=reason):
        consortium.submit(hospital, hospital.sealed(statement))
    assert held(consortium)[0] == 0


def test_statement_signed_by_another_key_is_refused(consortium, hospital):
    hospital.signing_key = Ed25519PrivateKey.generate()
    with pytest.raises(Malformed, match="signature"):
        consortium.submit(hospital, hospital.contribution())


def test_statement_signed_by_the_officers_key_is_refused(consortium, hospital):
    hospital.signing_key = hospital.dpo_key
    with pytest.raises(Malformed, match="signature"):
        consortium.submit(hospital, hospital.contribution())


def test_changed_byte_is_refused(consortium, hospital):
    data = bytearray(hospital.contribution())
    data[40] ^= 1
    with pytest.raises((Malformed, codec.Refused)):
        consortium.submit(hospital, bytes(data))
    assert held(consortium)[0] == 0


def test_unknown_field_inside_the_signed_payload_is_refused(consortium, hospital):
    statement = hospital.statement(
        statistics=DatasetStatistics(manifest_root=b"r" * 32)
    )
    payload = codec.encode(statement) + b"\xfa\x07\x05hello"
    signed = envelope.sign(payload, envelope.STATEMENT, hospital.signing_key)
    with pytest.raises(codec.Refused, match="does not know"):
        consortium.submit(hospital, codec.encode(signed))


def test_second_signature_on_a_statement_is_refused(consortium, hospital):
    signed = envelope.Envelope.FromString(hospital.contribution())
    message = envelope.pae(envelope.STATEMENT, signed.payload)
    key = hospital.dpo_key.public_key().public_bytes_raw()
    signed = envelope.combine(signed, {key: hospital.dpo_key.sign(message)})
    with pytest.raises(Malformed, match="exactly one"):
        consortium.submit(hospital, codec.encode(signed))


def test_permit_cannot_be_passed_off_as_a_statement(consortium, hospital):
    payload = codec.encode(
        hospital.statement(statistics=DatasetStatistics(manifest_root=b"r" * 32))
    )
    signed = envelope.sign(payload, envelope.PERMIT, hospital.signing_key)
    with pytest.raises(Malformed, match="another type"):
        consortium.submit(hospital, codec.encode(signed))


def test_contribution_to_another_specification_is_refused_with_what_to_do(
    consortium, hospital
):
    data = hospital.contribution()
    with open_session(consortium.home) as session:
        newer = Specification(studies=50_000)
        put_in_force(session, newer, now=consortium.now)
    with pytest.raises(Refused, match="publish again"):
        consortium.submit(hospital, data)
    # It left nothing behind: neither row nor leaf nor a number that counts as used.
    assert held(consortium)[0] == 0
    with open_session(consortium.home, reads=True) as session:
        assert session.get_one(Member, "alder").last_sequence == 0


def test_short_root_is_refused(consortium, hospital):
    with pytest.raises(Malformed, match="32 bytes"):
        consortium.submit(hospital, hospital.contribution(root=b"short"))


def test_vote_on_a_version_that_nobody_proposed_is_refused(consortium, hospital):
    with pytest.raises(NotFound, match="version_digest"):
        consortium.submit(hospital, hospital.vote(b"v" * 32))


def test_record_of_processing_is_in_the_register_for_good(consortium, hospital):
    for months in (12, 24):
        record = RecordOfProcessing(
            controller=Party(name="Alder Hospital", contact="dpo@alder.example"),
            legal_basis=LegalBasis.RESEARCH_6_1_E_9_2_J,
            manifest_root=b"r" * 32,
            retention_months=months,
        )
        statement = hospital.statement(record_of_processing=record)
        consortium.submit(hospital, hospital.sealed(statement))
    with open_session(consortium.home, reads=True) as session:
        kept = published.records(session)
        latest = published.latest_records(session)
    assert [record.retention_months for _, record in kept] == [12, 24]
    assert latest["alder"].retention_months == 24
