"""An append-only file of encrypted records that notices tampering and survives crashes.

Each record is AES-256-GCM and bound to its log and to its number, so that none can be
changed, moved, copied, or taken out of the middle unnoticed. A record that a crash cut
short was never acknowledged: it is passed over, and overwritten by the next append.

What a file alone cannot show: that whole records were cut off its end, or that it was
put back to an earlier state.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from site_agent.durable import sync_folder
from site_agent.errors import VaultError

LARGEST = 1 << 20
"""Bytes that one record may hold."""

CHANGED = (
    "The vault was changed by something other than this program. Stop, keep the folder "
    "as it is, tell the data protection officer, and restore the last backup."
)

_NONCE = 12
_MARK = 20  # 4 bytes of length, and 16 that authenticate it with the record's number


class _Record(NamedTuple):
    number: int
    end: int  # offset of the byte behind it
    box: bytes  # nonce, ciphertext, tag


class SealedLog:
    """The log at `path` under a 32-byte `key`; the file is made by the first append.

    Several processes may read while one appends; appends of several take turns.

    A record in the file is a mark and a box. The mark (the box's length, with an HMAC)
    tells a record that a crash cut short from one whose length was changed to hide
    those after it; the box is what AES-256-GCM gives.
    """

    def __init__(self, path: Path, key: bytes) -> None:
        self._path = path
        self._cipher = AESGCM(derive(key, b"records"))
        self._mark_key = derive(key, b"marks")
        self._log_id = derive(key, b"log id")[:16]
        self._seen = (0, 0)  # offset and number of the first record not yet passed

    def append(self, plain: bytes) -> None:
        """Add one record; it is on disk when this returns.

        Raises
        ------
        VaultError
            When `plain` is larger than 1 MiB, or the log was tampered with.
        """
        if len(plain) > LARGEST:
            raise VaultError("A record of more than 1 MiB does not go into the vault.")
        is_new = not self._path.exists()
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        with os.fdopen(handle, "r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            offset, number = self._seen
            for record in self._records(file, offset, number):
                offset, number = record.end, record.number + 1
            file.truncate(offset)
            file.seek(offset)
            file.write(self._seal(number, plain))
            file.flush()
            os.fsync(file.fileno())
            self._seen = (file.tell(), number + 1)
        if is_new:
            sync_folder(self._path.parent)

    def read(self) -> Iterator[bytes]:
        """Every whole record, in order.

        Raises
        ------
        VaultError
            At the first record that was tampered with.
        """
        if not self._path.exists():
            return
        with self._path.open("rb") as file:
            for record in self._records(file, 0, 0):
                yield self._open(record)

    def _records(self, file: BinaryIO, offset: int, number: int) -> Iterator[_Record]:
        if offset > file.seek(0, os.SEEK_END):
            raise VaultError(CHANGED)
        file.seek(offset)
        while len(mark := file.read(_MARK)) == _MARK:
            length = int.from_bytes(mark[:4])
            if not hmac.compare_digest(mark, self._mark(number, length)):
                if not any(mark) and not any(file.read()):
                    return  # a power cut may leave the file longer, filled with zeros
                raise VaultError(CHANGED)
            box = file.read(length)
            if len(box) < length:
                return
            offset += _MARK + length
            yield _Record(number, offset, box)
            number += 1

    def _seal(self, number: int, plain: bytes) -> bytes:
        nonce = secrets.token_bytes(_NONCE)
        box = nonce + self._cipher.encrypt(nonce, plain, self._place(number))
        return self._mark(number, len(box)) + box

    def _open(self, record: _Record) -> bytes:
        nonce, sealed = record.box[:_NONCE], record.box[_NONCE:]
        try:
            return self._cipher.decrypt(nonce, sealed, self._place(record.number))
        except InvalidTag:
            raise VaultError(CHANGED) from None

    def _mark(self, number: int, length: int) -> bytes:
        size = length.to_bytes(4)
        place = self._place(number) + size
        return size + hmac.new(self._mark_key, place, hashlib.sha256).digest()[:16]

    def _place(self, number: int) -> bytes:
        return self._log_id + number.to_bytes(8)


def derive(key: bytes, purpose: bytes) -> bytes:
    """Give a 32-byte key for one purpose from a uniform key (HKDF-Expand, RFC 5869)."""
    return HKDFExpand(SHA256(), 32, b"hilum vault v1 " + purpose).derive(key)
