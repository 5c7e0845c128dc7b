"""Checkpoints of the transparency log: what its head is, and who has vouched for it.

Signed notes after C2SP (https://c2sp.org/signed-note, tlog-checkpoint and
tlog-cosignature). The log signs the note with its key (type 0x01); each witness adds a
timestamped cosignature, ``cosignature/v1`` (type 0x04). A note is refused for the least
deviation: all that it can say is a `Checkpoint`.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from protos.envelope import is_signed
from protos.merkle import HASH_SIZE


class BadNote(ValueError):
    """A signed note, signature line or verifier key that must be refused."""


class SignatureType(IntEnum):
    """What a note key signs; numbers from the C2SP signed-note registry."""

    LOG = 0x01
    WITNESS = 0x04


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A key that a reader of notes trusts; ``str(key)`` is its vkey form.

    Attributes
    ----------
    name : str
        Key name; the origin for a log. No spaces and no plus sign.
    kind : SignatureType
    public_key : bytes
        Raw Ed25519 public key, 32 bytes.
    """

    name: str
    kind: SignatureType
    public_key: bytes

    def __post_init__(self) -> None:
        spoiled = any(char.isspace() or char == "+" or char < " " for char in self.name)
        if not self.name or spoiled or len(self.public_key) != 32:
            raise BadNote("The verifier key is malformed.")

    @property
    def id(self) -> bytes:
        """First four bytes of the hash over name, type and key."""
        data = self.name.encode() + b"\n" + bytes([self.kind]) + self.public_key
        return hashlib.sha256(data).digest()[:4]

    def __str__(self) -> str:
        material = _base64(bytes([self.kind]) + self.public_key)
        return f"{self.name}+{self.id.hex()}+{material}"

    @classmethod
    def parse(cls, vkey: str) -> VerifierKey:
        """Read the vkey form.

        Raises
        ------
        BadNote
            When it is not exactly what ``str`` of a key gives.
        """
        name, _, rest = vkey.partition("+")
        material = _unbase64(rest.partition("+")[2])
        if material[:1] not in (b"\x01", b"\x04"):
            raise BadNote("The verifier key is malformed.")
        key = cls(name, SignatureType(material[0]), material[1:])
        if str(key) != vkey:
            raise BadNote("The verifier key is malformed.")
        return key


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of a log: its name, its number of leaves, its root."""

    origin: str
    size: int
    root: bytes

    def __str__(self) -> str:
        """Give the note text that the log and its witnesses sign."""
        return f"{self.origin}\n{self.size}\n{_base64(self.root)}\n"


def sign(checkpoint: Checkpoint, key: Ed25519PrivateKey) -> str:
    """Sign a checkpoint as its log; the key's name is the origin."""
    text = str(checkpoint)
    log = VerifierKey(
        checkpoint.origin, SignatureType.LOG, key.public_key().public_bytes_raw()
    )
    return f"{text}\n{_line(log, key.sign(text.encode()))}"


def cosign(
    checkpoint: Checkpoint, name: str, key: Ed25519PrivateKey, *, now: int
) -> str:
    """Make a witness's signature line, to be appended to the note.

    The caller has verified that `checkpoint` is consistent with the last one it saw.

    Parameters
    ----------
    name : str
        Key name of the witness.
    now : int
        Unix seconds; becomes part of what is signed.
    """
    witness = VerifierKey(
        name, SignatureType.WITNESS, key.public_key().public_bytes_raw()
    )
    sig = key.sign(_cosigned(str(checkpoint), now))
    return _line(witness, now.to_bytes(8, "big") + sig)


def verify_cosignature(checkpoint: Checkpoint, line: str, witness: VerifierKey) -> int:
    """Check one signature line of a witness, and give its time in Unix seconds.

    Raises
    ------
    BadNote
        When the line is malformed, by another key, or does not sign `checkpoint`.
    """
    name, blob = _read_line(line)
    if (name, blob[:4]) != (witness.name, witness.id):
        raise BadNote("The cosignature is by another key.")
    return _verify(str(checkpoint), blob[4:], witness)


def read(
    note: str, log: VerifierKey, witnesses: Iterable[VerifierKey] = ()
) -> tuple[Checkpoint, dict[str, int]]:
    """Open a checkpoint that its log has signed.

    Signatures by unknown keys are passed over. Extension lines are refused: this log
    makes none, and a witness could not tell what it would cosign.

    Returns
    -------
    Checkpoint
    dict
        When each of `witnesses` that cosigned did so, Unix seconds, by key name.

    Raises
    ------
    BadNote
        When the note is malformed, the log has not signed it, it is another log's, or
        a signature by a known key is wrong.
    """
    text, blank, signatures = note.rpartition("\n\n")
    if not blank or not signatures.endswith("\n"):
        raise BadNote("The note is not signed.")
    text += "\n"
    known = {(key.name, key.id): key for key in (log, *witnesses)}
    signed: dict[VerifierKey, int] = {}
    for line in signatures.split("\n")[:-1]:
        name, blob = _read_line(line + "\n")
        if key := known.get((name, blob[:4])):
            signed[key] = max(_verify(text, blob[4:], key), signed.get(key, 0))
    if signed.pop(log, None) is None:
        raise BadNote("The checkpoint is not signed by its log.")
    return _parse(text, log.name), {key.name: time for key, time in signed.items()}


_SIZE = re.compile(r"0|[1-9][0-9]{0,17}")


def _parse(text: str, origin: str) -> Checkpoint:
    lines = text.split("\n")
    if len(lines) != 4 or not _SIZE.fullmatch(lines[1]):
        raise BadNote("The checkpoint is malformed.")
    checkpoint = Checkpoint(origin, int(lines[1]), _unbase64(lines[2]))
    if len(checkpoint.root) != HASH_SIZE or str(checkpoint) != text:
        raise BadNote("The checkpoint is malformed or another log's.")
    return checkpoint


def _line(key: VerifierKey, sig: bytes) -> str:
    return f"\N{EM DASH} {key.name} {_base64(key.id + sig)}\n"


_LINE = re.compile(r"\N{EM DASH} ([^\s+\x00-\x1f]+) ([A-Za-z0-9+/]+={0,2})\n")


def _read_line(line: str) -> tuple[str, bytes]:
    """Key name, and key id and signature, of a signature line."""
    match = _LINE.fullmatch(line)
    blob = _unbase64(match[2]) if match else b""
    if not match or len(blob) < 5:
        raise BadNote("A signature line is malformed.")
    return match[1], blob


def _verify(text: str, sig: bytes, key: VerifierKey) -> int:
    """Check a signature over a note's text; give its time, 0 for a log's."""
    time, message = 0, text.encode()
    if key.kind is SignatureType.WITNESS:
        time, sig = int.from_bytes(sig[:8], "big"), sig[8:]
        message = _cosigned(text, time)
    if time >= 1 << 63 or not is_signed(message, sig, key.public_key):
        raise BadNote("A signature by a known key is wrong.")
    return time


def _cosigned(text: str, time: int) -> bytes:
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _unbase64(text: str) -> bytes:
    """Read standard base64 (RFC 4648, 4) in its one canonical spelling."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        data = b""
    if not data or _base64(data) != text:
        raise BadNote("Base64 in the note is malformed.")
    return data
