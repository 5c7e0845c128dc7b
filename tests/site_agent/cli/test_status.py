from __future__ import annotations

import time

from site_agent.alarm import sound
from site_agent.manifest import Manifest
from site_agent.membership import Membership
from tests.site_agent.cli.conftest import Type
from tests.site_agent.peer import Peer


def test_status_needs_no_line(
    peer: Peer, site: Type, member: Membership, frozen: Manifest
) -> None:
    site("publish")
    site("vote")
    peer.stop()
    ended = site("status")
    assert ended.code == 0
    for part in (
        "st-anna in peer.example",
        "valid until",
        "12 accepted",
        frozen.root.hex()[:16],
        "3 sent",
        "members: st-anna",
        "not looked at yet",
    ):
        assert part in ended.out


def test_alarm_comes_first(site: Type, member: Membership) -> None:
    sound(member.paths.home, "the log forked", now=int(time.time()))
    assert "the log forked" in site("status").out.splitlines()[1]
