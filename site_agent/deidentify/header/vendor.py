"""Manufacturer (0008,0070) as real devices spell it -> Vendor."""

from __future__ import annotations

import re

from protos.statistics_pb2 import Vendor

# What marks a vendor in the lower-case spelling, words parted by single spaces. Firms
# that were bought or renamed count as what they are now.
_MARKS: tuple[tuple[Vendor.ValueType, str], ...] = (
    (Vendor.AGFA, r"agfa"),
    (Vendor.CANON, r"canon|toshiba"),  # Toshiba Medical Systems until 2018
    (Vendor.CARESTREAM, r"care ?stream|kodak"),  # Kodak's Health Group until 2007
    (Vendor.FUJIFILM, r"fuji"),
    (
        Vendor.GE,
        r"\bge\b|\bg e (?:healthcare|medical)|\bge ?(?:hc|healthcare|health care)"
        r"|\bge ?(?:medical|med\b)|\bgems\b|general electric",
    ),
    (Vendor.KONICA_MINOLTA, r"konica|minolta|\bkmhc\b"),
    (Vendor.PHILIPS, r"phill?ips"),
    (Vendor.SAMSUNG, r"samsung"),
    (Vendor.SHIMADZU, r"shimad[sz]u"),
    (Vendor.SIEMENS, r"siemens|healthineers"),
)
_VENDORS = re.compile(
    "|".join(f"(?P<v{int(vendor)}>{mark})" for vendor, mark in _MARKS)
)
_TELLS_NOTHING = re.compile(
    r"(?:|none|null|n a|na|nil|unknown|unspecified|undefined|anonym\w*|removed|deleted"
    r"|x+|manufacturer)"
)


def vendor_of(manufacturer: str) -> Vendor.ValueType | None:
    """Give the vendor; None where the value is empty or says that it was removed.

    Where a value names two vendors (a console of one with a detector of another), the
    first counts. A vendor that the contract does not list is OTHER_VENDOR.

    Examples
    --------
    >>> Vendor.Name(vendor_of("FUJI PHOTO FILM Co. LTD."))
    'FUJIFILM'
    """
    spelling = re.sub(r"[\W_]+", " ", manufacturer.lower()).strip()
    if _TELLS_NOTHING.fullmatch(spelling):
        return None
    found = _VENDORS.search(spelling)
    if found is None or found.lastgroup is None:
        return Vendor.OTHER_VENDOR
    return Vendor.ValueType(int(found.lastgroup.removeprefix("v")))
