"""Keyed pseudonyms: the same identity gets the same pseudonym in every study and run.

Every pseudonym is HMAC-SHA-256 (RFC 2104) under the site's pseudonym key, which lives
in the vault and nowhere else. Without the key nobody can recompute a pseudonym from a
PatientID; with it the site can (GDPR Art. 4(5)). The purpose of each pseudonym is part
of what is hashed, so that a PatientID that equals an AccessionNumber does not show.
"""

from __future__ import annotations

import base64
import hmac
from dataclasses import dataclass, field

from site_agent.deidentify.dictionary import is_registered

KEY_BYTES = 32
SHIFT_DAYS = range(30, 3651)
"""Dates move into the past by this many days; never by less than a month."""

_PADDING = " \t\0"


@dataclass(frozen=True, slots=True)
class Pseudonyms:
    """Makes pseudonyms under one 32-byte key.

    Values are compared as DICOM compares them: leading and trailing spaces and trailing
    NULs do not count (PS3.5 6.2). Case and inner spaces do.

    Raises
    ------
    ValueError
        When `key` is not 32 bytes.
    """

    key: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.key) != KEY_BYTES:
            raise ValueError(f"a pseudonym key has {KEY_BYTES} bytes")

    def study(self, study_instance_uid: str) -> str:
        """``S`` and 16 base32 characters for a StudyInstanceUID."""
        return "S" + self._short("study", study_instance_uid)

    def patient(self, patient_id: str, issuer_of_patient_id: str = "") -> str:
        """``P`` and 16 base32 characters for a PatientID within its issuer."""
        return "P" + self._short("patient", patient_id, issuer_of_patient_id)

    def device(self, serial: str) -> str:
        """``D`` and 16 base32 characters for what tells one device from another."""
        return "D" + self._short("device", serial)

    def uid(self, uid: str) -> str:
        """Give the UID that takes the place of `uid`.

        The new UID is a UUID of version 8 (RFC 9562) under ``2.25`` (PS3.5 B.2): 122
        bits of the HMAC, at most 44 characters, nothing of the old root. UIDs that the
        standard registers (PS3.6 Annex A: SOP classes, transfer syntaxes, well-known
        instances) stay: they name nobody and have a meaning to readers.
        """
        value = uid.strip(_PADDING)
        if is_registered(value):
            return value
        number = int.from_bytes(self._digest("uid", value)[:16])
        number = number & ~(0xF << 76) | 8 << 76
        number = number & ~(0x3 << 62) | 2 << 62
        return f"2.25.{number}"

    def token(self, kind: str, value: str) -> str:
        """64 hexadecimal digits for any `value` of a `kind`, to compare and look up."""
        return self._digest(f"token/{kind}", value).hex()

    def date_shift_days(self, patient: str) -> int:
        """Days to take from every date of a patient, given the patient's pseudonym."""
        number = int.from_bytes(self._digest("date-shift", patient))
        return SHIFT_DAYS[number % len(SHIFT_DAYS)]

    def time_shift_microseconds(self, patient: str) -> int:
        """Part of a day to take from every time of a patient; never nothing."""
        number = int.from_bytes(self._digest("time-shift", patient))
        return 1 + number % (86_400_000_000 - 1)

    def _short(self, kind: str, *values: str) -> str:
        return base64.b32encode(self._digest(kind, *values)[:10]).decode("ascii")

    def _digest(self, kind: str, *values: str) -> bytes:
        # NUL ends each part, and no stripped DICOM value holds one that matters.
        parts = ("hilum pseudonym v1", kind, *(v.strip(_PADDING) for v in values))
        message = b"".join(
            part.replace("\0", " ").encode("utf-8", "surrogatepass") + b"\0"
            for part in parts
        )
        return hmac.digest(self.key, message, "sha256")
