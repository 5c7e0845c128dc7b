"""``site-agent publish``: send what may be known of the frozen manifest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from site_agent.cli.options import DEFAULT_HOME, Home

if TYPE_CHECKING:
    from site_agent.membership import Membership


def publish(home: Home = DEFAULT_HOME) -> None:
    """Publish statistics, contribution and Article 30 record of the newest manifest.

    Each is written into the egress ledger first, as a signed envelope. When the
    coordinator cannot be reached, they stay queued and the exit status is 75: nothing
    is lost, `site-agent serve` or the next `publish` sends them. Publishing the same
    manifest again sends nothing twice.
    """
    from site_agent import publication
    from site_agent.membership import Membership
    from site_agent.store import Store

    membership = Membership.open(home)
    with Store(membership.paths) as store:
        manifest = publication.newest(store)
    queued = publication.queue(membership, manifest)
    send(membership)
    for entry in queued:
        now = membership.ledger.entry(entry.number)
        leaf = "" if now.leaf_index is None else f", leaf {now.leaf_index} of the log"
        typer.echo(f"{now.kind}: {now.state.value} (entry {now.number}{leaf})")


def send(membership: Membership) -> None:
    """Send what is queued, and say what the coordinator did not accept.

    Raises
    ------
    CoordinatorUnavailable, IdentityError
        Naming how much stays queued.
    CoordinatorRefused
        With the reasons of every entry that was refused just now.
    """
    from site_agent import outbox
    from site_agent.errors import CoordinatorRefused, SiteError

    try:
        with membership.uplink() as uplink:
            delivery = outbox.flush(membership.ledger, uplink)
    except SiteError as error:
        waiting = len(membership.ledger.pending())
        typer.echo(
            f"{waiting} statement{'s' if waiting != 1 else ''} queued in the egress "
            "ledger.",
            err=True,
        )
        raise error
    if delivery.refused:
        raise CoordinatorRefused(
            "\n".join(
                f"entry {entry.number} ({entry.kind}): {entry.detail}"
                for entry in delivery.refused
            )
        )
