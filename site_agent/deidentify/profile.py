"""What happens to every attribute: PS3.15 Table E.1-1 as data, and denial beyond it.

The table (``profile.json``) lists the attributes that are known to identify. What it
does not list and may hold words, names, dates, addresses or unnamed bytes goes as well
(`denial`). What stays must look like what it should be (`values`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from site_agent.deidentify.denial import TECHNICAL_TEXT, is_denied
from site_agent.deidentify.dictionary import attributes
from site_agent.deidentify.options import Dates, Options

HERE = Path(__file__).parent


class Action(StrEnum):
    """What PS3.15 E.1.1 calls its action codes."""

    REMOVE = "X"
    EMPTY = "Z"
    DUMMY = "D"
    REPLACE_UID = "U"
    KEEP = "K"


STRICTEST_FIRST = ("1", "1C", "2", "2C")
"""Types of PS3.5 7.4 that ask for an attribute; type 3 asks for nothing."""

DENIED = "X/Z/D"
"""The action for what the table does not list and this module does not allow."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of Table E.1-1. `cleans_date` holds for the option of modified dates."""

    name: str
    basic: str
    cleans_date: bool


@dataclass(frozen=True, slots=True)
class Profile:
    """The compiled profile.

    `types` gives for an IOD the type of an attribute (tag) within a sequence (tag, 0 at
    the top), where that type decides something; `iods` the IOD of a SOP Class.
    """

    edition: str
    rules: Mapping[int, Rule]
    iods: Mapping[str, str]
    types: Mapping[str, Mapping[tuple[int, int], str]]

    def action(self, tag: int, vr: str, *, iod: str | None, parent: int) -> Action:
        """Give what happens to a public attribute of the data dictionary.

        Parameters
        ----------
        tag, vr : int, str
            The attribute, and its VR (or VRs) in the data dictionary.
        iod : str or None
            The information object that it stands in; None if the standard has none for
            its SOP Class, and then no attribute is taken for optional.
        parent : int
            The tag of the sequence that it stands in; 0 at the top.
        """
        rule = self.rules.get(tag)
        if rule is not None:
            basic = rule.basic
        elif is_denied(tag, vr):
            basic = DENIED
        elif vr == "UI":
            return Action.REPLACE_UID
        else:
            return Action.KEEP
        return resolve(basic, self.type_of(tag, iod=iod, parent=parent))

    def fallback(self, tag: int, *, iod: str | None, parent: int) -> Action:
        """Give what happens to a kept attribute whose value cannot be trusted."""
        return resolve(DENIED, self.type_of(tag, iod=iod, parent=parent))

    def type_of(self, tag: int, *, iod: str | None, parent: int) -> str:
        """Give the attribute's type; ``3`` where the IOD does not ask for it there."""
        if iod is None:
            return "2"
        return self.types[iod].get((parent, tag), "3")

    def children(self, parent: int, *, iod: str | None) -> Iterator[tuple[int, str]]:
        """Attributes that an item of a dummy sequence must have; types 1 and 2."""
        for (sequence, tag), kind in self.types.get(iod or "", {}).items():
            if sequence == parent and kind in ("1", "2"):
                yield tag, kind


def resolve(basic: str, kind: str) -> Action:
    """Resolve an action of Table E.1-1 by the attribute's type (PS3.15 E.1.1).

    A compound action such as X/Z/D keeps the object conformant: remove what is optional
    (type 3), empty what may be empty (2, 2C), replace what may not (1, 1C). The
    condition of a conditional type is taken as met, since the attribute was there.
    ``Z`` allows a dummy, so that it serves type 1 as well.
    """
    allowed = basic.rstrip("*").split("/")
    if kind == "3":
        wanted = ("X", "Z", "D", "U")
    elif kind in ("2", "2C"):
        wanted = ("Z", "D", "U", "X")
    elif "Z" in allowed and "U" not in allowed:
        return Action.DUMMY
    else:
        wanted = ("U", "D", "Z", "X")
    return Action(next(code for code in wanted if code in allowed))


@cache
def load_profile() -> Profile:
    """Read the compiled profile, once for each process."""
    rules = json.loads((HERE / "profile.json").read_text("utf-8"))
    types = json.loads((HERE / "attribute_types.json").read_text("utf-8"))
    return Profile(
        edition=rules["source"]["edition"],
        rules={
            int(tag, 16): Rule(name, basic, cleans)
            for tag, name, basic, cleans in rules["rules"]
            if set(tag) <= set("0123456789ABCDEF")
        },
        iods=types["sop_classes"],
        types=_TypesByIOD(types["iods"], types["modules"]),
    )


class _TypesByIOD(Mapping[str, Mapping[tuple[int, int], str]]):
    """The types of each IOD, put together from its modules when first asked for."""

    def __init__(
        self,
        iods: Mapping[str, list[str]],
        modules: Mapping[str, Mapping[str, Mapping[str, str]]],
    ) -> None:
        self._iods, self._modules = iods, modules
        self._merged: dict[str, dict[tuple[int, int], str]] = {}

    def __getitem__(self, iod: str) -> Mapping[tuple[int, int], str]:
        if iod not in self._merged:
            self._merged[iod] = _strictest(self._modules[m] for m in self._iods[iod])
        return self._merged[iod]

    def __iter__(self) -> Iterator[str]:
        return iter(self._iods)

    def __len__(self) -> int:
        return len(self._iods)


def _strictest(
    modules: Iterable[Mapping[str, Mapping[str, str]]],
) -> dict[tuple[int, int], str]:
    merged: dict[tuple[int, int], str] = {}
    for module in modules:
        for parent, types in module.items():
            for tag, kind in types.items():
                place = (int(parent or "0", 16), int(tag, 16))
                known = merged.get(place, kind)
                merged[place] = min(known, kind, key=STRICTEST_FIRST.index)
    return merged


def describe(options: Options) -> Iterator[tuple[str, str, str]]:
    """Every rule as (tag, name, what is done), for people.

    The rules that hold for whole groups and kinds of value come first, then the table.
    """
    yield from _GENERAL
    for tag, rule in sorted(load_profile().rules.items()):
        cleaned = rule.cleans_date and options.dates is Dates.SHIFT
        action = f"{rule.basic}, dates shifted" if cleaned else rule.basic
        yield f"({tag >> 16:04X},{tag & 0xFFFF:04X})", rule.name, action
    for tag in sorted(TECHNICAL_TEXT):
        action = "K if technical, else X/Z/D"
        yield f"({tag >> 16:04X},{tag & 0xFFFF:04X})", attributes()[tag].keyword, action


_GENERAL = (
    ("(gggg,eeee) odd", "Private attributes", "X"),
    ("(gggg,0000)", "Group lengths", "X"),
    ("(0000-0006,eeee)", "Command, meta and directory groups", "X, meta rebuilt"),
    ("(50xx,eeee)", "Curves", "X"),
    ("(60xx,eeee)", "Overlays", "X"),
    ("(4FFE,eeee)", "MAC parameters", "X"),
    ("(FFFA,eeee)", "Digital signatures", "X"),
    ("(FFFC,FFFC)", "Trailing padding", "X"),
    ("(0400,0500)", "Encrypted Attributes Sequence", "X"),
    ("(0008,0005)", "Specific Character Set: all text that stays is ASCII", "X"),
    ("any", "Attributes that are not in the data dictionary", "X"),
    ("any UI", "UIDs that the standard does not register", "U"),
    ("any text, name, date, bytes", "Not listed below", DENIED),
)
