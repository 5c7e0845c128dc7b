"""What an option of PS3.15 E.3 lets stay of an attribute's values."""

from __future__ import annotations

import re

from site_agent.deidentify.header.descriptors import cleaned
from site_agent.deidentify.header.treatment import Handling
from site_agent.deidentify.header.values import looks_right
from site_agent.deidentify.pseudonym import Pseudonyms

OLDEST = 89
"""Years; an age above is written as 90, which stands for 90 and more."""

LONGEST_STATION = 16  # characters of a VR AE (PS3.5 6.2)

_UID = re.compile(r"(?=.{1,64}\Z)\d+(?:\.\d+)*")
_FORMS = {
    "AS": re.compile(r"\d{3}[DWMY]"),
    "DA": re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"),
    "DT": re.compile(r"(?:19|20)\d\d(?:\d\d){0,5}(?:\.\d{1,6})?(?:[+-]\d{4})?"),
    "TM": re.compile(r"\d\d(?:\d\d){0,2}(?:\.\d{1,6})?"),
    "UI": _UID,
}
_STRICT = frozenset(("CS", "DS", "IS"))
_TERMS = {
    0x00100040: frozenset(("M", "F", "O")),
    0x00102203: frozenset(("ALTERED", "UNALTERED")),
    0x001021A0: frozenset(("YES", "NO", "UNKNOWN")),
}
# PatientSex, PatientSexNeutered, SmokingStatus (PS3.3 C.7.1.1, C.7.2.2).
_ETHNIC_GROUP = 0x00102160
_LINES = frozenset(("LT", "ST", "UT"))
_BREAKS = str.maketrans("", "", "\t\n\f\r")
_DIGIT = re.compile(r"\d")
_AGE = re.compile(r"\d{1,3}(?:\.\d*)?")


def retained(tag: int, vr: str, values: list[str]) -> list[str] | None:
    """Keep values that an option keeps; None where one is not of its VR.

    The option is the hospital's word that such a value may stay, whatever it says. A
    name in DICOM's form (``^``) is no institution, device or ethnic group and goes.
    Ages over 89 become 90 (45 CFR 164.514(b)(2)(i)(C)).
    """
    kept = [value.strip(" \0") for value in values]
    if not all(_is_of_its_vr(tag, vr, value) for value in kept if value):
        return None
    return [banded(value) for value in kept] if vr == "AS" else kept


def kept_uid(uid: str, pseudonyms: Pseudonyms, *, is_kept: bool) -> str:
    """Give the UID that stands for `uid`: itself, if it is kept and is a UID."""
    value = uid.strip(" \0")
    return value if is_kept and _UID.fullmatch(value) else pseudonyms.uid(uid)


def banded(age: str) -> str:
    """Give an age (VR AS) as it may stay: ``093Y`` becomes ``090Y``."""
    is_over = age.endswith("Y") and int(age[:3]) > OLDEST
    return f"{OLDEST + 1:03d}Y" if is_over else age


def by_option(
    handling: Handling,
    tag: int,
    vr: str,
    values: list[str],
    names: frozenset[str],
    pseudonyms: Pseudonyms,
) -> list[str] | None:
    """Give what an option lets stay of a text's values; None where that is nothing.

    Parameters
    ----------
    handling : Handling
        RETAIN, WORDS, STATION or AGE.
    tag, vr : int, str
        The attribute, and the VR that it was read with.
    values : list of str
        Decoded values.
    names : frozenset of str
        Folded words of the persons that the header names.
    """
    match handling:
        case Handling.WORDS:
            kept = [words for value in values if (words := cleaned(value, names))]
        case Handling.STATION:
            kept = [
                pseudonyms.device(value)[:LONGEST_STATION] if value else ""
                for value in (each.strip(" \0") for each in values)
            ]
        case Handling.AGE:
            kept = [_banded_years(value.strip(" \0")) for value in values]
        case _:
            return retained(tag, vr, values) if any(values) else None
    return kept if any(kept) else None


def _banded_years(number: str) -> str:
    if not _AGE.fullmatch(number):
        return ""
    return str(OLDEST + 1) if float(number) > OLDEST else number


def _is_of_its_vr(tag: int, vr: str, value: str) -> bool:
    if tag in _TERMS:
        return value in _TERMS[tag]
    if tag == _ETHNIC_GROUP and _DIGIT.search(value):
        return False
    if vr in _STRICT:
        return looks_right(tag, vr, value)
    if vr in _FORMS:
        return _FORMS[vr].fullmatch(value) is not None
    text = value.translate(_BREAKS) if vr in _LINES else value
    return text.isprintable() and "^" not in text and "\ufffd" not in text
