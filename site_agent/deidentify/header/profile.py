"""What happens to every attribute: PS3.15 Table E.1-1 as data, and denial beyond it.

``profile.json`` has the table, which lists the attributes that are known to identify,
with what each option of E.3 says instead; the content items of Table E.3.4-1; and the
private attributes of Table E.3.10-1 that are safe. What the table does not list and may
hold words, names, dates, addresses or unnamed bytes goes as well (`denial`). What stays
must look like what it should be (`values`). `treatment` puts all of it together.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import NamedTuple

from site_agent.deidentify.header.options import Option

HERE = Path(__file__).parent


class Action(StrEnum):
    """What PS3.15 E.1.1 calls its action codes."""

    REMOVE = "X"
    EMPTY = "Z"
    DUMMY = "D"
    REPLACE_UID = "U"
    KEEP = "K"
    CLEAN = "C"


STRICTEST_FIRST = ("1", "1C", "2", "2C")
"""Types of PS3.5 7.4 that ask for an attribute; type 3 asks for nothing."""

DENIED = "X/Z/D"
"""The action for what the table does not list and `denial` does not allow."""


class Rule(NamedTuple):
    """One row of Table E.1-1 or E.3.4-1: action of the Basic Profile and by option."""

    name: str
    basic: str
    options: Mapping[Option, str]


class SafePrivate(NamedTuple):
    """One row of Table E.3.10-1; `vm` is that of PS3.6, such as ``1-n``."""

    name: str
    vr: str
    vm: str


class Profile(NamedTuple):
    """The compiled profile.

    `types` gives for an IOD the type of an attribute (tag) within a sequence (tag, 0 at
    the top), where that type decides something; `iods` the IOD of a SOP Class. Groups
    have their rules by ``50xxxxxx``, ``60xx3000``, ``60xx4000`` and ``PRIVATE``.
    Content items are known by code and scheme of their concept and their value type,
    safe private attributes by group, creator and the last byte of their element.
    """

    edition: str
    rules: Mapping[int, Rule]
    groups: Mapping[str, Rule]
    content: Mapping[tuple[str, str, str], Rule]
    safe_private: Mapping[tuple[int, str, int], SafePrivate]
    iods: Mapping[str, str]
    types: Mapping[str, Mapping[tuple[int, int], str]]

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
    table = json.loads((HERE / "profile.json").read_text("utf-8"))
    types = json.loads((HERE / "attribute_types.json").read_text("utf-8"))
    rules = {tag: _rule(*row) for tag, *row in table["rules"]}
    return Profile(
        edition=table["source"]["edition"],
        rules={int(tag, 16): rule for tag, rule in rules.items() if _is_one(tag)},
        groups={tag: rule for tag, rule in rules.items() if not _is_one(tag)},
        content={
            (code, scheme, kind): _rule(*row)
            for code, scheme, kind, *row in table["content"]
        },
        safe_private={
            (int(group, 16), creator, int(element, 16)): SafePrivate(name, vr, vm)
            for group, creator, element, vr, vm, name in table["safe_private"]
        },
        iods=types["sop_classes"],
        types=_TypesByIOD(types["iods"], types["modules"]),
    )


_OPTIONS = {str(option): option for option in Option}


def _rule(name: str, basic: str, options: Mapping[str, str]) -> Rule:
    return Rule(name, basic, {_OPTIONS[key]: said for key, said in options.items()})


def _is_one(tag: str) -> bool:
    return _HEXADECIMAL.issuperset(tag)


_HEXADECIMAL = frozenset("0123456789ABCDEF")


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
