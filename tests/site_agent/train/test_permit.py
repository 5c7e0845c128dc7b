from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from protos import bundle, codec, envelope
from protos.dataset_pb2 import SiteRoot
from protos.envelope_pb2 import Envelope
from protos.training_pb2 import Network, PermitTerms, Strategy, TrainingPlan
from site_agent.errors import TrainingRefused
from site_agent.train.permit import Trust, permitted, verdict

NOW = 1_795_000_000
SITES = ("north", "east", "south")
KEYS = {site: Ed25519PrivateKey.generate() for site in SITES}
DPO = Ed25519PrivateKey.generate()
ROOT = envelope.digest(b"the manifest of north")


def public(key):
    return key.public_key().public_bytes_raw()


TRUST = Trust(
    site="north",
    members={site: public(key) for site, key in KEYS.items()},
    dpo_key=public(DPO),
    manifests=(ROOT,),
    bundle=bundle.digest(),
)


def terms(**changes):
    fields = {
        "plan": "plan-1",
        "training": TrainingPlan(
            title="Trial",
            dataset="chest",
            version="1.0.0",
            network=Network.DENSENET_TINY,
            strategy=Strategy.FEDAVG,
            rounds=3,
        ),
        "version_digest": bytes(32),
        "sites": [
            SiteRoot(site=site, manifest_root=ROOT if site == "north" else bytes(32))
            for site in SITES
        ],
        "bundle": bundle.digest(),
        "quorum": 2,
        "valid_from": NOW - 60,
        "valid_until": NOW + 60,
        "upload_limit": 1 << 20,
    }
    return codec.encode(PermitTerms(**fields | changes))


def signed(payload, *keys):
    permit = Envelope(payload=payload, payload_type=envelope.PERMIT)
    return envelope.combine(
        permit,
        {
            public(key): envelope.signature(payload, envelope.PERMIT, key)
            for key in keys
        },
    )


def good():
    return signed(terms(), KEYS["north"], KEYS["east"], DPO)


def test_quorum_and_consent_permit():
    assert verdict(good(), TRUST, now=NOW) == ()


@pytest.mark.parametrize(
    ("permit", "reason"),
    [
        (signed(terms(), *KEYS.values()), "has not consented"),
        (signed(terms(), KEYS["east"], DPO), "1 of the permit's sites"),
        (signed(terms(), DPO), "0 of the permit's sites"),
        (
            signed(terms(), KEYS["east"], Ed25519PrivateKey.generate(), DPO),
            "1 of the permit's sites",
        ),
        (Envelope(payload=terms(), payload_type=envelope.PERMIT), "has not consented"),
    ],
)
def test_missing_signature_is_named(permit, reason):
    assert any(reason in each for each in verdict(permit, TRUST, now=NOW))


def test_signatures_over_another_type_of_payload_do_not_count():
    payload = terms()
    permit = envelope.combine(
        Envelope(payload=payload, payload_type=envelope.PERMIT),
        {
            public(key): envelope.signature(payload, envelope.STATEMENT, key)
            for key in (KEYS["north"], KEYS["east"], DPO)
        },
    )
    assert len(verdict(permit, TRUST, now=NOW)) == 2


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"bundle": bytes(32)}, "another version of the training code"),
        ({"valid_from": NOW + 1}, "not in force yet"),
        ({"valid_until": NOW}, "expired"),
        ({"quorum": 1}, "less than a majority"),
        ({"sites": [SiteRoot(site="north", manifest_root=bytes(32))]}, "not frozen"),
        ({"sites": [SiteRoot(site="east", manifest_root=ROOT)]}, "does not name this"),
        ({"sites": [SiteRoot(site="north", manifest_root=ROOT)] * 3}, "a site twice"),
    ],
)
def test_each_term_is_checked(changes, reason):
    permit = signed(terms(**changes), *KEYS.values(), DPO)
    reasons = verdict(permit, TRUST, now=NOW)
    assert any(reason in each for each in reasons)


def test_all_reasons_come_at_once():
    permit = signed(terms(bundle=bytes(32), valid_until=NOW), KEYS["east"])
    assert len(verdict(permit, TRUST, now=NOW)) == 4


def test_terms_with_an_unknown_field_are_refused():
    permit = signed(terms() + b"\xfa\x3f\x01x", *KEYS.values(), DPO)
    assert any("cannot be read" in each for each in verdict(permit, TRUST, now=NOW))


def test_key_that_the_coordinator_exchanged_does_not_count():
    impostor = Ed25519PrivateKey.generate()
    permit = signed(terms(), KEYS["north"], impostor, DPO)
    assert verdict(permit, TRUST, now=NOW)
    pinned = replace(TRUST, members=TRUST.members | {"east": public(impostor)})
    assert verdict(permit, pinned, now=NOW) == ()


def test_site_that_was_not_pinned_does_not_break_the_verdict():
    known = {site: key for site, key in TRUST.members.items() if site != "south"}
    assert verdict(good(), replace(TRUST, members=known), now=NOW) == ()


def test_permit_is_found_by_the_digest_of_its_terms():
    permit = good()
    digest = envelope.digest(permit.payload)
    assert permitted([permit], digest, TRUST, now=NOW).plan == "plan-1"
    with pytest.raises(TrainingRefused, match="no permit in force"):
        permitted([permit], bytes(32), TRUST, now=NOW)
    with pytest.raises(TrainingRefused, match="expired"):
        permitted([permit], digest, TRUST, now=NOW + 60)
