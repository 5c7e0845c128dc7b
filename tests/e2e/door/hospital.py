"""A hospital that is invited, joins and contributes by its own code."""

from __future__ import annotations

from pathlib import Path

from protos.dataset_pb2 import Contribution
from protos.specification import Specification
from site_agent import identity, outbox
from site_agent.config import template
from site_agent.egress_chain import Entry
from site_agent.invitation import Invitation, read_invitation
from site_agent.membership import Membership
from site_agent.uplink import enrol
from tests.e2e.door.house import CONSORTIUM, House

ROOT = b"\x01" * 32


def invited(house: House, folder: Path, site: str = "st-anna") -> Invitation:
    path, fingerprint = house.invite(site, folder)
    return read_invitation(path, fingerprint=fingerprint)


def join(house: House, folder: Path, site: str = "st-anna") -> Membership:
    invitation = invited(house, folder, site)
    home = folder / site
    home.mkdir()
    keys = home / "keys"
    identity.make_keys(keys)
    issued = enrol(invitation, identity.enrolment_request(keys, token=invitation.token))
    identity.install(
        keys,
        issued,
        root=invitation.root_certificate,
        consortium=CONSORTIUM,
        site=site,
        now=house.now(),
    )
    text = template(
        site=site,
        consortium=CONSORTIUM,
        address=invitation.coordinator,
        enrolment=invitation.enrolment,
    )
    (home / "site.toml").write_text(text)
    return Membership.open(home)


def contribute(own: Membership, root: bytes = ROOT) -> Entry:
    body = Contribution(
        manifest_root=root,
        specification=Specification().sha256,
        study_tens=3,
        patient_tens=3,
    )
    return outbox.enqueue(own.ledger, own.identity, body, now=own.now)
