from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from site_agent import durable
from site_agent.membership import Membership
from tests.site_agent.cli.conftest import Type
from tests.site_agent.peer import Peer
from tests.site_agent.votes import queue_vote
from tests.site_agent.waiting import until


@contextmanager
def serving(member: Membership) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "site_agent.cli", "serve"]
    with subprocess.Popen(
        [*command, "--home", str(member.paths.home)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "Serving st-anna; Ctrl-C ends it.\n"
            yield process
        finally:
            process.kill()


def test_serve_sends_what_is_queued_and_ends_cleanly_on_sigterm(
    peer: Peer, member: Membership
) -> None:
    with serving(member) as process:
        queue_vote(member, 1)
        until(lambda: peer.cosigned and peer.leaves)
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 0
    assert out.endswith("Stopped.\n")
    assert "Traceback" not in err
    log = (member.paths.logs / "serve.log").read_text()
    assert "sent entry 1 (vote)" in log
    assert "Traceback" not in log


def test_kill_9_while_serving_loses_and_doubles_nothing(
    peer: Peer, member: Membership
) -> None:
    for digest in range(1, 4):
        with serving(member) as process:
            queue_vote(member, digest)
            until(lambda digest=digest: len(peer.leaves) == digest)
            process.kill()
            process.wait()
    queue_vote(member, 9)
    with serving(member):
        until(lambda: not member.ledger.pending())
    assert len(peer.leaves) == 4
    assert member.ledger.verify() == 4


def test_second_serve_is_told_that_there_is_one(site: Type, member: Membership) -> None:
    with durable.locked(member.paths.home / "serve.lock"):
        ended = site("serve")
    assert ended.code == 75
    assert "Another process of this site" in ended.err
