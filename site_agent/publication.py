"""What a site publishes of a frozen manifest: statistics, contribution, record."""

from __future__ import annotations

from site_agent import outbox
from site_agent.aggregate import aggregate, contribution
from site_agent.article30 import record
from site_agent.egress_chain import Entry
from site_agent.errors import StoreError
from site_agent.manifest import Manifest
from site_agent.membership import Membership
from site_agent.store import Store


def newest(store: Store) -> Manifest:
    """Read the manifest that was frozen last; raises StoreError if there is none."""
    for root in store.roots():
        return store.manifest(root)
    raise StoreError(
        "Nothing is frozen here. Run `site-agent freeze`, then publish again."
    )


def queue(membership: Membership, manifest: Manifest) -> tuple[Entry, ...]:
    """Queue the three statements about a manifest, each in a signed envelope.

    All three are made before the first is queued. One that is the site's last word
    already is not queued again.
    """
    bodies: tuple[outbox.Body, ...] = (
        aggregate(manifest.studies, manifest.root),
        contribution(manifest),
        record(membership.config, manifest),
    )
    return tuple(
        outbox.enqueue(membership.ledger, membership.identity, body, now=membership.now)
        for body in bodies
    )
