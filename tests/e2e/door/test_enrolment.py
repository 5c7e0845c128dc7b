"""Who is invited enrols once, with keys that are proven to be its own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from site_agent import agenda, identity
from site_agent.errors import CoordinatorRefused
from site_agent.membership import Membership
from site_agent.uplink import Uplink, enrol
from tests.e2e.door.hospital import invited
from tests.e2e.door.house import House

HOUR = 3600


def test_hospital_enrols_and_is_who_its_certificate_says(
    house: House, anna: Membership, line: Uplink
) -> None:
    agenda.refresh(anna.paths, anna.identity, line)
    assert set(agenda.members(anna.paths)) == {"st-anna"}


def test_wrong_token(house: House, tmp_path: Path) -> None:
    invitation = replace(invited(house, tmp_path), token="no-such-token-was-ever-made")
    identity.make_keys(tmp_path / "keys")
    request = identity.enrolment_request(tmp_path / "keys", token=invitation.token)
    with pytest.raises(CoordinatorRefused, match="new one"):
        enrol(invitation, request)


def test_token_after_24_hours(house: House, tmp_path: Path) -> None:
    invitation = invited(house, tmp_path)
    house.ahead = 24 * HOUR + 1
    identity.make_keys(tmp_path / "keys")
    request = identity.enrolment_request(tmp_path / "keys", token=invitation.token)
    with pytest.raises(CoordinatorRefused, match="24 hours"):
        enrol(invitation, request)


def test_token_again_with_the_same_keys_makes_up_for_a_lost_reply(
    house: House, tmp_path: Path
) -> None:
    invitation = invited(house, tmp_path)
    identity.make_keys(tmp_path / "keys")
    answers = [
        enrol(
            invitation,
            identity.enrolment_request(tmp_path / "keys", token=invitation.token),
        )
        for _ in range(2)
    ]
    assert answers[0] == answers[1]


def test_token_again_with_other_keys(house: House, tmp_path: Path) -> None:
    invitation = invited(house, tmp_path)
    for name in ("first", "second"):
        identity.make_keys(tmp_path / name)
    enrol(
        invitation,
        identity.enrolment_request(tmp_path / "first", token=invitation.token),
    )
    request = identity.enrolment_request(tmp_path / "second", token=invitation.token)
    with pytest.raises(CoordinatorRefused, match="used with other keys"):
        enrol(invitation, request)


def test_key_that_was_not_proven(house: House, tmp_path: Path) -> None:
    invitation = invited(house, tmp_path)
    identity.make_keys(tmp_path / "keys")
    request = identity.enrolment_request(tmp_path / "keys", token=invitation.token)
    request.dpo_key_proof = request.signing_key_proof
    with pytest.raises(CoordinatorRefused, match="dpo_key_proof"):
        enrol(invitation, request)
