"""The coordinator's keys and certificates on disk.

``root/`` holds the offline root, key and certificate: it is to be moved to a medium
that is kept elsewhere, and the coordinator runs without it. ``pki/`` holds the root's
certificate, the intermediate, the server's certificate and the key of the log. Folders
are 0700, files 0600.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from coordinator import durable
from coordinator.certificates import (
    DAY,
    SERVER_DAYS,
    Authority,
    host_name,
    new_authority,
    new_root,
    pem,
)
from coordinator.errors import PkiError

RECHECK_SECONDS = 3600
PrivateKey = ec.EllipticCurvePrivateKey | Ed25519PrivateKey


def create(
    root_folder: Path,
    pki_folder: Path,
    consortium: str,
    *,
    passphrase: bytes | None,
    now: int,
) -> Authority:
    """Make the root, the intermediate and the log key.

    The root's key is encrypted when a `passphrase` is given. Nothing of the root but
    its certificate is needed afterwards.
    """
    durable.private_folder(root_folder)
    durable.private_folder(pki_folder)
    root_key = ec.generate_private_key(ec.SECP384R1())
    root = new_root(consortium, root_key, now=now)
    authority = new_authority(consortium, root, root_key, now=now)
    durable.write(root_folder / "root.key", _private_pem(root_key, passphrase))
    durable.write(root_folder / "root.crt", pem(root))
    durable.write(pki_folder / "intermediate.key", _private_pem(authority.key))
    durable.write(pki_folder / "intermediate.crt", pem(authority.certificate))
    durable.write(pki_folder / "log.key", _private_pem(Ed25519PrivateKey.generate()))
    durable.write(pki_folder / "root.crt", pem(root))
    return authority


def server_certificate(
    folder: Path, authority: Authority, hosts: Sequence[str], *, now: int
) -> tuple[bytes, bytes]:
    """Return key and chain (PEM) of the server, made anew when they are due.

    They are due when absent, after two thirds of their lifetime, or when `hosts` or
    the intermediate have changed.
    """
    key_path, chain_path = folder / "server.key", folder / "server.crt"
    if key_path.is_file() and chain_path.is_file():
        key_pem, chain = key_path.read_bytes(), chain_path.read_bytes()
        if not _server_due(key_pem, chain, authority, hosts, now=now):
            return key_pem, chain
    key = ec.generate_private_key(ec.SECP256R1())
    issued = authority.issue_server(hosts, key.public_key(), now=now)
    durable.write(key_path, _private_pem(key))
    durable.write(chain_path, issued.chain)
    return _private_pem(key), issued.chain


class ServerCertificate:
    """The server's certificate of a coordinator that runs for years. Thread-safe."""

    def __init__(
        self,
        folder: Path,
        authority: Authority,
        hosts: Sequence[str],
        clock: Callable[[], float],
    ) -> None:
        self._folder = folder
        self._authority = authority
        self._hosts = hosts
        self._clock = clock
        self._lock = Lock()
        self._looked_at = 0.0
        self._held = (b"", b"")

    def current(self) -> tuple[bytes, bytes]:
        """Return key and chain (PEM); once an hour it looks whether they are due."""
        with self._lock:
            now = self._clock()
            if now >= self._looked_at + RECHECK_SECONDS:
                self._held = server_certificate(
                    self._folder, self._authority, self._hosts, now=int(now)
                )
                self._looked_at = now
            return self._held


def _server_due(
    key_pem: bytes,
    chain: bytes,
    authority: Authority,
    hosts: Sequence[str],
    *,
    now: int,
) -> bool:
    leaf, *above = x509.load_pem_x509_certificates(chain)
    key = serialization.load_pem_private_key(key_pem, password=None)
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return (
        key.public_key() != leaf.public_key()
        or above != [authority.certificate]
        or list(names) != [host_name(host) for host in hosts]
        or now >= leaf.not_valid_before_utc.timestamp() + SERVER_DAYS * DAY * 2 // 3
    )


def load(folder: Path, consortium: str) -> Authority:
    """Read root certificate and intermediate from ``pki/``.

    Raises
    ------
    PkiError
        When one is missing or they do not belong together.
    """
    root = load_root(folder)
    certificate = _certificate(folder / "intermediate.crt")
    key = _private_key(folder / "intermediate.key")
    try:
        certificate.verify_directly_issued_by(root)
    except (ValueError, TypeError, InvalidSignature):
        raise PkiError(
            "pki/intermediate.crt was not issued by pki/root.crt; restore both from "
            "one backup"
        ) from None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or (
        key.public_key() != certificate.public_key()
    ):
        raise PkiError(
            "pki/intermediate.key and pki/intermediate.crt do not belong together; "
            "restore both from one backup"
        )
    return Authority(consortium, root, certificate, key)


def load_root(folder: Path) -> x509.Certificate:
    """Read the root's certificate from ``pki/``."""
    return _certificate(folder / "root.crt")


def load_log_key(folder: Path) -> Ed25519PrivateKey:
    """Read the key of the transparency log from ``pki/``."""
    key = _private_key(folder / "log.key")
    if not isinstance(key, Ed25519PrivateKey):
        raise PkiError("pki/log.key is not an Ed25519 key; restore it from a backup")
    return key


def _private_pem(key: PrivateKey, passphrase: bytes | None = None) -> bytes:
    locked: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if passphrase is not None:
        locked = serialization.BestAvailableEncryption(passphrase)
    pkcs8 = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, pkcs8, locked)


def _certificate(path: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError):
        raise PkiError(_lost(path)) from None


def _private_key(path: Path) -> PrivateKey:
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError):
        raise PkiError(_lost(path)) from None
    if path.stat().st_mode & 0o077:
        raise PkiError(
            f"others can read {path.parent.name}/{path.name}; run `chmod 600` on it, "
            "and make a new one if somebody may have copied it"
        )
    if not isinstance(key, ec.EllipticCurvePrivateKey | Ed25519PrivateKey):
        raise PkiError(_lost(path))
    return key


def _lost(path: Path) -> str:
    return (
        f"{path.parent.name}/{path.name} is missing or damaged; restore it from the "
        "backup, or run `coordinator init` for a new consortium"
    )
