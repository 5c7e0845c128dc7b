"""The vault: the pseudonym key and who is behind each pseudonym, encrypted at rest.

Two files in a folder of their own, apart from the site's database:

``vault.json``
    How to stretch the secret (scrypt, RFC 7914), and the vault's master key wrapped
    with AES-256-GCM. Written once. All other keys come from the master key, so that
    the secret could change and every pseudonym stay.
``identities.log``
    One encrypted record for each identity, appended and fsync'd (`sealed_log`).

Back up the folder and the secret, apart from each other: without both, nobody can find
the patient behind a pseudonym again, and new studies get new pseudonyms.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
import stat
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from site_agent import durable
from site_agent.deidentify.pseudonym import Pseudonyms
from site_agent.deidentify.sealed_log import CHANGED, SealedLog, derive
from site_agent.errors import VaultError

Identity = Mapping[str, object]
"""What JSON can hold: names, numbers, source paths of one study."""

SCRYPT_COST = 2**16
"""scrypt's N, with r = 8 and p = 1: 64 MiB and about 0.2 s for each guess."""

_LEAST_COST, _MOST_COST, _BLOCK_SIZE = 2**15, 2**20, 8
_LEAST_SECRET = 12
_NONCE = 12
_VERSION = 1


def read_secret(key_file: Path | None, passphrase: str | None) -> bytes:
    """Give the secret that opens the vault, from a file or from a passphrase.

    Parameters
    ----------
    key_file : Path or None
        A file that only its owner may read (mode 0600); wins over `passphrase`.
    passphrase : str or None
        Compared after Unicode normalisation (NFKC), so that keyboards do not matter.

    Raises
    ------
    VaultError
        When neither is given, the file cannot be read or others may read it, or the
        secret has fewer than 12 bytes.
    """
    if key_file is not None:
        return _long_enough(_read_key_file(key_file))
    if passphrase:
        return _long_enough(unicodedata.normalize("NFKC", passphrase).encode())
    raise VaultError(
        "The vault is locked. Name its key file with --vault-key-file, or give the "
        "passphrase in HILUM_VAULT_PASSPHRASE."
    )


def make_key_file(path: Path) -> None:
    """Write a new random key (256 bits, base64) to `path`, mode 0600.

    Raises
    ------
    VaultError
        When the file exists: a key that is overwritten is lost, and with it the vault.
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise VaultError("The vault's key file exists already; it is kept.") from None
    with os.fdopen(handle, "wb") as file:
        file.write(base64.b64encode(secrets.token_bytes(32)) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    durable.sync_folder(path.parent)


class Vault:
    """An open vault. Get one by `Vault.create` or `Vault.open`.

    Several processes may read while one remembers; those that remember take turns.
    Worker processes need `pseudonyms` only.
    """

    def __init__(self, folder: Path, master: bytes) -> None:
        self._log = SealedLog(folder / "identities.log", derive(master, b"identities"))
        self.pseudonyms = Pseudonyms(derive(master, b"pseudonyms"))

    @classmethod
    def create(cls, folder: Path, secret: bytes, *, cost: int = SCRYPT_COST) -> Self:
        """Make a vault with a new pseudonym key in `folder` (mode 0700).

        Raises
        ------
        VaultError
            When the folder holds a vault: a second key would break every pseudonym.
        """
        if (folder / "vault.json").exists():
            raise VaultError(
                "There is a vault already; it is kept. Open it with its own key, or "
                "choose another folder."
            )
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.chmod(0o700)
        master = secrets.token_bytes(32)
        header = json.dumps(_wrap(master, secret, cost), indent=1) + "\n"
        durable.write(folder / "vault.json", header.encode())
        return cls(folder, master)

    @classmethod
    def open(cls, folder: Path, secret: bytes) -> Self:
        """Open the vault in `folder`.

        Raises
        ------
        VaultError
            When there is no vault, the secret is not its secret, or ``vault.json`` was
            changed.
        """
        try:
            header = json.loads((folder / "vault.json").read_bytes())
        except FileNotFoundError:
            raise VaultError("There is no vault. Make one: site-agent init.") from None
        except OSError:
            raise VaultError(
                "The vault's folder cannot be read by this user."
            ) from None
        except ValueError:
            raise VaultError(CHANGED) from None
        return cls(folder, _unwrap(header, secret))

    def remember(self, study: str, identity: Identity) -> None:
        """Append who is behind the pseudonym `study`; on disk when this returns.

        Raises
        ------
        VaultError
            When the log was tampered with, or the identity is larger than 1 MiB.
        """
        # Paths that are not UTF-8 come as lone surrogates; ASCII JSON carries them.
        self._log.append(json.dumps([study, identity]).encode("ascii"))

    def identities(self) -> dict[str, Identity]:
        """Every identity by its study's pseudonym; what was remembered last wins.

        Raises
        ------
        VaultError
            When any record was tampered with.
        """
        return dict(json.loads(record) for record in self._log.read())


def _wrap(master: bytes, secret: bytes, cost: int) -> dict[str, object]:
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(_NONCE)
    header: dict[str, object] = {
        "version": _VERSION,
        "kdf": "scrypt",
        "n": cost,
        "r": _BLOCK_SIZE,
        "p": 1,
        "salt": salt.hex(),
        "cipher": "AES-256-GCM",
    }
    wrapping = AESGCM(_stretch(secret, salt, cost))
    sealed = wrapping.encrypt(nonce, master, _canonical(header))
    return header | {"master": (nonce + sealed).hex()}


def _unwrap(header: object, secret: bytes) -> bytes:
    if not isinstance(header, dict):
        raise VaultError(CHANGED)
    if header.get("version") != _VERSION:
        raise VaultError("The vault was made by another version of this program.")
    public = {key: value for key, value in header.items() if key != "master"}
    try:
        cost, salt = int(header["n"]), bytes.fromhex(header["salt"])
        master = bytes.fromhex(header["master"])
    except (KeyError, TypeError, ValueError):
        raise VaultError(CHANGED) from None
    # A cost that somebody lowered would make guessing cheap; a huge one, opening dear.
    if not _LEAST_COST <= cost <= _MOST_COST or cost & (cost - 1):
        raise VaultError(CHANGED)
    wrapping = AESGCM(_stretch(secret, salt, cost))
    try:
        return wrapping.decrypt(master[:_NONCE], master[_NONCE:], _canonical(public))
    except (InvalidTag, ValueError):
        raise VaultError(
            "This is not the key or passphrase of the vault, or vault.json was "
            "changed. Give the secret that the vault was made with."
        ) from None


def _stretch(secret: bytes, salt: bytes, cost: int) -> bytes:
    memory = 128 * _BLOCK_SIZE * cost + (1 << 20)
    return hashlib.scrypt(
        secret, salt=salt, n=cost, r=_BLOCK_SIZE, p=1, maxmem=memory, dklen=32
    )


def _canonical(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def _read_key_file(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            content = file.read(4097)
    except OSError:
        raise VaultError(
            f"The key file {path} cannot be read. Check its name and its owner."
        ) from None
    if stat.S_IMODE(mode) & 0o077:
        raise VaultError(f"Others may read the key file: chmod 600 {path}")
    if len(content) > 4096:
        raise VaultError(f"{path} is too large to be a key file.")
    return content.strip()


def _long_enough(secret: bytes) -> bytes:
    if len(secret) < _LEAST_SECRET:
        raise VaultError(
            f"A key or passphrase needs at least {_LEAST_SECRET} characters."
        )
    return secret
