"""``site-agent permits``: what training this site allows."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from site_agent.cli.options import DEFAULT_HOME, Home

if TYPE_CHECKING:
    from pathlib import Path

    from protos.training_pb2 import PermitTerms, Role
    from site_agent.membership import Membership

permits = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    help="See, sign and refuse training permits.",
)

Plan = Annotated[str, typer.Argument(help="The plan, as `permits list` names it.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask again before signing.")]


class Signatory(StrEnum):
    """In whose name a permit is refused."""

    MEMBER = "member"
    DPO = "dpo"


@permits.command("list")
def list_permits(home: Home = DEFAULT_HOME) -> None:
    """List the permits that wait or are in force, and what this site has said."""
    from protos import envelope
    from protos.training_pb2 import Role
    from site_agent import agenda, plain_words
    from site_agent.cli.vote import hear
    from site_agent.membership import Membership

    membership = Membership.open(home)
    heard = hear(membership)
    in_force = {envelope.digest(each.payload) for each in heard.permits}
    found = agenda.terms(heard)
    for digest, terms in found.items():
        state = "in force" if digest in in_force else "waits for the members"
        if agenda.refusal(membership.paths, digest).exists():
            state += "; refused here"
        member = _said(membership, digest, Role.MEMBER)
        officer = _said(membership, digest, Role.DATA_PROTECTION_OFFICER)
        typer.echo(
            f"{terms.plan}  {terms.training.dataset} {terms.training.version}  "
            f'"{terms.training.title}"\n    {state} until '
            f"{plain_words.moment(terms.valid_until)}; this site: member {member}, "
            f"data protection officer {officer}"
        )
    if not found:
        typer.echo("No permit waits for a decision, and none is in force.")


@permits.command()
def approve(plan: Plan, home: Home = DEFAULT_HOME, yes: Yes = False) -> None:
    """Approve a permit as a member, with the site's signing key."""
    from protos.training_pb2 import Role

    _sign(home, plan, Role.MEMBER, yes=yes)


@permits.command()
def consent(plan: Plan, home: Home = DEFAULT_HOME, yes: Yes = False) -> None:
    """Consent that this site trains, with the data protection officer's key."""
    from protos.training_pb2 import Role

    _sign(home, plan, Role.DATA_PROTECTION_OFFICER, yes=yes)


@permits.command()
def refuse(
    plan: Plan,
    home: Home = DEFAULT_HOME,
    signatory: Annotated[
        Signatory,
        typer.Option("--as", help="In whose name: the member or its DPO."),
    ] = Signatory.DPO,
) -> None:
    """Refuse a permit, or withdraw the consent to it.

    As the data protection officer it holds here at once, whatever the coordinator
    answers: this site's gate lets nothing of that plan through any more.
    """
    from protos.dataset_pb2 import Decision
    from protos.training_pb2 import PermitDecision, Role
    from site_agent import agenda, durable, outbox
    from site_agent.cli.publish import send
    from site_agent.errors import CoordinatorRefused
    from site_agent.membership import Membership

    membership = Membership.open(home)
    digest, _ = _find(membership, plan)
    role = Role.MEMBER
    if signatory is Signatory.DPO:
        role = Role.DATA_PROTECTION_OFFICER
        path = agenda.refusal(membership.paths, digest)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        durable.write(path, str(membership.now).encode())
        typer.echo(f"From now on this site takes no part in {plan}.")
    body = PermitDecision(terms_digest=digest, role=role, decision=Decision.REJECT)
    outbox.enqueue(membership.ledger, membership.identity, body, now=membership.now)
    try:
        send(membership)
    except CoordinatorRefused as error:
        if signatory is not Signatory.DPO:
            raise
        typer.echo(f"{error}\nIt holds here all the same.", err=True)
    else:
        typer.echo(f"{plan} is refused, and the coordinator knows.")


def _sign(home: Path, plan: str, role: Role.ValueType, *, yes: bool) -> None:
    from protos import codec, envelope
    from protos.dataset_pb2 import Decision
    from protos.training_pb2 import PermitDecision, Role
    from site_agent import identity, outbox, plain_words
    from site_agent.cli.publish import send
    from site_agent.membership import Membership

    membership = Membership.open(home)
    digest, terms = _find(membership, plan)
    typer.echo("\n".join(plain_words.permit(terms, site=membership.config.site)))
    _require_fit(membership, digest, terms)
    if not yes:
        _ask()
    key = membership.identity.signing_key
    if role == Role.DATA_PROTECTION_OFFICER:
        key = identity.dpo_key(membership.paths.keys)
    signed = codec.encode(terms)
    _keep(membership, digest, signed)
    body = PermitDecision(
        terms_digest=digest,
        role=role,
        decision=Decision.APPROVE,
        signature=envelope.signature(signed, envelope.PERMIT, key),
    )
    entry = outbox.enqueue(
        membership.ledger, membership.identity, body, now=membership.now
    )
    send(membership)
    who = "member" if role == Role.MEMBER else "data protection officer"
    typer.echo(f"Signed {plan} as {who} (entry {entry.number}).")


def _ask() -> None:
    from site_agent.errors import ConfigurationError

    if not sys.stdin.isatty():
        raise ConfigurationError(
            "Nothing was signed: there is no terminal to ask at. Whoever has read the "
            "terms above signs with --yes."
        )
    typer.confirm("Sign these terms?", abort=True)


def _find(membership: Membership, plan: str) -> tuple[bytes, PermitTerms]:
    from site_agent import agenda
    from site_agent.cli.vote import hear
    from site_agent.errors import AgendaError

    terms = agenda.terms(hear(membership))
    for digest, each in terms.items():
        if each.plan == plan:
            return digest, each
    names = ", ".join(each.plan for each in terms.values())
    raise AgendaError(
        f"No permit on the agenda is for {plan}. There are: {names or 'none'}."
    )


def _require_fit(membership: Membership, digest: bytes, terms: PermitTerms) -> None:
    from protos import bundle
    from site_agent import agenda, ballot
    from site_agent.errors import AgendaError
    from site_agent.store import Store

    with Store(membership.paths) as store:
        reasons = list(
            ballot.against_permit(
                terms,
                site=membership.config.site,
                roots=store.roots(),
                released=agenda.released(agenda.last_heard(membership.paths)),
                bundle=bundle.digest(),
                now=membership.now,
            )
        )
    if agenda.refusal(membership.paths, digest).exists():
        reasons.append("this site has refused it, and a decision is final")
    if not membership.config.training:
        reasons.append("site.toml says that this site never trains")
    if reasons:
        raise AgendaError(
            f"This site cannot sign {terms.plan}: {'; '.join(reasons)}. Nothing was "
            "sent. Tell the consortium's admin, or refuse the permit."
        )


def _keep(membership: Membership, digest: bytes, terms: bytes) -> None:
    """Keep the exact terms that were signed."""
    from site_agent import durable

    folder = membership.paths.train / "permits"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    durable.write(folder / f"{digest.hex()}.terms", terms)


def _said(membership: Membership, digest: bytes, role: Role.ValueType) -> str:
    from protos.dataset_pb2 import Decision
    from protos.training_pb2 import PermitDecision
    from site_agent import outbox

    about = PermitDecision(terms_digest=digest, role=role)
    entry = outbox.last_word(membership.ledger, about)
    body = outbox.body_of(entry) if entry else None
    if not isinstance(body, PermitDecision):
        return "open"
    return "approved" if body.decision == Decision.APPROVE else "refused"
