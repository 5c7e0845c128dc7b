"""A vote that a site has signed and queued, to be sent when it has a line."""

from __future__ import annotations

import time

from protos.dataset_pb2 import Decision, Vote
from site_agent import outbox
from site_agent.egress_chain import Entry
from site_agent.membership import Membership

NOW = int(time.time())


def queue_vote(member: Membership, digest: int = 1, *, yes: bool = True) -> Entry:
    """Vote at `NOW` on the version whose digest is this byte, again and again."""
    decision = Decision.APPROVE if yes else Decision.REJECT
    body = Vote(version_digest=bytes([digest]) * 32, decision=decision)
    return outbox.enqueue(member.ledger, member.identity, body, now=NOW)
