"""How the profile is applied, and the codes that say so in each film."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

_BASIC = ("113100", "Basic Application Confidentiality Profile")
_SHIFTED = (
    "113107",
    "Retain Longitudinal Temporal Information Modified Dates Option",
)


class Dates(StrEnum):
    """What becomes of dates (PS3.15 E.3.6)."""

    REMOVE = "remove"
    SHIFT = "shift"


@dataclass(frozen=True, slots=True)
class Options:
    """How the profile is applied. The default is the Basic Profile and nothing else."""

    dates: Dates = Dates.REMOVE

    @property
    def methods(self) -> tuple[str, ...]:
        """Codes of PS3.16 CID 7050 for what is done."""
        return tuple(code for code, _ in self.method_codes)

    @property
    def method_codes(self) -> tuple[tuple[str, str], ...]:
        """Code values with their meanings (PS3.16 CID 7050)."""
        return (_BASIC,) if self.dates is Dates.REMOVE else (_BASIC, _SHIFTED)

    @property
    def longitudinal(self) -> str:
        """Longitudinal Temporal Information Modified (0028,0303)."""
        return "REMOVED" if self.dates is Dates.REMOVE else "MODIFIED"
