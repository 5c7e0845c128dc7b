"""The invitation: how a hospital learns which consortium it is about to join.

It names the consortium's root certificate. Whoever runs ``site-agent init`` has the
root's fingerprint from somewhere else (a letter, a telephone call), and nothing is sent
before both agree.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from site_agent.errors import IdentityError


@dataclass(frozen=True, slots=True)
class Invitation:
    """What the admin hands to a hospital; the token is good once, for 24 hours.

    `coordinator` and `enrolment` are ``host:port``; `root_certificate` is PEM.
    """

    consortium: str
    site: str
    coordinator: str
    enrolment: str
    root_certificate: bytes
    token: str


_FIELDS = {
    "consortium": r"[a-z0-9][a-z0-9.-]{0,63}",
    "site": r"[a-z0-9][a-z0-9-]{0,31}",
    "coordinator": r"[^\s/]{1,253}:[0-9]{1,5}",
    "enrolment": r"[^\s/]{1,253}:[0-9]{1,5}",
    "root_certificate": r"(?s)\s*-----BEGIN CERTIFICATE-----.*",
    "token": r"[A-Za-z0-9_-]{20,64}",
}


def read_invitation(path: Path, *, fingerprint: str) -> Invitation:
    """Read an invitation and compare its root with the `fingerprint` told separately.

    Raises
    ------
    IdentityError
        If the file is not an invitation (all its faults at once), or if its root is
        not the one whose SHA-256 fingerprint (hex; colons, spaces and case are free)
        was given.
    """
    try:
        fields = json.loads(path.read_bytes())
    except OSError as error:
        raise IdentityError(
            f"The invitation {path} cannot be read: {error.strerror}. Is the path "
            "right?"
        ) from error
    except ValueError as error:
        raise IdentityError(
            "The invitation cannot be read as JSON. Ask the consortium's admin to send "
            "the file again, as a file."
        ) from error
    fields = fields if isinstance(fields, dict) else {}
    faults = [
        f"`{name}` is {'not valid' if name in fields else 'missing'}"
        for name, pattern in _FIELDS.items()
        if not isinstance(fields.get(name), str)
        or not re.fullmatch(pattern, fields[name])
    ]
    if faults:
        raise IdentityError(
            f"The invitation is not complete: {'; '.join(faults)}. Ask the "
            "consortium's admin for a new one."
        )
    invitation = Invitation(
        consortium=fields["consortium"],
        site=fields["site"],
        coordinator=fields["coordinator"],
        enrolment=fields["enrolment"],
        root_certificate=fields["root_certificate"].encode(),
        token=fields["token"],
    )
    got, expected = root_fingerprint(invitation.root_certificate), _plain(fingerprint)
    if not re.fullmatch("[0-9a-f]{64}", expected):
        raise IdentityError(
            "The fingerprint is not a SHA-256 in hexadecimal (64 digits; colons and "
            "spaces are free). Nothing was sent."
        )
    if got != expected:
        raise IdentityError(
            "This invitation does not come from the consortium that you were told of: "
            f"its root has the fingerprint\n  {_colons(got)}\nand you gave\n  "
            f"{_colons(expected)}\nNothing was sent. Compare the fingerprint with the "
            "admin by telephone."
        )
    return invitation


def root_fingerprint(pem: bytes) -> str:
    """SHA-256 of a certificate's DER form, in lower-case hexadecimal."""
    return certificate(pem).fingerprint(hashes.SHA256()).hex()


def _colons(fingerprint: str) -> str:
    """Write it as the coordinator does, so that it can be compared by eye."""
    return bytes.fromhex(fingerprint).hex(":").upper()


def _plain(fingerprint: str) -> str:
    plain = re.sub(r"[\s:]", "", fingerprint).lower()
    return plain.removeprefix("sha256=").removeprefix("sha256")


def certificate(pem: bytes) -> x509.Certificate:
    """Read a PEM certificate, the first if there are several."""
    try:
        return x509.load_pem_x509_certificate(pem)
    except ValueError as error:
        raise IdentityError(
            "A certificate cannot be read. Ask the consortium's admin for a new "
            "invitation."
        ) from error
