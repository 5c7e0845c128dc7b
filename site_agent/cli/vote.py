"""``site-agent vote``: say yes or no to a dataset version."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from site_agent.cli.options import DEFAULT_HOME, Home

if TYPE_CHECKING:
    from protos.consortium_pb2 import Agenda
    from protos.dataset_pb2 import DatasetVersion
    from site_agent.membership import Membership


class Choice(StrEnum):
    """What a site can say."""

    APPROVE = "approve"
    REJECT = "reject"


def vote(
    version: Annotated[
        str | None,
        typer.Argument(
            help="The proposed version, e.g. 1.0.0 (or DATASET@1.0.0). Without it the "
            "proposals are listed."
        ),
    ] = None,
    decision: Annotated[
        Choice | None, typer.Argument(help="What this site says.")
    ] = None,
    home: Home = DEFAULT_HOME,
) -> None:
    """Vote on a proposed dataset version with this site's signature.

    Shows what is voted on. A version is approved only if the manifest that it names for
    this site is the one that this site froze and published last.
    """
    from protos import codec, envelope
    from protos.dataset_pb2 import Decision, Vote
    from site_agent import agenda, outbox, plain_words
    from site_agent.cli.publish import send
    from site_agent.membership import Membership

    membership = Membership.open(home)
    heard = hear(membership)
    if version is None or decision is None:
        for each in agenda.proposed(heard):
            typer.echo(
                "\n".join(plain_words.version(each, site=membership.config.site))
            )
        if not agenda.proposed(heard):
            typer.echo("No version waits for votes.")
        return
    proposal = _find(agenda.proposed(heard), version)
    typer.echo("\n".join(plain_words.version(proposal, site=membership.config.site)))
    if decision is Choice.APPROVE:
        _require_ours(membership, proposal)
    chosen = Decision.APPROVE if decision is Choice.APPROVE else Decision.REJECT
    digest = envelope.digest(codec.encode(proposal))
    entry = outbox.enqueue(
        membership.ledger,
        membership.identity,
        Vote(version_digest=digest, decision=chosen),
        now=membership.now,
    )
    send(membership)
    typer.echo(f"Voted to {decision.value} {proposal.version} (entry {entry.number}).")


def hear(membership: Membership) -> Agenda:
    """Refresh the agenda; without a line, go on with what was last heard."""
    from site_agent import agenda
    from site_agent.errors import CoordinatorUnavailable

    try:
        with membership.uplink() as uplink:
            return agenda.refresh(membership.paths, membership.identity, uplink)
    except CoordinatorUnavailable as error:
        typer.echo(f"{error} Going on with the agenda that was last heard.", err=True)
        return agenda.last_heard(membership.paths)


def _find(proposals: tuple[DatasetVersion, ...], version: str) -> DatasetVersion:
    from site_agent.errors import AgendaError

    found = [
        each
        for each in proposals
        if version in (each.version, f"{each.dataset}@{each.version}")
    ]
    if len(found) == 1:
        return found[0]
    names = ", ".join(f"{each.dataset}@{each.version}" for each in proposals)
    raise AgendaError(
        f"{'Several proposals are' if found else 'No proposal is'} called {version}. "
        f"Waiting for votes: {names or 'none'}."
    )


def _require_ours(membership: Membership, proposal: DatasetVersion) -> None:
    from protos.dataset_pb2 import Contribution
    from site_agent import ballot, outbox
    from site_agent.config import read_specification
    from site_agent.errors import AgendaError
    from site_agent.store import Store

    said = outbox.last_word(membership.ledger, Contribution())
    body = outbox.body_of(said) if said else None
    with Store(membership.paths) as store:
        reasons = ballot.against_version(
            proposal,
            site=membership.config.site,
            published=body.manifest_root if isinstance(body, Contribution) else None,
            roots=store.roots(),
            specification=read_specification(membership.paths).sha256,
        )
    if reasons:
        raise AgendaError(
            f"This site cannot approve {proposal.version}: {'; '.join(reasons)}. "
            "Nothing was sent. Tell the consortium's admin, or vote to reject."
        )
