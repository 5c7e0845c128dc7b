"""Nobody gets in but by a certificate that is good, known and not revoked."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import grpc
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from coordinator.certificates import new_authority, new_root
from protos.consortium_pb2 import FleetVerb
from site_agent import identity, outbox
from site_agent.errors import IdentityError
from site_agent.membership import Membership
from site_agent.serve import Service
from site_agent.uplink import Uplink, enrol
from tests.e2e.door.by_hand import agenda_request, certified_by_hand, knock
from tests.e2e.door.hospital import contribute, invited, join
from tests.e2e.door.house import CONSORTIUM, House

DAY = 86_400


def test_no_certificate(house: House, anna: Membership) -> None:
    answer = knock(house, anna.identity, "ReadAgenda", agenda_request(), bare=True)
    assert answer.code == grpc.StatusCode.UNAVAILABLE


def test_certificate_of_another_consortium(house: House, anna: Membership) -> None:
    root_key = ec.generate_private_key(ec.SECP384R1())
    root = new_root(CONSORTIUM, root_key, now=house.now())
    stranger = new_authority(CONSORTIUM, root, root_key, now=house.now())
    key = load_pem_private_key(anna.identity.tls_key, None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    issued = stranger.issue_site("st-anna", key.public_key(), now=house.now())
    foreign = replace(anna.identity, chain=issued.chain)
    answer = knock(house, foreign, "ReadAgenda", agenda_request())
    assert answer.code == grpc.StatusCode.UNAVAILABLE


def test_expired_certificate(house: House, anna: Membership) -> None:
    expired = certified_by_hand(house, anna, ago=timedelta(days=60))
    answer = knock(house, expired, "ReadAgenda", agenda_request())
    assert answer.code == grpc.StatusCode.UNAVAILABLE


def test_certificate_that_expires_while_the_line_is_open(
    house: House, anna: Membership, line: Uplink
) -> None:
    line.agenda()
    house.ahead = 31 * DAY
    with pytest.raises(IdentityError, match="has expired"):
        line.agenda()


def test_certificate_without_client_purpose(house: House, anna: Membership) -> None:
    wrong = certified_by_hand(house, anna, server=True)
    answer = knock(house, wrong, "ReadAgenda", agenda_request())
    assert answer.code in (
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.UNAUTHENTICATED,
    )


def test_certificate_that_is_not_on_the_allow_list(
    house: House, anna: Membership
) -> None:
    unknown = certified_by_hand(house, anna)
    answer = knock(house, unknown, "ReadAgenda", agenda_request())
    assert answer.code == grpc.StatusCode.UNAUTHENTICATED
    assert "not issued by this consortium" in answer.details


def test_revocation_works_at_once_on_an_open_line(
    house: House, anna: Membership, line: Uplink
) -> None:
    line.agenda()
    entry = contribute(anna)
    house.revoke("st-anna")
    with pytest.raises(IdentityError, match="revoked") as raised:
        outbox.flush(anna.ledger, line)
    assert "site-agent init" in str(raised.value)
    assert anna.ledger.pending() == (entry,)
    with pytest.raises(IdentityError, match="revoked"):
        line.fleet(FleetVerb.PULL_MESSAGES, b"", {})


def test_revoked_site_that_is_invited_again_goes_on_with_its_keys_and_its_queue(
    house: House, anna: Membership, tmp_path: Path
) -> None:
    contribute(anna)
    house.revoke("st-anna")
    invitation = invited(house, tmp_path)
    keys = anna.paths.keys
    issued = enrol(invitation, identity.enrolment_request(keys, token=invitation.token))
    identity.install(
        keys,
        issued,
        root=invitation.root_certificate,
        consortium=CONSORTIUM,
        site="st-anna",
        now=house.now(),
    )
    again = Membership.open(anna.paths.home)
    with again.uplink() as line:
        outbox.flush(again.ledger, line)
    assert len(house.leaves()) == 1


def test_renewal_is_by_the_present_certificate_and_both_are_good(
    house: House, tmp_path: Path
) -> None:
    house.ahead = -21 * DAY
    anna = join(house, tmp_path)
    house.ahead = 0
    with anna.uplink() as line:
        assert Service(anna, line, None).turn()
    renewed = identity.load(anna.paths.keys)
    assert renewed.chain != anna.identity.chain
    assert not renewed.renewal_due(house.now())
    for own in (anna.identity, renewed):
        answer = knock(house, own, "ReadAgenda", agenda_request())
        assert answer.code == grpc.StatusCode.OK
