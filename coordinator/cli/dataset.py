"""`coordinator propose`, `versions` and `status`."""

from __future__ import annotations

from fractions import Fraction

import typer

from coordinator.cli.terminal import DEFAULT_HOME, Home, day, now, show
from coordinator.config import load
from coordinator.consortium import progress as use_cases
from coordinator.consortium import versions as dataset_versions
from coordinator.database import open_session
from coordinator.rules.states import Ballot


def propose(home: Home = DEFAULT_HOME) -> None:
    """Propose what the members have contributed as the next dataset version."""
    share = Fraction(load(home).governance.quorum)
    with open_session(home) as session:
        version = dataset_versions.propose(session, share=share, now=now())
        typer.echo(
            f"Proposed {version.dataset} {version.version} ({version.change}). Members "
            f"vote with `site-agent vote`; approvals needed: {version.quorum}."
        )


def versions(home: Home = DEFAULT_HOME) -> None:
    """List all dataset versions with their votes."""
    rows = []
    with open_session(home, reads=True) as session:
        for each in dataset_versions.versions(session):
            cast = list(dataset_versions.votes(session, each).values())
            approved, rejected = cast.count(Ballot.APPROVE), cast.count(Ballot.REJECT)
            rows.append(
                (
                    each.version,
                    each.state,
                    f"{approved} for, {rejected} against, {each.quorum} needed",
                    day(each.proposed_at),
                    day(each.decided_at),
                    each.change,
                )
            )
    show(
        ("version", "state", "votes", "proposed", "decided", "change"),
        rows,
        empty="No versions yet; propose one with `coordinator propose`.",
    )


def status(home: Home = DEFAULT_HOME) -> None:
    """Show how far the dataset has come and what the specification still lacks."""
    with open_session(home, reads=True) as session:
        progress = use_cases.progress(session)
        findings = use_cases.compliance(session, now=now())
    share = min(1.0, progress.studies / progress.target) if progress.target else 1.0
    filled = round(40 * share)
    typer.echo(
        f"{progress.dataset}: {progress.studies:,} of {progress.target:,} studies"
    )
    typer.echo(f"[{'#' * filled}{'.' * (40 - filled)}] {share:.1%}")
    for site, count in progress.sites.items():
        typer.echo(f"  {site}: about {count:,}")
    typer.echo()
    for each in findings:
        typer.echo(f"{'ok' if each.met else 'lacks':5}  {each.rule}: {each.got}")
        if not each.met:
            typer.echo(f"       wanted: {each.expected}")
