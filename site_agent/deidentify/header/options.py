"""Which options of PS3.15 Annex E are applied, and the codes that say so in a film."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

_BASIC = ("113100", "Basic Application Confidentiality Profile")


class Dates(StrEnum):
    """What becomes of dates (PS3.15 E.3.6)."""

    REMOVE = "remove"
    SHIFT = "shift"
    SHIFT_WITH_TIMES = "shift-with-times"


class Option(StrEnum):
    """The options of PS3.15 E.3 that can be chosen beside the Basic Profile."""

    CLEAN_PIXEL_DATA = "clean-pixel-data"
    CLEAN_GRAPHICS = "clean-graphics"
    CLEAN_STRUCTURED_CONTENT = "clean-structured-content"
    CLEAN_DESCRIPTORS = "clean-descriptors"
    MODIFIED_DATES = "retain-longitudinal-modified-dates"
    PATIENT_CHARACTERISTICS = "retain-patient-characteristics"
    DEVICE_IDENTITY = "retain-device-identity"
    UIDS = "retain-uids"
    SAFE_PRIVATE = "retain-safe-private"
    INSTITUTION_IDENTITY = "retain-institution-identity"

    @property
    def code(self) -> tuple[str, str]:
        """Code Value and Code Meaning in PS3.16 CID 7050."""
        return _CODES[self]


_CODES = {
    Option.CLEAN_PIXEL_DATA: ("113101", "Clean Pixel Data Option"),
    Option.CLEAN_GRAPHICS: ("113103", "Clean Graphics Option"),
    Option.CLEAN_STRUCTURED_CONTENT: ("113104", "Clean Structured Content Option"),
    Option.CLEAN_DESCRIPTORS: ("113105", "Clean Descriptors Option"),
    Option.MODIFIED_DATES: (
        "113107",
        "Retain Longitudinal Temporal Information Modified Dates Option",
    ),
    Option.PATIENT_CHARACTERISTICS: (
        "113108",
        "Retain Patient Characteristics Option",
    ),
    Option.DEVICE_IDENTITY: ("113109", "Retain Device Identity Option"),
    Option.UIDS: ("113110", "Retain UIDs Option"),
    Option.SAFE_PRIVATE: ("113111", "Retain Safe Private Option"),
    Option.INSTITUTION_IDENTITY: ("113112", "Retain Institution Identity Option"),
}


_MOVING = {
    Dates.REMOVE: frozenset[str](),
    Dates.SHIFT: frozenset(("DA", "DT")),
    Dates.SHIFT_WITH_TIMES: frozenset(("DA", "DT", "TM")),
}


@dataclass(frozen=True, slots=True)
class Options:
    """What is done to a film. The default is the Basic Profile and nothing else.

    Attributes
    ----------
    dates : Dates
        Whether dates go or move, and with them times of day; to move them is an option
        of the standard too.
    others : frozenset of Option
        The other options. Clean Pixel Data is among them only for a film whose pixels
        were cleaned, or were looked at and found clean: the film then says so.
    """

    dates: Dates = Dates.REMOVE
    others: frozenset[Option] = frozenset()

    def __post_init__(self) -> None:
        if Option.MODIFIED_DATES in self.others:
            if self.dates is Dates.REMOVE:
                object.__setattr__(self, "dates", Dates.SHIFT)
            rest = self.others - {Option.MODIFIED_DATES}
            object.__setattr__(self, "others", rest)

    @property
    def chosen(self) -> frozenset[Option]:
        """Every option, moved dates included."""
        return self.others | ({Option.MODIFIED_DATES} if self.moving else set())

    @property
    def moving(self) -> frozenset[str]:
        """The VRs whose values move; none where dates go."""
        return _MOVING[self.dates]

    @property
    def methods(self) -> tuple[str, ...]:
        """Codes of PS3.16 CID 7050 for what is done."""
        return tuple(code for code, _ in self.method_codes)

    @property
    def method_codes(self) -> tuple[tuple[str, str], ...]:
        """Code values with their meanings (PS3.16 CID 7050)."""
        return (_BASIC, *sorted(option.code for option in self.chosen))

    @property
    def longitudinal(self) -> str:
        """Longitudinal Temporal Information Modified (0028,0303)."""
        return "REMOVED" if self.dates is Dates.REMOVE else "MODIFIED"

    @property
    def are_pixels_clean(self) -> bool:
        """Whether the film may say that no text is burned into it: (0028,0301) NO."""
        return Option.CLEAN_PIXEL_DATA in self.others

    def including(self, *options: Option) -> Options:
        """Give these options with others added."""
        return replace(self, others=self.others | {*options})


def options_named(names: Iterable[str], dates: Dates = Dates.REMOVE) -> Options:
    """Give the options of these names, ``retain-uids`` or ``retain_uids``.

    Raises
    ------
    ValueError
        For a name that is no option; the text lists those that are.
    """
    known = {str(option) for option in Option}
    wanted = [name.strip().lower().replace("_", "-") for name in names]
    unknown = sorted({*wanted} - known)
    if unknown:
        raise ValueError(
            f"{', '.join(unknown)}: no option of the profile. "
            f"There are {', '.join(Option)}."
        )
    return Options(dates, frozenset(map(Option, wanted)))
