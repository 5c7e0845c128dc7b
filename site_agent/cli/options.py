"""Options that several commands share, and opening the site's home with them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from site_agent.config import SitePaths
    from site_agent.deidentify.vault import Vault

Home = Annotated[
    Path,
    typer.Option(
        "--home",
        envvar="HILUM_SITE_HOME",
        help="The site's home folder, made by `site-agent init`.",
    ),
]
DEFAULT_HOME = Path("site")

VaultKeyFile = Annotated[
    Path | None,
    typer.Option(
        "--vault-key-file",
        envvar="HILUM_VAULT_KEY_FILE",
        help="File (mode 0600) with the vault's key; SITE/vault.key by default. "
        "Without either the passphrase is taken from HILUM_VAULT_PASSPHRASE or asked "
        "for.",
    ),
]


def vault_secret(paths: SitePaths, key_file: Path | None) -> bytes:
    """Return the vault's secret from the key file, the environment or the keyboard.

    Raises
    ------
    VaultError
        The key file is missing, or others may read it.
    """
    from site_agent.deidentify.vault import read_secret

    if key_file is None and paths.vault_key.exists():
        key_file = paths.vault_key
    if key_file is not None:
        return read_secret(key_file, None)
    passphrase = os.environ.get("HILUM_VAULT_PASSPHRASE")
    if passphrase is None:
        typer.echo(
            f"{paths.vault_key} is not there. If this vault has a key file, put it "
            "back or name it with --vault-key-file.",
            err=True,
        )
        passphrase = str(typer.prompt("Passphrase of the vault", hide_input=True))
    return read_secret(None, passphrase)


def open_vault(paths: SitePaths, key_file: Path | None) -> Vault:
    """Open the site's vault; raises `VaultError` with what to do."""
    from site_agent.deidentify.vault import Vault

    return Vault.open(paths.vault, vault_secret(paths, key_file))


def pseudonym_key(path: Path) -> bytes:
    """Derive the key of pseudonyms outside of any site from a secret in a file.

    Raises
    ------
    VaultError
        The file is missing, or others may read it.
    """
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    from site_agent.deidentify.pseudonym import KEY_BYTES
    from site_agent.deidentify.vault import read_secret

    hkdf = HKDF(SHA256(), KEY_BYTES, salt=None, info=b"hilum deidentify v1")
    return hkdf.derive(read_secret(path, None))
