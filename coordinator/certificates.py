"""Certificates as values: what the consortium issues, and how a request is read.

=================  ======  ==========  ================================================
certificate        key     lifetime    what it is good for
=================  ======  ==========  ================================================
root               P-384   20 years    signs intermediates
intermediate       P-256   5 years     signs leaves; cannot sign another authority
server             P-256   1 year      server authentication under the hosts' names
site               P-256   30 days     client authentication only, SAN
                                       ``spiffe://<consortium>/site/<id>``
=================  ======  ==========  ================================================
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from coordinator.errors import Malformed

DAY = 86_400
ROOT_DAYS, INTERMEDIATE_DAYS, SERVER_DAYS, SITE_DAYS = 7305, 1826, 365, 30
CLOCK_SKEW = 300
"""Seconds that a certificate is valid before it is made: clocks differ."""


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate that was just made. `chain` is PEM: it, then the intermediate.

    `serial` is lower-case hexadecimal, `sha256` is over the DER form; times are Unix
    seconds.
    """

    serial: str
    chain: bytes
    sha256: bytes
    not_before: int
    not_after: int


@dataclass(frozen=True, slots=True)
class Authority:
    """The intermediate, which issues, below the root, which everybody trusts."""

    consortium: str
    root: x509.Certificate
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    def issue_site(
        self, site: str, public_key: ec.EllipticCurvePublicKey, *, now: int
    ) -> Issued:
        """Certify that `public_key` speaks for `site`, and for nothing else."""
        names = [x509.UniformResourceIdentifier(spiffe_id(self.consortium, site))]
        purpose = ExtendedKeyUsageOID.CLIENT_AUTH
        return self._issue(site, public_key, names, purpose, SITE_DAYS, now=now)

    def issue_server(
        self, hosts: Sequence[str], public_key: ec.EllipticCurvePublicKey, *, now: int
    ) -> Issued:
        """Certify the coordinator's own doors under the names of `hosts`."""
        names = [host_name(host) for host in hosts]
        purpose = ExtendedKeyUsageOID.SERVER_AUTH
        return self._issue(
            "coordinator", public_key, names, purpose, SERVER_DAYS, now=now
        )

    def _issue(
        self,
        name: str,
        public_key: ec.EllipticCurvePublicKey,
        names: Sequence[x509.GeneralName],
        purpose: x509.ObjectIdentifier,
        days: int,
        *,
        now: int,
    ) -> Issued:
        builder = (
            _builder(self.consortium, name, public_key, days, now=now)
            .issuer_name(self.certificate.subject)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), True)
            .add_extension(_usage(signs=True), critical=True)
            .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(_authority_key(self.key.public_key()), critical=False)
        )
        certificate = builder.sign(self.key, hashes.SHA256())
        return Issued(
            serial=f"{certificate.serial_number:x}",
            chain=pem(certificate) + pem(self.certificate),
            sha256=certificate.fingerprint(hashes.SHA256()),
            not_before=int(certificate.not_valid_before_utc.timestamp()),
            not_after=int(certificate.not_valid_after_utc.timestamp()),
        )


def new_root(
    consortium: str, key: ec.EllipticCurvePrivateKey, *, now: int
) -> x509.Certificate:
    """Certify the root's key by itself."""
    return (
        _builder(consortium, "root", key.public_key(), ROOT_DAYS, now=now)
        .issuer_name(_name(consortium, "root"))
        .add_extension(x509.BasicConstraints(ca=True, path_length=1), critical=True)
        .add_extension(_usage(signs=False), critical=True)
        .sign(key, hashes.SHA384())
    )


def new_authority(
    consortium: str,
    root: x509.Certificate,
    root_key: ec.EllipticCurvePrivateKey,
    *,
    now: int,
) -> Authority:
    """Make an intermediate below the root."""
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        _builder(
            consortium, "intermediate", key.public_key(), INTERMEDIATE_DAYS, now=now
        )
        .issuer_name(root.subject)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs=False), critical=True)
        .add_extension(_authority_key(root_key.public_key()), critical=False)
        .sign(root_key, hashes.SHA384())
    )
    return Authority(consortium, root, certificate, key)


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of the DER form, in upper-case pairs as people read it out."""
    return certificate.fingerprint(hashes.SHA256()).hex(":").upper()


def read_request(der: bytes) -> ec.EllipticCurvePublicKey:
    """Return the key that a PKCS #10 request asks to certify.

    The name and the extensions it asks for are not even read: the invitation says who
    the site is, this module what its certificate is good for.

    Raises
    ------
    Malformed
        With all reasons why it cannot be certified.
    """
    try:
        request = x509.load_der_x509_csr(der)
        key = request.public_key()
        signed = request.is_signature_valid
    except (ValueError, UnsupportedAlgorithm):
        raise Malformed("certificate_request: is not a PKCS #10 request") from None
    reasons = []
    if not signed:
        reasons.append("certificate_request: its signature is not by its key")
    if isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name == "secp256r1":
        Malformed.unless_empty(reasons)
        return key
    raise Malformed(*reasons, "certificate_request: its key is not on the curve P-256")


def spiffe_id(consortium: str, site: str) -> str:
    """Return the name of a site in its certificate."""
    return f"spiffe://{consortium}/site/{site}"


def site_of(leaf: x509.Certificate, consortium: str) -> str | None:
    """Return the site that a certificate names, None when it names none of ours."""
    try:
        names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except (x509.ExtensionNotFound, ValueError):
        return None
    uris = names.value.get_values_for_type(x509.UniformResourceIdentifier)
    if len(uris) != 1 or len(list(names.value)) != 1:
        return None
    found = re.fullmatch(r"spiffe://([^/]+)/site/([a-z0-9][a-z0-9-]{0,31})", uris[0])
    return found[2] if found and found[1] == consortium else None


def is_for_clients(leaf: x509.Certificate) -> bool:
    """Return whether a certificate is good for client authentication (RFC 5280)."""
    try:
        purposes = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except (x509.ExtensionNotFound, ValueError):
        return False
    return ExtendedKeyUsageOID.CLIENT_AUTH in purposes


def host_name(host: str) -> x509.GeneralName:
    """Return a host's name as a certificate says it: an address or a DNS name."""
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


# ---------------------------------------------------------------------------- details


def _name(consortium: str, name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, consortium),
            x509.NameAttribute(NameOID.COMMON_NAME, name),
        ]
    )


def _builder(
    consortium: str,
    name: str,
    public_key: ec.EllipticCurvePublicKey,
    days: int,
    *,
    now: int,
) -> x509.CertificateBuilder:
    start = datetime.fromtimestamp(now - CLOCK_SKEW, UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(_name(consortium, name))
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), False)
    )


def _usage(*, signs: bool) -> x509.KeyUsage:
    """Return the usage of a leaf (it signs handshakes) or of an authority."""
    return x509.KeyUsage(
        digital_signature=signs,
        key_cert_sign=not signs,
        crl_sign=not signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _authority_key(key: ec.EllipticCurvePublicKey) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(key)


def pem(certificate: x509.Certificate) -> bytes:
    """Return a certificate as PEM."""
    return certificate.public_bytes(serialization.Encoding.PEM)
