from __future__ import annotations

import base64
import json
import sqlite3
from pathlib import Path

import pytest

from site_agent.manifest import Manifest
from site_agent.membership import Membership
from tests.site_agent.cli.conftest import Type
from tests.site_agent.peer import Peer


@pytest.fixture
def published(site: Type, frozen: Manifest, member: Membership) -> Membership:
    assert site("publish").code == 0
    member.ledger.append_chunk("weights", b"\x0a" * 32, 5 << 20, "plan-1")
    return member


def test_officer_sees_everything_that_left(published: Membership, site: Type) -> None:
    ended = site("egress", "list")
    assert ended.code == 0
    for entry in published.ledger.entries():
        assert entry.digest.hex() in ended.out
        assert str(entry.size) in ended.out
    for text in ("statistics", "record-of-processing", "sent", "recorded (plan-1)"):
        assert text in ended.out


def test_queued_is_told_from_sent(peer: Peer, site: Type, frozen: Manifest) -> None:
    peer.stop()
    site("publish")
    assert site("egress", "list").out.count("queued") == 3


def test_totals(published: Membership, site: Type) -> None:
    lines = site("egress", "list", "--totals").out.splitlines()
    assert any(line.split() == ["weights", "1", "5242880", "bytes"] for line in lines)
    assert len(lines) == 4


def test_statement_is_shown_in_words(
    published: Membership, site: Type, frozen: Manifest
) -> None:
    ended = site("egress", "show", 1)
    said = json.loads(ended.out[ended.out.index("{") :])
    assert said["site"] == "st-anna"
    assert said["statistics"]["manifest_root"] == frozen.root.hex()
    assert said["statistics"]["study_tens"] == "about 10"
    assert "leaf_index   0" in ended.out


def test_exact_bytes_as_hex_base64_and_file(
    published: Membership, site: Type, tmp_path: Path
) -> None:
    content = published.ledger.entry(2).content
    assert content is not None
    assert content.hex() in site("egress", "show", 2, "--bytes", "hex").out
    encoded = base64.b64encode(content).decode()
    assert encoded in site("egress", "show", 2, "--bytes", "base64").out
    site("egress", "show", 2, "--output", tmp_path / "envelope")
    assert (tmp_path / "envelope").read_bytes() == content


def test_chunk_shows_digest_and_size(published: Membership, site: Type) -> None:
    ended = site("egress", "show", 4)
    assert "0a" * 32 in ended.out
    assert "digest and size" in ended.out


def test_number_that_is_not_there(published: Membership, site: Type) -> None:
    ended = site("egress", "show", 99)
    assert ended.code == 1
    assert "no entry 99" in ended.err


def test_whole_ledger_is_confirmed(published: Membership, site: Type) -> None:
    ended = site("egress", "verify")
    assert ended.code == 0
    assert ended.out.startswith("4 entries")


def test_ledger_that_was_changed_is_not(published: Membership, site: Type) -> None:
    database = sqlite3.connect(published.paths.egress)
    database.executescript(
        "DROP TRIGGER entries_do_not_change;"
        "UPDATE entries SET kind = 'vote' WHERE number = 1"
    )
    database.close()
    ended = site("egress", "verify")
    assert ended.code == 1
    assert "entry 1 was changed" in ended.err


def test_envelope_that_somebody_else_signed_is_not(
    published: Membership, site: Type
) -> None:
    published.ledger.append_envelope("vote", lambda sequence: b"")
    ended = site("egress", "verify")
    assert ended.code == 1
    assert "entries 5 are not signed" in ended.err


def test_entry_of_another_version_still_shows_its_bytes(
    published: Membership, site: Type
) -> None:
    published.ledger.append_envelope("vote", lambda sequence: b"\xff\xfe")
    ended = site("egress", "show", 5, "--bytes", "hex")
    assert ended.code == 0
    assert "cannot read it" in ended.out
    assert "fffe" in ended.out
