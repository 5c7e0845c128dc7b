"""Who this site is: keys that are made here and never leave, and its certificate.

The coordinator decides the name in the certificate from the invitation's token, never
from the request; this module checks that it got the name that it was promised.

The files below ``keys/`` (folder 0700, files 0600):

======================  ==============================================================
``tls.key``             P-256, the key of the certificate; a new one at each renewal
``tls.next.key``        the key of a renewal that is under way
``site.crt``            the site's certificate, then the intermediate
``root.crt``            the consortium's root
``signing.key``         Ed25519, signs every envelope of this site
``dpo.key``             Ed25519, the data protection officer's consent
``supernode.key[.pub]`` EC P-384 in OpenSSH form, the site's Flower SuperNode
``log.vkey``            the key of the transparency log, C2SP vkey form
======================  ==============================================================
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from protos.consortium_pb2 import EnrolmentRequest, IssuedCertificate
from site_agent import durable
from site_agent.errors import IdentityError
from site_agent.invitation import certificate

RENEW_AFTER = 2 / 3
"""Share of a certificate's lifetime after which it is renewed."""

_ENROL_AGAIN = (
    "Ask the consortium's admin for a new invitation and run `site-agent init` with "
    "it; keys, studies and ledger stay as they are."
)


# ------------------------------------------------------------------------------- keys


def make_keys(folder: Path) -> None:
    """Make every key that `folder` lacks. Keys that are there stay as they are."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    pkcs8 = serialization.PrivateFormat.PKCS8
    openssh = serialization.PrivateFormat.OpenSSH
    for name in ("tls.key", "signing.key", "dpo.key", "supernode.key"):
        path = folder / name
        if path.exists():
            continue
        if name == "tls.key":
            _write_key(path, ec.generate_private_key(ec.SECP256R1()), pkcs8)
        elif name == "supernode.key":
            _write_key(path, ec.generate_private_key(ec.SECP384R1()), openssh)
        else:
            _write_key(path, Ed25519PrivateKey.generate(), pkcs8)
    supernode = serialization.load_ssh_private_key(
        _read(folder / "supernode.key"), password=None
    )
    public = supernode.public_key().public_bytes(
        serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
    )
    durable.write(folder / "supernode.key.pub", public + b"\n")


def _write_key(
    path: Path,
    key: ec.EllipticCurvePrivateKey | Ed25519PrivateKey,
    form: serialization.PrivateFormat,
) -> None:
    pem = key.private_bytes(
        serialization.Encoding.PEM, form, serialization.NoEncryption()
    )
    durable.write(path, pem)


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_mode & 0o077:
            raise IdentityError(
                f"Others can read keys/{path.name}. Run `chmod 600` on it; if somebody "
                "may have copied it, tell the consortium's admin."
            )
        return path.read_bytes()
    except OSError as error:
        raise IdentityError(
            f"keys/{path.name} is missing or cannot be read. Run `site-agent init`, or "
            "restore the folder keys/ from the backup."
        ) from error


def _tls_key(path: Path) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(_read(path), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise IdentityError(f"keys/{path.name} is not a P-256 key. Restore the backup.")
    return key


def _ed25519(path: Path) -> Ed25519PrivateKey:
    key = serialization.load_pem_private_key(_read(path), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise IdentityError(
            f"keys/{path.name} is not an Ed25519 key. Restore the backup."
        )
    return key


def dpo_key(folder: Path) -> Ed25519PrivateKey:
    """Read the data protection officer's key; only `permits consent` needs it."""
    return _ed25519(folder / "dpo.key")


def supernode_key(folder: Path) -> ec.EllipticCurvePublicKey:
    """Read the public key by which Flower knows this site's SuperNode."""
    path = folder / "supernode.key"
    key = serialization.load_ssh_private_key(_read(path), password=None).public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise IdentityError(f"keys/{path.name} is not a P-384 key. Restore the backup.")
    return key


# --------------------------------------------------------------------------- requests


def enrolment_request(folder: Path, *, token: str) -> EnrolmentRequest:
    """Ask for the first certificate. The request names nobody: the token does.

    Both Ed25519 keys sign the exact bytes of the certificate request, so that nobody
    can enrol with a key that he does not hold.
    """
    csr = _csr(_tls_key(folder / "tls.key"))
    signing, dpo = _ed25519(folder / "signing.key"), dpo_key(folder)
    return EnrolmentRequest(
        token=token,
        certificate_request=csr,
        signing_key=signing.public_key().public_bytes_raw(),
        dpo_key=dpo.public_key().public_bytes_raw(),
        signing_key_proof=signing.sign(csr),
        dpo_key_proof=dpo.sign(csr),
        supernode_key=(folder / "supernode.key.pub").read_text().strip(),
    )


def renewal_request(folder: Path) -> bytes:
    """PKCS #10 request (DER) for a new key, kept until the new certificate is here."""
    path = folder / "tls.next.key"
    if not path.exists():
        key = ec.generate_private_key(ec.SECP256R1())
        _write_key(path, key, serialization.PrivateFormat.PKCS8)
    return _csr(_tls_key(path))


def _csr(key: ec.EllipticCurvePrivateKey) -> bytes:
    request = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    return request.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


# ------------------------------------------------------------------------ certificate


def install(
    folder: Path,
    issued: IssuedCertificate,
    *,
    root: bytes,
    consortium: str,
    site: str,
    now: int,
) -> None:
    """Keep a certificate that the coordinator issued, if it is what was asked for.

    Writing ``site.crt`` is what makes the site enrolled, or renewed; a crash before
    leaves the site as it was, a crash after is mended by `load`.

    Raises
    ------
    IdentityError
        With everything that is wrong with the certificate.
    """
    keys = [_tls_key(folder / "tls.key")]
    if (folder / "tls.next.key").exists():
        keys.append(_tls_key(folder / "tls.next.key"))
    faults = _faults(issued, root=root, keys=keys, name=(consortium, site), now=now)
    if _other_log(folder, issued, consortium=consortium):
        faults.append("it names another key for the log than the one that was pinned")
    if faults:
        raise IdentityError(
            f"The coordinator's certificate is not good: {'; '.join(faults)}. Nothing "
            "was changed. Tell the consortium's admin."
        )
    durable.write(folder / "root.crt", root)
    durable.write(folder / "log.vkey", issued.log_key.encode())
    durable.write(folder / "site.crt", issued.chain)
    _finish_renewal(folder)


def _faults(
    issued: IssuedCertificate,
    *,
    root: bytes,
    keys: list[ec.EllipticCurvePrivateKey],
    name: tuple[str, str],
    now: int,
) -> list[str]:
    try:
        chain = x509.load_pem_x509_certificates(issued.chain)
    except ValueError:
        return ["it cannot be read"]
    faults = []
    above = [*chain[1:], certificate(root)]
    for lower, upper in zip(chain, above, strict=True):
        try:
            lower.verify_directly_issued_by(upper)
        except (ValueError, TypeError, InvalidSignature):
            faults.append("it does not lead to the root of the invitation")
            break
    leaf = chain[0]
    if not any(leaf.public_key() == key.public_key() for key in keys):
        faults.append("it is for another key")
    if not (issued.consortium, issued.site) == _names(leaf) == name:
        faults.append("it names another site or consortium")
    if not _seconds(leaf)[0] <= now < _seconds(leaf)[1]:
        faults.append("it is not valid today; is this machine's clock right?")
    if not issued.log_key:
        faults.append("the key of the log is missing")
    return faults


def _other_log(folder: Path, issued: IssuedCertificate, *, consortium: str) -> bool:
    """Tell whether a member of this consortium is now to trust another log.

    What the site has verified, it has verified under the key it got when it enrolled: a
    renewal must not let the coordinator begin a second history.
    """
    chain, key = folder / "site.crt", folder / "log.vkey"
    if not (chain.exists() and key.exists()):
        return False
    if _names(certificate(_read(chain)))[0] != consortium:
        return False
    return _read(key) != issued.log_key.encode()


def _names(leaf: x509.Certificate) -> tuple[str, str]:
    """Consortium and site of ``spiffe://<consortium>/site/<site>``."""
    try:
        names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return "", ""
    uris = names.value.get_values_for_type(x509.UniformResourceIdentifier)
    found = re.fullmatch("spiffe://([^/]+)/site/([^/]+)", uris[0]) if uris else None
    return (found[1], found[2]) if found else ("", "")


def _seconds(leaf: x509.Certificate) -> tuple[int, int]:
    return (
        int(leaf.not_valid_before_utc.timestamp()),
        int(leaf.not_valid_after_utc.timestamp()),
    )


def _finish_renewal(folder: Path) -> None:
    """Put the key of a renewal in its place once its certificate is in place."""
    following = folder / "tls.next.key"
    if not following.exists():
        return
    leaf = certificate(_read(folder / "site.crt"))
    if leaf.public_key() == _tls_key(following).public_key():
        following.replace(folder / "tls.key")
        durable.sync_folder(folder)


@dataclass(frozen=True, slots=True)
class Identity:
    """A site that has enrolled. `root`, `chain` and `tls_key` are PEM.

    `not_before` and `not_after` are Unix seconds; `log_key` is a C2SP vkey.
    """

    consortium: str
    site: str
    root: bytes
    chain: bytes
    tls_key: bytes
    not_before: int
    not_after: int
    signing_key: Ed25519PrivateKey
    log_key: str

    def renewal_due(self, now: int) -> bool:
        """Whether two thirds of the certificate's lifetime are over."""
        lifetime = self.not_after - self.not_before
        return now >= self.not_before + RENEW_AFTER * lifetime

    def require_valid(self, now: int) -> None:
        """Raise IdentityError, saying what to do, if the certificate has run out."""
        if now >= self.not_after:
            raise IdentityError(f"This site's certificate has expired. {_ENROL_AGAIN}")
        if now < self.not_before:
            raise IdentityError(
                "This site's certificate is not valid yet. Set this machine's clock."
            )


def load(folder: Path) -> Identity:
    """Read the identity of an enrolled site; finish a renewal that a crash cut short.

    Raises
    ------
    IdentityError
        If the site has not enrolled, or a key is missing or readable by others.
    """
    if not (folder / "site.crt").exists():
        raise IdentityError(
            "This site has not enrolled yet. Run `site-agent init` with the invitation "
            "of the consortium's admin."
        )
    _finish_renewal(folder)
    chain = _read(folder / "site.crt")
    leaf = certificate(chain)
    if leaf.public_key() != _tls_key(folder / "tls.key").public_key():
        raise IdentityError(
            "keys/tls.key and keys/site.crt do not belong together. Restore both from "
            f"one backup. Otherwise: {_ENROL_AGAIN}"
        )
    consortium, site = _names(leaf)
    not_before, not_after = _seconds(leaf)
    return Identity(
        consortium=consortium,
        site=site,
        root=_read(folder / "root.crt"),
        chain=chain,
        tls_key=_read(folder / "tls.key"),
        not_before=not_before,
        not_after=not_after,
        signing_key=_ed25519(folder / "signing.key"),
        log_key=_read(folder / "log.vkey").decode(),
    )
