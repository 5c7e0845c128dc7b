"""``site-agent init``: make the site's home and its keys, and enrol."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from site_agent.cli.options import DEFAULT_HOME, Home, VaultKeyFile

if TYPE_CHECKING:
    from site_agent.config import SitePaths
    from site_agent.invitation import Invitation


def init(
    invitation: Annotated[
        Path,
        typer.Option(help="The file that the consortium's admin sent.", dir_okay=False),
    ],
    fingerprint: Annotated[
        str,
        typer.Option(
            help="SHA-256 fingerprint of the consortium's root certificate, as you "
            "were told by another way than the file (letter, telephone)."
        ),
    ],
    home: Home = DEFAULT_HOME,
    controller: Annotated[
        str, typer.Option(help="Name of the hospital, Art. 30(1)(a).")
    ] = "",
    controller_contact: Annotated[
        str, typer.Option(help="How to reach the hospital.")
    ] = "",
    dpo: Annotated[str, typer.Option(help="Name of the data protection officer.")] = "",
    dpo_contact: Annotated[
        str, typer.Option(help="How to reach the data protection officer.")
    ] = "",
    vault_key_file: VaultKeyFile = None,
    passphrase: Annotated[
        bool,
        typer.Option(
            "--passphrase",
            help="Protect the vault by a passphrase (HILUM_VAULT_PASSPHRASE, or asked "
            "for) instead of the key file SITE/vault.key.",
        ),
    ] = False,
) -> None:
    """Make this site's home, its keys and its vault, and get its certificate.

    The keys are made here and stay here. Nothing is sent unless the invitation's root
    certificate has the fingerprint that you give. When init is interrupted, run it
    again: what is there is kept.
    """
    from site_agent import agenda, identity
    from site_agent.config import SitePaths
    from site_agent.errors import SiteError
    from site_agent.invitation import read_invitation
    from site_agent.membership import Membership
    from site_agent.uplink import enrol

    invited = read_invitation(invitation, fingerprint=fingerprint)
    paths = SitePaths(home)
    parties = {
        "controller": controller,
        "controller_contact": controller_contact,
        "dpo": dpo,
        "dpo_contact": dpo_contact,
    }
    _make_home(paths, invited, parties)
    _make_vault(paths, key_file=vault_key_file, passphrase=passphrase)
    identity.make_keys(paths.keys)
    issued = enrol(invited, identity.enrolment_request(paths.keys, token=invited.token))
    identity.install(
        paths.keys,
        issued,
        root=invited.root_certificate,
        consortium=invited.consortium,
        site=invited.site,
        now=int(time.time()),
    )
    membership = Membership.open(home)
    typer.echo(
        f"{invited.site} has joined {invited.consortium}. Home: {home}. Next: complete "
        "site.toml, then `site-agent run INBOX`."
    )
    try:
        with membership.uplink() as uplink:
            agenda.refresh(paths, membership.identity, uplink)
    except SiteError as error:
        typer.echo(f"The agenda could not be read yet: {error}", err=True)


def _make_home(
    paths: SitePaths, invited: Invitation, parties: Mapping[str, str]
) -> None:
    """Write ``site.toml`` unless it is there; one that is there must fit."""
    from site_agent import durable
    from site_agent.config import SiteConfig, template
    from site_agent.errors import ConfigurationError

    for folder in (paths.home, paths.logs):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not paths.config.exists():
        text = template(
            site=invited.site,
            consortium=invited.consortium,
            address=invited.coordinator,
            enrolment=invited.enrolment,
            **parties,
        )
        SiteConfig.parse(text, folder=paths.home)
        durable.write(paths.config, text.encode())
    config = SiteConfig.load(paths)
    faults = [
        f"{name} is {got!r}, and the invitation says {said!r}"
        for name, got, said in (
            ("site.id", config.site, invited.site),
            ("site.consortium", config.consortium, invited.consortium),
            ("coordinator.address", config.coordinator, invited.coordinator),
            ("coordinator.enrolment", config.enrolment, invited.enrolment),
        )
        if got != said
    ]
    if faults:
        raise ConfigurationError(
            "site.toml does not fit the invitation. Change it, or choose another "
            "--home; nothing was sent:\n  " + "\n  ".join(faults)
        )


def _make_vault(paths: SitePaths, *, key_file: Path | None, passphrase: bool) -> None:
    """Make the vault unless it is there."""
    from site_agent.deidentify.vault import Vault, make_key_file, read_secret

    if (paths.vault / "vault.json").exists():
        return
    if passphrase:
        words = os.environ.get("HILUM_VAULT_PASSPHRASE") or typer.prompt(
            "Passphrase of the vault", hide_input=True, confirmation_prompt=True
        )
        Vault.create(paths.vault, read_secret(None, words))
        return
    key_file = key_file or paths.vault_key
    if not key_file.exists():
        make_key_file(key_file)
    Vault.create(paths.vault, read_secret(key_file, None))
