"""``site-agent status``: where this site stands."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING

import typer

from site_agent.cli.options import DEFAULT_HOME, Home

if TYPE_CHECKING:
    from site_agent.config import SitePaths


def status(home: Home = DEFAULT_HOME) -> None:
    """Show studies, manifests, certificate, ledger, log and agenda of this site.

    Reads only what is here; no line to the coordinator is needed.
    """
    from site_agent.config import SiteConfig, SitePaths

    paths = SitePaths(home)
    config = SiteConfig.load(paths)
    typer.echo(f"{config.site} in {config.consortium}")
    for title, lines in (
        ("alarm", _alarm(paths)),
        ("certificate", _certificate(paths)),
        ("studies", _studies(paths)),
        ("ledger", _ledger(paths)),
        ("log", _log(paths)),
        ("agenda", _agenda(paths)),
    ):
        for line in lines:
            typer.echo(f"  {title:<12} {line}")


def _alarm(paths: SitePaths) -> list[str]:
    from site_agent import alarm
    from site_agent.errors import LogAlarm

    try:
        alarm.require_silence(paths.home)
    except LogAlarm as error:
        return [str(error)]
    return []


def _certificate(paths: SitePaths) -> list[str]:
    from site_agent import identity, plain_words
    from site_agent.errors import IdentityError

    try:
        own = identity.load(paths.keys)
        own.require_valid(int(time.time()))
    except IdentityError as error:
        return [str(error)]
    due = " (renewal is due)" if own.renewal_due(int(time.time())) else ""
    return [f"valid until {plain_words.moment(own.not_after)}{due}"]


def _studies(paths: SitePaths) -> list[str]:
    from site_agent import plain_words
    from site_agent.store import Store

    with Store(paths) as store:
        counts = Counter(row.disposition.value for row in store.studies())
        manifests = [store.manifest(root) for root in store.roots()]
    lines = [", ".join(f"{n} {name}" for name, n in sorted(counts.items())) or "none"]
    return lines + [
        f"manifest {each.root.hex()[:16]} of {len(each.studies)} studies, frozen "
        f"{plain_words.moment(each.frozen_at)}"
        for each in manifests
    ]


def _ledger(paths: SitePaths) -> list[str]:
    from site_agent import plain_words
    from site_agent.egress import Ledger

    ledger = Ledger(paths.egress)
    counts = Counter(entry.state.value for entry in ledger.entries())
    size = sum(size for _, size in ledger.totals().values())
    states = ", ".join(f"{n} {name}" for name, n in sorted(counts.items()))
    return [f"{states or 'nothing has left'}; {plain_words.size(size)} in all"]


def _log(paths: SitePaths) -> list[str]:
    from site_agent import witness

    known = witness.read(paths.home)
    if not known.size:
        return ["not looked at yet; `site-agent serve` does"]
    return [f"{known.size} leaves verified" + ", cosigned" * known.cosigned]


def _agenda(paths: SitePaths) -> list[str]:
    from site_agent import agenda

    heard = agenda.last_heard(paths)
    lines = [f"members: {', '.join(each.site for each in heard.members) or 'unknown'}"]
    lines += [
        f"vote on {each.dataset}@{each.version}" for each in agenda.proposed(heard)
    ]
    lines += [
        f"released: {each.dataset}@{each.version}" for each in agenda.released(heard)
    ]
    lines += [f"permit {each.plan}" for each in agenda.terms(heard).values()]
    return lines
