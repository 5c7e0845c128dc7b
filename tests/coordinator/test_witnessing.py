"""The log as its witnesses see it: it only grows, and it holds what they sent."""

from __future__ import annotations

import hashlib

import pytest

from coordinator.consortium import witnessing
from coordinator.database import open_session
from coordinator.errors import Conflict, Malformed, NotFound, Refused
from coordinator.models import LogLeaf, Member
from protos import checkpoint as notes
from protos import merkle
from protos.consortium_pb2 import Cosignature, LogRequest


def viewed(consortium, verified_size=0, leaf_hashes=()):
    with open_session(consortium.home, reads=True) as session:
        view = witnessing.view(
            session,
            LogRequest(verified_size=verified_size, leaf_hashes=leaf_hashes),
            consortium="north",
            key=consortium.log_key,
        )
    log = notes.VerifierKey.parse(consortium.vkey)
    return view, notes.read(view.checkpoint, log)[0]


def cosigned(consortium, hospital, head, *, key=None, name=None, now=1_795_000_100):
    line = notes.cosign(
        head,
        name or f"north/site/{hospital.site}",
        key or hospital.signing_key,
        now=now,
    )
    with open_session(consortium.home) as session:
        witnessing.cosign(
            session,
            session.get_one(Member, hospital.site),
            Cosignature(checkpoint=str(head), cosignature=line),
            consortium="north",
            now=consortium.now,
        )
    return line


def test_site_finds_its_envelope_in_a_log_that_only_grew(consortium, hospital):
    _, before = viewed(consortium)
    data = hospital.contribution()
    receipt = consortium.submit(hospital, data)
    leaf = merkle.leaf_hash(data)
    view, after = viewed(consortium, before.size, [leaf])
    merkle.verify_consistency(
        before.size, after.size, view.consistency, before.root, after.root
    )
    (proof,) = view.inclusions
    assert proof.leaf_index == receipt.leaf_index
    merkle.verify_inclusion(leaf, proof.leaf_index, after.size, proof.path, after.root)


def test_proofs_come_in_the_order_asked(consortium, hospitals):
    sent = [each.contribution() for each in hospitals]
    for hospital, data in zip(hospitals, sent, strict=True):
        consortium.submit(hospital, data)
    asked = [merkle.leaf_hash(data) for data in reversed(sent)]
    view, head = viewed(consortium, 0, asked)
    for leaf, proof in zip(asked, view.inclusions, strict=True):
        merkle.verify_inclusion(
            leaf, proof.leaf_index, head.size, proof.path, head.root
        )


def test_leaf_that_the_log_does_not_hold_is_said_to_be_missing(consortium, hospital):
    with pytest.raises(NotFound, match="does not hold"):
        viewed(consortium, 0, [b"l" * 32])


def test_site_that_has_seen_more_is_told_so(consortium, hospital):
    with pytest.raises(Refused, match="old backup"):
        viewed(consortium, 99)


def test_cosignature_goes_below_the_checkpoint(consortium, hospital):
    _, head = viewed(consortium)
    line = cosigned(consortium, hospital, head)
    view, _ = viewed(consortium)
    assert view.checkpoint.endswith(line)
    with open_session(consortium.home, reads=True) as session:
        member = session.get_one(Member, "alder")
        witness = witnessing.witness_verifier("north", member)
        assert witnessing.cosigned_sizes(session) == {"alder": head.size}
    log = notes.VerifierKey.parse(consortium.vkey)
    _, times = notes.read(view.checkpoint, log, [witness])
    assert times == {"north/site/alder": 1_795_000_100}


def test_cosignature_on_an_older_head_is_kept_too(consortium, hospital):
    _, old = viewed(consortium)
    consortium.submit(hospital, hospital.contribution())
    cosigned(consortium, hospital, old)
    cosigned(consortium, hospital, old, now=1_795_000_200)
    with open_session(consortium.home, reads=True) as session:
        assert witnessing.cosigned_sizes(session) == {"alder": old.size}


def test_cosignature_by_another_key_or_name_is_refused(consortium, hospital):
    _, head = viewed(consortium)
    with pytest.raises(Malformed, match="another key"):
        cosigned(consortium, hospital, head, key=hospital.dpo_key)
    with pytest.raises(Malformed, match="another key"):
        cosigned(consortium, hospital, head, name="north/site/birch")


@pytest.mark.parametrize("change", ["root", "origin", "size"])
def test_head_that_this_log_never_had_is_refused(consortium, hospital, change):
    _, head = viewed(consortium)
    other = {
        "root": notes.Checkpoint(head.origin, head.size, hashlib.sha256(b"").digest()),
        "origin": notes.Checkpoint("south/log", head.size, head.root),
        "size": notes.Checkpoint(head.origin, head.size + 1, head.root),
    }[change]
    with pytest.raises(Conflict, match="this log"):
        cosigned(consortium, hospital, other)


@pytest.mark.parametrize(
    "text", ["", "north/log\n", "north/log\n\u0661\nx\n", "\n\n\n"]
)
def test_what_is_no_checkpoint_is_refused(consortium, hospital, text):
    with (
        open_session(consortium.home) as session,
        pytest.raises(Malformed, match="checkpoint"),
    ):
        witnessing.cosign(
            session,
            session.get_one(Member, "alder"),
            Cosignature(checkpoint=text, cosignature="x"),
            consortium="north",
            now=consortium.now,
        )


def test_act_and_envelope_cannot_be_taken_for_each_other(consortium, hospital):
    consortium.submit(hospital, hospital.contribution())
    with open_session(consortium.home, reads=True) as session:
        act, _, sent = (session.get_one(LogLeaf, index) for index in range(3))
    assert act.data.startswith(b'{"act":"specification-in-force"')
    assert sent.kind == "envelope"
    assert not sent.data.startswith(b"{")
